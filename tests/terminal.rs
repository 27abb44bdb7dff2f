//! A real terminal, with the progress bar and the log on it at once.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::process::Stdio;
use std::time::Duration;

use ensims_sandbox::{Fault, Operation, Target};
use nix::fcntl::OFlag;
use nix::pty::{PtyMaster, grantpt, posix_openpt, ptsname_r, unlockpt};
use tokio::process::Child;

use crate::program::{Place, job, sandbox_of};

/// Rows for every line of a run, so that nothing scrolls away, and the columns of a terminal that tells no size.
const SIZE: (u16, u16) = (200, 80);

/// A terminal, and the end of it that a program gets.
pub(crate) fn terminal() -> (PtyMaster, File) {
    // Closed in other programs that start meanwhile: the terminal is gone when this test lets it go.
    let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    let terminal = posix_openpt(flags).expect("a terminal");
    grantpt(&terminal).expect("a terminal");
    unlockpt(&terminal).expect("a terminal");
    let name = ptsname_r(&terminal).expect("it has a name");
    let programs_end =
        OpenOptions::new().read(true).write(true).custom_flags(OFlag::O_NOCTTY.bits()).open(name);
    (terminal, programs_end.expect("the terminal can be opened"))
}

/// Starts the program in a place with its standard error on a terminal; gives its process and the terminal.
fn start_on_terminal(place: &Place, arguments: &[&str]) -> (Child, PtyMaster) {
    let (terminal, programs_end) = terminal();
    let mut command = place.command(arguments, &[("TERM", "xterm-256color")]);
    command.stderr(Stdio::from(programs_end));
    (command.spawn().expect("the program starts"), terminal)
}

/// Reads until the program has closed its end, which Linux reports as an error.
fn all(mut terminal: PtyMaster) -> Vec<u8> {
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    while let Ok(length @ 1..) = terminal.read(&mut part) {
        bytes.extend_from_slice(&part[..length]);
    }
    bytes
}

/// Whether a log line has its time, alone at its beginning, and what it ends with.
fn is_whole(line: &str) -> bool {
    let Some((time, rest)) = line.split_once("Z ") else { return false };
    let duration = rest.split_once("duration_ms=").map(|(_, end)| end.trim_end());
    let ends_with_duration = duration.is_some_and(|end| end.bytes().all(|digit| digit.is_ascii_digit()));
    let of_the_run = rest.contains("run begins") || rest.ends_with("skipped=0");
    time.len() == "2026-11-24T06:00:00.000000".len() && (ends_with_duration || of_the_run)
}

#[tokio::test]
async fn log_lines_and_the_bar_do_not_damage_each_other() {
    let sandbox = sandbox_of(30).start().await.expect("a sandbox");
    sandbox.always(Target::Anyone, Operation::LogOn, Fault::Delay(Duration::from_millis(20)));
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), "concurrency: 3, rate: unlimited", 30));
    let arguments = ["run", "job.yaml", "-v", "--progress", "bar", "--report", "r.json"];
    let (mut child, terminal) = start_on_terminal(&place, &arguments);
    let bytes = tokio::task::spawn_blocking(move || all(terminal)).await.expect("it can be read");
    assert_eq!(child.wait().await.expect("it ends").code(), Some(0));

    let mut screen = vt100::Parser::new(SIZE.0, SIZE.1, 0);
    screen.process(&bytes);
    let text = screen.screen().contents();
    let bars = String::from_utf8_lossy(&bytes).matches("/30 ").count();
    assert!(bars > 10, "the bar was drawn {bars} times");

    let (log, talk): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.contains("Z "));
    assert_eq!(talk, ["30 accounts: 30 updated.", "Report: r.json"]);
    let broken: Vec<&&str> = log.iter().filter(|line| !is_whole(line)).collect();
    assert!(broken.is_empty(), "{broken:#?}");
    let about_the_run = 2 + 30;
    assert_eq!(log.len(), sandbox.seen().requests.len() + about_the_run);
}

#[tokio::test]
async fn a_terminal_that_goes_away_ends_no_run() {
    let sandbox = sandbox_of(30).start().await.expect("a sandbox");
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), "concurrency: 3, rate: unlimited", 30));
    let arguments = ["run", "job.yaml", "-v", "--progress", "bar", "--report", "r.json"];
    let (mut child, mut terminal) = start_on_terminal(&place, &arguments);
    let first = tokio::task::spawn_blocking(move || terminal.read(&mut [0; 100]).map(drop));
    first.await.expect("a terminal").expect("it says something before it loses its terminal");
    assert_eq!(child.wait().await.expect("it ends").code(), Some(0));
    assert_eq!(place.report("r.json")["totals"]["updated"], 30);
}
