//! Rosters that `check` must reject, each with the name of its case.

use std::fmt::Write;

pub(crate) const HEADINGS: &str = "name,email,ensims_password,jess_username,jess_password";

/// A valid roster except for these lines.
pub(crate) fn roster_with(lines: &str) -> String {
    format!("{HEADINGS}\n{lines}\n")
}

pub(crate) fn heading_errors() -> Vec<(&'static str, String)> {
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

pub(crate) fn cell_errors() -> Vec<(&'static str, String)> {
    vec![
        ("a cell too few", roster_with("alice,alice@uni.example,hunter2,jess-alice")),
        ("a cell too many", roster_with("alice,alice@uni.example,hun,ter2,jess-alice,hunter2")),
        ("one cell only", roster_with("hunter2\n,,hunter2,,")),
        (
            "lines that are no accounts",
            roster_with(&format!("ada,ada@uni.example,hunter2,j,hunter2\n{HEADINGS}\nTotal:,1,,,\nSumme,1")),
        ),
        (
            "a shifted line",
            roster_with("alice@uni.example,hunter2,hunter2,j,hunter2\nhunter2,ben,,j,hunter2"),
        ),
        (
            "a quote that is never closed",
            roster_with("alice,alice@uni.example,\"hunter2,j,hunter2\nbob,b@uni.example,hunter2,j,hunter2"),
        ),
        (
            "a quote within a value",
            roster_with("alice,alice@uni.example,\"hun\"ter2,j,hunter2\nbob,bob,hunter2,j,hunter2"),
        ),
        (
            "a line break in a cell",
            roster_with("alice,alice@uni.example,\"hun\nter2\",j,hunter2\n,,hunter2,j,hunter2"),
        ),
        ("blanks around values", roster_with(" alice,alice@uni.example ,,\u{a0}jess-alice,hunter2\n")),
        ("blanks only", roster_with("alice,alice@uni.example,  ,jess-alice,\u{200b}")),
        ("no e-mail address", roster_with("alice,,hunter2,jess-alice,hunter2")),
        (
            "what a spreadsheet does to e-mail addresses",
            roster_with(
                "ada,mailto:ada@uni.example,hunter2,j,hunter2\nben,ben\u{200b}@uni.example,hunter2,j,hunter2\ncem,cem@uni.example\u{feff},hunter2,j,hunter2\ndora,dora @uni.example,hunter2,j,hunter2",
            ),
        ),
        ("a password as the e-mail address", roster_with(",hunter2,hunter2,jess-alice,hunter2")),
        ("no ENSIMS password", roster_with("alice,alice@uni.example,,jess-alice,hunter2")),
        ("no JESS account", roster_with("alice,alice@uni.example,hunter2,,")),
        ("no JESS user name", roster_with("alice,alice@uni.example,hunter2,,hunter2")),
        ("no JESS password", roster_with("dora,dora@uni.example,hunter2,jess-dora,")),
        ("a NUL", roster_with("alice,alice@uni.example,hun\0ter2,jess-alice,hunter2")),
        (
            "an e-mail address twice",
            roster_with(
                "alice,alice@uni.example,hunter2,j,hunter2\nbob,bob@uni.example,hunter2,j,hunter2\nal,Alice@uni.example,hunter2,j,hunter2",
            ),
        ),
        (
            "a line twice",
            roster_with(",alice@uni.example,hunter2,j,hunter2\n,alice@uni.example,hunter2,j,hunter2"),
        ),
        (
            "a name twice",
            roster_with("alice,alice@uni.example,hunter2,j,hunter2\nalice,al@uni.example,hunter2,j,hunter2"),
        ),
        (
            "the cells of a column without a heading",
            format!(
                "{HEADINGS},\nalice,alice@uni.example,hunter2,j,hunter2,\nbob,bob@uni.example,hunter2,j,hunter2,hunter2\n"
            ),
        ),
    ]
}

pub(crate) fn source_errors() -> Vec<(&'static str, String)> {
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

pub(crate) fn class_list_errors() -> Vec<(&'static str, String)> {
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
        writeln!(roster, "{line}").expect("writing to a string cannot fail");
    }
    vec![("sixty students and five mistakes", roster)]
}

/// Rosters with custom headings. The second value is the `columns` setting for the roster.
pub(crate) fn custom_heading_errors() -> Vec<(&'static str, &'static str, String)> {
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
