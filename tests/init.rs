//! `init`: creating a job file.

use std::os::unix::fs::PermissionsExt;

use crate::program::{Run, TestDir};

const HEADINGS: &str = "name,email,ensims_password,jess_username,jess_password";
const ADA: &str = "ada,ada@uni.example,hunter2,jess-ada,hunter2";

fn read(dir: &TestDir, name: &str) -> String {
    std::fs::read_to_string(dir.path(name)).expect("the job file")
}

/// Uncomments every key of a new job file, and fills in the JESS user name.
fn uncomment_keys(text: &str) -> String {
    let line = |line: &str| match line.split_once('#') {
        Some((indent, key)) if indent.trim().is_empty() && !key.starts_with(' ') => {
            format!("{indent}{key}\n")
        }
        _ => format!("{line}\n"),
    };
    fill_in_user_name(&text.lines().map(line).collect::<String>())
}

fn fill_in_user_name(text: &str) -> String {
    text.replace("YOUR-JESS-USER-NAME", "jess-lab")
}

async fn check(dir: &TestDir, job: &str) -> Run {
    dir.run_with_env(&["check", job], &[("ALICE_ENSIMS_PASSWORD", "hunter2")]).await
}

/// Creates a directory with the password files that a new job file refers to.
fn dir_with_passwords() -> TestDir {
    let dir = TestDir::new();
    std::fs::create_dir(dir.path("secrets")).expect("a folder can be made");
    dir.write("secrets/alice-jess.txt", "hunter2\n");
    dir.write("secrets/jess.txt", "hunter2\n");
    dir
}

/// Runs `init` and returns its standard error.
async fn run_init(dir: &TestDir, arguments: &[&str], code: i32) -> String {
    let run = dir.run(&[&["init"], arguments].concat()).await;
    assert_eq!((run.code, &*run.stdout), (Some(code), ""), "{}", run.stderr);
    assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
    run.stderr
}

#[tokio::test]
async fn init_job_file_passes_check_once_passwords_exist() {
    let dir = dir_with_passwords();
    let stderr = run_init(&dir, &[], 0).await;
    let text = read(&dir, "job.yaml");
    insta::assert_snapshot!(format!("{stderr}\n{text}"));
    let mode = dir.path("job.yaml").metadata().expect("the job file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let run = check(&dir, "job.yaml").await;
    assert_eq!((run.code, &*run.stderr), (Some(0), ""));
    dir.write("students.csv", &format!("{HEADINGS}\n{ADA}\n"));
    dir.write("all.yaml", &uncomment_keys(&text).replace("students.xlsx", "students.csv"));
    let run = check(&dir, "all.yaml").await;
    assert_eq!((run.code, &*run.stderr), (Some(0), ""));
    assert!(run.stdout.starts_with("all.yaml: 2 accounts, no mistakes\n"), "{}", run.stdout);
}

#[tokio::test]
async fn init_with_valid_roster_writes_a_job_that_runs() {
    let dir = dir_with_passwords();
    dir.write("students.csv", &format!("{HEADINGS}\n{ADA}\n").replace(',', ";"));
    let stderr =
        run_init(&dir, &["class.yaml", "--roster", "students.csv", "--name", "Building physics lab"], 0)
            .await;
    let text = read(&dir, "class.yaml");
    insta::assert_snapshot!(format!("{stderr}\n{text}"));
    let run = dir.run(&["run", "class.yaml", "--service", "sandbox", "--progress", "none"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(dir.report("reports/class-rehearsal.json")["job"]["name"], "Building physics lab");
    dir.write("all.yaml", &uncomment_keys(&text));
    let run = check(&dir, "all.yaml").await;
    assert_eq!((run.code, &*run.stderr), (Some(0), ""));
}

#[tokio::test]
async fn init_with_roster_without_jess_asks_for_shared_jess() {
    let dir = dir_with_passwords();
    dir.write("students.csv", "email\tensims_password_file\nada@uni.example\tada.txt\n");
    dir.write("ada.txt", "hunter2\n");
    let stderr = run_init(&dir, &["class.yaml", "--roster", "students.csv"], 0).await;
    let text = read(&dir, "class.yaml");
    insta::assert_snapshot!(format!("{stderr}\n{text}"));
    let run = check(&dir, "class.yaml").await;
    assert!(run.stderr.contains("jess.username: replace this with the JESS user name\n"), "{}", run.stderr);
    dir.write("class.yaml", &fill_in_user_name(&text));
    let run = check(&dir, "class.yaml").await;
    assert_eq!((run.code, &*run.stderr), (Some(0), ""));
}

#[tokio::test]
async fn init_maps_recognized_custom_headings() {
    let dir = TestDir::new();
    dir.write(
        "registry.csv",
        "Matrikel;Student;Surname;E-mail;Kennwort\n4711;Ada;Lovelace;ada@uni.example;hunter2\n",
    );
    let stderr = run_init(&dir, &["labs.yaml", "--roster", "registry.csv"], 0).await;
    let text = read(&dir, "labs.yaml");
    let (_, roster) = text.split_once("\n# The roster").expect("the roster section");
    insta::assert_snapshot!(format!("{stderr}\n# The roster{roster}"));
    // The printed commands create what the job needs; the test supplies the password.
    let commands: Vec<&str> = stderr
        .lines()
        .filter_map(|line| {
            line.find("mkdir ").or(line.find("cat > ")).or(line.find("chmod ")).map(|at| &line[at..])
        })
        .collect();
    assert_eq!(commands.len(), 3, "{stderr}");
    let mut shell = dir.command_line(&["sh", "-ec", &commands.join("\n")], &[("PATH", "/usr/bin:/bin")]);
    assert!(shell.status().await.expect("a shell").success());
    std::fs::write(dir.path("secrets/jess.txt"), "hunter2\n").expect("a file can be written");
    dir.write("labs.yaml", &fill_in_user_name(&text));
    let run = check(&dir, "labs.yaml").await;
    assert_eq!((run.code, &*run.stderr), (Some(0), ""));
}

#[tokio::test]
async fn init_leaves_a_placeholder_for_unclear_headings() {
    let dir = TestDir::new();
    dir.write(
        "registry.csv",
        "Student,E-mail,Geheimwort,JESS user,JESS password\nAda,ada@uni.example,hunter2,jess-ada,hunter2\n",
    );
    let stderr = run_init(&dir, &["labs.yaml", "--roster", "registry.csv"], 1).await;
    let text = read(&dir, "labs.yaml");
    let (_, roster) = text.split_once("\n# The roster").expect("the roster section");
    insta::assert_snapshot!(format!("{stderr}\n# The roster{roster}"));
    dir.write(
        "labs.yaml",
        &text.replace("password: JESS password }", "password: JESS password, ensims_password: Geheimwort }"),
    );
    let run = check(&dir, "labs.yaml").await;
    assert_eq!((run.code, &*run.stderr), (Some(0), ""));
}

#[tokio::test]
async fn init_without_email_heading_shows_and_writes_nothing() {
    // The first line may be an account, even one that resembles a heading.
    let dir = TestDir::new();
    for first in [
        "Ada,ada@uni.example,hunter2",
        "Emil,hunter2,jess-emil,hunter2",
        "Maik,hunter2,Passwort1,hunter2",
        "E-mail,Student,\"Course\nann,hunter2\",Password",
    ] {
        dir.write("bare.csv", &format!("{first}\n"));
        let stderr = run_init(&dir, &["bare.yaml", "--roster", "bare.csv"], 2).await;
        assert!(!dir.path("bare.yaml").exists());
        for secret in ["jess-emil", "Passwort1"] {
            assert!(!stderr.contains(secret), "{stderr}");
        }
    }
}

#[tokio::test]
async fn init_does_not_map_other_user_names_to_jess() {
    let dir = TestDir::new();
    let columns_of = async |headings: &str| {
        dir.write("list.csv", &format!("{headings}\nAda,ada@uni.example,ada1,hunter2,jess-ada,hunter2\n"));
        dir.run(&["init", "list.yaml", "--roster", "list.csv"]).await;
        let text = read(&dir, "list.yaml");
        std::fs::remove_file(dir.path("list.yaml")).expect("it is there");
        text.lines().find_map(|line| line.strip_prefix("  columns: ")).expect("columns").to_owned()
    };
    assert_eq!(
        columns_of("Name,E-mail,Username,Password,JESS user,JESS password").await,
        "{ name: Name, email: E-mail, ensims_password: Password, jess_username: JESS user, jess_password: JESS password }"
    );
    assert_eq!(
        columns_of("Name,E-mail,Username,Password,Group,Room").await,
        "{ name: Name, email: E-mail, ensims_password: Password }"
    );
}

#[tokio::test]
async fn init_with_invalid_roster_writes_job_and_lists_errors() {
    let dir = dir_with_passwords();
    let lines = [
        HEADINGS,
        ADA,
        "ben,ben@uni.example,hunter2,jess-ben",
        "cem,cem.uni.example,hunter2,jess-cem,hunter2",
        "dora,Ada@uni.example,hunter2,jess-dora,hunter2",
        "eli,eli@uni.example,,jess-eli,1E+05",
        "fay,fay@uni.example,hunter2,jess-fay ,hunter2",
    ];
    dir.write("students.csv", &lines.join("\r\n"));
    dir.set_mode("students.csv", 0o644);
    let stderr = run_init(&dir, &["class.yaml", "--roster", "students.csv"], 1).await;
    insta::assert_snapshot!(stderr);
    // `check` finds the same errors in the roster that the new job file names.
    let mistakes: Vec<&str> = stderr
        .lines()
        .filter(|line| line.starts_with("students.csv, ") || line.starts_with("students.csv: other"))
        .collect();
    assert_eq!(mistakes.len(), 6);
    let checked = check(&dir, "class.yaml").await.stderr;
    for mistake in mistakes {
        assert!(checked.lines().any(|line| line == mistake), "{mistake}: {checked}");
    }
}

#[tokio::test]
async fn init_quotes_names_and_paths_that_need_it() {
    for name in ["it's \"7\": Übung #1", "no", "{date}, [a]", "- a\nb: c", "2026", "C:\\new", "学生"] {
        let dir = TestDir::new();
        let folder = name.replace('/', "");
        std::fs::create_dir(dir.path(&folder)).expect("a folder can be made");
        std::fs::create_dir(dir.path("jobs")).expect("a folder can be made");
        let roster = format!("{folder}/{name}.csv");
        dir.write(&roster, &format!("{HEADINGS}\n{ADA}\n"));
        let job = format!("jobs/{name}.yaml");
        run_init(&dir, &[&job, &format!("--roster={roster}"), &format!("--name={name}")], 0).await;
        let arguments = ["run", &job, "--service", "sandbox", "--progress", "none", "--report", "r.json"];
        let run = dir.run(&arguments).await;
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert_eq!(dir.report("r.json")["job"]["name"], name);
    }
}

#[tokio::test]
async fn init_never_overwrites_and_reports_write_errors() {
    let dir = TestDir::new();
    dir.write("job.yaml", "mine\n");
    dir.write("students.csv", &format!("{HEADINGS}\n{ADA}\n"));
    let mut stderr = String::new();
    for arguments in [
        &[][..],
        &["--roster", "students.csv"],
        &["students.csv"],
        &["new.csv"],
        &["students.xlsx"],
        &["lab"],
        &["nowhere/job.yaml"],
        &["new.yaml", "--roster", "nowhere.csv"],
        &["new.yaml", "--roster", "."],
        &["-"],
        &["new.yaml", "--name", ""],
    ] {
        stderr += &run_init(&dir, arguments, 2).await;
    }
    insta::assert_snapshot!(stderr);
    assert_eq!(read(&dir, "job.yaml"), "mine\n");
    let names = std::fs::read_dir(dir.path("")).expect("the folder").count();
    assert_eq!(names, 2, "nothing is left behind");
}

#[tokio::test]
async fn init_in_a_missing_folder_says_that_it_is_missing() {
    let dir = TestDir::new();
    dir.write("class.csv", "email\nada@uni.example\n");
    for roster in [&[][..], &["--roster", "class.csv"]] {
        let stderr = run_init(&dir, &[&["missing/job.yaml"], roster].concat(), 2).await;
        assert_eq!(stderr, "error: missing/job.yaml: the folder does not exist; create it first\n");
    }
}

#[tokio::test]
async fn init_rejects_two_password_columns_with_one_heading() {
    let dir = TestDir::new();
    dir.write("class.csv", "E-Mail,Kennwort,Benutzername,Kennwort\nada@uni.example,pw-1,ada,pw-2\n");
    let run = dir.run(&["init", "class.yaml", "--roster", "class.csv"]).await;
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("the heading 'Kennwort' appears twice"), "{}", run.stderr);
    assert!(!dir.path("class.yaml").exists());
    // As it advises.
    dir.write("class.csv", "E-Mail,Kennwort,Benutzername,JESS Kennwort\nada@uni.example,pw-1,ada,pw-2\n");
    let run = dir.run(&["init", "class.yaml", "--roster", "class.csv"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(dir.run(&["check", "class.yaml"]).await.code, Some(0));
}
