//! Job files that `check` must reject, each with one error and the name of its case.

/// Parts of the password in all these files; none of them may be printed.
pub(crate) const SECRET_PARTS: [&str; 3] = ["hunter2", "hun", "ter2"];

/// Environment variables of `check`. The files in the test directory also serve as systemd credentials.
pub(crate) const VARIABLES: [(&str, &str); 5] = [
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

/// A valid job except for these lines.
pub(crate) fn job_with(lines: &str) -> String {
    format!("version: 1\n{lines}\n{ACCOUNTS}")
}

/// A valid job except for its shared JESS credential.
fn shared(jess: &str) -> String {
    let accounts = ACCOUNTS.rsplit_once("    jess:").map_or(ACCOUNTS, |(accounts, _)| accounts);
    format!("version: 1\njess: {{ {jess} }}\n{accounts}")
}

/// A valid job except for the keys after the e-mail address.
fn ensims(keys: &str) -> String {
    account(&format!(
        "  - name: alice\n    ensims: {{ email: alice@uni.example{keys} }}\n    jess: {{ username: jess-alice, password: hunter2 }}"
    ))
}

/// A valid job except for its one `ensims` entry, written over several lines.
fn ensims_block(lines: &str) -> String {
    account(&format!(
        "  - name: alice\n    ensims:\n      email: alice@uni.example\n{lines}\n    jess: {{ username: jess-alice, password: hunter2 }}"
    ))
}

/// A valid job except for its accounts.
fn account(lines: &str) -> String {
    format!("version: 1\naccounts:\n{lines}\n")
}

pub(crate) fn syntax_errors() -> Vec<(&'static str, String)> {
    vec![
        ("an empty file", String::new()),
        ("comments only", "# hunter2\n".to_owned()),
        ("null only", "~\n".to_owned()),
        ("a word instead of a map", "hunter2\n".to_owned()),
        ("a list instead of a map", "- hunter2\n".to_owned()),
        ("two documents", format!("{}---\nhunter2: hunter2\n", job_with("name: Lab"))),
        ("an open quote", ensims(", password: 'hunter2")),
        ("an open brace", account("  - ensims: { email: alice@uni.example, password: hunter2")),
        ("a tab as indent", "version: 1\naccounts:\n\t- password: hunter2\n".to_owned()),
        ("a colon in an unquoted value", job_with("name: Lab: hunter2")),
        ("an unknown alias", ensims(", password: *hunter2")),
        ("a password that begins with @", ensims(", password: @hunter2")),
        ("a password that begins with %", ensims(", password: %hunter2")),
        ("a password that begins with !", ensims(", password: !hunter2")),
        ("a tag for a variable", ensims(", password: !env hunter2")),
        ("a tag on a map", job_with("limits: !hunter2 { rate: 10/s }")),
        ("a merge key", job_with("limits: { <<: { rate: hunter2 } }")),
        ("a merge key with an alias", "version: 1\njess: &all { username: lab, password: hunter2 }\naccounts:\n  - ensims: { email: alice@uni.example, password: hunter2 }\n    jess: { <<: *all }\n".to_owned()),
        ("a map as a key", job_with("? { hunter2: hunter2 }\n: 1")),
        ("a list as a key", job_with("[hunter2]: 1")),
        ("deep nesting", job_with(&format!("name: {}hunter2{}", "[".repeat(20), "]".repeat(20)))),
    ]
}

pub(crate) fn key_errors() -> Vec<(&'static str, String)> {
    vec![
        ("an unknown key near a known one", ensims(", pasword: hunter2")),
        ("an unknown key near one at the top", job_with("limit: { concurrency: 2 }")),
        ("an unknown key far from all", ensims(", hunter2: 1")),
        ("an unknown key far from all at the top", job_with("hunter2: 1")),
        ("a password with a comma in braces", ensims(", password: hun,ter2")),
        ("a password with a comma and a colon in braces", ensims(", password: 'x', hun: ter2")),
        ("a password as an unknown key of a list", job_with("reports: [{ hunter2: 1 }]")),
        ("a null below an unknown key", job_with("hunter2: { hunter2: ~ }")),
        ("a null in a list below an unknown key", job_with("limits: { hunter2: [{ name: ~ }] }")),
        ("a null below a known key", job_with("limits: { rate: ~ }")),
        ("a null in a list", job_with("reports: [lab.json, ~]")),
        ("a tag below an unknown key", job_with("name.hunter2: { hunter2: !env hunter2 }")),
        ("a key twice below an unknown key", job_with("hunter2[0]: { name: 1, name: 2 }")),
        ("a wrong type below an unknown key", job_with("service: { hunter2: { url: [1] } }")),
        ("a key twice", ensims(", password: hunter2, password: hunter2")),
        ("a key twice at the top", job_with("name: hunter2\nname: hunter2")),
        ("an unknown key twice", job_with("hunter2: 1\nhunter2: 2")),
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

pub(crate) fn type_errors() -> Vec<(&'static str, String)> {
    vec![
        ("a version that is no number", format!("version: hunter2\n{ACCOUNTS}")),
        ("a negative version", format!("version: -1\n{ACCOUNTS}")),
        ("a name that is a list", job_with("name: [hunter2]")),
        ("a password that is a list", ensims(", password: [hunter2]")),
        ("a password that is a map", ensims(", password: { hunter2: hunter2 }")),
        ("a command that is text", ensims(", password_command: echo hunter2")),
        ("a roster that is a number", job_with("roster: 12")),
        ("a roster in a list that is a list", job_with("roster: [[hunter2.csv]]")),
        ("a roster without a file", job_with("roster: { delimiter: ';' }")),
        (
            "a heading that is a list",
            job_with("roster: { file: hunter2.csv, columns: { email: [hunter2] } }"),
        ),
        ("a credential that is text", account("  - ensims: hunter2")),
        ("an account that is text", account("  - hunter2")),
        ("accounts that are a map", "version: 1\naccounts: { hunter2: hunter2 }\n".to_owned()),
        ("accounts that are text", "version: 1\naccounts: hunter2\n".to_owned()),
        ("limits that are text", job_with("limits: hunter2")),
        ("a concurrency that is text", job_with("limits: { concurrency: hunter2 }")),
        ("a concurrency that is a fraction", job_with("limits: { concurrency: 2.5 }")),
        ("a negative number of attempts", job_with("limits: { attempts: -1 }")),
        ("a timeout that is a list", job_with("limits: { timeout: [hunter2] }")),
        ("reports that are text", job_with("reports: hunter2")),
        ("a service that is a list", job_with("service: [hunter2]")),
        ("allow_http that is text", job_with("service: { allow_http: hunter2 }")),
        ("a sandbox that is text", job_with("service: { sandbox: hunter2 }")),
        ("a sandbox list that is text", job_with("service: { sandbox: { slow: hunter2 } }")),
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

pub(crate) fn value_errors() -> Vec<(&'static str, String)> {
    vec![
        ("version 2", format!("version: 2\n{ACCOUNTS}")),
        ("an empty name of the job", job_with("name: ''")),
        (
            "a JESS user name that is still to be put in",
            shared("username: YOUR-JESS-USER-NAME, password: hunter2"),
        ),
        ("give up after none", job_with("limits: { give_up_after: 0 }")),
        ("another update", job_with("update: hunter2")),
        ("another verify", job_with("verify: hunter2")),
        ("a verify that YAML reads as null", job_with("verify: null")),
        ("a concurrency of 0", job_with("limits: { concurrency: 0 }")),
        ("a concurrency of 1001", job_with("limits: { concurrency: 1001 }")),
        ("no attempts", job_with("limits: { attempts: 0 }")),
        ("a rate of 0", job_with("limits: { rate: 0/s }")),
        ("a rate without a unit", job_with("limits: { rate: 10 }")),
        ("another rate", job_with("limits: { rate: hunter2/s }")),
        ("a timeout without a unit", job_with("limits: { timeout: 30 }")),
        ("a timeout of more than a day", job_with("limits: { timeout: 9223372036854775807s }")),
        ("a timeout of 0", job_with("limits: { timeout: 0s }")),
        ("a negative timeout", job_with("limits: { timeout: -5s }")),
        ("a budget of more than a day", job_with("limits: { budget: 25h }")),
        ("a latency of more than a day", job_with("sandbox: { latency: 9223372036854775807s }")),
        ("another budget", job_with("limits: { budget: hunter2 }")),
        ("another latency", job_with("service: { sandbox: { latency: hunter2 } }")),
        ("a report of another kind", job_with("reports: [hunter2.xlsx]")),
        ("a report without a kind", job_with("reports: [hunter2]")),
        ("a report on standard output", job_with("reports: ['-']")),
        ("a report twice", job_with("reports: [lab.json, lab.json]")),
        ("a roster that is missing", job_with("roster: missing.csv")),
        ("a roster of a list that is missing", job_with("roster: [{ file: missing.csv }]")),
        ("a roster that is a folder", job_with("roster: .")),
        ("a roster twice", job_with("roster: [good.csv, good.csv]")),
        ("another delimiter", job_with("roster: { file: good.csv, delimiter: '|' }")),
        (
            "one heading for two columns",
            job_with(
                "roster: { file: good.csv, columns: { email: E-mail, name: Mail, ensims_password: 'Mail ' } }",
            ),
        ),
        ("an empty heading", job_with("roster: [{ file: good.csv, columns: { email: '' } }]")),
        ("another column", job_with("roster: { file: good.csv, columns: { mail: E-mail } }")),
        ("a report in the place of a roster", job_with("roster: good.json\nreports: [good.json]")),
    ]
}

pub(crate) fn service_errors() -> Vec<(&'static str, String)> {
    vec![
        ("http to another machine", job_with("service: http://ensims.example.org")),
        ("http to another machine in a map", job_with("service: { url: http://ensims.example.org }")),
        ("user and password in the address", job_with("service: https://alice:hunter2@ensims.example.org")),
        ("an address that is none", job_with("service: hunter2")),
        ("another scheme", job_with("service: ftp://hunter2.example.org")),
        ("a query in the address", job_with("service: https://ensims.example.org/?password=hunter2")),
        ("a path that is none", job_with("service: { users_path: 'hunter2 ?#' }")),
        ("url and sandbox", job_with("service: { url: 'https://ensims.example.org', sandbox: {} }")),
        ("a certificate file that is missing", job_with("service: { ca_bundle: hunter2.pem }")),
        ("a certificate file that holds none", job_with("service: { ca_bundle: empty.txt }")),
        ("a certificate file that holds half of one", job_with("service: { ca_bundle: garbage.pem }")),
        ("a proxy that is no address", job_with("service: { proxy: 'alice:hunter2' }")),
        (
            "a sandbox that names nobody",
            job_with("service: { sandbox: { refuse_logon: [hunter2], slow: [alice, bob] } }"),
        ),
    ]
}

pub(crate) fn secret_errors() -> Vec<(&'static str, String)> {
    vec![
        ("a password of ~", ensims(", password: ~")),
        ("a password of null", ensims(", password: null")),
        ("a password of nothing", ensims_block("      password:")),
        ("a password that is a comment", ensims_block("      password: #hunter2")),
        ("an empty password", ensims(", password: \"\"")),
        ("an empty JESS password", job_with("jess: { username: lab, password: '' }")),
        ("an unquoted password cut off by a comment", ensims_block("      password: hun #ter2")),
        ("an unquoted password over two lines", ensims_block("      password: hun\n        ter2")),
        (
            "an unquoted JESS password cut off by a comment",
            job_with("jess:\n  username: lab\n  password: hun #ter2"),
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

pub(crate) fn account_errors() -> Vec<(&'static str, String)> {
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
