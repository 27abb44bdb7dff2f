//! `jess-batch report`: what can be done with a report that is there.

use serde_json::{Value, json};

use crate::program::{Ended, Place, repository};

/// A report of one run with every outcome, and with text from outside that means harm in one format or another.
///
/// It was put together by hand: a real run stops for one reason only.
pub(crate) fn all_outcomes() -> String {
    repository("tests/data/all-outcomes.json").to_str().expect("a path in UTF-8").to_owned()
}

pub(crate) fn all_outcomes_json() -> Value {
    let text = std::fs::read(all_outcomes()).expect("the report is there");
    serde_json::from_slice(&text).expect("the report is JSON")
}

/// Rehearses a job of these accounts, of whom some are refused by JESS.
async fn rehearse(place: &Place, report: &str, names: &[&str], refused: &[&str], more: &[&str]) {
    let refused = refused.join(", ");
    let mut job = format!("version: 1\nservice: {{ sandbox: {{ refuse_jess: [{refused}] }} }}\naccounts:\n");
    for name in names {
        job.push_str(&format!(
            "  - name: {name}\n    ensims: {{ email: {name}@uni.example, password: 'pass-e' }}\n    jess: {{ username: {name}, password: 'pass-j' }}\n"
        ));
    }
    place.file("job.yaml", &job);
    let arguments = [&["run", "job.yaml", "--quiet", "--report", report], more].concat();
    let ended = place.run(&arguments).await;
    assert!(matches!(ended.code, Some(0 | 1)), "{}", ended.err);
}

fn has_no_control_characters(ended: &Ended) {
    let text = format!("{}{}", ended.out, ended.err);
    let bad = text.chars().find(|c| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c));
    assert_eq!(bad, None, "{text:?}");
}

#[tokio::test]
async fn a_report_is_shown_as_it_was_after_the_run() {
    let place = Place::new();
    rehearse(&place, "r.json", &["ada", "ben"], &["ben"], &[]).await;
    let ended = place.run(&["report", "show", "r.json"]).await;
    assert_eq!(ended.code, Some(0));
    assert_eq!(ended.err, "Rehearsal on the embedded sandbox: nothing was sent to ENSIMS.\n");
    insta::assert_snapshot!(ended.out);
}

#[tokio::test]
async fn every_outcome_is_shown_and_nothing_of_it_moves_the_cursor() {
    let ended = Place::new().run(&["report", "show", &all_outcomes()]).await;
    assert_eq!((ended.code, &*ended.err), (Some(0), ""));
    has_no_control_characters(&ended);
    insta::assert_snapshot!(ended.out);
}

#[tokio::test]
async fn a_converted_report_is_the_same_byte_for_byte() {
    let place = Place::new();
    let ended = place.run(&["report", "convert", &all_outcomes(), "folder/same.json"]).await;
    assert_eq!((ended.code, &*ended.err), (Some(0), "Report: folder/same.json\n"));
    let read = |path| std::fs::read_to_string(path).expect("a report");
    assert!(read(place.path("folder/same.json")) == read(repository("tests/data/all-outcomes.json")));
}

#[tokio::test]
async fn two_reports_are_compared_account_by_account() {
    let place = Place::new();
    let old = ["falls", "stays-ill", "mends", "stays-well", "leaves", "is-not-asked"];
    rehearse(&place, "old.json", &old, &["stays-ill", "mends", "leaves", "is-not-asked"], &[]).await;
    let new = ["comes", "is-not-asked", "stays-well", "mends", "stays-ill", "falls"];
    rehearse(&place, "new.json", &new, &["falls", "stays-ill"], &["--skip", "is-not-asked"]).await;
    let ended = place.run(&["report", "diff", "old.json", "new.json"]).await;
    assert_eq!(ended.code, Some(1));
    insta::assert_snapshot!(format!("{}{}", ended.err, ended.out));

    let back = place.run(&["report", "diff", "new.json", "new.json"]).await;
    assert_eq!(back.code, Some(0), "nobody began to fail: {}", back.out);
    insta::assert_snapshot!("a_report_compared_with_itself", back.out);
}

#[tokio::test]
async fn a_difference_shows_hostile_names_harmlessly() {
    let place = Place::new();
    let mut new = all_outcomes_json();
    for account in new["accounts"].as_array_mut().expect("accounts") {
        account["email"] = json!(account["email"].as_str().expect("an address").to_uppercase());
    }
    new["accounts"][0]["outcome"] = json!("stopped");
    new["accounts"][0]["reason"] = json!("interrupted");
    new["totals"]["updated"] = json!(7);
    new["totals"]["stopped"] = json!(4);
    place.file("new.json", &new.to_string());
    let ended = place.run(&["report", "diff", &all_outcomes(), "new.json"]).await;
    assert_eq!((ended.code, &*ended.err), (Some(1), ""));
    assert!(ended.out.starts_with("Began to fail (1):\n  alice: stopped: interrupted; it was updated\n"));
    assert!(!ended.out.contains("New") && !ended.out.contains("Gone"), "{}", ended.out);
    has_no_control_characters(&ended);
}

#[tokio::test]
async fn what_is_no_report_of_a_run_is_told_so() {
    let place = Place::new();
    rehearse(&place, "good.json", &["ada"], &[], &[]).await;
    let status = place.run(&["status", "job.yaml", "--report", "status.json"]).await;
    assert_eq!(status.code, Some(1), "{}", status.err);
    let good = std::fs::read_to_string(place.path("good.json")).expect("a report");
    place.file("text.json", "no JSON");
    place.file("empty.json", "");
    place.file("students.csv", "email,ensims_password\n");
    place.file("newer.json", &good.replace("\"schema_version\": 1", "\"schema_version\": 2"));
    place.file("changed.json", &good.replace("\"refused\": 0", "\"refused\": 1"));
    place.file("hostile.json", &good.replace("\"updated\",", "\"\\u001b[31m\\u202e\","));
    let mut said = String::new();
    for arguments in [
        &["show", "gone.json"][..],
        &["show", "."],
        &["show", "text.json"],
        &["show", "empty.json"],
        &["show", "newer.json"],
        &["show", "hostile.json"],
        &["show", "status.json"],
        &["show", "changed.json"],
        &["diff", "good.json", "text.json"],
        &["convert", "text.json", "text.csv"],
        &["convert", "good.json", "good.txt"],
        &["convert", "good.json", "./good.json"],
        &["convert", "good.json", "text.json/good.csv"],
        &["convert", "good.json", "students.csv"],
        &["convert", "good.json", "{date}.csv"],
    ] {
        let ended = place.run(&[&["report"], arguments].concat()).await;
        assert_eq!((ended.code, &*ended.out), (Some(2), ""), "{arguments:?}");
        has_no_control_characters(&ended);
        said.push_str(&format!("$ jess-batch report {}\n{}", arguments.join(" "), ended.err));
    }
    insta::assert_snapshot!(said);
}
