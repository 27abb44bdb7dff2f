//! The progress bar and the log together on a real terminal.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::process::Stdio;
use std::time::Duration;

use ensims_sandbox::{Fault, Operation, Target};
use nix::fcntl::OFlag;
use nix::pty::{PtyMaster, grantpt, posix_openpt, ptsname_r, unlockpt};
use tokio::process::Child;

use crate::program::{TestDir, job_yaml, program, sandbox_with};

/// Enough rows for every line of a run, so that nothing scrolls away, and the default number of columns.
const SIZE: (u16, u16) = (200, 80);

/// Opens a pseudo-terminal. Returns its master, and the slave that a program gets.
pub(crate) fn open_pty() -> (PtyMaster, File) {
    // Other programs must not inherit the master, so that the terminal closes when the test drops it.
    let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    let terminal = posix_openpt(flags).expect("a terminal");
    grantpt(&terminal).expect("a terminal");
    unlockpt(&terminal).expect("a terminal");
    let name = ptsname_r(&terminal).expect("it has a name");
    let slave = OpenOptions::new().read(true).write(true).custom_flags(OFlag::O_NOCTTY.bits()).open(name);
    (terminal, slave.expect("the terminal can be opened"))
}

/// Starts the program with its standard error on a terminal. Returns the process and the terminal.
fn start_on_terminal(dir: &TestDir, arguments: &[&str]) -> (Child, PtyMaster) {
    let (terminal, slave) = open_pty();
    let mut command = dir.command(arguments, &[("TERM", "xterm-256color")]);
    command.stderr(Stdio::from(slave));
    (command.spawn().expect("the program starts"), terminal)
}

/// Reads until the program closes the terminal, which Linux reports as an error.
pub(crate) fn read_all(mut terminal: PtyMaster) -> Vec<u8> {
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    while let Ok(length @ 1..) = terminal.read(&mut part) {
        bytes.extend_from_slice(&part[..length]);
    }
    bytes
}

/// Whether a log line starts with its only timestamp and is complete to its end.
fn is_complete(line: &str) -> bool {
    let Some((time, rest)) = line.split_once("Z ") else { return false };
    let duration = rest.split_once("duration_ms=").map(|(_, end)| end.trim_end());
    let ends_with_duration = duration.is_some_and(|end| end.bytes().all(|digit| digit.is_ascii_digit()));
    let of_the_run = rest.contains("run begins") || rest.ends_with("skipped=0");
    time.len() == "2026-11-24T06:00:00.000000".len() && (ends_with_duration || of_the_run)
}

#[tokio::test]
async fn log_lines_and_progress_bar_do_not_overlap() {
    let sandbox = sandbox_with(30).start().await.expect("a sandbox");
    sandbox.always(Target::Anyone, Operation::LogOn, Fault::Delay(Duration::from_millis(20)));
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "concurrency: 3, rate: unlimited", 30));
    let arguments = ["run", "job.yaml", "-v", "--progress", "bar", "--report", "r.json"];
    let (mut child, terminal) = start_on_terminal(&dir, &arguments);
    let bytes = tokio::task::spawn_blocking(move || read_all(terminal)).await.expect("it can be read");
    assert_eq!(child.wait().await.expect("it ends").code(), Some(0));

    let mut screen = vt100::Parser::new(SIZE.0, SIZE.1, 0);
    screen.process(&bytes);
    let text = screen.screen().contents();
    let bars = String::from_utf8_lossy(&bytes).matches("/30 ").count();
    assert!(bars > 10, "the bar was drawn {bars} times");

    let (log, messages): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.contains("Z "));
    assert_eq!(messages, ["30 accounts: 30 updated.", "Report: r.json"]);
    let broken: Vec<&&str> = log.iter().filter(|line| !is_complete(line)).collect();
    assert!(broken.is_empty(), "{broken:#?}");
    let about_the_run = 2 + 30;
    assert_eq!(log.len(), sandbox.seen().requests.len() + about_the_run);
}

#[tokio::test]
async fn run_continues_when_its_terminal_closes() {
    let sandbox = sandbox_with(30).start().await.expect("a sandbox");
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "concurrency: 3, rate: unlimited", 30));
    let arguments = ["run", "job.yaml", "-v", "--progress", "bar", "--report", "r.json"];
    let (mut child, mut terminal) = start_on_terminal(&dir, &arguments);
    let first = tokio::task::spawn_blocking(move || terminal.read(&mut [0; 100]).map(drop));
    first.await.expect("a terminal").expect("some output before the terminal closes");
    assert_eq!(child.wait().await.expect("it ends").code(), Some(0));
    assert_eq!(dir.report("r.json")["totals"]["updated"], 30);
}

#[tokio::test]
async fn status_fits_a_terminal_of_60_columns() {
    let sandbox = sandbox_with(3).start().await.expect("a sandbox");
    let dir = TestDir::new();
    let text = job_yaml(&sandbox.url(), "rate: unlimited", 3);
    dir.write("job.yaml", &text.replace("name: lab1", "name: a-student-with-a-rather-long-name-in-the-list"));
    for (long, usage) in [(&[][..], false), (&["--long"], true)] {
        let screen = status_in_60_columns(&dir, long).await;
        let too_wide: Vec<&str> = screen.lines().filter(|line| line.chars().count() > 60).collect();
        assert!(too_wide.is_empty(), "{too_wide:#?}");
        assert!(screen.contains("3 accounts: 0 ready, 3 not ready."), "{screen}");
        assert_eq!(screen.contains("hours"), usage, "{screen}");
    }
}

/// Runs `status` with all its output on a terminal of 60 columns, and returns what a wide screen would show of it.
async fn status_in_60_columns(dir: &TestDir, flags: &[&str]) -> String {
    let (terminal, slave) = open_pty();
    let words = [
        "/bin/sh",
        "-ec",
        "stty cols 60 rows 100; exec \"$0\" status job.yaml --progress none \"$@\"",
        program(),
    ];
    let mut command = dir.command_line(&[&words, flags].concat(), &[("PATH", "/usr/bin:/bin")]);
    let stdio = || Stdio::from(slave.try_clone().expect("a terminal"));
    command.stdin(stdio()).stdout(stdio()).stderr(stdio());
    let mut child = command.spawn().expect("a shell starts");
    drop((command, slave));
    let bytes = tokio::task::spawn_blocking(move || read_all(terminal)).await.expect("it can be read");
    assert_eq!(child.wait().await.expect("it ends").code(), Some(1));
    let mut screen = vt100::Parser::new(SIZE.0, 300, 0);
    screen.process(&bytes);
    screen.screen().contents()
}
