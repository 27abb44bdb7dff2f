//! No log and no report goes into a file of the user.

use std::fs;

use crate::program::{TestDir, job_yaml, sandbox_with};

const ROSTER: &str =
    "email,ensims_password_file,jess_username,jess_password\nada@uni.example,ada.txt,ada,pw-1\n";

/// A directory with a job that reads a file of every kind.
async fn job_with_inputs() -> TestDir {
    let dir = TestDir::new();
    dir.write("class.csv", ROSTER);
    dir.write("ada.txt", "pw-2\n");
    dir.write("shared.txt", "pw-3\n");
    dir.write("texts.yaml", "{}\n");
    let sandbox = sandbox_with(1).tls().start().await.expect("a sandbox");
    dir.write("ca.html", sandbox.ca_pem().expect("a certificate"));
    dir.write(
        "job.yaml",
        "version: 1\nservice: { url: 'https://127.0.0.1:1', ca_bundle: ca.html }\nmessages: texts.yaml\n\
         jess: { username: lab, password_file: shared.txt }\nroster: class.csv\nreports: [r.json]\n",
    );
    dir
}

#[tokio::test]
async fn log_in_an_input_or_report_is_rejected_whatever_its_name() {
    let dir = job_with_inputs().await;
    let inputs = ["job.yaml", "class.csv", "ada.txt", "shared.txt", "texts.yaml", "ca.html"];
    fs::create_dir(dir.path("links")).expect("a folder");
    for input in inputs {
        let before = fs::read(dir.path(input)).expect("the input");
        let (soft, hard) = (format!("links/soft-{input}"), format!("links/hard-{input}"));
        std::os::unix::fs::symlink(dir.path(input), dir.path(&soft)).expect("a symbolic link");
        fs::hard_link(dir.path(input), dir.path(&hard)).expect("a hard link");
        for log in [input, &soft, &hard] {
            for command in ["run", "status"] {
                let run = dir.run(&[command, "job.yaml", "--log-file", log]).await;
                assert_eq!(run.code, Some(2), "{log}: {}", run.stderr);
                let expected = format!("--log-file {log} cannot be used: it is a file that the job reads");
                assert!(run.stderr.contains(&expected), "{log}: {}", run.stderr);
            }
            assert_eq!(fs::read(dir.path(input)).expect("the input"), before, "{log}");
        }
    }
    // With mistakes in the job, too.
    dir.write("wrong.yaml", "version: 2\nroster: class.csv\n");
    for log in ["class.csv", "wrong.yaml"] {
        let run = dir.run(&["run", "wrong.yaml", "--log-file", log]).await;
        assert_eq!(run.code, Some(2), "{log}: {}", run.stderr);
    }
    assert_eq!(fs::read_to_string(dir.path("class.csv")).expect("the input"), ROSTER);
    std::os::unix::fs::symlink(dir.path(""), dir.path("links/here")).expect("a symbolic link");
    for log in ["r.json", "links/here/r.json"] {
        let run = dir.run(&["run", "job.yaml", "--log-file", log]).await;
        assert_eq!(run.code, Some(2), "{log}: {}", run.stderr);
        assert!(!dir.path("r.json").exists(), "{log}");
    }
}

#[tokio::test]
async fn report_in_an_input_is_rejected_whatever_its_name() {
    let dir = job_with_inputs().await;
    for (input, name) in [("ada.txt", "ada.md"), ("shared.txt", "shared.xml"), ("class.csv", "list.csv")] {
        fs::hard_link(dir.path(input), dir.path(name)).expect("a hard link");
    }
    std::os::unix::fs::symlink(dir.path("job.yaml"), dir.path("job.json")).expect("a symbolic link");
    for report in ["class.csv", "ca.html", "ada.md", "shared.xml", "list.csv", "job.json"] {
        let before = fs::read(dir.path(report)).expect("the input");
        for command in ["run", "check", "status"] {
            let run = dir.run(&[command, "job.yaml", "--report", report]).await;
            assert_eq!(run.code, Some(2), "{report}: {}", run.stderr);
            let expected = format!("--report: {report} would replace a file that the job reads");
            assert!(run.stderr.contains(&expected), "{report}: {}", run.stderr);
        }
        assert_eq!(fs::read(dir.path(report)).expect("the input"), before, "{report}");
    }
}

#[tokio::test]
async fn report_replaces_a_report_of_its_format_and_no_other_file() {
    let sandbox = sandbox_with(1).start().await.expect("a sandbox");
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "rate: unlimited", 1));
    let reports = ["r.json", "r.html", "r.csv", "r.md", "r.xml", "r.prom"];
    let mut arguments = vec!["run", "job.yaml"];
    for report in &reports {
        arguments.extend(["--report", report]);
    }
    // The second time over its own reports, the third over empty files.
    for _ in 0..2 {
        let run = dir.run(&arguments).await;
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    }
    for report in &reports {
        fs::write(dir.path(report), "").expect("an empty file");
    }
    let run = dir.run(&arguments).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);

    let requests = sandbox.seen().requests.len();
    for report in reports {
        let text = "name,email,jess_username\n{\"html\": \"<!doctype html>\"}\n";
        dir.write(report, text);
        let run = dir.run(&["run", "job.yaml", "--report", report]).await;
        assert_eq!(run.code, Some(2), "{report}: {}", run.stderr);
        let expected = format!("{report} exists and is not a report of jess-batch");
        assert!(run.stderr.contains(&expected), "{report}: {}", run.stderr);
        assert_eq!(fs::read_to_string(dir.path(report)).expect("the file"), text);
    }
    assert_eq!(sandbox.seen().requests.len(), requests, "nothing was sent");
}
