//! The JSON Schema of the job file, which editors use.

use serde_json::Value;
use tokio::process::Command;

use crate::markdown::pages;
use crate::program::{TestDir, repository_file};

/// Checks that the schema is valid, and prints the errors it finds in each file of the directory, by name.
const VALIDATOR: &str = r#"
import glob, json, yaml
from jsonschema import Draft202012Validator
schema = json.load(open("job.schema.json", encoding="utf-8"))
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
print(json.dumps({
    name: [error.message for error in validator.iter_errors(yaml.safe_load(open(name, encoding="utf-8")))]
    for name in glob.glob("*.yaml")
}))
"#;

const EXAMPLES: [&str; 4] = ["jobs/demo.yaml", "jobs/lab.yaml", "jobs/nightly.yaml", "jobs/refusals.yaml"];

/// A minimal account; `{}` stands for further keys of its ENSIMS credential.
const ACCOUNT: &str = "accounts:
  - ensims: { email: ada@uni.example, password: 'a'{} }
    jess: { username: jess-ada, password: 'b' }
";

fn read_repository_file(path: &str) -> String {
    std::fs::read_to_string(repository_file(path)).expect("the file can be read")
}

fn with_account(lines: &str) -> String {
    format!("version: 1\n{lines}\n{}", ACCOUNT.replace("{}", ""))
}

/// Jobs that both the schema and `check` reject.
fn invalid_jobs() -> Vec<(&'static str, String)> {
    let ensims = |keys: &str| format!("version: 1\n{}", ACCOUNT.replace("{}", keys));
    vec![
        ("no-version", ACCOUNT.replace("{}", "")),
        ("other-version", with_account("").replace("version: 1", "version: 2")),
        ("empty-name", with_account("name: ''")),
        ("no-accounts", "version: 1\n".to_owned()),
        ("unknown-key", with_account("verfy: account")),
        ("unknown-key-of-limits", with_account("limits: { rates: 10/s }")),
        ("unknown-key-of-account", ensims("").replace("  - ensims", "  - nick: ada\n    ensims")),
        ("unknown-key-of-ensims", ensims(", pasword: 'c'")),
        ("two-passwords", ensims(", password_env: ADA")),
        ("no-email", ensims("").replace("email: ada@uni.example, ", "")),
        ("no-address", ensims("").replace("ada@uni.example", "ada")),
        ("no-user-name", ensims("").replace("username: jess-ada, ", "")),
        ("empty-password", ensims("").replace("'a'", "''")),
        ("list-for-a-word", with_account("name: [a]")),
        ("word-for-a-list", with_account("reports: lab.json")),
        ("word-for-a-map", with_account("limits: gentle")),
        ("empty-value", with_account("name:")),
        ("empty-limits", with_account("limits:")),
        ("other-update", with_account("update: sometimes")),
        ("other-verify", with_account("verify: all")),
        ("other-report", with_account("reports: [lab.pdf]")),
        ("rate-without-unit", with_account("limits: { rate: 10 }")),
        ("no-rate", with_account("limits: { rate: 0/s }")),
        ("timeout-without-unit", with_account("limits: { timeout: '30' }")),
        ("too-many-at-once", with_account("limits: { concurrency: 1001 }")),
        ("no-attempts", with_account("limits: { attempts: 0 }")),
        ("other-service", with_account("service: sandpit")),
        ("two-services", with_account("service: { url: 'https://uni.example', sandbox: {} }")),
        ("empty-command", ensims("").replace("password: 'a'", "password_command: []")),
        ("path-as-credential", ensims("").replace("password: 'a'", "password_credential: a/b")),
        ("roster-without-file", "version: 1\nroster: { delimiter: tab }\n".to_owned()),
        ("other-delimiter", "version: 1\nroster: { file: r.csv, delimiter: bar }\n".to_owned()),
    ]
}

/// Jobs that the schema accepts, with keys that the examples do not use.
fn valid_jobs() -> Vec<(&'static str, String)> {
    let roster = |roster: &str| format!("version: 1\njess: {{ username: lab, password: 'a' }}\n{roster}\n");
    vec![
        ("a-roster", roster("roster: r.csv")),
        ("rosters", roster("roster: [r.csv, { file: s.csv, columns: { email: Mail }, delimiter: ';' }]")),
        ("a-service", with_account("service: { url: 'https://uni.example', users_path: /u, allow_http: true }")),
        ("limits", with_account("limits: { rate: 600/min, timeout: 1.5s, budget: 1h30m, give_up_after: 100000 }")),
        (
            "a-command-and-a-typed-password",
            "version: 1\naccounts:\n  - ensims: { email: ada@uni.example, password_command: [pass, show, a] }\n    jess: { username: a }\n".to_owned(),
        ),
    ]
}

#[tokio::test]
async fn committed_schema_matches_the_program() {
    let run = TestDir::new().run(&["schema"]).await;
    assert_eq!((run.code, &*run.stderr), (Some(0), ""));
    let current = run.stdout == read_repository_file("jobs/job.schema.json");
    assert!(current, "the job file has changed; type: cargo run -- schema > jobs/job.schema.json");
}

#[test]
fn example_jobs_name_the_schema() {
    for path in EXAMPLES {
        assert!(
            read_repository_file(path).starts_with("# yaml-language-server: $schema=job.schema.json\n"),
            "{path}"
        );
    }
}

#[tokio::test]
#[ignore = "needs Python with jsonschema and PyYAML; .ci/run installs and runs it"]
async fn schema_accepts_valid_jobs_and_rejects_invalid_ones() {
    let dir = TestDir::new();
    dir.write("job.schema.json", &read_repository_file("jobs/job.schema.json"));
    for path in EXAMPLES {
        dir.write(path.trim_start_matches("jobs/"), &read_repository_file(path));
    }
    for page in pages() {
        for block in page.blocks_in("yaml") {
            dir.write(&format!("{}-{}", page.stem(), block.file_name()), &block.text);
        }
    }
    for (name, text) in valid_jobs() {
        dir.write(&format!("right-{name}.yaml"), &text);
    }
    for (name, text) in invalid_jobs() {
        dir.write(&format!("wrong-{name}.yaml"), &text);
    }
    dir.write("students.csv", "email,ensims_password\n");
    dir.run(&["init", "new.yaml", "--name", "2026"]).await;
    dir.run(&["init", "new-class.yaml", "--roster", "students.csv"]).await;
    let output = Command::new("python3").args(["-c", VALIDATOR]).current_dir(dir.path("")).output().await;
    let output = output.expect("python3 starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found: Value = serde_json::from_slice(&output.stdout).expect("it prints JSON");
    let found = found.as_object().expect("a map of files");
    assert!(found.contains_key("new.yaml") && found.contains_key("new-class.yaml"), "{found:?}");
    assert!(found.len() > EXAMPLES.len() + valid_jobs().len() + invalid_jobs().len(), "{found:?}");
    for (file, errors) in found {
        let refused = errors.as_array().is_some_and(|errors| !errors.is_empty());
        assert_eq!(refused, file.starts_with("wrong-"), "{file}: {errors}");
    }
}

#[tokio::test]
async fn check_rejects_what_the_schema_rejects() {
    let dir = TestDir::new();
    for (name, text) in invalid_jobs() {
        let run = dir.run(&["check", dir.write("job.yaml", &text)]).await;
        assert_eq!(run.code, Some(2), "{name}: {}{}", run.stderr, run.stdout);
    }
}
