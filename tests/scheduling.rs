//! The job, the units and the crontab in `jobs/` do together what docs/nightly.md describes.

use ensims_sandbox::{Account, JessUser, Operation, Sandbox, SandboxBuilder};

use crate::program::{TestDir, jess_password, job_yaml, password, repository_file};

const PROGRAM: &str = "/usr/local/bin/jess-batch";

fn read_jobs_file(name: &str) -> String {
    std::fs::read_to_string(repository_file("jobs").join(name)).expect("a file of jobs/")
}

/// The arguments of a command line that starts this program.
fn arguments(command: &str) -> Vec<&str> {
    let mut words = command.split_whitespace();
    assert_eq!(words.next(), Some(PROGRAM), "{command}");
    words.collect()
}

/// Builds a sandbox with the accounts of the nightly job, and writes their passwords as systemd credentials.
fn nightly_sandbox(dir: &TestDir) -> SandboxBuilder {
    std::fs::create_dir(dir.path("credentials")).expect("a folder can be made");
    let mut builder = Sandbox::builder().pose_as_service();
    for name in ["alice", "bob", "cem"] {
        let (ensims, jess) = (format!("ensims-secret-of-{name}"), format!("jess-secret-of-{name}"));
        dir.write(&format!("credentials/ensims_{name}"), &format!("{ensims}\n"));
        dir.write(&format!("credentials/jess_{name}"), &format!("{jess}\n"));
        builder = builder
            .account(Account::new(format!("{name}@uni.example"), ensims))
            .jess_user(JessUser::new(format!("jess-{name}"), jess));
    }
    builder
}

#[tokio::test]
async fn systemd_unit_updates_only_what_needs_updating() {
    let dir = TestDir::new();
    let sandbox = nightly_sandbox(&dir).start().await.expect("a sandbox");
    // The test uses a state directory of its own instead of the one in the unit.
    let unit = read_jobs_file("systemd/jess-batch@.service");
    assert!(unit.contains("\nStateDirectory=jess-batch/%i\n"));
    assert!(unit.contains("\nEnvironment=JESS_BATCH_STATE_DIR=%S/jess-batch/%i\n"));
    let job = read_jobs_file("nightly.yaml").replace("/var/lib/jess-batch/nightly/", "state/");
    dir.write("nightly.yaml", &format!("{job}service: {}\n", sandbox.url()));
    let variables = [("CREDENTIALS_DIRECTORY", "credentials"), ("JESS_BATCH_STATE_DIR", "state")];
    let command = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).expect("a command");
    let command = command.replace("/etc/jess-batch/%i.yaml", "nightly.yaml");

    for outcome in ["updated", "unchanged"] {
        let run = dir.run_with_env(&arguments(&command), &variables).await;
        assert_eq!((run.code, &*run.stdout, &*run.stderr), (Some(0), "", ""));
        assert_eq!(dir.report("state/report.json")["totals"][outcome], 3);
        assert!(dir.path("state/report.prom").exists());
    }
    assert_eq!(sandbox.seen().count(Operation::UpdateJessSession), 3);

    sandbox.add_account(Account::new("bob@uni.example", "another"));
    let run = dir.run_with_env(&arguments(&command), &variables).await;
    assert_eq!((run.code, &*run.stdout), (Some(1), ""));
    assert!(run.stderr.contains("  bob: refused by ENSIMS\n"), "{}", run.stderr);
    assert!(!run.stderr.contains("alice"), "{}", run.stderr);
}

#[tokio::test]
async fn crontab_line_prints_only_on_failure() {
    let sandbox = Sandbox::builder()
        .pose_as_service()
        .account(Account::new("lab0@uni.example", password(0)))
        .jess_user(JessUser::new("jess0", jess_password(0)));
    let sandbox = sandbox.start().await.expect("a sandbox");
    let dir = TestDir::new();
    dir.write("lab.yaml", &job_yaml(&sandbox.url(), "rate: unlimited", 1));
    let crontab = read_jobs_file("crontab");
    let line = crontab.lines().find(|line| line.contains(PROGRAM)).expect("a line");
    assert!(!line.contains('%'), "cron turns % into a line end");
    let (_, command) = line.split_once("* * *  ").expect("a command that runs every day");
    let command = command.replace("/srv/lab/lab.yaml", "lab.yaml");

    let run = dir.run(&arguments(&command)).await;
    assert_eq!((run.code, &*run.stdout, &*run.stderr), (Some(0), "", ""));
    sandbox.add_account(Account::new("lab0@uni.example", "another"));
    let run = dir.run(&arguments(&command)).await;
    assert_eq!((run.code, &*run.stdout), (Some(1), ""));
    assert!(run.stderr.contains("lab0: refused by ENSIMS"), "{}", run.stderr);
}
