//! Rosters: what is read from CSV files, and the messages about any roster.

use std::fmt::Write;

use crate::invalid_rosters::{
    HEADINGS, cell_errors, class_list_errors, custom_heading_errors, heading_errors, roster_with,
    source_errors,
};
use crate::program::{Run, TestDir, jess_password, password, sandbox_with};

/// Parts of the passwords in all these files; none of them may be printed.
const SECRET_PARTS: [&str; 4] = ["hunter2", "hun", "ter2", "passwort2"];

const JOB: &str = "version: 1\nroster: students.csv\n";

#[tokio::test]
async fn run_accepts_rosters_written_by_spreadsheets() {
    let sandbox = sandbox_with(5).start().await.expect("a sandbox");
    let dir = TestDir::new();
    std::fs::create_dir(dir.path("lists")).expect("a folder can be made");
    dir.write("lists/lab3.txt", &(password(3) + "\n"));
    let roster = [
        "\u{feff}email;name;jess_username;jess_password;ensims_password;ensims_password_env;ensims_password_file;",
        &format!("lab1@uni.example;\"One; \"\"first\"\"\";jess1;{};{};;;", jess_password(1), password(1)),
        "",
        &format!("lab2@uni.example;;jess2;\"{}\";;LAB2_PASSWORD;;", jess_password(2)),
        ";;;;;;;",
        &format!("\"lab3@uni.example\";Drei;jess3;{};;;lab3.txt;", jess_password(3)),
        "",
    ];
    dir.write("lists/students.csv", &roster.join("\r\n"));
    dir.write("guests.csv", &format!("email\tensims_password\nlab4@uni.example\t{}\n", password(4)));
    let job = format!(
        "version: 1
service: {}
limits: {{ rate: unlimited }}
roster: [lists/students.csv, guests.csv]
jess: {{ username: jess4, password: '{}' }}
accounts:
  - ensims: {{ email: lab0@uni.example, password: '{}' }}
    jess: {{ username: jess0, password: '{}' }}
",
        sandbox.url(),
        jess_password(4),
        password(0),
        jess_password(0)
    );
    dir.write("lab.yaml", &job);
    let secret = password(2);
    let variables = [("LAB2_PASSWORD", &*secret)];
    let run = dir.run_with_env(&["check", "lab.yaml"], &variables).await;
    assert_eq!((run.code, &*run.stderr), (Some(0), ""), "{}", run.stdout);
    let filters = vec![(r"127\.0\.0\.1:\d+", "[address]")];
    insta::with_settings!({ filters => filters }, { insta::assert_snapshot!(run.stdout) });

    let run = dir.run_with_env(&["run", "lab.yaml", "--report", "r.json"], &variables).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let report = dir.report("r.json");
    let names: Vec<&str> =
        report["accounts"].as_array().expect("accounts").iter().filter_map(|a| a["name"].as_str()).collect();
    let expected = ["lab0@uni.example", "One; \"first\"", "lab2@uni.example", "Drei", "lab4@uni.example"];
    assert_eq!(names, expected);
    for number in 0..5 {
        let linked = sandbox.jess_user_of(&format!("lab{number}@uni.example"));
        assert_eq!(linked, Some(format!("jess{number}")));
    }
}

fn assert_no_secret(name: &str, run: &Run) {
    for part in SECRET_PARTS {
        assert!(!run.stdout.contains(part), "{name}: standard output shows {part}: {}", run.stdout);
        assert!(!run.stderr.contains(part), "{name}: standard error shows {part}: {}", run.stderr);
    }
}

#[tokio::test]
async fn check_reports_each_roster_error_without_passwords() {
    let dir = TestDir::new();
    dir.write("lab.yaml", JOB);
    let mut all = String::new();
    for (name, roster) in [heading_errors(), cell_errors(), source_errors(), class_list_errors()].concat() {
        dir.write("students.csv", &roster);
        let run = dir.run_with_env(&["check", "lab.yaml"], &[("GOOD_PASSWORD", "hunter2")]).await;
        assert_no_secret(name, &run);
        assert_eq!((run.code, &*run.stdout), (Some(2), ""), "{name}: {}", run.stderr);
        writeln!(all, "[{name}]\n{}", run.stderr).expect("writing to a string cannot fail");
    }
    insta::assert_snapshot!(all);
}

#[tokio::test]
async fn check_rejects_what_is_neither_text_nor_workbook() {
    let dir = TestDir::new();
    dir.write("lab.yaml", JOB);
    let mut errors = String::new();
    for bytes in
        [b"PK\x03\x04hunter2".as_slice(), b"\xd0\xcf\x11\xe0hunter2", b"\xff\xfehunter2", b"email,\0hunter2"]
    {
        std::fs::write(dir.path("students.csv"), bytes).expect("a file can be written");
        let run = dir.run(&["check", "lab.yaml"]).await;
        assert_no_secret("students.csv", &run);
        assert_eq!(run.code, Some(2));
        errors += run.stderr.lines().next().expect("a line");
        errors += "\n";
    }
    insta::assert_snapshot!(errors);
}

#[tokio::test]
async fn roster_with_custom_headings_may_have_other_columns() {
    let dir = TestDir::new();
    dir.write(
        "registry.csv",
        "Matrikel;Nachname;Uni-Mail;Kennwort;Bemerkung\n4711;Ada;ada@uni.example;hunter2;\"zwei\nZeilen\"\n",
    );
    let job = |columns: &str| {
        format!(
            "version: 1\njess: {{ username: lab, password: hunter2 }}\nroster: {{ file: registry.csv, delimiter: semicolon, columns: {{ {columns} }} }}\n"
        )
    };
    dir.write("lab.yaml", &job("name: Nachname, email: Uni-Mail, ensims_password: Kennwort"));
    let run = dir.run(&["check", "lab.yaml"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stdout.contains(" Ada      ada@uni.example  lab        roster           job file"),
        "{}",
        run.stdout
    );
}

#[tokio::test]
async fn check_quotes_custom_headings_as_written() {
    let dir = TestDir::new();
    let mut all = String::new();
    for (name, columns, roster) in custom_heading_errors() {
        dir.write("registry.csv", &roster);
        dir.write(
            "lab.yaml",
            &format!("version: 1\njess: {{ username: lab, password: hunter2 }}\nroster: {{ file: registry.csv, columns: {{ {columns} }} }}\n"),
        );
        let run = dir.run(&["check", "lab.yaml"]).await;
        assert_no_secret(name, &run);
        writeln!(all, "[{name}]\n{}", run.stderr).expect("writing to a string cannot fail");
    }
    insta::assert_snapshot!(all);
}

#[tokio::test]
async fn check_rejects_an_account_in_both_job_and_roster() {
    let dir = TestDir::new();
    dir.write(
        "one.csv",
        &roster_with("alice,alice@uni.example,hunter2,j,hunter2\nbob,bob@uni.example,hunter2,j,hunter2"),
    );
    dir.write(
        "two.csv",
        &roster_with("Al,ALICE@uni.example,hunter2,j,hunter2\ncem,cem@uni.example,hunter2,j,hunter2"),
    );
    dir.write("lab.yaml", "version: 1\nroster: [one.csv, two.csv]\naccounts:\n  - name: cem\n    ensims: { email: bob@uni.example, password: hunter2 }\n    jess: { username: j, password: hunter2 }\n");
    let run = dir.run(&["check", "lab.yaml"]).await;
    assert_no_secret("twice", &run);
    insta::assert_snapshot!(run.stderr);
}

#[tokio::test]
async fn check_warns_of_values_changed_by_a_spreadsheet() {
    let dir = TestDir::new();
    let accounts = [
        "ann,ann@uni.example,1E+05,jess-ann,03.11.2026",
        "bob,bob@uni.example,#NAME?,jess,hunter2 ",
        "#REF!,cem@uni.example,hunter2,\"1,23E+11\",hunter2",
        "dora,dora@uni.example,FALSCH,jess-dora,12:30:00",
        "eli,eli@uni.example,########,jess-eli,=hunter2",
        "fay,fay@uni.example,“hunter2”,jess\u{a0}fay,hun\u{200b}ter2",
        "نرم\u{200c}افزار,gus@uni.example,hunter2,jess-gus,hunter2",
    ];
    dir.write("students.csv", &format!("sep=,\n{}", roster_with(&accounts.join("\n"))));
    dir.write("lab.yaml", &format!("{JOB}service: sandbox\n"));
    let run = dir.run(&["check", "lab.yaml"]).await;
    assert_no_secret("warnings", &run);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    insta::assert_snapshot!(run.stderr);
    // A run prints the same warnings before it starts, unless it is quiet.
    let warnings = run.stderr;
    let run = dir.run(&["run", "lab.yaml", "--progress", "none"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.starts_with(&warnings), "{}", run.stderr);
    let run = dir.run(&["run", "lab.yaml", "-q"]).await;
    assert!(!run.stderr.contains("warning"), "{}", run.stderr);
}

#[tokio::test]
async fn check_reports_warnings_headings_cells_and_modes_at_once() {
    let dir = TestDir::new();
    let headings = HEADINGS.replace("email", "E-mail");
    let accounts = "ann,ann@uni.example,1E+05,jess-ann,hunter2\nbob,bob.uni.example,hunter2,jess-bob,hunter2";
    dir.write("students.csv", &format!("{headings}\n{accounts}\n"));
    dir.write("strange.csv", "Geheimnis,Kennwort\nhunter2,hunter2\n");
    dir.write("secret.txt", "hunter2\n");
    let jess = "jess: { username: lab, password_file: secret.txt }\n";
    dir.write(
        "lab.yaml",
        &format!("version: 2\n{jess}roster: [students.csv, strange.csv]\nreports: [students.csv/r.json]\n"),
    );
    for name in ["students.csv", "strange.csv", "secret.txt"] {
        dir.set_mode(name, 0o644);
    }
    for command in ["check", "run"] {
        let run = dir.run(&[command, "lab.yaml"]).await;
        assert_no_secret(command, &run);
        assert_eq!((run.code, &*run.stdout), (Some(2), ""));
        insta::assert_snapshot!("check_reports_warnings_headings_cells_and_modes_at_once", run.stderr);
    }
}

#[tokio::test]
async fn check_truncates_a_long_plan() {
    let dir = TestDir::new();
    let students: Vec<String> =
        (0..300).map(|number| format!("s{number},s{number}@uni.example,hunter2,j{number},hunter2")).collect();
    dir.write("students.csv", &roster_with(&students.join("\n")));
    dir.write("lab.yaml", JOB);
    let run = dir.run(&["check", "lab.yaml"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.starts_with("lab.yaml: 300 accounts, no mistakes\n"), "{}", run.stdout);
    assert_eq!(run.stdout.lines().count(), 29);
    assert!(run.stdout.ends_with("\n … and 280 more\n"), "{}", run.stdout);
}

#[tokio::test]
async fn empty_sheet_and_invisible_character_are_called_what_they_are() {
    let dir = TestDir::new();
    dir.write("empty.csv", "\n");
    dir.write("names.csv", "name,email,ensims_password\n\u{200b}Ada,ada@uni.example,pw\n");
    dir.write("job.yaml", "version: 1\njess: { username: lab, password: pw }\nroster: names.csv\n");
    let run = dir.run(&["check", "job.yaml"]).await;
    let expected = "this value begins or ends with an invisible character; type it again";
    assert!(run.stderr.contains(expected), "{}", run.stderr);
    dir.write("job.yaml", "version: 1\njess: { username: lab, password: pw }\nroster: empty.csv\n");
    let checked = dir.run(&["check", "job.yaml"]).await.stderr;
    let init = dir.run(&["init", "new.yaml", "--roster", "empty.csv"]).await.stderr;
    for stderr in [checked, init] {
        assert!(stderr.contains("empty.csv: the file is empty"), "{stderr}");
    }
}

#[tokio::test]
async fn wrong_email_heading_is_one_mistake_in_the_row_of_the_others() {
    let dir = TestDir::new();
    dir.write("class.csv", "Physics lab,\nName,E-Mail,Passwort\nAda,ada@uni.example,pw-1\n");
    let columns = "{ name: Name, email: Email, ensims_password: Passwort }";
    let roster = format!("{{ file: class.csv, columns: {columns} }}");
    dir.write(
        "job.yaml",
        &format!("version: 1\njess: {{ username: lab, password: pw }}\nroster: {roster}\n"),
    );
    let run = dir.run(&["check", "job.yaml"]).await;
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    let mistakes: Vec<&str> = run.stderr.lines().filter(|line| line.contains("class.csv")).collect();
    let [mistake] = mistakes[..] else { panic!("{}", run.stderr) };
    assert!(mistake.starts_with("class.csv, line 2: no column has the heading 'Email'"), "{mistake}");
}
