//! `init`: a job file to begin with.

use std::os::unix::fs::PermissionsExt;

use crate::program::{Ended, Place};

const HEADINGS: &str = "name,email,ensims_password,jess_username,jess_password";
const ADA: &str = "ada,ada@uni.example,hunter2,jess-ada,hunter2";

fn text_of(place: &Place, name: &str) -> String {
    std::fs::read_to_string(place.path(name)).expect("the job file")
}

/// The file with every key in it that is shown with a "#", and the JESS user name put in.
fn with_all_keys(text: &str) -> String {
    let line = |line: &str| match line.split_once('#') {
        Some((indent, key)) if indent.trim().is_empty() && !key.starts_with(' ') => {
            format!("{indent}{key}\n")
        }
        _ => format!("{line}\n"),
    };
    with_user_name(&text.lines().map(line).collect::<String>())
}

fn with_user_name(text: &str) -> String {
    text.replace("YOUR-JESS-USER-NAME", "jess-lab")
}

async fn check(place: &Place, job: &str) -> Ended {
    place.run_with(&["check", job], &[("ALICE_ENSIMS_PASSWORD", "hunter2")]).await
}

/// A place with the passwords that a new job file speaks of.
fn with_passwords() -> Place {
    let place = Place::new();
    std::fs::create_dir(place.path("secrets")).expect("a folder can be made");
    place.file("secrets/alice-jess.txt", "hunter2\n");
    place.file("secrets/jess.txt", "hunter2\n");
    place
}

/// What is said, and the new file.
async fn told(place: &Place, arguments: &[&str], code: i32) -> String {
    let ended = place.run(&[&["init"], arguments].concat()).await;
    assert_eq!((ended.code, &*ended.out), (Some(code), ""), "{}", ended.err);
    assert!(!ended.err.contains("hunter2"), "{}", ended.err);
    ended.err
}

#[tokio::test]
async fn a_new_job_file_is_good_once_its_passwords_are_there() {
    let place = with_passwords();
    let said = told(&place, &[], 0).await;
    let text = text_of(&place, "job.yaml");
    insta::assert_snapshot!(format!("{said}\n{text}"));
    let mode = place.path("job.yaml").metadata().expect("the job file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let ended = check(&place, "job.yaml").await;
    assert_eq!((ended.code, &*ended.err), (Some(0), ""));
    place.file("students.csv", &format!("{HEADINGS}\n{ADA}\n"));
    place.file("all.yaml", &with_all_keys(&text));
    let ended = check(&place, "all.yaml").await;
    assert_eq!((ended.code, &*ended.err), (Some(0), ""));
    assert!(ended.out.starts_with("all.yaml: 2 accounts, no mistakes\n"), "{}", ended.out);
}

#[tokio::test]
async fn the_job_of_a_good_roster_can_be_run_at_once() {
    let place = with_passwords();
    place.file("students.csv", &format!("{HEADINGS}\n{ADA}\n").replace(',', ";"));
    let said =
        told(&place, &["class.yaml", "--roster", "students.csv", "--name", "Building physics lab"], 0).await;
    let text = text_of(&place, "class.yaml");
    insta::assert_snapshot!(format!("{said}\n{text}"));
    let ended = place.run(&["run", "class.yaml", "--service", "sandbox", "--progress", "none"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(place.report("reports/class-rehearsal.json")["job"]["name"], "Building physics lab");
    place.file("all.yaml", &with_all_keys(&text));
    let ended = check(&place, "all.yaml").await;
    assert_eq!((ended.code, &*ended.err), (Some(0), ""));
}

#[tokio::test]
async fn a_roster_without_jess_accounts_needs_one_for_all() {
    let place = with_passwords();
    place.file("students.csv", "email\tensims_password_file\nada@uni.example\tada.txt\n");
    place.file("ada.txt", "hunter2\n");
    let said = told(&place, &["class.yaml", "--roster", "students.csv"], 0).await;
    let text = text_of(&place, "class.yaml");
    insta::assert_snapshot!(format!("{said}\n{text}"));
    let ended = check(&place, "class.yaml").await;
    assert!(ended.err.contains("jess.username: put in the JESS user name\n"), "{}", ended.err);
    place.file("class.yaml", &with_user_name(&text));
    let ended = check(&place, "class.yaml").await;
    assert_eq!((ended.code, &*ended.err), (Some(0), ""));
}

#[tokio::test]
async fn a_list_with_headings_of_its_own_needs_no_change() {
    let place = Place::new();
    place.file(
        "registry.csv",
        "Matrikel;Student;Surname;E-mail;Kennwort\n4711;Ada;Lovelace;ada@uni.example;hunter2\n",
    );
    let said = told(&place, &["labs.yaml", "--roster", "registry.csv"], 0).await;
    let text = text_of(&place, "labs.yaml");
    let (_, roster) = text.split_once("\n# The list").expect("what it says of the roster");
    insta::assert_snapshot!(format!("{said}\n# The list{roster}"));
    // The commands that it says make what the job needs; here somebody types the password.
    let commands: Vec<&str> = said
        .lines()
        .filter_map(|line| {
            line.find("mkdir ").or(line.find("cat > ")).or(line.find("chmod ")).map(|at| &line[at..])
        })
        .collect();
    assert_eq!(commands.len(), 3, "{said}");
    let mut shell = place.command_of(&["sh", "-ec", &commands.join("\n")], &[("PATH", "/usr/bin:/bin")]);
    assert!(shell.status().await.expect("a shell").success());
    std::fs::write(place.path("secrets/jess.txt"), "hunter2\n").expect("a file can be written");
    place.file("labs.yaml", &with_user_name(&text));
    let ended = check(&place, "labs.yaml").await;
    assert_eq!((ended.code, &*ended.err), (Some(0), ""));
}

#[tokio::test]
async fn a_list_whose_headings_are_not_clear_gets_a_place_to_say_what_they_mean() {
    let place = Place::new();
    place.file(
        "registry.csv",
        "Student,E-mail,Geheimwort,JESS user,JESS password\nAda,ada@uni.example,hunter2,jess-ada,hunter2\n",
    );
    let said = told(&place, &["labs.yaml", "--roster", "registry.csv"], 1).await;
    let text = text_of(&place, "labs.yaml");
    let (_, roster) = text.split_once("\n# The list").expect("what it says of the roster");
    insta::assert_snapshot!(format!("{said}\n# The list{roster}"));
    place.file(
        "labs.yaml",
        &text.replace("password: JESS password }", "password: JESS password, ensims_password: Geheimwort }"),
    );
    let ended = check(&place, "labs.yaml").await;
    assert_eq!((ended.code, &*ended.err), (Some(0), ""));

    // The first line may be an account, also one that is called nearly as a heading, so nothing of it is written down.
    for first in [
        "Ada,ada@uni.example,hunter2",
        "Emil,hunter2,jess-emil,hunter2",
        "Maik,hunter2,Passwort1,hunter2",
        "E-mail,Student,\"Course\nann,hunter2\",Password",
    ] {
        place.file("bare.csv", &format!("{first}\n"));
        let said = told(&place, &["bare.yaml", "--roster", "bare.csv"], 1).await;
        let text = text_of(&place, "bare.yaml");
        assert!(text.contains("#columns: { name: YOUR-HEADING, "), "{text}");
        for secret in ["hunter2", "jess-emil", "Passwort1"] {
            assert!(!text.contains(secret) && !said.contains(secret), "{said}{text}");
        }
        std::fs::remove_file(place.path("bare.yaml")).expect("it is there");
    }
}

#[tokio::test]
async fn a_user_name_of_another_system_is_not_taken_for_that_of_jess() {
    let place = Place::new();
    let columns_of = async |headings: &str| {
        place.file("list.csv", &format!("{headings}\nAda,ada@uni.example,ada1,hunter2,jess-ada,hunter2\n"));
        place.run(&["init", "list.yaml", "--roster", "list.csv"]).await;
        let text = text_of(&place, "list.yaml");
        std::fs::remove_file(place.path("list.yaml")).expect("it is there");
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
async fn a_roster_with_mistakes_gets_its_job_file_and_the_list_of_them() {
    let place = with_passwords();
    let lines = [
        HEADINGS,
        ADA,
        "ben,ben@uni.example,hunter2,jess-ben",
        "cem,cem.uni.example,hunter2,jess-cem,hunter2",
        "dora,Ada@uni.example,hunter2,jess-dora,hunter2",
        "eli,eli@uni.example,,jess-eli,1E+05",
        "fay,fay@uni.example,hunter2,jess-fay ,hunter2",
    ];
    place.file("students.csv", &lines.join("\r\n"));
    place.set_mode("students.csv", 0o644);
    let said = told(&place, &["class.yaml", "--roster", "students.csv"], 1).await;
    insta::assert_snapshot!(said);
    // `check` finds the same mistakes in the roster that the new job file names.
    let mistakes: Vec<&str> = said.lines().filter(|line| line.starts_with("students.csv:")).skip(1).collect();
    assert_eq!(mistakes.len(), 6);
    let checked = check(&place, "class.yaml").await.err;
    for mistake in mistakes {
        assert!(checked.lines().any(|line| line == mistake), "{mistake}: {checked}");
    }
}

#[tokio::test]
async fn names_and_paths_are_written_so_that_they_are_read_as_they_are() {
    for name in ["it's \"7\": Übung #1", "no", "{date}, [a]", "- a\nb: c", "2026", "C:\\new", "学生"] {
        let place = Place::new();
        let folder = name.replace('/', "");
        std::fs::create_dir(place.path(&folder)).expect("a folder can be made");
        std::fs::create_dir(place.path("jobs")).expect("a folder can be made");
        let roster = format!("{folder}/{name}.csv");
        place.file(&roster, &format!("{HEADINGS}\n{ADA}\n"));
        let job = format!("jobs/{name}.yaml");
        told(&place, &[&job, &format!("--roster={roster}"), &format!("--name={name}")], 0).await;
        let arguments = ["run", &job, "--service", "sandbox", "--progress", "none", "--report", "r.json"];
        let ended = place.run(&arguments).await;
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert_eq!(place.report("r.json")["job"]["name"], name);
    }
}

#[tokio::test]
async fn nothing_is_replaced_and_what_cannot_be_written_is_said() {
    let place = Place::new();
    place.file("job.yaml", "mine\n");
    place.file("students.csv", &format!("{HEADINGS}\n{ADA}\n"));
    let mut said = String::new();
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
        said += &told(&place, arguments, 2).await;
    }
    insta::assert_snapshot!(said);
    assert_eq!(text_of(&place, "job.yaml"), "mine\n");
    let names = std::fs::read_dir(place.path("")).expect("the folder").count();
    assert_eq!(names, 2, "nothing is left behind");
}
