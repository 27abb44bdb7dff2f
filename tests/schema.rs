//! The JSON Schema of the job file, which editors use.

use serde_json::Value;
use tokio::process::Command;

use crate::markdown::pages;
use crate::program::{Place, repository};

/// What the schema finds wrong in each file of the folder, by its name; first of all, whether it is a schema.
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

/// All that an account needs; `{}` stands for further keys of its ENSIMS account.
const ACCOUNT: &str = "accounts:
  - ensims: { email: ada@uni.example, password: 'a'{} }
    jess: { username: jess-ada, password: 'b' }
";

fn text_of(path: &str) -> String {
    std::fs::read_to_string(repository(path)).expect("the file can be read")
}

fn with_account(lines: &str) -> String {
    format!("version: 1\n{lines}\n{}", ACCOUNT.replace("{}", ""))
}

/// Jobs that the schema and `check` refuse both.
fn wrong() -> Vec<(&'static str, String)> {
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

/// Jobs that the schema takes, with what the examples have not.
fn right() -> Vec<(&'static str, String)> {
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
async fn the_committed_schema_is_that_of_the_program() {
    let ended = Place::new().run(&["schema"]).await;
    assert_eq!((ended.code, &*ended.err), (Some(0), ""));
    let current = ended.out == text_of("jobs/job.schema.json");
    assert!(current, "the job file has changed; type: cargo run -- schema > jobs/job.schema.json");
}

#[test]
fn the_example_jobs_name_the_schema_for_editors() {
    for path in EXAMPLES {
        assert!(text_of(path).starts_with("# yaml-language-server: $schema=job.schema.json\n"), "{path}");
    }
}

#[tokio::test]
#[ignore = "needs Python with jsonschema and PyYAML; .ci/run installs and runs it"]
async fn the_schema_takes_the_jobs_that_are_shown_and_refuses_wrong_ones() {
    let place = Place::new();
    place.file("job.schema.json", &text_of("jobs/job.schema.json"));
    for path in EXAMPLES {
        place.file(path.trim_start_matches("jobs/"), &text_of(path));
    }
    for page in pages() {
        for block in page.blocks_in("yaml") {
            place.file(&format!("{}-{}", page.stem(), block.file_name()), &block.text);
        }
    }
    for (name, text) in right() {
        place.file(&format!("right-{name}.yaml"), &text);
    }
    for (name, text) in wrong() {
        place.file(&format!("wrong-{name}.yaml"), &text);
    }
    place.file("students.csv", "email,ensims_password\n");
    place.run(&["init", "new.yaml", "--name", "2026"]).await;
    place.run(&["init", "new-class.yaml", "--roster", "students.csv"]).await;
    let output = Command::new("python3").args(["-c", VALIDATOR]).current_dir(place.path("")).output().await;
    let output = output.expect("python3 starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found: Value = serde_json::from_slice(&output.stdout).expect("it prints JSON");
    let found = found.as_object().expect("a map of files");
    assert!(found.contains_key("new.yaml") && found.contains_key("new-class.yaml"), "{found:?}");
    assert!(found.len() > EXAMPLES.len() + right().len() + wrong().len(), "{found:?}");
    for (file, errors) in found {
        let refused = errors.as_array().is_some_and(|errors| !errors.is_empty());
        assert_eq!(refused, file.starts_with("wrong-"), "{file}: {errors}");
    }
}

#[tokio::test]
async fn what_the_schema_refuses_the_program_refuses_too() {
    let place = Place::new();
    for (name, text) in wrong() {
        let ended = place.run(&["check", place.file("job.yaml", &text)]).await;
        assert_eq!(ended.code, Some(2), "{name}: {}{}", ended.err, ended.out);
    }
}
