//! `--resume`: what a run takes over from the one before it.

use std::time::Duration;

use ensims_sandbox::{Account, Fault, JessUser, Operation, Sandbox, Target};
use nix::sys::signal::Signal;
use serde_json::Value;

use crate::program::{
    Ended, PROGRAM, Place, jess_password, job, outcomes, password, sandbox_of, wait_until, words,
};

const FAST: &str = "rate: unlimited";

fn email(number: usize) -> String {
    format!("lab{number}@uni.example")
}

/// A sandbox, and a place with a job file for so many of its accounts.
async fn lab(accounts: usize) -> (Sandbox, Place) {
    let sandbox = sandbox_of(accounts).start().await.expect("a sandbox");
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), FAST, accounts));
    (sandbox, place)
}

fn change(place: &Place, from: &str, to: &str) {
    let text = std::fs::read_to_string(place.path("job.yaml")).expect("the job file");
    assert!(text.contains(from), "{text}");
    place.file("job.yaml", &text.replace(from, to));
}

fn journal(place: &Place) -> String {
    std::fs::read_to_string(place.state_file("job.yaml", "journal.jsonl")).expect("a journal")
}

/// Runs the job with these flags; the report is in `r.json`. Gives back who was sent since.
async fn run(sandbox: &Sandbox, place: &Place, flags: &[&str]) -> (Ended, Value, Vec<String>) {
    let before = sandbox.seen().requests.len();
    let ended = place.run(&[&["run", "job.yaml", "--report", "r.json"], flags].concat()).await;
    let log_ons = sandbox.seen().requests.split_off(before).into_iter();
    let log_ons = log_ons.filter(|request| request.operation == Some(Operation::LogOn));
    let mut sent: Vec<String> = log_ons.filter_map(|request| request.account).collect();
    sent.sort();
    (ended, place.report("r.json"), sent)
}

/// A run of eight accounts one by one that Ctrl-C ends after three, of which the second is refused.
async fn interrupted() -> (Sandbox, Place) {
    let (sandbox, place) = lab(8).await;
    sandbox.add_account(Account::new(email(1), "another"));
    let slow = Fault::Delay(Duration::from_millis(300));
    sandbox.always(email(3).into(), Operation::LogOn, slow);
    let running = place.start(&["run", "job.yaml", "--concurrency", "1", "--report", "r.json"]);
    wait_until(|| sandbox.seen().log_ons(&email(3)) == 1).await;
    running.signal(Signal::SIGINT);
    let ended = running.end().await;
    assert_eq!(ended.code, Some(130), "{}", ended.err);
    let rest = "To do the rest, but not what was refused: jess-batch run --resume job.yaml";
    assert!(ended.err.contains(rest), "{}", ended.err);
    (sandbox, place)
}

#[tokio::test]
async fn after_ctrl_c_it_does_the_rest_and_reports_all() {
    let (sandbox, place) = interrupted().await;
    let before = place.report("r.json");
    // What was in flight may have come to its end.
    let done = outcomes(&before).iter().filter(|outcome| **outcome == "updated").count();
    assert_eq!((&outcomes(&before)[..3], done >= 2), (&["updated", "refused", "updated"][..], true));
    let (ended, report, sent) = run(&sandbox, &place, &["--resume"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let rest: Vec<String> = (done + 1..8).map(email).collect();
    assert_eq!(sent, rest);
    assert_eq!(outcomes(&report)[..3], ["skipped", "refused", "skipped"]);
    assert!(outcomes(&report)[done + 1..].iter().all(|outcome| *outcome == "updated"), "{report}");
    let refused = &report["accounts"][1];
    assert_eq!((&refused["refused_by"], &refused["requests"]), (&"ensims".into(), &0.into()));
    let words = "No matching username and password pair was found!";
    assert_eq!(refused["service_message"], words);
    let resumed = format!("Resumed: {done} done and 1 refused before.");
    assert!(ended.err.contains(&resumed), "{}", ended.err);
}

#[tokio::test]
async fn a_resumed_run_of_one_account_keeps_the_verdicts_of_the_others() {
    let (sandbox, place) = interrupted().await;
    let (ended, report, sent) = run(&sandbox, &place, &["--resume", "--only", "lab6"]).await;
    assert_eq!((ended.code, sent), (Some(0), vec![email(6)]), "{}", ended.err);
    assert_eq!(report["totals"]["skipped"], 7);
    let (ended, report, sent) = run(&sandbox, &place, &["--resume", "--skip", "lab7"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(sent.iter().all(|sent| [email(3), email(4), email(5)].contains(sent)), "{sent:?}");
    assert_eq!(words(&report, "reason")[6..], ["already-done", "not-selected"]);
    let (_, report, sent) = run(&sandbox, &place, &["--resume"]).await;
    assert_eq!(sent, [email(7)]);
    assert_eq!(outcomes(&report)[1], "refused");
}

#[tokio::test]
async fn a_run_of_one_account_that_begins_anew_keeps_the_verdicts_of_the_others() {
    let (sandbox, place) = interrupted().await;
    for only in [1, 6] {
        let (_, _, sent) = run(&sandbox, &place, &["--only", &format!("lab{only}")]).await;
        assert_eq!(sent, [email(only)]);
    }
    let (ended, report, sent) = run(&sandbox, &place, &["--resume"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert_eq!(outcomes(&report)[..3], ["skipped", "refused", "skipped"]);
    assert!(sent.iter().all(|sent| [3, 4, 5, 7].map(email).contains(sent)), "{sent:?}");
}

#[tokio::test]
async fn after_a_finished_run_it_attempts_all_that_did_not_succeed() {
    let (sandbox, place) = lab(6).await;
    sandbox.add_account(Account::new(email(1), "new-1"));
    sandbox.set_jess_password("jess2", "new-2");
    sandbox.suspend("jess3", true);
    sandbox.always(email(4).into(), Operation::LogOn, Fault::status(400));
    let verify = &["--verify", "account"][..];
    let (ended, report, _) = run(&sandbox, &place, verify).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert_eq!(outcomes(&report), ["updated", "refused", "refused", "updated", "failed", "updated"]);

    // The organiser corrects two passwords, and the service mends what was wrong with two accounts.
    change(&place, &format!("'{}'", password(1)), "'new-1'");
    change(&place, &format!("'{}'", jess_password(2)), "'new-2'");
    sandbox.suspend("jess3", false);
    sandbox.always(email(4).into(), Operation::LogOn, Fault::Delay(Duration::ZERO));
    let (ended, report, sent) = run(&sandbox, &place, &[verify, &["--resume"]].concat()).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(sent, [1, 2, 3, 4].map(email));
    assert_eq!(outcomes(&report), ["skipped", "updated", "updated", "updated", "updated", "skipped"]);
    assert_eq!(words(&report, "reason"), ["already-done", "-", "-", "-", "-", "already-done"]);
    assert_eq!(report["totals"]["ready"], 6);
    assert_eq!(report["last_success_at"], report["finished_at"], "together these runs did the whole job");

    let (ended, report, sent) = run(&sandbox, &place, &[verify, &["--resume"]].concat()).await;
    assert_eq!((ended.code, sent.len()), (Some(0), 0), "{}", ended.err);
    assert_eq!(report["totals"]["skipped"], 6);
}

#[tokio::test]
async fn what_was_looked_at_less_closely_is_looked_at_again() {
    let (sandbox, place) = lab(2).await;
    for (verify, attempted) in [("session", 2), ("none", 0), ("account", 2), ("account", 0)] {
        let (ended, _, sent) = run(&sandbox, &place, &["--resume", "--verify", verify]).await;
        assert_eq!((ended.code, sent.len()), (Some(0), attempted), "{verify}: {}", ended.err);
    }
}

#[tokio::test]
async fn a_verdict_counts_only_for_the_same_email_and_jess_user() {
    let (sandbox, place) = lab(3).await;
    run(&sandbox, &place, &[]).await;
    sandbox.add_account(Account::new("new@uni.example", password(0)));
    change(&place, &email(0), "new@uni.example");
    let (ended, report, sent) = run(&sandbox, &place, &["--resume"]).await;
    assert_eq!((ended.code, &sent[..]), (Some(0), &["new@uni.example".to_owned()][..]), "{}", ended.err);
    assert_eq!(outcomes(&report), ["updated", "skipped", "skipped"]);

    sandbox.add_jess_user(JessUser::new("another", jess_password(1)));
    change(&place, "username: jess1,", "username: another,");
    let (ended, report, sent) = run(&sandbox, &place, &["--resume"]).await;
    assert_eq!((ended.code, &sent[..]), (Some(0), &[email(1)][..]), "{}", ended.err);
    assert_eq!(outcomes(&report), ["skipped", "updated", "skipped"]);
    assert_eq!(sandbox.jess_user_of(&email(1)).as_deref(), Some("another"));
}

#[tokio::test]
async fn a_verdict_counts_only_for_the_same_service() {
    let (sandbox, place) = lab(2).await;
    run(&sandbox, &place, &[]).await;
    let other = sandbox_of(2).start().await.expect("a sandbox");
    let (ended, _, sent) = run(&other, &place, &["--resume", "--service", &other.url()]).await;
    assert_eq!((ended.code, sent.len()), (Some(0), 2), "{}", ended.err);
}

#[tokio::test]
async fn the_rest_of_the_job_file_may_change() {
    let (sandbox, place) = lab(2).await;
    run(&sandbox, &place, &[]).await;
    let url = sandbox.url();
    let mut text = format!("version: 1\nname: Renamed\nservice: {url}/\nupdate: when-invalid\naccounts:\n");
    for (name, number, spelling) in [("first", 1, "LAB1@uni.example"), ("second", 0, "lab0@uni.example")] {
        text.push_str(&format!(
            "  - name: {name}\n    ensims: {{ email: {spelling}, password: 'changed' }}\n    jess: {{ username: jess{number}, password: 'changed' }}\n",
        ));
    }
    place.file("job.yaml", &text);
    let (ended, report, sent) = run(&sandbox, &place, &["--resume"]).await;
    assert_eq!((ended.code, sent.len()), (Some(0), 0), "{}", ended.err);
    assert_eq!(words(&report, "reason"), ["already-done"; 2]);
}

#[tokio::test]
async fn a_shared_credential_that_was_refused_is_not_sent_again_by_those_who_had_no_turn() {
    let sandbox = sandbox_of(6).start().await.expect("a sandbox");
    let place = Place::new();
    let mut text = job(&sandbox.url(), "concurrency: 1, rate: unlimited", 6);
    for number in 0..6 {
        let own = format!("{{ username: jess{number}, password: '{}' }}", jess_password(number));
        text = text.replace(&own, "{ username: shared, password: 'a wrong one' }");
    }
    place.file("job.yaml", &text);
    let (_, report, _) = run(&sandbox, &place, &["--max-failures", "1"]).await;
    assert_eq!(outcomes(&report), ["refused", "stopped", "stopped", "stopped", "stopped", "stopped"]);
    let (ended, report, _) = run(&sandbox, &place, &["--resume"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert_eq!(words(&report, "refused_by"), ["jess"; 6]);
    assert_eq!(sandbox.seen().count(Operation::UpdateJessSession), 1);
    let same = "same credential as lab0 in the run that this one resumes; not sent again";
    assert_eq!(report["accounts"][5]["detail"], same);
}

#[tokio::test]
async fn a_shared_credential_that_was_mended_is_sent_by_a_run_of_one_account_that_begins_anew() {
    let (sandbox, place) = lab(3).await;
    sandbox.add_jess_user(JessUser::new("shared", "the right one"));
    for number in 0..3 {
        let own = format!("{{ username: jess{number}, password: '{}' }}", jess_password(number));
        change(&place, &own, "{ username: shared, password: 'a wrong one' }");
    }
    run(&sandbox, &place, &["--concurrency", "1", "--max-failures", "1"]).await;
    change(&place, "a wrong one", "the right one");
    let (ended, report, _) = run(&sandbox, &place, &["--only", "lab2"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(outcomes(&report), ["skipped", "skipped", "updated"]);
}

#[tokio::test]
async fn without_an_earlier_run_all_are_attempted() {
    let (sandbox, place) = lab(2).await;
    let (ended, report, sent) = run(&sandbox, &place, &["--resume"]).await;
    assert_eq!((ended.code, sent.len()), (Some(0), 2), "{}", ended.err);
    assert_eq!(report["totals"]["updated"], 2);
    assert!(ended.err.contains("Nothing of an earlier run counts here"), "{}", ended.err);
    // Without the flag a run begins anew, whatever the one before it did.
    let (ended, _, sent) = run(&sandbox, &place, &[]).await;
    assert_eq!((ended.code, sent.len()), (Some(0), 2), "{}", ended.err);
}

#[tokio::test]
async fn a_last_line_that_was_cut_short_counts_as_not_written() {
    let (sandbox, place) = interrupted().await;
    let journal = place.state_file("job.yaml", "journal.jsonl");
    let whole = std::fs::read_to_string(&journal).expect("a journal");
    let last = whole.trim_end().rfind('\n').expect("several lines") + 1;
    for cut in [last + 1, usize::midpoint(last, whole.len()), whole.len() - 2] {
        std::fs::write(&journal, &whole[..cut]).expect("the journal can be written");
        let (ended, report, sent) = run(&sandbox, &place, &["--resume", "--only", "lab0"]).await;
        assert_eq!((ended.code, sent.len()), (Some(0), 0), "{}", ended.err);
        assert_eq!(report["accounts"][0]["reason"], "already-done");
    }
}

#[tokio::test]
async fn a_damaged_journal_is_told_and_nothing_is_sent() {
    let (sandbox, place) = interrupted().await;
    let journal = place.state_file("job.yaml", "journal.jsonl");
    let whole = std::fs::read_to_string(&journal).expect("a journal");
    let second_line = whole.find('\n').expect("several lines") + 1;
    let version = whole.replacen("\"version\":1", "\"version\":2", 1);
    assert_ne!(version, whole);
    let damaged: [(&str, Vec<u8>, &str); 6] = [
        ("a hole in the middle", whole.replacen("\"verdict\"", "\0\0\0", 1).into(), "line 2 is damaged"),
        (
            "not UTF-8",
            [&whole.as_bytes()[..second_line], b"\xff\n", whole.as_bytes()].concat(),
            "line 2 is damaged",
        ),
        ("no first line", whole[second_line..].into(), "line 1 is damaged"),
        ("empty", Vec::new(), "it is empty"),
        ("another version", version.into(), "it is of version 2"),
        ("something else", b"{}\n".to_vec(), "line 1 is damaged"),
    ];
    let before = sandbox.seen().requests.len();
    place.file("r.json", "the report before");
    for (what, bytes, problem) in damaged {
        std::fs::write(&journal, &bytes).expect("the journal can be written");
        let ended = place.run(&["run", "job.yaml", "-q", "--resume", "--report", "r.json"]).await;
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{what}: {}", ended.err);
        for part in ["error: job.yaml: the journal ", "journal.jsonl cannot be read: ", problem] {
            assert!(ended.err.contains(part), "{what}: {}", ended.err);
        }
        assert!(ended.err.contains("Run the job without --resume"), "{what}: {}", ended.err);
        assert_eq!(std::fs::read(&journal).expect("the journal"), bytes, "{what}: it is left as it is");
    }
    assert_eq!(sandbox.seen().requests.len(), before, "nothing was sent");
    let report = std::fs::read_to_string(place.path("r.json")).expect("a report");
    assert_eq!(report, "the report before");

    let (ended, report, sent) = run(&sandbox, &place, &[]).await;
    assert_eq!((ended.code, sent.len()), (Some(1), 8), "{}", ended.err);
    assert_eq!(report["totals"]["updated"], 7);
}

#[tokio::test]
async fn what_keeps_no_journal_cannot_be_resumed() {
    let (sandbox, place) = lab(1).await;
    let input = std::fs::read_to_string(place.path("job.yaml")).expect("the job file");
    let from_input = place.run_with_input(&["run", "-", "--resume"], &input).await;
    let rehearsal = place.run(&["run", "job.yaml", "--resume", "--service", "sandbox"]).await;
    for ended in [from_input, rehearsal] {
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{}", ended.err);
        assert!(ended.err.contains("standard input and rehearsals keep no journal"), "{}", ended.err);
    }
    assert!(sandbox.seen().requests.is_empty());
    assert!(!place.path(".local").exists());
}

#[tokio::test]
async fn a_run_that_never_got_through_loses_nothing_of_the_one_that_it_resumes() {
    let (sandbox, place) = interrupted().await;
    sandbox.script(Target::Anyone, Operation::UsersInfo, [Fault::status(501)]);
    let (ended, report, sent) = run(&sandbox, &place, &["--resume"]).await;
    assert_eq!((ended.code, sent.len()), (Some(3), 0), "{}", ended.err);
    assert_eq!(outcomes(&report)[..3], ["skipped", "refused", "skipped"]);
    assert_eq!(words(&report, "reason")[7], "service-down");
    let (ended, report, sent) = run(&sandbox, &place, &["--resume"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert_eq!(outcomes(&report)[..3], ["skipped", "refused", "skipped"]);
    assert!(!sent.contains(&email(0)) && !sent.contains(&email(1)), "{sent:?}");
    assert_eq!(report["totals"]["stopped"], 0);
}

#[tokio::test]
async fn ctrl_c_during_the_first_look_leaves_what_the_run_before_knew() {
    let (sandbox, place) = interrupted().await;
    let before = journal(&place);
    let looks = sandbox.seen().count(Operation::UsersInfo);
    sandbox.script(Target::Anyone, Operation::UsersInfo, [Fault::Delay(Duration::from_secs(3600))]);
    let running = place.start(&["run", "job.yaml", "--report", "r.json"]);
    wait_until(|| sandbox.seen().count(Operation::UsersInfo) > looks).await;
    running.signal(Signal::SIGINT);
    let ended = running.end().await;
    assert_eq!(ended.code, Some(130), "{}", ended.err);
    assert_eq!(words(&place.report("r.json"), "reason"), ["interrupted"; 8]);
    assert_eq!(journal(&place), before);
    let (_, report, sent) = run(&sandbox, &place, &["--resume"]).await;
    assert_eq!(outcomes(&report)[..3], ["skipped", "refused", "skipped"]);
    assert!(!sent.contains(&email(0)) && !sent.contains(&email(1)), "{sent:?}");
}

#[tokio::test]
async fn ctrl_c_while_the_last_account_is_verified_leaves_the_run_to_be_resumed() {
    let (sandbox, place) = lab(3).await;
    sandbox.add_account(Account::new(email(1), "another"));
    sandbox.always(email(2).into(), Operation::JessSession, Fault::Delay(Duration::from_secs(1)));
    let verify = ["--verify", "session", "--concurrency", "1"];
    let running = place.start(&[&["run", "job.yaml"], &verify[..]].concat());
    wait_until(|| sandbox.seen().count(Operation::JessSession) == 2).await;
    running.signal(Signal::SIGINT);
    let ended = running.end().await;
    assert_eq!(ended.code, Some(130), "{}", ended.err);
    assert!(!journal(&place).contains("\"line\":\"finished\""), "{}", journal(&place));
    let (_, report, sent) = run(&sandbox, &place, &[&verify[..], &["--resume"]].concat()).await;
    assert_eq!(outcomes(&report)[..2], ["skipped", "refused"]);
    assert!(!sent.contains(&email(1)), "the refused credential is sent again: {sent:?}");
}

#[tokio::test]
async fn with_nothing_left_to_do_it_says_whether_the_service_is_there_and_is_no_new_success() {
    let (sandbox, place) = lab(2).await;
    run(&sandbox, &place, &[]).await;
    let last_success = place.state_file("job.yaml", "last-success");
    let long_ago = "2026-01-02T03:04:05Z\n";
    std::fs::write(&last_success, long_ago).expect("a time can be written");
    for (fault, code) in [(Fault::Delay(Duration::ZERO), 0), (Fault::status(501), 3)] {
        sandbox.always(Target::Anyone, Operation::UsersInfo, fault);
        let (ended, report, sent) = run(&sandbox, &place, &["--resume"]).await;
        assert_eq!((ended.code, sent.len()), (Some(code), 0), "{}", ended.err);
        assert_eq!(report["exit_code"], code);
        assert_eq!(outcomes(&report), ["skipped"; 2]);
        assert_eq!(report["last_success_at"], long_ago.trim());
        assert_eq!(std::fs::read_to_string(&last_success).expect("a time"), long_ago);
    }
}

#[tokio::test]
async fn the_command_that_a_run_shows_for_the_rest_can_be_typed_as_it_is() {
    let sandbox = sandbox_of(4).start().await.expect("a sandbox");
    sandbox.add_account(Account::new(email(0), "another"));
    let place = Place::new();
    place.file("it's autumn.yaml", &job("https://ensims.uni.example", FAST, 4));
    let url = sandbox.url();
    let begun = [
        "run",
        "it's autumn.yaml",
        "--service",
        &url,
        "--skip",
        "lab3",
        "--report",
        "my report.json",
        "--state-dir",
        "$HOME/*",
        "--concurrency=1",
        "--max-failures=1",
    ];
    let ended = place.run(&begun).await;
    assert_eq!(outcomes(&place.report("my report.json")), ["refused", "stopped", "stopped", "skipped"]);
    let hint = "To do the rest, but not what was refused: ";
    let typed = ended.err.lines().find_map(|line| line.strip_prefix(hint)).expect("it says how to go on");
    let folder = std::path::Path::new(PROGRAM).parent().and_then(|folder| folder.to_str());
    let path = [("PATH", folder.expect("the program is in a folder"))];
    let output = place.command_of(&["/bin/sh", "-ec", typed], &path).output().await.expect("a shell");
    let ended = Ended::from(output);
    assert_eq!(ended.code, Some(1), "{typed}: {}", ended.err);
    assert_eq!(outcomes(&place.report("my report.json")), ["refused", "updated", "updated", "skipped"]);
    assert_eq!(sandbox.seen().log_ons(&email(0)), 1);
}
