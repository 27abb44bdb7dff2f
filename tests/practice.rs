//! Practice never touches the real thing: what a class has is the same, byte for byte, after any rehearsal.

use std::collections::BTreeMap;
use std::path::Path;

use ensims_sandbox::{Account, Operation, Sandbox};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::program::{
    Run, TestDir, account_fields, job_yaml, outcomes, program, sandbox_with, with_accounts,
};

const REHEARSAL: &str = "Rehearsal on the sandbox: nothing was sent to ENSIMS.\n";

const REPORTS: &str =
    "verify: account\nreports: [r/lab.html, r/lab.json, r/lab.csv, r/lab.md, r/lab.xml, r/lab.prom]\n";

/// Environment variables of a run.
type Variables<'a> = &'a [(&'a str, &'a str)];

/// Every file below a folder, with its bytes.
fn files_below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.insert(path.display().to_string(), std::fs::read(&path).expect("a file"));
        }
    }
    files
}

/// A class of three at the service, which has refused the second of them, and a sandbox that listens beside it.
struct Class {
    service: Sandbox,
    standalone: Sandbox,
    dir: TestDir,
}

impl Class {
    async fn new() -> Self {
        let service = sandbox_with(3).start().await.expect("a sandbox");
        service.add_account(Account::new("lab1@uni.example", "another"));
        let standalone = with_accounts(Sandbox::builder(), 3).start().await.expect("a sandbox");
        let dir = TestDir::new();
        dir.write("job.yaml", &(job_yaml(&service.url(), "rate: unlimited", 3) + REPORTS));
        let run = dir.run(&["run", "job.yaml"]).await;
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        assert!(!run.stderr.contains("Rehearsal"), "{}", run.stderr);
        Self { service, standalone, dir }
    }

    /// What the class has: its reports and its state.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = files_below(&self.dir.path("r"));
        let lock = self.dir.state_file("job.yaml", "lock");
        files.extend(files_below(lock.parent().expect("a folder")));
        files
    }

    /// The name of a report of a run at another address.
    fn report_at(service: &Sandbox, extension: &str) -> String {
        format!("r/lab-{}.{extension}", service.address().to_string().replace(':', "-"))
    }

    fn has(&self, report: &str) -> bool {
        self.dir.path(report).is_file()
    }
}

#[tokio::test]
async fn class_is_as_before_after_any_practice() {
    let class = Class::new().await;
    let before = class.files();
    assert_eq!(
        before.len(),
        6 + 3,
        "six reports, the lock, its holder and the run history: {:?}",
        before.keys()
    );
    let sent = class.service.seen().requests.len();
    let url = class.standalone.url();
    let practices: [(&[&str], Variables<'_>); 12] = [
        (&["run", "job.yaml", "--dry-run"], &[]),
        (&["run", "job.yaml", "--dry-run", "--resume"], &[]),
        (&["run", "job.yaml", "--service", "sandbox"], &[]),
        (&["run", "job.yaml", "--service", "sandbox", "--resume"], &[]),
        (&["run", "job.yaml", "--service", &url], &[]),
        (&["run", "job.yaml", "--service", &url, "--resume"], &[]),
        (&["run", "job.yaml"], &[("JESS_BATCH_DRY_RUN", "true")]),
        (&["run", "job.yaml"], &[("JESS_BATCH_SERVICE", &url)]),
        (&["run", "job.yaml"], &[("JESS_BATCH_SERVICE", "sandbox"), ("JESS_BATCH_RESUME", "true")]),
        (&["run", "job.yaml", "--dry-run", "--only", "lab0", "--max-failures", "1"], &[]),
        (&["status", "job.yaml", "--dry-run"], &[]),
        (&["status", "job.yaml", "--service", &url], &[]),
    ];
    for (arguments, variables) in practices {
        let run = class.dir.run_with_env(arguments, variables).await;
        let what = format!("{arguments:?} {variables:?}: {}", run.stderr);
        assert_eq!(run.code, Some(0), "{what}");
        assert!(run.stderr.contains(REHEARSAL), "{what}");
        let after: BTreeMap<_, _> =
            class.files().into_iter().filter(|(name, _)| before.contains_key(name)).collect();
        assert!(after == before, "something has changed after {what}");
    }
    assert_eq!(class.service.seen().requests.len(), sent, "nothing was sent to the service");

    // The next run at the service knows what the last one there has done.
    let run = class.dir.run(&["run", "job.yaml", "--resume"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(
        run.stderr.contains("Resumed: 2 done earlier.") && !run.stderr.contains("Rehearsal"),
        "{}",
        run.stderr
    );
    assert_eq!(outcomes(&class.dir.report("r/lab.json")), ["skipped", "refused", "skipped"]);
}

#[tokio::test]
async fn rehearsal_on_a_standalone_sandbox_is_marked_in_every_report() {
    let class = Class::new().await;
    for (arguments, name) in [
        (vec!["--dry-run"], "rehearsal".to_owned()),
        (
            vec!["--service", &class.standalone.url()],
            class.standalone.address().to_string().replace(':', "-"),
        ),
    ] {
        let run = class.dir.run(&[&["run", "job.yaml", "-q"], &arguments[..]].concat()).await;
        assert_eq!((run.code, run.stderr), (Some(0), REHEARSAL.repeat(2)));
        let read = |extension| {
            let path = class.dir.path(&format!("r/lab-{name}.{extension}"));
            std::fs::read_to_string(path).expect("a report")
        };
        for (extension, mark) in [
            ("html", "This is a rehearsal"),
            ("json", "\"sandbox\": true"),
            ("csv", ",true,,run,"),
            ("md", REHEARSAL),
            ("xml", r#"<property name="rehearsal" value="true"/>"#),
            ("prom", r#"rehearsal="true"} 0"#),
        ] {
            assert!(read(extension).contains(mark), "{name} {extension}: {}", read(extension));
        }
        assert!(!read("prom").contains("last_success"), "{}", read("prom"));
    }
}

#[tokio::test]
async fn run_at_another_service_writes_no_prom_file() {
    let class = Class::new().await;
    let other = sandbox_with(3).start().await.expect("a sandbox");
    let before = class.files();
    let run = class.dir.run(&["run", "job.yaml", "--service", &other.url(), "--report", "own.prom"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("Not written: own.prom."), "{}", run.stderr);
    assert!(!class.has("own.prom"));
    let run = class.dir.run(&["run", "job.yaml", "--service", &other.url(), "--resume"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(!run.stderr.contains("Rehearsal"), "{}", run.stderr);
    let names =
        ["html", "json", "csv", "md", "xml", "prom"].map(|extension| Class::report_at(&other, extension));
    assert_eq!(names.each_ref().map(|name| class.has(name)), [true, true, true, true, true, false]);
    assert_eq!(account_fields(&class.dir.report(&names[1]), "reason"), ["already-done"; 3]);
    for (name, bytes) in &before {
        assert!(class.files().get(name) == Some(bytes), "{name} has changed");
    }
}

#[tokio::test]
async fn practice_cannot_replace_a_report_of_the_class() {
    let class = Class::new().await;
    let url = class.standalone.url();
    for service in ["sandbox", &url] {
        let run = class.dir.run(&["run", "job.yaml", "--report", "r/lab.html", "--service", service]).await;
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert!(run.stderr.contains("r/lab.html would replace"), "{}", run.stderr);
    }
    assert!(class.standalone.seen().requests.is_empty());
}

#[tokio::test]
async fn reports_of_the_variable_are_left_alone_by_practice() {
    let class = Class::new().await;
    class.dir.write("nightly.json", "the report of the night");
    let variables = [("JESS_BATCH_REPORT", "nightly.json")];
    let practice = ["run", "job.yaml", "--dry-run", "--only", "lab0"];
    let run = class.dir.run_with_env(&practice, &variables).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let nightly = std::fs::read_to_string(class.dir.path("nightly.json")).expect("a report");
    assert_eq!(nightly, "the report of the night");
    let report = class.dir.report("nightly-rehearsal.json");
    assert_eq!(report["service"]["sandbox"], true);
    // Nor does the command that continues the practice.
    let again =
        ["run", "--resume", "--report", "nightly-rehearsal.json", "job.yaml", "--dry-run", "--only", "lab0"];
    assert_eq!(report["rerun"]["arguments"], json!(again));
}

#[tokio::test]
async fn job_whose_own_service_is_a_sandbox_keeps_its_names() {
    let sandbox = with_accounts(Sandbox::builder(), 1).start().await.expect("a sandbox");
    let dir = TestDir::new();
    dir.write(
        "job.yaml",
        &(job_yaml(&sandbox.url(), "rate: unlimited", 1) + "reports: [lab.json, lab.prom]\n"),
    );
    // The same address in another spelling is no other service.
    let spelled = format!("{}/", sandbox.url().to_uppercase());
    for arguments in [&["run", "job.yaml"][..], &["run", "job.yaml", "--resume", "--service", &spelled]] {
        let run = dir.run(arguments).await;
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(run.stderr.ends_with(REHEARSAL), "{}", run.stderr);
    }
    let report = dir.report("lab.json");
    assert_eq!(account_fields(&report, "reason"), ["already-done"]);
    assert_eq!((&report["service"]["sandbox"], &report["last_success_at"]), (&json!(true), &Value::Null));
    let prom = std::fs::read_to_string(dir.path("lab.prom")).expect("a report");
    assert!(prom.contains("rehearsal=\"true\"") && !prom.contains("last_success"), "{prom}");
    assert_eq!(sandbox.seen().count(Operation::LogOn), 1);
}

#[tokio::test]
async fn flags_of_the_standalone_sandbox_say_what_goes_wrong() {
    let dir = TestDir::new();
    dir.write(
        "job.yaml",
        &(job_yaml("https://jess.uni.example", "rate: unlimited", 4) + "verify: account\n"),
    );
    let plan = ["--refuse-logon", "lab0", "--refuse-jess", "lab1", "--suspended", "lab2", "--linked", "lab3"];
    let sandbox = ["sandbox", "--listen", "127.0.0.1:0", "--accounts", "job.yaml"];
    let mut child = dir.command(&[&sandbox[..], &plan].concat(), &[]).spawn().expect("the program starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its output is a pipe")).lines();
    let url = lines.next_line().await.expect("it can be read").expect("the address is the first line");

    let work = ["job.yaml", "--service", &url, "--report", "r.json"];
    let run = dir.run(&[&["status"], &work[..]].concat()).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert_eq!(ready(&dir.report("r.json")), [Value::Null, json!(false), json!(false), json!(true)]);
    let run = dir.run(&[&["run"], &work[..]].concat()).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let report = dir.report("r.json");
    assert_eq!(account_fields(&report, "refused_by"), ["ensims", "jess", "-", "-"]);
    assert_eq!(report["accounts"][2]["not_ready"], json!(["suspended"]));

    let run = dir.run(&[&sandbox[..], &["--linked", "Lab3", "--suspended", "lab33"]].concat()).await;
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    for flag in [
        "--suspended: no account of this job is called \"lab33\"",
        "--linked: no account",
        "did you mean \"lab3\"?",
    ] {
        assert!(run.stderr.contains(flag), "{}", run.stderr);
    }
}

/// Whether each account of a report is ready.
fn ready(report: &Value) -> Vec<Value> {
    let accounts = report["accounts"].as_array().expect("a list of accounts");
    accounts.iter().map(|account| account["ready"].clone()).collect()
}

#[tokio::test]
async fn demo_shows_three_who_need_help_and_exits_0() {
    let dir = TestDir::new();
    let (tmp, here) = (TestDir::new(), dir.path("here"));
    std::fs::create_dir(&here).expect("a folder can be made");
    let tmp_path = tmp.path("").display().to_string();
    // No variable may lead the demo to a service.
    let variables = [("TMPDIR", tmp_path.as_str()), ("JESS_BATCH_SERVICE", "http://127.0.0.1:1")];
    let mut command = dir.command(&["demo"], &variables);
    let run = Run::from(command.current_dir(&here).output().await.expect("the program starts"));
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{}", run.stderr);
    assert!(run.stderr.starts_with(REHEARSAL), "{}", run.stderr);
    for line in [
        "  Ben Carter: refused by ENSIMS",
        "  Hana Ito: refused by JESS",
        "  Omar Perez: updated, not ready (JESS account suspended)",
        "20 accounts: 18 updated, 2 refused; 17 ready.",
    ] {
        assert!(run.stderr.lines().any(|other| other.starts_with(line)), "{line}: {}", run.stderr);
    }
    let report = run.stderr.lines().find_map(|line| line.strip_prefix("Report: ")).expect("a report");
    assert!(Path::new(report).starts_with(tmp.path("")), "{report}");
    let page = std::fs::read_to_string(report).expect("the report");
    assert!(page.contains("This is a rehearsal"), "{page}");
    let left: Vec<_> = std::fs::read_dir(dir.path("")).expect("a folder").collect();
    assert_eq!(left.len(), 1, "nothing is written outside of the temporary folder: {left:?}");
    assert!(files_below(&here).is_empty());

    // The command that it prints does the rest.
    let again = run.stderr.lines().find_map(|line| line.split_once("jess-batch run ")).expect("a command").1;
    let job = again.split(' ').next_back().expect("a job");
    let text = std::fs::read_to_string(job).expect("the job").replace("refuse_jess: [Hana Ito]", "slow: []");
    std::fs::write(job, text).expect("the job can be changed");
    let arguments: Vec<&str> = ["run"].into_iter().chain(again.split(' ')).collect();
    let run = dir.run(&arguments).await;
    assert!(
        run.stderr.contains("20 accounts: 2 updated, 1 refused, 17 done earlier; 18 ready."),
        "{}",
        run.stderr
    );
}

/// Rehearses the job on the embedded sandbox and returns the outcomes.
async fn rehearse(dir: &TestDir, arguments: &[&str]) -> (Run, Vec<String>) {
    let run = dir.run(&[&["run", "job.yaml", "--dry-run", "--report", "r.json"], arguments].concat()).await;
    let outcomes = outcomes(&dir.report("r.json")).into_iter().map(str::to_owned).collect();
    (run, outcomes)
}

#[tokio::test]
async fn wrong_passwords_are_practised_with_the_real_job() {
    let service = sandbox_with(4).start().await.expect("a sandbox");
    let dir = TestDir::new();
    let job = job_yaml(&service.url(), "rate: unlimited", 4) + "verify: account\n";
    let plan = "sandbox: { refuse_logon: [lab0], refuse_jess: [LAB1@uni.example], suspended: [lab2] }\n";
    dir.write("job.yaml", &format!("{job}{plan}"));
    let (run, outcomes) = rehearse(&dir, &[]).await;
    assert_eq!(
        (run.code, outcomes.join(" ").as_str()),
        (Some(1), "refused refused updated updated"),
        "{}",
        run.stderr
    );
    let report = dir.report("r.json");
    assert_eq!(account_fields(&report, "refused_by"), ["ensims", "jess", "-", "-"]);
    assert_eq!(report["accounts"][2]["not_ready"], json!(["suspended"]));
    assert!(run.stderr.contains("jess-batch run --resume job.yaml --dry-run"), "{}", run.stderr);

    // A status check finds what the rehearsal has left.
    let run = dir.run(&["status", "job.yaml", "--dry-run", "--report", "s.json"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert_eq!(ready(&dir.report("s.json")), [Value::Null, json!(false), json!(false), json!(true)]);

    // The passwords are corrected.
    dir.write("job.yaml", &job);
    let (run, outcomes) = rehearse(&dir, &["--resume"]).await;
    assert_eq!(
        (run.code, outcomes.join(" ").as_str()),
        (Some(0), "updated updated updated skipped"),
        "{}",
        run.stderr
    );
    let run = dir.run(&["status", "job.yaml", "--dry-run"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);

    // At the service the plan has no effect, whatever it names.
    dir.write("job.yaml", &format!("{job}sandbox: {{ refuse_logon: [lab0, nobody] }}\n"));
    let run = dir.run(&["run", "job.yaml"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let run = dir.run(&["check", "job.yaml", "--dry-run"]).await;
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("sandbox.refuse_logon[1]"), "{}", run.stderr);
}

#[tokio::test]
async fn linked_account_is_valid_before_the_first_run() {
    let dir = TestDir::new();
    let job = job_yaml("sandbox", "rate: unlimited", 3) + "update: when-invalid\nverify: account\n";
    let plan = "sandbox: { linked: [lab0, lab1], refuse_jess: [lab1, lab2] }\n";
    dir.write("job.yaml", &(job.clone() + plan));
    let (run, outcomes) = rehearse(&dir, &[]).await;
    assert_eq!(
        (run.code, outcomes.join(" ").as_str()),
        (Some(1), "unchanged unchanged refused"),
        "{}",
        run.stderr
    );

    // Two plans for one sandbox are a mistake.
    dir.write(
        "job.yaml",
        &(job.replace("service: sandbox", "service: { sandbox: { slow: [lab0] } }") + plan),
    );
    let run = dir.run(&["check", "job.yaml"]).await;
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("keep one"), "{}", run.stderr);
}

#[tokio::test]
async fn demo_without_its_report_fails() {
    let dir = TestDir::new();
    // No file can grow beyond 8 KiB.
    let demo = format!("trap '' XFSZ; ulimit -f 16; exec '{}' demo", program());
    let variables = [("TMPDIR", dir.path("").display().to_string())];
    let variables = variables.each_ref().map(|(name, value)| (*name, &**value));
    let output = dir.command_line(&["/bin/sh", "-c", &demo], &variables).output().await.expect("a shell");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("demo.html"), "{stderr}");
    assert_eq!(output.status.code(), Some(1), "{stderr}");
}

#[tokio::test]
async fn status_of_a_suspended_account_on_the_sandbox_says_so() {
    let dir = TestDir::new();
    let plan = "sandbox: { suspended: [lab1] }\n";
    dir.write("job.yaml", &format!("{}{plan}", job_yaml("https://api.example.org", "rate: unlimited", 3)));
    let run = dir.run(&["status", "job.yaml", "--dry-run", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let suspended = &dir.report("r.json")["accounts"][1];
    assert_eq!(suspended["not_ready"], json!(["suspended"]));
    assert_eq!(suspended["remedy"], json!("ask-why-suspended"));
}
