//! What `check` says of a job file with a mistake, and of one without.

use std::fmt::Write;

use crate::program::{Ended, Place, repository};

/// The password of every file here; neither it nor a half of it may be shown.
const SECRET_PARTS: [&str; 3] = ["hunter2", "hun", "ter2"];

/// The files of the test's folder are its credentials too.
const VARIABLES: [(&str, &str); 5] = [
    ("EMPTY_PASSWORD", ""),
    ("LINES_PASSWORD", "hunter2\nhunter2\n"),
    ("GOOD_PASSWORD", "hunter2"),
    ("CREDENTIALS_DIRECTORY", "."),
    ("PATH", "/usr/bin:/bin"),
];

const ACCOUNTS: &str = "accounts:
  - name: alice
    ensims: { email: alice@uni.example, password: hunter2 }
    jess: { username: jess-alice, password: hunter2 }
";

/// A job that is good but for these lines.
fn with(lines: &str) -> String {
    format!("version: 1\n{lines}\n{ACCOUNTS}")
}

/// A job that is good but for its one JESS credential for all.
fn shared(jess: &str) -> String {
    let accounts = ACCOUNTS.rsplit_once("    jess:").map_or(ACCOUNTS, |(accounts, _)| accounts);
    format!("version: 1\njess: {{ {jess} }}\n{accounts}")
}

/// A job that is good but for what follows the e-mail address.
fn ensims(keys: &str) -> String {
    account(&format!(
        "  - name: alice\n    ensims: {{ email: alice@uni.example{keys} }}\n    jess: {{ username: jess-alice, password: hunter2 }}"
    ))
}

/// A job that is good but for its one `ensims` entry, written over several lines.
fn ensims_block(lines: &str) -> String {
    account(&format!(
        "  - name: alice\n    ensims:\n      email: alice@uni.example\n{lines}\n    jess: {{ username: jess-alice, password: hunter2 }}"
    ))
}

/// A job that is good but for its accounts.
fn account(lines: &str) -> String {
    format!("version: 1\naccounts:\n{lines}\n")
}

fn syntax() -> Vec<(&'static str, String)> {
    vec![
        ("an empty file", String::new()),
        ("comments only", "# hunter2\n".to_owned()),
        ("null only", "~\n".to_owned()),
        ("a word instead of a map", "hunter2\n".to_owned()),
        ("a list instead of a map", "- hunter2\n".to_owned()),
        ("two documents", format!("{}---\nhunter2: hunter2\n", with("name: Lab"))),
        ("an open quote", ensims(", password: 'hunter2")),
        ("an open brace", account("  - ensims: { email: alice@uni.example, password: hunter2")),
        ("a tab as indent", "version: 1\naccounts:\n\t- password: hunter2\n".to_owned()),
        ("a colon in an unquoted value", with("name: Lab: hunter2")),
        ("an unknown alias", ensims(", password: *hunter2")),
        ("a password that begins with @", ensims(", password: @hunter2")),
        ("a password that begins with %", ensims(", password: %hunter2")),
        ("a password that begins with !", ensims(", password: !hunter2")),
        ("a tag for a variable", ensims(", password: !env hunter2")),
        ("a tag on a map", with("limits: !hunter2 { rate: 10/s }")),
        ("a merge key", with("limits: { <<: { rate: hunter2 } }")),
        ("a merge key with an alias", "version: 1\njess: &all { username: lab, password: hunter2 }\naccounts:\n  - ensims: { email: alice@uni.example, password: hunter2 }\n    jess: { <<: *all }\n".to_owned()),
        ("a map as a key", with("? { hunter2: hunter2 }\n: 1")),
        ("a list as a key", with("[hunter2]: 1")),
        ("deep nesting", with(&format!("name: {}hunter2{}", "[".repeat(20), "]".repeat(20)))),
    ]
}

fn keys() -> Vec<(&'static str, String)> {
    vec![
        ("an unknown key near a known one", ensims(", pasword: hunter2")),
        ("an unknown key near one at the top", with("limit: { concurrency: 2 }")),
        ("an unknown key far from all", ensims(", hunter2: 1")),
        ("an unknown key far from all at the top", with("hunter2: 1")),
        ("a password with a comma in braces", ensims(", password: hun,ter2")),
        ("a password with a comma and a colon in braces", ensims(", password: 'x', hun: ter2")),
        ("a password as an unknown key of a list", with("reports: [{ hunter2: 1 }]")),
        ("a null below an unknown key", with("hunter2: { hunter2: ~ }")),
        ("a null in a list below an unknown key", with("limits: { hunter2: [{ name: ~ }] }")),
        ("a null below a known key", with("limits: { rate: ~ }")),
        ("a null in a list", with("reports: [lab.json, ~]")),
        ("a tag below an unknown key", with("name.hunter2: { hunter2: !env hunter2 }")),
        ("a key twice below an unknown key", with("hunter2[0]: { name: 1, name: 2 }")),
        ("a wrong type below an unknown key", with("service: { hunter2: { url: [1] } }")),
        ("a key twice", ensims(", password: hunter2, password: hunter2")),
        ("a key twice at the top", with("name: hunter2\nname: hunter2")),
        ("an unknown key twice", with("hunter2: 1\nhunter2: 2")),
        ("no version", ACCOUNTS.to_owned()),
        (
            "no e-mail address",
            account(
                "  - ensims: { password: hunter2 }\n    jess: { username: jess-alice, password: hunter2 }",
            ),
        ),
        (
            "no ENSIMS credential",
            account("  - name: alice\n    jess: { username: jess-alice, password: hunter2 }"),
        ),
        (
            "no JESS user name",
            account(
                "  - ensims: { email: alice@uni.example, password: hunter2 }\n    jess: { password: hunter2 }",
            ),
        ),
    ]
}

fn types() -> Vec<(&'static str, String)> {
    vec![
        ("a version that is no number", format!("version: hunter2\n{ACCOUNTS}")),
        ("a negative version", format!("version: -1\n{ACCOUNTS}")),
        ("a name that is a list", with("name: [hunter2]")),
        ("a password that is a list", ensims(", password: [hunter2]")),
        ("a password that is a map", ensims(", password: { hunter2: hunter2 }")),
        ("a command that is text", ensims(", password_command: echo hunter2")),
        ("a roster that is a number", with("roster: 12")),
        ("a roster in a list that is a list", with("roster: [[hunter2.csv]]")),
        ("a roster without a file", with("roster: { delimiter: ';' }")),
        ("a heading that is a list", with("roster: { file: hunter2.csv, columns: { email: [hunter2] } }")),
        ("a credential that is text", account("  - ensims: hunter2")),
        ("an account that is text", account("  - hunter2")),
        ("accounts that are a map", "version: 1\naccounts: { hunter2: hunter2 }\n".to_owned()),
        ("accounts that are text", "version: 1\naccounts: hunter2\n".to_owned()),
        ("limits that are text", with("limits: hunter2")),
        ("a concurrency that is text", with("limits: { concurrency: hunter2 }")),
        ("a concurrency that is a fraction", with("limits: { concurrency: 2.5 }")),
        ("a negative number of attempts", with("limits: { attempts: -1 }")),
        ("a timeout that is a list", with("limits: { timeout: [hunter2] }")),
        ("reports that are text", with("reports: hunter2")),
        ("a service that is a list", with("service: [hunter2]")),
        ("allow_http that is text", with("service: { allow_http: hunter2 }")),
        ("a sandbox that is text", with("service: { sandbox: hunter2 }")),
        ("a sandbox list that is text", with("service: { sandbox: { slow: hunter2 } }")),
        (
            "a value that looks like our message of a missing key",
            format!("version: 'missing field `hunter2`'\n{ACCOUNTS}"),
        ),
        (
            "a value that looks like our message of an unknown key",
            format!("version: 'unknown field `x`, expected `hunter2`'\n{ACCOUNTS}"),
        ),
        (
            "a value that looks like our message of a wrong type",
            format!("version: 'x, expected hunter2 at line 3'\n{ACCOUNTS}"),
        ),
    ]
}

fn values() -> Vec<(&'static str, String)> {
    vec![
        ("version 2", format!("version: 2\n{ACCOUNTS}")),
        ("an empty name of the job", with("name: ''")),
        (
            "a JESS user name that is still to be put in",
            shared("username: YOUR-JESS-USER-NAME, password: hunter2"),
        ),
        ("give up after none", with("limits: { give_up_after: 0 }")),
        ("another update", with("update: hunter2")),
        ("another verify", with("verify: hunter2")),
        ("a verify that YAML reads as null", with("verify: null")),
        ("a concurrency of 0", with("limits: { concurrency: 0 }")),
        ("a concurrency of 1001", with("limits: { concurrency: 1001 }")),
        ("no attempts", with("limits: { attempts: 0 }")),
        ("a rate of 0", with("limits: { rate: 0/s }")),
        ("a rate without a unit", with("limits: { rate: 10 }")),
        ("another rate", with("limits: { rate: hunter2/s }")),
        ("a timeout without a unit", with("limits: { timeout: 30 }")),
        ("a timeout of 0", with("limits: { timeout: 0s }")),
        ("a negative timeout", with("limits: { timeout: -5s }")),
        ("another budget", with("limits: { budget: hunter2 }")),
        ("another latency", with("service: { sandbox: { latency: hunter2 } }")),
        ("a report of another kind", with("reports: [hunter2.xlsx]")),
        ("a report without a kind", with("reports: [hunter2]")),
        ("a report on standard output", with("reports: ['-']")),
        ("a report twice", with("reports: [lab.json, lab.json]")),
        ("a roster that is missing", with("roster: missing.csv")),
        ("a roster of a list that is missing", with("roster: [{ file: missing.csv }]")),
        ("a roster that is a folder", with("roster: .")),
        ("a roster twice", with("roster: [good.csv, good.csv]")),
        ("another delimiter", with("roster: { file: good.csv, delimiter: '|' }")),
        (
            "one heading for two columns",
            with(
                "roster: { file: good.csv, columns: { email: E-mail, name: Mail, ensims_password: 'Mail ' } }",
            ),
        ),
        ("an empty heading", with("roster: [{ file: good.csv, columns: { email: '' } }]")),
        ("another column", with("roster: { file: good.csv, columns: { mail: E-mail } }")),
        ("a report in the place of a roster", with("roster: good.json\nreports: [good.json]")),
    ]
}

fn services() -> Vec<(&'static str, String)> {
    vec![
        ("http to another machine", with("service: http://ensims.example.org")),
        ("http to another machine in a map", with("service: { url: http://ensims.example.org }")),
        ("user and password in the address", with("service: https://alice:hunter2@ensims.example.org")),
        ("an address that is none", with("service: hunter2")),
        ("another scheme", with("service: ftp://hunter2.example.org")),
        ("a query in the address", with("service: https://ensims.example.org/?password=hunter2")),
        ("a path that is none", with("service: { users_path: 'hunter2 ?#' }")),
        ("url and sandbox", with("service: { url: 'https://ensims.example.org', sandbox: {} }")),
        ("a certificate file that is missing", with("service: { ca_bundle: hunter2.pem }")),
        ("a certificate file that holds none", with("service: { ca_bundle: empty.txt }")),
        ("a certificate file that holds half of one", with("service: { ca_bundle: garbage.pem }")),
        ("a proxy that is no address", with("service: { proxy: 'alice:hunter2' }")),
        (
            "a sandbox that names nobody",
            with("service: { sandbox: { refuse_logon: [hunter2], slow: [alice, bob] } }"),
        ),
    ]
}

fn secrets() -> Vec<(&'static str, String)> {
    vec![
        ("a password of ~", ensims(", password: ~")),
        ("a password of null", ensims(", password: null")),
        ("a password of nothing", ensims_block("      password:")),
        ("a password that is a comment", ensims_block("      password: #hunter2")),
        ("an empty password", ensims(", password: \"\"")),
        ("an empty JESS password", with("jess: { username: lab, password: '' }")),
        ("an unquoted password cut off by a comment", ensims_block("      password: hun #ter2")),
        ("an unquoted password over two lines", ensims_block("      password: hun\n        ter2")),
        (
            "an unquoted JESS password cut off by a comment",
            with("jess:\n  username: lab\n  password: hun #ter2"),
        ),
        ("no password", ensims("")),
        ("two passwords", ensims(", password: hunter2, password_env: GOOD_PASSWORD")),
        ("a variable that is not set", ensims(", password_env: NO_SUCH_PASSWORD")),
        ("a password as the name of a variable", ensims(", password_env: hunter2")),
        ("a variable without a name", ensims(", password_env: ''")),
        ("an empty variable", ensims(", password_env: EMPTY_PASSWORD")),
        ("a variable of two lines", ensims(", password_env: LINES_PASSWORD")),
        ("a password in the place of a file", ensims(", password_file: hunter2")),
        ("a file that is missing", ensims(", password_file: missing.txt")),
        ("an empty file of a password", ensims(", password_file: empty.txt")),
        ("a file of two lines", ensims(", password_file: lines.txt")),
        ("a file that is not UTF-8", ensims(", password_file: latin.txt")),
        ("a file with a NUL", ensims(", password_file: nul.txt")),
        ("a file with a byte order mark", ensims(", password_file: mark.txt")),
        ("a folder as a file", ensims(", password_file: .")),
        ("a password with a line break", ensims(", password: \"hun\\nter2\"")),
        ("a password that ends with a line break", ensims_block("      password: |\n        hunter2")),
        ("a password of a line break", ensims(", password: \"\\n\"")),
        ("a password with a carriage return", ensims(", password: \"hun\\rter2\"")),
        ("a password with a NUL", ensims(", password: \"hun\\0ter2\"")),
        ("a credential that is missing", ensims(", password_credential: hunter2")),
        ("a credential that is a path", ensims(", password_credential: ./hunter2")),
        ("a credential that is an absolute path", ensims(", password_credential: /hunter2")),
        ("a credential that is the folder itself", ensims(", password_credential: .")),
        ("a credential that is the folder above", ensims(", password_credential: ..")),
        ("a credential without a name", ensims(", password_credential: ''")),
        ("an empty credential", ensims(", password_credential: empty.txt")),
        ("a credential of two lines", ensims(", password_credential: lines.txt")),
        ("a credential that is not UTF-8", ensims(", password_credential: latin.txt")),
        ("a JESS credential that is missing", shared("username: lab, password_credential: hunter2")),
        ("a command without a program", ensims(", password_command: []")),
        ("a command with an empty program", ensims(", password_command: ['']")),
        ("a command that is not there", ensims(", password_command: [./hunter2, hunter2]")),
        (
            "a command that fails",
            ensims(", password_command: [sh, -c, 'echo hunter2; echo hunter2 >&2; exit 3']"),
        ),
        ("a command that prints nothing", ensims(", password_command: ['true', hunter2]")),
        ("a command that prints an empty line first", ensims(", password_command: [printf, '\\nhunter2']")),
        ("a command that prints what is not UTF-8", ensims(", password_command: [printf, 'hunter2\\344']")),
        ("a command that prints too much", ensims(", password_command: [head, -c, 70000, /dev/zero]")),
        (
            "a command and a variable",
            ensims(", password_command: [echo, hunter2], password_env: GOOD_PASSWORD"),
        ),
        ("a JESS command that fails", shared("username: lab, password_command: ['false']")),
        ("a credential and a file", ensims(", password_credential: hunter2, password_file: hunter2")),
    ]
}

fn accounts() -> Vec<(&'static str, String)> {
    let jess = "    jess: { username: lab, password: hunter2 }";
    vec![
        ("no accounts", "version: 1\n".to_owned()),
        ("an empty list of accounts", "version: 1\naccounts: []\n".to_owned()),
        ("accounts that are nothing", "version: 1\naccounts:\n".to_owned()),
        (
            "an e-mail address twice, in another case",
            account(&format!(
                "  - ensims: {{ email: alice@uni.example, password: hunter2 }}\n{jess}\n  - ensims: {{ email: Alice@UNI.example, password: hunter2 }}\n{jess}"
            )),
        ),
        (
            "a name twice",
            account(&format!(
                "  - name: alice\n    ensims: {{ email: alice@uni.example, password: hunter2 }}\n{jess}\n  - name: alice\n    ensims: {{ email: bob@uni.example, password: hunter2 }}\n{jess}"
            )),
        ),
        (
            "an empty name",
            account(&format!(
                "  - name: ''\n    ensims: {{ email: alice@uni.example, password: hunter2 }}\n{jess}"
            )),
        ),
        ("no JESS credential", account("  - ensims: { email: alice@uni.example, password: hunter2 }")),
        (
            "an empty JESS user name",
            account(
                "  - ensims: { email: alice@uni.example, password: hunter2 }\n    jess: { username: '', password: hunter2 }",
            ),
        ),
        (
            "a password as the e-mail address",
            account("  - ensims: { email: hunter2, password: ' ' }\n  - ensims: { email: hunter2 }"),
        ),
        (
            "an empty e-mail address",
            account(&format!("  - ensims: {{ email: '', password: hunter2 }}\n{jess}")),
        ),
    ]
}

fn assert_no_secret(name: &str, ended: &Ended) {
    for part in SECRET_PARTS {
        assert!(!ended.out.contains(part), "{name}: standard output shows {part}: {}", ended.out);
        assert!(!ended.err.contains(part), "{name}: standard error shows {part}: {}", ended.err);
    }
}

/// What `check` says of a text, without the last line, which counts.
async fn mistakes(place: &Place, name: &str, text: &str) -> String {
    place.file("lab.yaml", text);
    let ended = place.run_with(&["check", "lab.yaml"], &VARIABLES).await;
    assert_no_secret(name, &ended);
    assert_eq!(ended.code, Some(2), "{name}: {}{}", ended.out, ended.err);
    assert_eq!(ended.out, "", "{name}");
    let (messages, last) = ended.err.trim_end().rsplit_once('\n').expect("a message and the last line");
    let count = messages.lines().count();
    let noun = if count == 1 { "mistake" } else { "mistakes" };
    assert_eq!(last, format!("{count} {noun}; nothing was sent."), "{name}: {messages}");
    messages.to_owned()
}

#[tokio::test]
async fn every_mistake_is_named_with_its_place_and_without_any_value() {
    let place = Place::new();
    place.file("empty.txt", "\n");
    place.file("lines.txt", "hunter2\nhunter2\n");
    place.file("garbage.pem", "-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----\n");
    place.file("nul.txt", "hun\0ter2\n");
    place.file("mark.txt", "\u{feff}hunter2\n");
    std::fs::write(place.path("latin.txt"), b"hunter2\xe4\n").expect("a file can be written");
    place.set_mode("latin.txt", 0o600);
    let good =
        "email,ensims_password,jess_username,jess_password\nbob@uni.example,hunter2,jess-bob,hunter2\n";
    place.file("good.csv", good);
    place.file("good.json", good);
    let mut all = String::new();
    for cases in [syntax(), keys(), types(), values(), services(), secrets(), accounts()] {
        for (name, text) in cases {
            let messages = mistakes(&place, name, &text).await;
            writeln!(all, "[{name}]\n{messages}\n").expect("text grows");
        }
    }
    insta::assert_snapshot!(all);
}

#[tokio::test]
async fn all_mistakes_of_a_file_are_told_at_once() {
    let text = "version: 2
service: http://ensims.example.org
verify: hunter2
limits: { concurrency: 0, rate: hunter2, timeout: hunter2 }
reports: [hunter2.txt, lab.json, lab.json]
accounts:
  - name: alice
    ensims: { email: alice@uni.example, password_env: NO_SUCH_PASSWORD }
    jess: { username: jess-alice, password_file: hunter2 }
  - name: alice
    ensims: { email: ALICE@uni.example, password: hunter2 }
";
    let messages = mistakes(&Place::new(), "many", text).await;
    insta::assert_snapshot!(messages);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_a_mistake() {
    let place = Place::new();
    std::fs::write(place.path("latin.yaml"), b"name: hunter2\xe4\n").expect("a file can be written");
    std::fs::write(place.path("large.yaml"), vec![b'#'; 8 * 1024 * 1024 + 1]).expect("a file can be written");
    let ended = place.run(&["check", "missing.yaml", "latin.yaml", "large.yaml", "/dev/zero"]).await;
    assert_no_secret("unreadable", &ended);
    assert_eq!(ended.code, Some(2));
    insta::assert_snapshot!(ended.err);
}

#[tokio::test]
async fn a_name_that_no_account_has_is_a_mistake() {
    let place = Place::new();
    place.file("lab.yaml", &with("name: Lab"));
    let near = ["--only", "Alice", "--only", "alcie", "--skip", "alice@uni.exmple"];
    let arguments = ["check", "lab.yaml", "--only", "bob", "--skip", "cem@uni.example"];
    let ended = place.run(&[&arguments[..], &near].concat()).await;
    assert_no_secret("unknown name", &ended);
    assert_eq!(ended.code, Some(2));
    insta::assert_snapshot!(ended.err);
}

#[tokio::test]
async fn two_passwords_for_one_jess_user_are_doubted() {
    let place = Place::new();
    let account = |name: &str, jess: &str| {
        format!("  - name: {name}\n    ensims: {{ email: {name}@uni.example, password: hunter2 }}\n{jess}\n")
    };
    let own = |password: &str| format!("    jess: {{ username: lab, password: {password} }}");
    let accounts = [
        account("ann", &own("hunter2")),
        account("ben", ""),
        account("cem", &own("hunter3")),
        account("dora", &own("hunter4")),
    ];
    let text = format!(
        "version: 1\njess: {{ username: lab, password_env: GOOD_PASSWORD }}\naccounts:\n{}",
        accounts.concat()
    );
    place.file("lab.yaml", &text);
    let ended = place.run_with(&["check", "lab.yaml"], &VARIABLES).await;
    assert_no_secret("two passwords", &ended);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    insta::assert_snapshot!(ended.err);
}

#[tokio::test]
async fn skipping_everybody_is_a_mistake() {
    let place = Place::new();
    place.file("lab.yaml", &with("name: Lab"));
    let ended = place.run(&["check", "lab.yaml", "--skip", "alice"]).await;
    assert_eq!(ended.code, Some(2));
    insta::assert_snapshot!(ended.err);
}

#[tokio::test]
async fn standard_input_goes_with_no_other_file() {
    let place = Place::new();
    place.file("lab.yaml", &with("name: Lab"));
    for arguments in [["check", "-", "lab.yaml"], ["check", "lab.yaml", "-"], ["check", "-", "-"]] {
        let ended = place.run(&arguments).await;
        assert_eq!(ended.code, Some(2), "{}", ended.err);
        assert_eq!(ended.out, "");
        assert_eq!(ended.err, "error: '-' goes with no other job file\n");
    }
}

#[tokio::test]
async fn what_follows_an_alias_is_read_as_strictly() {
    let place = Place::new();
    let text = "version: 1\nname: &e a@uni.example\naccounts:\n  - ensims:\n      email: *e\n      password: hunter2 #def\n    jess: { username: j, password: 'p' }\n";
    place.file("lab.yaml", text);
    let ended = place.run(&["check", "lab.yaml"]).await;
    assert_eq!(ended.code, Some(2));
    let problem = "lab.yaml:6:17: accounts[0].ensims.password: YAML ends this password at ' #'";
    assert!(ended.err.starts_with(problem), "{}", ended.err);
    place.file("lab.yaml", &text.replace("hunter2 #def", "'hunter2 #def'"));
    let ended = place.run(&["check", "lab.yaml"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
}

#[tokio::test]
async fn a_job_file_given_twice_is_refused() {
    let place = Place::new();
    place.file("lab.yaml", &with("name: Lab"));
    let ended = place.run(&["check", "lab.yaml", "./lab.yaml"]).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    assert_eq!(ended.err, "error: the same job file is given twice\n");
}

#[tokio::test]
async fn a_job_is_read_from_standard_input() {
    let place = Place::new();
    let ended = place.run_with_input(&["check", "-"], &with("name: Lab\nverify: hunter2")).await;
    assert_no_secret("standard input", &ended);
    assert_eq!(ended.code, Some(2));
    insta::assert_snapshot!(ended.err);
}

#[tokio::test]
async fn the_template_for_the_real_service_is_good_once_its_variables_are_set() {
    let place = Place::new();
    copy(&place, "lab.yaml");
    let variables =
        ["ALICE_ENSIMS_PASSWORD", "ALICE_JESS_PASSWORD", "BOB_ENSIMS_PASSWORD", "BOB_JESS_PASSWORD"]
            .map(|name| (name, "hunter2"));
    let ended = place.run_with(&["check", "lab.yaml"], &variables).await;
    assert_no_secret("lab.yaml", &ended);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(ended.err, "");
    insta::assert_snapshot!(ended.out);
}

#[tokio::test]
async fn the_template_names_each_variable_that_is_not_set() {
    let place = Place::new();
    copy(&place, "lab.yaml");
    let ended = place.run(&["check", "lab.yaml"]).await;
    assert_eq!(ended.code, Some(2));
    insta::assert_snapshot!(ended.err);
}

#[tokio::test]
async fn the_rehearsals_are_good_as_they_are() {
    let place = Place::new();
    for name in ["demo.yaml", "refusals.yaml"] {
        copy(&place, name);
        let ended = place.run(&["check", name]).await;
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert_eq!(ended.err, "");
        assert!(ended.out.contains("6 accounts, no mistakes"), "{}", ended.out);
    }
}

/// Copies a job file of the repository, so that its path is the same everywhere.
fn copy(place: &Place, name: &str) {
    let text = std::fs::read_to_string(repository("jobs").join(name)).expect("the job file is there");
    place.file(name, &text);
}
