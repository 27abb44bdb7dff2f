//! `--ask`: a user types the missing passwords at a real terminal.

use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::process::Stdio;

use ensims_sandbox::{Operation, Sandbox};
use nix::pty::PtyMaster;
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{LocalFlags, tcgetattr};
use nix::unistd::Pid;

use crate::program::{TestDir, jess_password, password, program, sandbox_with};
use crate::terminal::open_pty;

/// What the user sees at the end of the screen, and the reply to it.
type Dialogue = Vec<(&'static str, Reply)>;

#[derive(Clone, Debug, PartialEq)]
enum Reply {
    /// The user types this text.
    Type(String),
    /// The program receives this signal.
    Send(Signal),
}

fn input(text: impl Into<String>) -> Reply {
    Reply::Type(text.into())
}

/// The exit code, everything shown on the terminal, and whether the terminal echoes input afterwards.
struct TerminalRun {
    code: Option<i32>,
    screen: String,
    echo: bool,
}

async fn run_on_terminal(dir: &TestDir, arguments: &[&str], dialogue: Dialogue) -> TerminalRun {
    let (master, slave) = open_pty();
    // `setsid` makes this terminal the controlling terminal of a new session.
    let words = [&["/usr/bin/setsid", "--ctty", program()], arguments].concat();
    let mut command = dir.command_line(&words, &[]);
    command.stdin(Stdio::from(slave.try_clone().expect("a terminal")));
    command.stdout(Stdio::null()).stderr(Stdio::from(slave.try_clone().expect("a terminal")));
    let mut child = command.spawn().expect("setsid starts");
    drop(command);
    // `setsid` executes the program, which keeps its process id.
    let program = Pid::from_raw(child.id().expect("it runs").try_into().expect("a process id"));
    let user = tokio::task::spawn_blocking(move || play_user(master, program, dialogue));
    let code = child.wait().await.expect("it ends").code();
    let echo = has_echo(&slave);
    drop(slave);
    let screen = user.await.expect("the user task ends");
    TerminalRun { code, screen, echo }
}

fn play_user(mut master: PtyMaster, program: Pid, dialogue: Dialogue) -> String {
    let (mut screen, mut buffer) = (Vec::new(), [0; 4096]);
    let mut dialogue = dialogue.into_iter().peekable();
    let mut seen = 0;
    // Linux reports the end of the terminal as an error.
    while let Ok(length @ 1..) = master.read(&mut buffer) {
        screen.extend_from_slice(&buffer[..length]);
        let text = String::from_utf8_lossy(&screen[seen..]).into_owned();
        if let Some((_, reply)) = dialogue.next_if(|(prompt, _)| text.ends_with(prompt)) {
            assert!(!has_echo(&master), "the terminal still echoes when the prompt appears");
            seen = screen.len();
            match reply {
                Reply::Type(answer) => master.write_all(answer.as_bytes()).expect("it can be typed"),
                Reply::Send(signal) => kill(program, signal).expect("the signal can be sent"),
            }
        }
    }
    assert_eq!(dialogue.next(), None, "{}", String::from_utf8_lossy(&screen));
    String::from_utf8(screen).expect("UTF-8").replace("\r\n", "\n")
}

fn has_echo(terminal: &impl AsFd) -> bool {
    tcgetattr(terminal).is_ok_and(|modes| modes.local_flags.contains(LocalFlags::ECHO))
}

/// Writes a job without passwords: two accounts share a JESS user, the third has its own.
async fn setup_without_passwords(dir: &TestDir) -> Sandbox {
    let sandbox = sandbox_with(3).start().await.expect("a sandbox");
    dir.write("lab2.csv", "name,email,jess_username\nlab2,lab2@uni.example,jess2\n");
    let text = format!(
        "version: 1
service: {}
jess: {{ username: jess0 }}
roster: lab2.csv
accounts:
  - name: lab0
    ensims: {{ email: lab0@uni.example }}
  - ensims: {{ email: lab1@uni.example }}
",
        sandbox.url()
    );
    dir.write("job.yaml", &text);
    sandbox
}

#[tokio::test]
async fn ask_prompts_once_per_missing_password_without_echo() {
    let dir = TestDir::new();
    let sandbox = setup_without_passwords(&dir).await;
    let dialogue = vec![
        ("JESS password of jess0 (for all accounts): ", input("\n")),
        ("JESS password of jess0 (for all accounts): ", input(jess_password(0) + "\n")),
        ("ENSIMS password of lab0 (lab0@uni.example): ", input(password(0) + "\n")),
        ("ENSIMS password of lab1@uni.example: ", input(format!("{}x\u{7f}\n", password(1)))),
        ("ENSIMS password of lab2 (lab2@uni.example): ", input(password(2) + "\n")),
        ("JESS password of jess2 (lab2): ", input(jess_password(2) + "\r")),
    ];
    let run = run_on_terminal(&dir, &["run", "job.yaml", "--ask", "--progress", "none"], dialogue).await;
    assert_eq!(run.code, Some(0), "{}", run.screen);
    assert!(run.echo, "the terminal echoes again");
    insta::assert_snapshot!(run.screen);
    assert_eq!(sandbox.jess_user_of("lab1@uni.example").as_deref(), Some("jess0"));
    assert_eq!(sandbox.jess_user_of("lab2@uni.example").as_deref(), Some("jess2"));
}

#[tokio::test]
async fn ask_does_not_prompt_for_unselected_accounts() {
    let dir = TestDir::new();
    let sandbox = setup_without_passwords(&dir).await;
    let dialogue = vec![
        ("ENSIMS password of lab2 (lab2@uni.example): ", input(password(2) + "\n")),
        ("JESS password of jess2 (lab2): ", input(jess_password(2) + "\n")),
    ];
    let run = run_on_terminal(&dir, &["run", "job.yaml", "--ask", "--only", "lab2"], dialogue).await;
    assert_eq!(run.code, Some(0), "{}", run.screen);
    assert_eq!(sandbox.seen().count(Operation::UpdateJessSession), 1);
}

#[tokio::test]
async fn ask_sends_nothing_when_cancelled_or_left_empty() {
    let dir = TestDir::new();
    let sandbox = setup_without_passwords(&dir).await;
    let prompt = "JESS password of jess0 (for all accounts): ";
    let answers = [
        (vec![input("\u{3}")], 130, "Interrupted; nothing was sent."),
        (vec![Reply::Send(Signal::SIGINT)], 130, "Interrupted; nothing was sent."),
        (vec![Reply::Send(Signal::SIGTERM)], 143, "Terminated; nothing was sent."),
        (vec![input("\u{4}")], 2, "No password was typed; nothing was sent."),
        (vec![input("\n"); 3], 2, "No password was typed; nothing was sent."),
    ];
    for (answers, code, last) in answers {
        for command in ["run", "status", "check"] {
            let dialogue = answers.iter().map(|answer| (prompt, answer.clone())).collect();
            let run = run_on_terminal(&dir, &[command, "job.yaml", "--ask"], dialogue).await;
            assert_eq!(run.code, Some(code), "{command} {answers:?}: {}", run.screen);
            assert_eq!(run.screen.trim_end().lines().last(), Some(last), "{}", run.screen);
            assert!(run.echo, "{command} {answers:?} leaves the terminal without echo");
        }
    }
    assert!(sandbox.seen().requests.is_empty());
}

#[tokio::test]
async fn ask_fails_without_a_terminal() {
    let dir = TestDir::new();
    let sandbox = setup_without_passwords(&dir).await;
    let words = ["/usr/bin/setsid", "--wait", program(), "run", "job.yaml", "--ask"];
    let output = dir.command_line(&words, &[]).output().await.expect("setsid starts");
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stderr, "error: --ask needs a terminal; nothing was sent\n");
    assert!(sandbox.seen().requests.is_empty());
}
