//! What `check` reports for valid and invalid job files.

use std::fmt::Write;

use crate::invalid_job_files::{
    SECRET_PARTS, VARIABLES, account_errors, job_with, key_errors, secret_errors, service_errors,
    syntax_errors, type_errors, value_errors,
};
use crate::program::{Run, TestDir, repository_file};

fn assert_no_secret(name: &str, run: &Run) {
    for part in SECRET_PARTS {
        assert!(!run.stdout.contains(part), "{name}: standard output shows {part}: {}", run.stdout);
        assert!(!run.stderr.contains(part), "{name}: standard error shows {part}: {}", run.stderr);
    }
}

/// Runs `check` on this text and returns its messages without the last line, which counts them.
pub(crate) async fn check_errors(dir: &TestDir, name: &str, text: &str) -> String {
    dir.write("lab.yaml", text);
    let run = dir.run_with_env(&["check", "lab.yaml"], &VARIABLES).await;
    assert_no_secret(name, &run);
    assert_eq!(run.code, Some(2), "{name}: {}{}", run.stdout, run.stderr);
    assert_eq!(run.stdout, "", "{name}");
    let (messages, last) = run.stderr.trim_end().rsplit_once('\n').expect("a message and the last line");
    let count = messages.lines().count();
    let noun = if count == 1 { "mistake" } else { "mistakes" };
    assert_eq!(last, format!("{count} {noun}; nothing was sent."), "{name}: {messages}");
    messages.to_owned()
}

#[tokio::test]
async fn check_reports_each_error_with_location_and_no_value() {
    let dir = TestDir::new();
    dir.write("empty.txt", "\n");
    dir.write("lines.txt", "hunter2\nhunter2\n");
    dir.write("garbage.pem", "-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----\n");
    dir.write("nul.txt", "hun\0ter2\n");
    dir.write("mark.txt", "\u{feff}hunter2\n");
    std::fs::write(dir.path("latin.txt"), b"hunter2\xe4\n").expect("a file can be written");
    dir.set_mode("latin.txt", 0o600);
    let good =
        "email,ensims_password,jess_username,jess_password\nbob@uni.example,hunter2,jess-bob,hunter2\n";
    dir.write("good.csv", good);
    dir.write("good.json", good);
    let mut all = String::new();
    for cases in [
        syntax_errors(),
        key_errors(),
        type_errors(),
        value_errors(),
        service_errors(),
        secret_errors(),
        account_errors(),
    ] {
        for (name, text) in cases {
            let messages = check_errors(&dir, name, &text).await;
            writeln!(all, "[{name}]\n{messages}\n").expect("writing to a string cannot fail");
        }
    }
    insta::assert_snapshot!(all);
}

#[tokio::test]
async fn check_reports_all_errors_of_a_file_at_once() {
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
    let messages = check_errors(&TestDir::new(), "many", text).await;
    insta::assert_snapshot!(messages);
}

#[tokio::test]
async fn check_rejects_unreadable_job_files() {
    let dir = TestDir::new();
    std::fs::write(dir.path("latin.yaml"), b"name: hunter2\xe4\n").expect("a file can be written");
    std::fs::write(dir.path("large.yaml"), vec![b'#'; 8 * 1024 * 1024 + 1]).expect("a file can be written");
    let run = dir.run(&["check", "missing.yaml", "latin.yaml", "large.yaml", "/dev/zero"]).await;
    assert_no_secret("unreadable", &run);
    assert_eq!(run.code, Some(2));
    insta::assert_snapshot!(run.stderr);
}

#[tokio::test]
async fn check_rejects_unknown_names_in_only_and_skip() {
    let dir = TestDir::new();
    dir.write("lab.yaml", &job_with("name: Lab"));
    let near = ["--only", "Alice", "--only", "alcie", "--skip", "alice@uni.exmple"];
    let arguments = ["check", "lab.yaml", "--only", "bob", "--skip", "cem@uni.example"];
    let run = dir.run(&[&arguments[..], &near].concat()).await;
    assert_no_secret("unknown name", &run);
    assert_eq!(run.code, Some(2));
    insta::assert_snapshot!(run.stderr);
}

#[tokio::test]
async fn check_warns_of_two_passwords_for_one_jess_user() {
    let dir = TestDir::new();
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
    dir.write("lab.yaml", &text);
    let run = dir.run_with_env(&["check", "lab.yaml"], &VARIABLES).await;
    assert_no_secret("two passwords", &run);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    insta::assert_snapshot!(run.stderr);
}

#[tokio::test]
async fn check_rejects_skipping_every_account() {
    let dir = TestDir::new();
    dir.write("lab.yaml", &job_with("name: Lab"));
    let run = dir.run(&["check", "lab.yaml", "--skip", "alice"]).await;
    assert_eq!(run.code, Some(2));
    insta::assert_snapshot!(run.stderr);
}

#[tokio::test]
async fn check_rejects_stdin_beside_another_job_file() {
    let dir = TestDir::new();
    dir.write("lab.yaml", &job_with("name: Lab"));
    for arguments in [["check", "-", "lab.yaml"], ["check", "lab.yaml", "-"], ["check", "-", "-"]] {
        let run = dir.run(&arguments).await;
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert_eq!(run.stdout, "");
        assert_eq!(run.stderr, "error: '-' cannot be combined with other job files\n");
    }
}

#[tokio::test]
async fn check_reads_values_after_an_alias_strictly() {
    let dir = TestDir::new();
    let text = "version: 1\nname: &e a@uni.example\naccounts:\n  - ensims:\n      email: *e\n      password: hunter2 #def\n    jess: { username: j, password: 'p' }\n";
    dir.write("lab.yaml", text);
    let run = dir.run(&["check", "lab.yaml"]).await;
    assert_eq!(run.code, Some(2));
    let problem = "lab.yaml:6:17: accounts[0].ensims.password: YAML cuts this password at ' #'";
    assert!(run.stderr.starts_with(problem), "{}", run.stderr);
    dir.write("lab.yaml", &text.replace("hunter2 #def", "'hunter2 #def'"));
    let run = dir.run(&["check", "lab.yaml"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

#[tokio::test]
async fn check_rejects_a_job_file_given_twice() {
    let dir = TestDir::new();
    dir.write("lab.yaml", &job_with("name: Lab"));
    let run = dir.run(&["check", "lab.yaml", "./lab.yaml"]).await;
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert_eq!(run.stderr, "error: the same job file is given twice\n");
}

#[tokio::test]
async fn check_reads_a_job_from_stdin() {
    let dir = TestDir::new();
    let run = dir.run_with_stdin(&["check", "-"], &job_with("name: Lab\nverify: hunter2")).await;
    assert_no_secret("standard input", &run);
    assert_eq!(run.code, Some(2));
    insta::assert_snapshot!(run.stderr);
}

#[tokio::test]
async fn template_passes_check_once_its_variables_are_set() {
    let dir = TestDir::new();
    copy_job(&dir, "lab.yaml");
    let variables =
        ["ALICE_ENSIMS_PASSWORD", "ALICE_JESS_PASSWORD", "BOB_ENSIMS_PASSWORD", "BOB_JESS_PASSWORD"]
            .map(|name| (name, "hunter2"));
    let run = dir.run_with_env(&["check", "lab.yaml"], &variables).await;
    assert_no_secret("lab.yaml", &run);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stderr, "");
    insta::assert_snapshot!(run.stdout);
}

#[tokio::test]
async fn template_check_names_each_unset_variable() {
    let dir = TestDir::new();
    copy_job(&dir, "lab.yaml");
    let run = dir.run(&["check", "lab.yaml"]).await;
    assert_eq!(run.code, Some(2));
    insta::assert_snapshot!(run.stderr);
}

#[tokio::test]
async fn rehearsal_jobs_pass_check_unchanged() {
    let dir = TestDir::new();
    for name in ["demo.yaml", "refusals.yaml"] {
        copy_job(&dir, name);
        let run = dir.run(&["check", name]).await;
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert_eq!(run.stderr, "");
        assert!(run.stdout.contains("6 accounts, no mistakes"), "{}", run.stdout);
    }
}

/// Copies a job file of the repository, so that its path is the same on every machine.
fn copy_job(dir: &TestDir, name: &str) {
    let text = std::fs::read_to_string(repository_file("jobs").join(name)).expect("the job file is there");
    dir.write(name, &text);
}

#[tokio::test]
async fn name_that_means_two_accounts_is_rejected_in_flags() {
    let dir = TestDir::new();
    let text = "version: 1
jess: { username: lab, password: hunter2 }
accounts:
  - { name: ben@uni.example, ensims: { email: ada@uni.example, password: hunter2 } }
  - { name: Ben, ensims: { email: Ben@uni.example, password: hunter2 } }
";
    dir.write("lab.yaml", text);
    for flag in ["--only", "--skip"] {
        let run = dir.run(&["check", "lab.yaml", flag, "ben@uni.example"]).await;
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        let message = format!(
            "lab.yaml: {flag}: \"ben@uni.example\" means two accounts, \"ben@uni.example\" (lab.yaml:4:5) and \"Ben\" (lab.yaml:5:5); rename one of them"
        );
        assert_eq!(run.stderr.lines().next(), Some(&*message));
    }
    let run = dir.run(&["check", "lab.yaml", "--only", "Ben"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}
