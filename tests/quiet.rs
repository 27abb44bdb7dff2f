//! With `-q` a run that went well says nothing at all, so that cron sends no mail; one that did not says all a mail needs.

use ensims_sandbox::{Account, Fault, Operation, Target};

use crate::program::{Place, job, sandbox_of};

#[tokio::test]
async fn all_success_is_silent_in_every_kind_of_run() {
    let sandbox = sandbox_of(3).start().await.expect("a sandbox");
    let place = Place::new();
    let text = job(&sandbox.url(), "rate: unlimited", 3);
    place.file("job.yaml", &format!("{text}reports: [r.json, r.prom]\n"));
    place.file("nightly.yaml", &format!("{text}update: when-invalid\nverify: account\n"));
    let runs = [
        &["run", "-q", "job.yaml"][..],
        &["run", "-q", "job.yaml", "nightly.yaml"],
        &["run", "-q", "nightly.yaml", "--progress", "plain"],
        &["run", "-q", "job.yaml", "--resume"],
        &["run", "-q", "job.yaml", "--only", "lab1"],
        &["run", "-q", "job.yaml", "nightly.yaml", "--resume"],
    ];
    for arguments in runs {
        let ended = place.run(arguments).await;
        let silent = (Some(0), "", "");
        assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), silent, "{arguments:?}");
    }
    // What a retry mends is not worth a word either.
    sandbox.script(Target::Anyone, Operation::LogOn, [Fault::retry_after(429, "1"), Fault::ResetBefore]);
    let ended = place.run(&["run", "-q", "job.yaml"]).await;
    assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (Some(0), "", ""));
}

#[tokio::test]
async fn on_trouble_it_says_which_job_who_why_what_to_do_and_where_the_report_is() {
    let sandbox = sandbox_of(4).start().await.expect("a sandbox");
    sandbox.add_account(Account::new("lab1@uni.example", "another"));
    sandbox.suspend("jess2", true);
    let place = Place::new();
    std::fs::create_dir(place.path("labs")).expect("a folder");
    let text = job(&sandbox.url(), "rate: unlimited", 4);
    place.file("labs/autumn.yaml", &format!("{text}verify: account\nreports: [reports/autumn.json]\n"));
    let good = job(&sandbox.url(), "rate: unlimited", 1);
    place.file("spring.yaml", &good);
    let ended = place.run(&["run", "-q", "spring.yaml", "labs/autumn.yaml"]).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
    insta::assert_snapshot!(ended.err);
}

#[tokio::test]
async fn a_service_that_is_down_is_worth_one_clear_message() {
    let sandbox = sandbox_of(2).start().await.expect("a sandbox");
    sandbox.always(Target::Anyone, Operation::UsersInfo, Fault::status(503));
    let place = Place::new();
    let text = job(&sandbox.url(), "rate: unlimited, attempts: 1", 2);
    place.file("job.yaml", &format!("{text}reports: [r.json]\n"));
    let ended = place.run(&["run", "-q", "job.yaml"]).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(3), ""));
    let filters = vec![(r"127\.0\.0\.1:\d+", "[address]")];
    insta::with_settings!({ filters => filters }, { insta::assert_snapshot!(ended.err) });
}
