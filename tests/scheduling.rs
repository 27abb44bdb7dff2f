//! The job, the units and the crontab in `jobs/` do together what docs/nightly.md describes.

use ensims_sandbox::{Account, JessUser, Operation, Sandbox, SandboxBuilder};

use crate::program::{Place, jess_password, job, password, repository};

const PROGRAM: &str = "/usr/local/bin/jess-batch";

fn jobs(name: &str) -> String {
    std::fs::read_to_string(repository("jobs").join(name)).expect("a file of jobs/")
}

/// The arguments of a command line of ours.
fn arguments(command: &str) -> Vec<&str> {
    let mut words = command.split_whitespace();
    assert_eq!(words.next(), Some(PROGRAM), "{command}");
    words.collect()
}

/// A sandbox of the nightly job's accounts, and their passwords where systemd would put them.
fn nightly(place: &Place) -> SandboxBuilder {
    std::fs::create_dir(place.path("credentials")).expect("a folder can be made");
    let mut builder = Sandbox::builder();
    for name in ["alice", "bob", "cem"] {
        let (ensims, jess) = (format!("ensims-secret-of-{name}"), format!("jess-secret-of-{name}"));
        place.file(&format!("credentials/ensims_{name}"), &format!("{ensims}\n"));
        place.file(&format!("credentials/jess_{name}"), &format!("{jess}\n"));
        builder = builder
            .account(Account::new(format!("{name}@uni.example"), ensims))
            .jess_user(JessUser::new(format!("jess-{name}"), jess));
    }
    builder
}

#[tokio::test]
async fn the_service_runs_the_nightly_job_and_sends_nothing_that_needs_no_sending() {
    let place = Place::new();
    let sandbox = nightly(&place).start().await.expect("a sandbox");
    // This test has a state folder of its own in place of the unit's.
    let unit = jobs("systemd/jess-batch@.service");
    assert!(unit.contains("\nStateDirectory=jess-batch/%i\n"));
    assert!(unit.contains("\nEnvironment=JESS_BATCH_STATE_DIR=%S/jess-batch/%i\n"));
    place.file("nightly.yaml", &jobs("nightly.yaml").replace("/var/lib/jess-batch/nightly/", "state/"));
    let variables = [("CREDENTIALS_DIRECTORY", "credentials"), ("JESS_BATCH_STATE_DIR", "state")];
    let command = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).expect("a command");
    let command = command.replace("/etc/jess-batch/%i.yaml", "nightly.yaml") + " --service " + &sandbox.url();

    for outcome in ["updated", "unchanged"] {
        let ended = place.run_with(&arguments(&command), &variables).await;
        assert_eq!((ended.code, &*ended.out, &*ended.err), (Some(0), "", ""));
        assert_eq!(place.report("state/report.json")["totals"][outcome], 3);
        assert!(place.path("state/report.prom").exists());
    }
    assert_eq!(sandbox.seen().count(Operation::UpdateJessSession), 3);

    sandbox.add_account(Account::new("bob@uni.example", "another"));
    let ended = place.run_with(&arguments(&command), &variables).await;
    assert_eq!((ended.code, &*ended.out), (Some(1), ""));
    assert!(ended.err.contains("  bob: refused by ENSIMS\n"), "{}", ended.err);
    assert!(!ended.err.contains("alice"), "{}", ended.err);
}

#[tokio::test]
async fn the_crontab_line_prints_nothing_but_trouble() {
    let sandbox = Sandbox::builder()
        .account(Account::new("lab0@uni.example", password(0)))
        .jess_user(JessUser::new("jess0", jess_password(0)));
    let sandbox = sandbox.start().await.expect("a sandbox");
    let place = Place::new();
    place.file("lab.yaml", &job(&sandbox.url(), "rate: unlimited", 1));
    let crontab = jobs("crontab");
    let line = crontab.lines().find(|line| line.contains(PROGRAM)).expect("a line");
    assert!(!line.contains('%'), "cron would make a line end of it");
    let (_, command) = line.split_once("* * *  ").expect("a command that runs every day");
    let command = command.replace("/srv/lab/lab.yaml", "lab.yaml");

    let ended = place.run(&arguments(&command)).await;
    assert_eq!((ended.code, &*ended.out, &*ended.err), (Some(0), "", ""));
    sandbox.add_account(Account::new("lab0@uni.example", "another"));
    let ended = place.run(&arguments(&command)).await;
    assert_eq!((ended.code, &*ended.out), (Some(1), ""));
    assert!(ended.err.contains("lab0: refused by ENSIMS"), "{}", ended.err);
}
