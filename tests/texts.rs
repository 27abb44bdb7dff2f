//! The texts that the program prints, word for word.

use serde_json::Value;
use tokio::process::Command;

use crate::program::{TestDir, repository_file};

/// Creates a directory with `jobs/refusals.yaml`.
fn dir_with_refusals() -> TestDir {
    let dir = TestDir::new();
    let text = std::fs::read_to_string(repository_file("jobs/refusals.yaml")).expect("the job file is there");
    std::fs::create_dir(dir.path("jobs")).expect("a folder can be made");
    dir.write("jobs/refusals.yaml", &text);
    dir
}

async fn stdout_of(arguments: &[&str]) -> String {
    let run = TestDir::new().run(arguments).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stderr, "");
    run.stdout
}

#[tokio::test]
async fn help_lists_the_commands() {
    insta::assert_snapshot!(stdout_of(&["--help"]).await);
}

#[tokio::test]
async fn run_help_lists_its_flags() {
    insta::assert_snapshot!(stdout_of(&["run", "--help"]).await);
}

#[tokio::test]
async fn check_help_lists_its_flags() {
    insta::assert_snapshot!(stdout_of(&["check", "--help"]).await);
}

#[tokio::test]
async fn init_help_lists_its_flags() {
    insta::assert_snapshot!(stdout_of(&["init", "--help"]).await);
}

#[tokio::test]
async fn sandbox_help_lists_its_flags() {
    insta::assert_snapshot!(stdout_of(&["sandbox", "--help"]).await);
}

#[tokio::test]
async fn version_is_one_line() {
    let filters = vec![(r"\d+\.\d+\.\d+", "[version]")];
    let version = stdout_of(&["--version"]).await;
    insta::with_settings!({ filters => filters }, { insta::assert_snapshot!(version) });
}

#[tokio::test]
async fn verbose_version_names_the_build() {
    let filters = vec![
        (r"\d+\.\d+\.\d+", "[version]"),
        (r"commit: (unknown|[0-9a-f]{40})\n", "commit: [commit]\n"),
        (r"target: \w+-\w+-.*", "target: [target]"),
        (r"(rustc \[version\]).*", "$1 [build]"),
    ];
    let version = stdout_of(&["--version", "--verbose"]).await;
    insta::with_settings!({ filters => filters }, { insta::assert_snapshot!(version) });
    assert_eq!(stdout_of(&["-Vv"]).await, version);
}

#[tokio::test]
async fn summary_names_failed_accounts_and_remedies() {
    let dir = dir_with_refusals();
    let run = dir.run(&["run", "jobs/refusals.yaml", "--progress", "none"]).await;
    assert_eq!(run.code, Some(1));
    assert_eq!(run.stdout, "");
    let filters = vec![(r"\b\d+(\.\d+)? ?(ms|s)\b", "[time]"), (r"127\.0\.0\.1:\d+", "[address]")];
    insta::with_settings!({ filters => filters }, { insta::assert_snapshot!(run.stderr) });
}

#[tokio::test]
async fn json_report_has_every_account_and_step() {
    let dir = dir_with_refusals();
    let run = dir.run(&["run", "jobs/refusals.yaml", "--quiet", "--report", "-"]).await;
    assert_eq!(run.code, Some(1));
    let report: Value = serde_json::from_str(&run.stdout).expect("the report is JSON");
    insta::assert_json_snapshot!(report, {
        ".started_at" => "[time]",
        ".finished_at" => "[time]",
        ".**.start_ms" => "[duration]",
        ".**.duration_ms" => "[duration]",
        ".**.waited_ms" => "[duration]",
        ".**.budget_used_ms" => "[duration]",
        ".**.answer_ms" => "[duration]",
        ".service.url" => "[url]",
        ".tool.version" => "[version]",
    });
}

#[tokio::test]
async fn completions_exist_for_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = stdout_of(&["completions", shell]).await;
        assert!(script.contains("max-failures"), "{shell}: {script}");
    }
    let dir = TestDir::new();
    dir.write("completions.bash", &stdout_of(&["completions", "bash"]).await);
    let status = Command::new("bash").args(["-n", "completions.bash"]).current_dir(dir.path("")).status();
    assert!(status.await.expect("bash starts").success());
}

#[tokio::test]
async fn man_has_a_page_for_each_command() {
    let whole = stdout_of(&["man"]).await;
    assert!(whole.contains(".TH jess-batch 1"), "{whole}");
    for command in ["demo", "run", "status", "check", "init", "report", "schema", "sandbox"] {
        let page = stdout_of(&["man", command]).await;
        assert!(page.contains(&format!(".TH jess-batch-{command} 1")), "{page}");
    }
    for command in ["show", "convert", "diff"] {
        let page = stdout_of(&["man", &format!("report-{command}")]).await;
        assert!(page.contains(&format!(".TH jess-batch-report-{command} 1  \"jess-batch ")), "{page}");
        assert_eq!(stdout_of(&["man", &format!("report {command}")]).await, page);
    }
    let run = TestDir::new().run(&["man", "fly"]).await;
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert!(
        run.stderr.starts_with("error: there is no such command; there are: demo, run, "),
        "{}",
        run.stderr
    );
}
