//! What the program says, word for word.

use serde_json::Value;
use tokio::process::Command;

use crate::program::{Place, repository};

/// A place with `jobs/refusals.yaml` in it.
fn with_refusals() -> Place {
    let place = Place::new();
    let text = std::fs::read_to_string(repository("jobs/refusals.yaml")).expect("the job file is there");
    std::fs::create_dir(place.path("jobs")).expect("a folder can be made");
    place.file("jobs/refusals.yaml", &text);
    place
}

async fn said_on_output(arguments: &[&str]) -> String {
    let ended = Place::new().run(arguments).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(ended.err, "");
    ended.out
}

#[tokio::test]
async fn the_help_names_the_commands() {
    insta::assert_snapshot!(said_on_output(&["--help"]).await);
}

#[tokio::test]
async fn the_help_of_run_names_its_flags() {
    insta::assert_snapshot!(said_on_output(&["run", "--help"]).await);
}

#[tokio::test]
async fn the_help_of_check_names_its_flags() {
    insta::assert_snapshot!(said_on_output(&["check", "--help"]).await);
}

#[tokio::test]
async fn the_help_of_init_names_its_flags() {
    insta::assert_snapshot!(said_on_output(&["init", "--help"]).await);
}

#[tokio::test]
async fn the_help_of_sandbox_names_its_flags() {
    insta::assert_snapshot!(said_on_output(&["sandbox", "--help"]).await);
}

#[tokio::test]
async fn the_version_is_one_line() {
    let filters = vec![(r"\d+\.\d+\.\d+", "[version]")];
    let version = said_on_output(&["--version"]).await;
    insta::with_settings!({ filters => filters }, { insta::assert_snapshot!(version) });
}

#[tokio::test]
async fn the_summary_says_who_did_not_succeed_and_what_to_do() {
    let place = with_refusals();
    let ended = place.run(&["run", "jobs/refusals.yaml", "--progress", "none"]).await;
    assert_eq!(ended.code, Some(1));
    assert_eq!(ended.out, "");
    let filters = vec![(r"\b\d+(\.\d+)? ?(ms|s)\b", "[time]"), (r"127\.0\.0\.1:\d+", "[address]")];
    insta::with_settings!({ filters => filters }, { insta::assert_snapshot!(ended.err) });
}

#[tokio::test]
async fn the_report_tells_every_account_and_step() {
    let place = with_refusals();
    let ended = place.run(&["run", "jobs/refusals.yaml", "--quiet", "--report", "-"]).await;
    assert_eq!(ended.code, Some(1));
    let report: Value = serde_json::from_str(&ended.out).expect("the report is JSON");
    insta::assert_json_snapshot!(report, {
        ".started_at" => "[time]",
        ".finished_at" => "[time]",
        ".**.start_ms" => "[duration]",
        ".**.duration_ms" => "[duration]",
        ".**.waited_ms" => "[duration]",
        ".**.answer_ms" => "[duration]",
        ".service.url" => "[url]",
        ".tool.version" => "[version]",
    });
}

#[tokio::test]
async fn every_shell_gets_its_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = said_on_output(&["completions", shell]).await;
        assert!(script.contains("max-failures"), "{shell}: {script}");
    }
    let place = Place::new();
    place.file("completions.bash", &said_on_output(&["completions", "bash"]).await);
    let understood =
        Command::new("bash").args(["-n", "completions.bash"]).current_dir(place.path("")).status();
    assert!(understood.await.expect("bash starts").success());
}

#[tokio::test]
async fn the_manual_has_a_page_for_the_program_and_for_each_command() {
    let whole = said_on_output(&["man"]).await;
    assert!(whole.contains(".TH jess-batch 1"), "{whole}");
    for command in ["run", "status", "check", "init", "report", "schema", "sandbox"] {
        let page = said_on_output(&["man", command]).await;
        assert!(page.contains(&format!(".TH jess-batch-{command} 1")), "{page}");
    }
    for command in ["show", "convert", "diff"] {
        let page = said_on_output(&["man", &format!("report-{command}")]).await;
        assert!(page.contains(&format!(".TH jess-batch-report-{command} 1  \"jess-batch ")), "{page}");
        assert_eq!(said_on_output(&["man", &format!("report {command}")]).await, page);
    }
    let ended = Place::new().run(&["man", "fly"]).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    assert!(ended.err.starts_with("error: there is no such command; there are: run, "), "{}", ended.err);
}
