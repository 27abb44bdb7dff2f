//! The job, the units and the crontab in `jobs/` do together what the README says of them.

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

/// A sandbox, and the credentials that the accounts of the nightly job have in it.
fn class(place: &Place) -> SandboxBuilder {
    std::fs::create_dir(place.path("credentials")).expect("a folder can be made");
    ["alice", "bob", "cem"].iter().fold(Sandbox::builder(), |builder, name| {
        let (ensims, jess) = (format!("ensims-secret-of-{name}"), format!("jess-secret-of-{name}"));
        let file = |name: String, secret: &str| {
            std::fs::write(place.path("credentials").join(name), format!("{secret}\n"))
        };
        file(format!("ensims_{name}"), &ensims).expect("a file can be written");
        file(format!("jess_{name}"), &jess).expect("a file can be written");
        builder
            .account(Account::new(format!("{name}@uni.example"), &ensims))
            .jess_user(JessUser::new(format!("jess-{name}"), &jess))
    })
}

#[tokio::test]
async fn the_service_runs_the_nightly_job_and_sends_nothing_that_needs_no_sending() {
    let place = Place::new();
    let sandbox = class(&place).start().await.expect("a sandbox");
    // The unit's state folder, for which this test has its own.
    place.file("nightly.yaml", &jobs("nightly.yaml").replace("/var/lib/jess-batch/nightly/", ""));
    let unit = jobs("systemd/jess-batch@.service");
    assert!(unit.contains("\nStateDirectory=jess-batch/%i\n"));
    let command = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).expect("a command");
    let command = command.replace("/etc/jess-batch/%i.yaml", "nightly.yaml");
    let url = sandbox.url();
    let mut arguments = arguments(&command);
    arguments.extend(["--service", &url]);
    let variables = [("CREDENTIALS_DIRECTORY", "credentials")];

    for outcome in ["updated", "unchanged"] {
        let ended = place.run_with(&arguments, &variables).await;
        assert_eq!((ended.code, &*ended.out, &*ended.err), (Some(0), "", ""));
        assert_eq!(place.report("report.json")["totals"][outcome], 3);
        assert!(place.path("report.prom").exists());
    }
    assert_eq!(sandbox.seen().count(Operation::UpdateJessSession), 3);

    sandbox.add_account(Account::new("bob@uni.example", "another"));
    let ended = place.run_with(&arguments, &variables).await;
    assert_eq!((ended.code, &*ended.out), (Some(1), ""));
    assert!(ended.err.starts_with("Not as wanted:\n  bob: refused by ensims\n"), "{}", ended.err);
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
    assert!(ended.err.contains("lab0: refused by ensims"), "{}", ended.err);
}
