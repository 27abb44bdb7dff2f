//! Rosters: accounts in CSV files, as spreadsheets write them.

use std::fmt::Write;

use crate::program::{Ended, Place, jess_password, password, sandbox_of};

/// The password of every file here; neither it nor a half of it may be shown.
const SECRET_PARTS: [&str; 4] = ["hunter2", "hun", "ter2", "passwort2"];

const JOB: &str = "version: 1\nroster: students.csv\n";
const HEADINGS: &str = "name,email,ensims_password,jess_username,jess_password";

#[tokio::test]
async fn the_roster_of_a_spreadsheet_is_run() {
    let sandbox = sandbox_of(5).start().await.expect("a sandbox");
    let place = Place::new();
    std::fs::create_dir(place.path("lists")).expect("a folder can be made");
    place.file("lists/lab3.txt", &(password(3) + "\n"));
    let roster = [
        "\u{feff}email;name;jess_username;jess_password;ensims_password;ensims_password_env;ensims_password_file;",
        &format!("lab1@uni.example;\"One; \"\"first\"\"\";jess1;{};{};;;", jess_password(1), password(1)),
        "",
        &format!("lab2@uni.example;;jess2;\"{}\";;LAB2_PASSWORD;;", jess_password(2)),
        ";;;;;;;",
        &format!("\"lab3@uni.example\";Drei;jess3;{};;;lab3.txt;", jess_password(3)),
        "",
    ];
    place.file("lists/students.csv", &roster.join("\r\n"));
    place.file("guests.csv", &format!("email\tensims_password\nlab4@uni.example\t{}\n", password(4)));
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
    place.file("lab.yaml", &job);
    let secret = password(2);
    let variables = [("LAB2_PASSWORD", &*secret)];
    let ended = place.run_with(&["check", "lab.yaml"], &variables).await;
    assert_eq!((ended.code, &*ended.err), (Some(0), ""), "{}", ended.out);
    let filters = vec![(r"127\.0\.0\.1:\d+", "[address]")];
    insta::with_settings!({ filters => filters }, { insta::assert_snapshot!(ended.out) });

    let ended = place.run_with(&["run", "lab.yaml", "--report", "r.json"], &variables).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let report = place.report("r.json");
    let names: Vec<&str> =
        report["accounts"].as_array().expect("accounts").iter().filter_map(|a| a["name"].as_str()).collect();
    let expected = ["lab0@uni.example", "One; \"first\"", "lab2@uni.example", "Drei", "lab4@uni.example"];
    assert_eq!(names, expected);
    for number in 0..5 {
        let linked = sandbox.jess_user_of(&format!("lab{number}@uni.example"));
        assert_eq!(linked, Some(format!("jess{number}")));
    }
}

/// A roster that is good but for these lines.
fn lines(lines: &str) -> String {
    format!("{HEADINGS}\n{lines}\n")
}

fn headings() -> Vec<(&'static str, String)> {
    let with = |headings: &str| format!("{headings}\nalice,alice@uni.example,hunter2,jess-alice,hunter2\n");
    vec![
        ("an empty file", String::new()),
        ("blank lines only", "\r\n\r\n ; ;\n".to_owned()),
        ("headings only", HEADINGS.to_owned()),
        ("no headings", "alice,alice@uni.example,hunter2,jess-alice,hunter2\n".to_owned()),
        (
            "an account without an e-mail address in the first line",
            "Emil,emil(at)uni.example,passwort2,jess-emil,hunter2\n".to_owned(),
        ),
        (
            "an account with a bad password in the first line",
            "alice@uni.example,student,hunter2,passwort2\n".to_owned(),
        ),
        ("nearly right", with("Name,E-mail,ensims_pasword,JESS user,jess-password")),
        ("French", with("Nom,Courriel,Mot de passe,Identifiant JESS,Mot de passe JESS")),
        (
            "headings of which none is that of an e-mail address",
            with("Nom,Adresse,Mot de passe,hunter2,jess_password"),
        ),
        (
            "one that is nearly right beside the right one",
            with("name,email,ensims_password,jess_username,jess_password").replacen(
                "name,",
                "name,Full name,",
                1,
            ),
        ),
        ("another delimiter by 'sep='", format!("sep=|\n{HEADINGS}\n")),
        ("nearly right in German", with("name,Mailadresse,Kennwort,Benutzername,JESS-Passwort")),
        ("far from all", with("name,email,ensims_password,Identifiant,jess_password")),
        ("one more", with("name,email,ensims_password,jess_username,jess_password,group")),
        ("a heading twice", with("name,email,ensims_password,jess_username,email")),
        (
            "no e-mail addresses",
            "name,ensims_password,jess_username,jess_password\nalice,hunter2,j,hunter2\n".to_owned(),
        ),
        (
            "no ENSIMS passwords",
            "email,jess_username,jess_password\nalice@uni.example,j,hunter2\n".to_owned(),
        ),
        ("no JESS accounts", "email,ensims_password\nalice@uni.example,hunter2\n".to_owned()),
        (
            "no JESS user names",
            "email,ensims_password,jess_password\nalice@uni.example,hunter2,hunter2\n".to_owned(),
        ),
        (
            "no JESS passwords",
            "email,ensims_password,jess_username\nalice@uni.example,hunter2,j\n".to_owned(),
        ),
        ("an open quote", "name,email,\"ensims_password\nhunter2\n".to_owned()),
        ("bars as delimiters", with(HEADINGS).replace(',', "|")),
    ]
}

fn cells() -> Vec<(&'static str, String)> {
    vec![
        ("a cell too few", lines("alice,alice@uni.example,hunter2,jess-alice")),
        ("a cell too many", lines("alice,alice@uni.example,hun,ter2,jess-alice,hunter2")),
        ("one cell only", lines("hunter2\n,,hunter2,,")),
        (
            "lines that are no accounts",
            lines(&format!("ada,ada@uni.example,hunter2,j,hunter2\n{HEADINGS}\nTotal:,1,,,\nSumme,1")),
        ),
        ("a shifted line", lines("alice@uni.example,hunter2,hunter2,j,hunter2\nhunter2,ben,,j,hunter2")),
        (
            "a quote that is never closed",
            lines("alice,alice@uni.example,\"hunter2,j,hunter2\nbob,b@uni.example,hunter2,j,hunter2"),
        ),
        (
            "a quote within a value",
            lines("alice,alice@uni.example,\"hun\"ter2,j,hunter2\nbob,bob,hunter2,j,hunter2"),
        ),
        (
            "a line break in a cell",
            lines("alice,alice@uni.example,\"hun\nter2\",j,hunter2\n,,hunter2,j,hunter2"),
        ),
        ("blanks around values", lines(" alice,alice@uni.example ,,\u{a0}jess-alice,hunter2\n")),
        ("blanks only", lines("alice,alice@uni.example,  ,jess-alice,\u{200b}")),
        ("no e-mail address", lines("alice,,hunter2,jess-alice,hunter2")),
        (
            "what a spreadsheet does to e-mail addresses",
            lines(
                "ada,mailto:ada@uni.example,hunter2,j,hunter2\nben,ben\u{200b}@uni.example,hunter2,j,hunter2\ncem,cem@uni.example\u{feff},hunter2,j,hunter2\ndora,dora @uni.example,hunter2,j,hunter2",
            ),
        ),
        ("a password as the e-mail address", lines(",hunter2,hunter2,jess-alice,hunter2")),
        ("no ENSIMS password", lines("alice,alice@uni.example,,jess-alice,hunter2")),
        ("no JESS account", lines("alice,alice@uni.example,hunter2,,")),
        ("no JESS user name", lines("alice,alice@uni.example,hunter2,,hunter2")),
        ("no JESS password", lines("dora,dora@uni.example,hunter2,jess-dora,")),
        ("a NUL", lines("alice,alice@uni.example,hun\0ter2,jess-alice,hunter2")),
        (
            "an e-mail address twice",
            lines(
                "alice,alice@uni.example,hunter2,j,hunter2\nbob,bob@uni.example,hunter2,j,hunter2\nal,Alice@uni.example,hunter2,j,hunter2",
            ),
        ),
        ("a line twice", lines(",alice@uni.example,hunter2,j,hunter2\n,alice@uni.example,hunter2,j,hunter2")),
        (
            "a name twice",
            lines("alice,alice@uni.example,hunter2,j,hunter2\nalice,al@uni.example,hunter2,j,hunter2"),
        ),
        (
            "the cells of a column without a heading",
            format!(
                "{HEADINGS},\nalice,alice@uni.example,hunter2,j,hunter2,\nbob,bob@uni.example,hunter2,j,hunter2,hunter2\n"
            ),
        ),
    ]
}

fn sources() -> Vec<(&'static str, String)> {
    let with = |cells: &str| {
        format!(
            "name,email,ensims_password_env,ensims_password_file,jess_username,jess_password,jess_password_env\n{cells}\n"
        )
    };
    vec![
        ("a variable and a file", with("alice,alice@uni.example,GOOD_PASSWORD,a.txt,j,hunter2,")),
        ("a password and a variable", with("dora,dora@uni.example,GOOD_PASSWORD,,j,hunter2,GOOD_PASSWORD")),
        ("a variable that is not set", with("alice,alice@uni.example,NO_SUCH_PASSWORD,,j,hunter2,")),
        ("a file that is missing", with("alice,alice@uni.example,,alice.txt,j,hunter2,")),
        ("a password in the place of a file", with("alice,alice@uni.example,,hunter2,j,hunter2,")),
        ("no password at all", with("alice,alice@uni.example,,,j,,")),
        (
            "no password in the only column for it",
            "email,name,ensims_password_file,jess_username,jess_password_env\nada@uni.example,Ada,,jess-ada,\n".to_owned(),
        ),
    ]
}

fn many() -> Vec<(&'static str, String)> {
    let mut roster = HEADINGS.to_owned() + "\n";
    for number in 0..60 {
        let line = match number {
            11 => "student11,student11@uni.example,hunter2,jess11".to_owned(),
            23 => format!("student{number},student11uni.example,hunter2,jess23,hunter2"),
            31 => "student31,student3@uni.example,hunter2,jess31,hunter2".to_owned(),
            44 => "student44,student44@uni.example,,jess44,hunter2".to_owned(),
            58 => "student58,student58@uni.example,hunter2,jess58 ,hunter2".to_owned(),
            _ => format!("student{number},student{number}@uni.example,hunter2,jess{number},hunter2"),
        };
        writeln!(roster, "{line}").expect("text grows");
    }
    vec![("sixty students and five mistakes", roster)]
}

fn assert_no_secret(name: &str, ended: &Ended) {
    for part in SECRET_PARTS {
        assert!(!ended.out.contains(part), "{name}: standard output shows {part}: {}", ended.out);
        assert!(!ended.err.contains(part), "{name}: standard error shows {part}: {}", ended.err);
    }
}

#[tokio::test]
async fn every_mistake_of_a_roster_is_named_with_its_place_and_without_any_password() {
    let place = Place::new();
    place.file("lab.yaml", JOB);
    let mut all = String::new();
    for (name, roster) in [headings(), cells(), sources(), many()].concat() {
        place.file("students.csv", &roster);
        let ended = place.run_with(&["check", "lab.yaml"], &[("GOOD_PASSWORD", "hunter2")]).await;
        assert_no_secret(name, &ended);
        assert_eq!((ended.code, &*ended.out), (Some(2), ""), "{name}: {}", ended.err);
        writeln!(all, "[{name}]\n{}", ended.err).expect("text grows");
    }
    insta::assert_snapshot!(all);
}

#[tokio::test]
async fn a_file_that_is_not_utf_8_is_told_how_to_be_saved() {
    let place = Place::new();
    place.file("lab.yaml", JOB);
    let utf_16: Vec<u8> = "\u{feff}email;name".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin = b"email,name\nmueller@uni.example,M\xfcller\n".to_vec();
    let mut said = String::new();
    for bytes in [utf_16, latin, b"PK\x03\x04hunter2".to_vec(), b"email,\0hunter2".to_vec()] {
        std::fs::write(place.path("students.csv"), bytes).expect("a file can be written");
        let ended = place.run(&["check", "lab.yaml"]).await;
        assert_no_secret("students.csv", &ended);
        assert_eq!(ended.code, Some(2));
        said += ended.err.lines().next().expect("a line");
        said += "\n";
    }
    insta::assert_snapshot!(said);
}

#[tokio::test]
async fn a_file_with_headings_of_its_own_keeps_its_other_columns() {
    let place = Place::new();
    place.file(
        "registry.csv",
        "Matrikel;Nachname;Uni-Mail;Kennwort;Bemerkung\n4711;Ada;ada@uni.example;hunter2;\"zwei\nZeilen\"\n",
    );
    let job = |columns: &str| {
        format!(
            "version: 1\njess: {{ username: lab, password: hunter2 }}\nroster: {{ file: registry.csv, delimiter: semicolon, columns: {{ {columns} }} }}\n"
        )
    };
    place.file("lab.yaml", &job("name: Nachname, email: Uni-Mail, ensims_password: Kennwort"));
    let ended = place.run(&["check", "lab.yaml"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(
        ended.out.contains(" Ada      ada@uni.example  lab        roster           job file"),
        "{}",
        ended.out
    );
}

/// Lists with headings of their own, each with what `columns` says of it.
fn own_headings() -> Vec<(&'static str, &'static str, String)> {
    let with = |headings: &str, line: &str| format!("{headings}\n{line}\n");
    let registry = with("Uni-Mail;Kennwort;Bemerkung", "ada@uni.example;hunter2;hunter2");
    let usual = "email: Uni-Mail, ensims_password: Kennwort";
    vec![
        (
            "a heading that is not there",
            "name: Vorname, email: Uni-Mail, ensims_password: Kennwort",
            registry.clone(),
        ),
        ("a heading that is left alone and needed", "email: Uni-Mail", registry),
        (
            "a heading that is left alone",
            usual,
            with(
                "Uni-Mail;Kennwort;Student's name;User name;email",
                "ada@uni.example;hunter2;Ada;hunter2;hunter2",
            ),
        ),
        (
            "an account in the first line",
            usual,
            with("ada@uni.example;Kennwort;hunter2", "ben@uni.example;hunter2;hunter2"),
        ),
        (
            "mistakes below headings of its own",
            "name: Student, email: Uni-Mail, ensims_password: Kennwort",
            with(
                "Matrikel;Student;Uni-Mail;Kennwort",
                "1;Ada;ada@uni.example;\n2;Ben;ben.uni.example;hunter2\n3;Cem; cem@uni.example;hunter2\n4;Cem;ada@uni.example;hunter2",
            ),
        ),
    ]
}

#[tokio::test]
async fn headings_of_a_list_are_named_as_they_stand_there() {
    let place = Place::new();
    let mut all = String::new();
    for (name, columns, roster) in own_headings() {
        place.file("registry.csv", &roster);
        place.file(
            "lab.yaml",
            &format!("version: 1\njess: {{ username: lab, password: hunter2 }}\nroster: {{ file: registry.csv, columns: {{ {columns} }} }}\n"),
        );
        let ended = place.run(&["check", "lab.yaml"]).await;
        assert_no_secret(name, &ended);
        writeln!(all, "[{name}]\n{}", ended.err).expect("text grows");
    }
    insta::assert_snapshot!(all);
}

#[tokio::test]
async fn an_account_of_the_job_file_cannot_come_again_in_a_roster() {
    let place = Place::new();
    place.file(
        "one.csv",
        &lines("alice,alice@uni.example,hunter2,j,hunter2\nbob,bob@uni.example,hunter2,j,hunter2"),
    );
    place.file(
        "two.csv",
        &lines("Al,ALICE@uni.example,hunter2,j,hunter2\ncem,cem@uni.example,hunter2,j,hunter2"),
    );
    place.file("lab.yaml", "version: 1\nroster: [one.csv, two.csv]\naccounts:\n  - name: cem\n    ensims: { email: bob@uni.example, password: hunter2 }\n    jess: { username: j, password: hunter2 }\n");
    let ended = place.run(&["check", "lab.yaml"]).await;
    assert_no_secret("twice", &ended);
    insta::assert_snapshot!(ended.err);
}

#[tokio::test]
async fn what_a_spreadsheet_has_probably_changed_is_a_warning() {
    let place = Place::new();
    let accounts = [
        "ann,ann@uni.example,1E+05,jess-ann,03.11.2026",
        "bob,bob@uni.example,#NAME?,jess,hunter2 ",
        "#REF!,cem@uni.example,hunter2,\"1,23E+11\",hunter2",
        "dora,dora@uni.example,FALSCH,jess-dora,12:30:00",
        "eli,eli@uni.example,########,jess-eli,=hunter2",
        "fay,fay@uni.example,“hunter2”,jess\u{a0}fay,hun\u{200b}ter2",
        "نرم\u{200c}افزار,gus@uni.example,hunter2,jess-gus,hunter2",
    ];
    place.file("students.csv", &format!("sep=,\n{}", lines(&accounts.join("\n"))));
    place.file("lab.yaml", &format!("{JOB}service: sandbox\n"));
    let ended = place.run(&["check", "lab.yaml"]).await;
    assert_no_secret("warnings", &ended);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    insta::assert_snapshot!(ended.err);
    // A run says the same before it begins, unless it is to be quiet.
    let doubts = ended.err;
    let ended = place.run(&["run", "lab.yaml", "--progress", "none"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.err.starts_with(&doubts), "{}", ended.err);
    let ended = place.run(&["run", "lab.yaml", "-q"]).await;
    assert!(!ended.err.contains("warning"), "{}", ended.err);
}

#[tokio::test]
async fn warnings_headings_cells_and_modes_are_told_at_once() {
    let place = Place::new();
    let headings = HEADINGS.replace("email", "E-mail");
    let accounts = "ann,ann@uni.example,1E+05,jess-ann,hunter2\nbob,bob.uni.example,hunter2,jess-bob,hunter2";
    place.file("students.csv", &format!("{headings}\n{accounts}\n"));
    place.file("strange.csv", "Geheimnis,ensims_pasword\nhunter2,hunter2\n");
    place.file("secret.txt", "hunter2\n");
    let jess = "jess: { username: lab, password_file: secret.txt }\n";
    place.file(
        "lab.yaml",
        &format!("version: 2\n{jess}roster: [students.csv, strange.csv]\nreports: [students.csv/r.json]\n"),
    );
    for name in ["students.csv", "strange.csv", "secret.txt"] {
        place.set_mode(name, 0o644);
    }
    for command in ["check", "run"] {
        let ended = place.run(&[command, "lab.yaml"]).await;
        assert_no_secret(command, &ended);
        assert_eq!((ended.code, &*ended.out), (Some(2), ""));
        insta::assert_snapshot!("warnings_headings_cells_and_modes_are_told_at_once", ended.err);
    }
}

#[tokio::test]
async fn a_long_plan_is_cut() {
    let place = Place::new();
    let students: Vec<String> =
        (0..300).map(|number| format!("s{number},s{number}@uni.example,hunter2,j{number},hunter2")).collect();
    place.file("students.csv", &lines(&students.join("\n")));
    place.file("lab.yaml", JOB);
    let ended = place.run(&["check", "lab.yaml"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.starts_with("lab.yaml: 300 accounts, no mistakes\n"), "{}", ended.out);
    assert_eq!(ended.out.lines().count(), 28);
    assert!(ended.out.ends_with("\n … and 280 more\n"), "{}", ended.out);
}
