//! `jess-batch report`: showing, converting and comparing existing reports.

use serde_json::{Value, json};

use crate::program::{Run, TestDir, repository_file};

/// The path of a report with every outcome, and with text that is harmful in one format or another.
///
/// The report is written by hand, because a real run stops for one reason only.
pub(crate) fn all_outcomes() -> String {
    repository_file("tests/data/all-outcomes.json").to_str().expect("a path in UTF-8").to_owned()
}

pub(crate) fn all_outcomes_json() -> Value {
    let text = std::fs::read(all_outcomes()).expect("the report is there");
    serde_json::from_slice(&text).expect("the report is JSON")
}

/// Rehearses a job of these accounts, some of which JESS refuses.
async fn rehearse(dir: &TestDir, report: &str, names: &[&str], refused: &[&str], more: &[&str]) {
    let refused = refused.join(", ");
    let mut job = format!("version: 1\nservice: {{ sandbox: {{ refuse_jess: [{refused}] }} }}\naccounts:\n");
    for name in names {
        job.push_str(&format!(
            "  - name: {name}\n    ensims: {{ email: {name}@uni.example, password: 'pass-e' }}\n    jess: {{ username: {name}, password: 'pass-j' }}\n"
        ));
    }
    dir.write("job.yaml", &job);
    let arguments = [&["run", "job.yaml", "--quiet", "--report", report], more].concat();
    let run = dir.run(&arguments).await;
    assert!(matches!(run.code, Some(0 | 1)), "{}", run.stderr);
}

fn assert_no_control_characters(run: &Run) {
    let text = format!("{}{}", run.stdout, run.stderr);
    let bad = text.chars().find(|c| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c));
    assert_eq!(bad, None, "{text:?}");
}

#[tokio::test]
async fn report_show_prints_the_summary_of_the_run() {
    let dir = TestDir::new();
    rehearse(&dir, "r.json", &["ada", "ben"], &["ben"], &[]).await;
    let run = dir.run(&["report", "show", "r.json"]).await;
    assert_eq!(run.code, Some(0));
    assert_eq!(run.stderr, "Rehearsal on the sandbox: nothing was sent to ENSIMS.\n");
    insta::assert_snapshot!(run.stdout);
}

#[tokio::test]
async fn report_show_prints_all_outcomes_without_control_codes() {
    let run = TestDir::new().run(&["report", "show", &all_outcomes()]).await;
    assert_eq!((run.code, &*run.stderr), (Some(0), ""));
    assert_no_control_characters(&run);
    insta::assert_snapshot!(run.stdout);
}

#[tokio::test]
async fn report_convert_to_json_is_byte_identical() {
    let dir = TestDir::new();
    let run = dir.run(&["report", "convert", &all_outcomes(), "folder/same.json"]).await;
    assert_eq!((run.code, &*run.stderr), (Some(0), "Report: folder/same.json\n"));
    let read = |path| std::fs::read_to_string(path).expect("a report");
    assert!(read(dir.path("folder/same.json")) == read(repository_file("tests/data/all-outcomes.json")));
}

/// Version 0.1.0 had fewer fields, and other words for some steps.
#[tokio::test]
async fn report_of_version_0_1_0_is_converted_to_the_new_form() {
    let dir = TestDir::new();
    let mut old = all_outcomes_json();
    for field in ["mode", "rerun"] {
        old.as_object_mut().expect("a report").remove(field);
    }
    old["job"].as_object_mut().expect("a job").remove("source");
    for account in old["accounts"].as_array_mut().expect("accounts") {
        let account = account.as_object_mut().expect("an account");
        for field in
            ["remedy", "same_credential_as", "refused_earlier", "shares_jess_credential", "budget_used_ms"]
        {
            account.remove(field);
        }
    }
    let text = old.to_string().replace("\"step\":\"check-", "\"step\":\"look-");
    assert!(text.contains("\"look-session\""), "{text}");
    dir.write("old.json", &text);
    for (from, to) in [("old.json", "once.json"), ("once.json", "twice.json")] {
        let run = dir.run(&["report", "convert", from, to]).await;
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    }
    let read = |name| std::fs::read_to_string(dir.path(name)).expect("a report");
    assert!(read("once.json") == read("twice.json"));
    let (new, original) = (dir.report("once.json"), all_outcomes_json());
    assert_eq!(new["mode"], "run");
    for (new, original) in new["accounts"]
        .as_array()
        .into_iter()
        .flatten()
        .zip(original["accounts"].as_array().into_iter().flatten())
    {
        for field in ["name", "outcome", "ready", "not_ready", "detail", "service_message", "steps"] {
            assert_eq!(new[field], original[field], "{field}");
        }
    }
}

#[tokio::test]
async fn report_diff_compares_reports_by_account() {
    let dir = TestDir::new();
    let old = ["falls", "stays-ill", "mends", "stays-well", "leaves", "is-not-asked"];
    rehearse(&dir, "old.json", &old, &["stays-ill", "mends", "leaves", "is-not-asked"], &[]).await;
    let new = ["comes", "is-not-asked", "stays-well", "mends", "stays-ill", "falls"];
    rehearse(&dir, "new.json", &new, &["falls", "stays-ill"], &["--skip", "is-not-asked"]).await;
    let run = dir.run(&["report", "diff", "old.json", "new.json"]).await;
    assert_eq!(run.code, Some(1));
    insta::assert_snapshot!(format!("{}{}", run.stderr, run.stdout));

    let back = dir.run(&["report", "diff", "new.json", "new.json"]).await;
    assert_eq!(back.code, Some(0), "no account began to fail: {}", back.stdout);
    insta::assert_snapshot!("report_diff_of_a_report_with_itself", back.stdout);
}

#[tokio::test]
async fn report_diff_escapes_hostile_names() {
    let dir = TestDir::new();
    let mut new = all_outcomes_json();
    for account in new["accounts"].as_array_mut().expect("accounts") {
        account["email"] = json!(account["email"].as_str().expect("an address").to_uppercase());
    }
    new["accounts"][0]["outcome"] = json!("stopped");
    new["accounts"][0]["reason"] = json!("interrupted");
    new["totals"]["updated"] = json!(7);
    new["totals"]["stopped"] = json!(4);
    dir.write("new.json", &new.to_string());
    let run = dir.run(&["report", "diff", &all_outcomes(), "new.json"]).await;
    assert_eq!((run.code, &*run.stderr), (Some(1), ""));
    assert!(run.stdout.starts_with("Began to fail (1):\n  alice: stopped: interrupted, before: updated\n"));
    assert!(!run.stdout.contains("New") && !run.stdout.contains("Gone"), "{}", run.stdout);
    assert_no_control_characters(&run);
}

#[tokio::test]
async fn report_rejects_files_that_are_not_reports() {
    let dir = TestDir::new();
    rehearse(&dir, "good.json", &["ada"], &[], &[]).await;
    let good = std::fs::read_to_string(dir.path("good.json")).expect("a report");
    dir.write("text.json", "no JSON");
    dir.write("empty.json", "");
    dir.write("students.csv", "email,ensims_password\n");
    dir.write("newer.json", &good.replace("\"schema_version\": 1", "\"schema_version\": 2"));
    dir.write("changed.json", &good.replace("\"refused\": 0", "\"refused\": 1"));
    dir.write("hostile.json", &good.replace("\"updated\",", "\"\\u001b[31m\\u202e\","));
    let mut output = String::new();
    for arguments in [
        &["show", "gone.json"][..],
        &["show", "."],
        &["show", "text.json"],
        &["show", "empty.json"],
        &["show", "newer.json"],
        &["show", "hostile.json"],
        &["show", "changed.json"],
        &["diff", "good.json", "text.json"],
        &["convert", "text.json", "text.csv"],
        &["convert", "good.json", "good.txt"],
        &["convert", "good.json", "./good.json"],
        &["convert", "good.json", "text.json/good.csv"],
        &["convert", "good.json", "students.csv"],
        &["convert", "good.json", "{date}.csv"],
    ] {
        let run = dir.run(&[&["report"], arguments].concat()).await;
        assert_eq!((run.code, &*run.stdout), (Some(2), ""), "{arguments:?}");
        assert_no_control_characters(&run);
        output.push_str(&format!("$ jess-batch report {}\n{}", arguments.join(" "), run.stderr));
    }
    insta::assert_snapshot!(output);
}

#[tokio::test]
async fn report_in_another_format_asks_for_the_json_report() {
    let run = TestDir::new().run(&["report", "show", "r.html"]).await;
    assert_eq!(run.code, Some(2));
    assert_eq!(
        run.stderr,
        "error: r.html: only JSON reports can be read; give the .json report of this run\n"
    );
}
