//! `--ask`: a person types what the job does not give, at a real terminal.

use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::process::Stdio;

use ensims_sandbox::{Operation, Sandbox};
use nix::pty::PtyMaster;
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{LocalFlags, tcgetattr};
use nix::unistd::Pid;

use crate::program::{PROGRAM, Place, jess_password, password, sandbox_of};
use crate::terminal::terminal;

/// What a person sees, and what happens when they have seen it.
type Talk = Vec<(&'static str, Then)>;

#[derive(Clone, Debug, PartialEq)]
enum Then {
    /// They type this.
    Type(String),
    /// Somebody sends the program this.
    Send(Signal),
}

fn typed(text: impl Into<String>) -> Then {
    Then::Type(text.into())
}

/// How the program ended, all that stood on its terminal, and whether that shows what is typed again.
struct Asked {
    code: Option<i32>,
    screen: String,
    echo: bool,
}

async fn asked(place: &Place, arguments: &[&str], talk: Talk) -> Asked {
    let (master, programs_end) = terminal();
    // A session of its own, with this terminal as its only one.
    let words = [&["/usr/bin/setsid", "--ctty", PROGRAM], arguments].concat();
    let mut command = place.command_of(&words, &[]);
    command.stdin(Stdio::from(programs_end.try_clone().expect("a terminal")));
    command.stdout(Stdio::null()).stderr(Stdio::from(programs_end.try_clone().expect("a terminal")));
    let mut child = command.spawn().expect("setsid starts");
    drop(command);
    // setsid becomes the program.
    let program = Pid::from_raw(child.id().expect("it runs").try_into().expect("a process id"));
    let person = tokio::task::spawn_blocking(move || play(master, program, talk));
    let code = child.wait().await.expect("it ends").code();
    let echo = echoes(&programs_end);
    drop(programs_end);
    let screen = person.await.expect("the person is done");
    Asked { code, screen, echo }
}

fn play(mut master: PtyMaster, program: Pid, talk: Talk) -> String {
    let (mut screen, mut part) = (Vec::new(), [0; 4096]);
    let mut talk = talk.into_iter().peekable();
    let mut seen = 0;
    // Linux reports the end as an error.
    while let Ok(length @ 1..) = master.read(&mut part) {
        screen.extend_from_slice(&part[..length]);
        let text = String::from_utf8_lossy(&screen[seen..]).into_owned();
        if let Some((_, then)) = talk.next_if(|(prompt, _)| text.ends_with(prompt)) {
            assert!(!echoes(&master), "the prompt comes when nothing is shown any more");
            seen = screen.len();
            match then {
                Then::Type(answer) => master.write_all(answer.as_bytes()).expect("it can be typed"),
                Then::Send(signal) => kill(program, signal).expect("it can be told"),
            }
        }
    }
    assert_eq!(talk.next(), None, "{}", String::from_utf8_lossy(&screen));
    String::from_utf8(screen).expect("UTF-8").replace("\r\n", "\n")
}

fn echoes(terminal: &impl AsFd) -> bool {
    tcgetattr(terminal).is_ok_and(|modes| modes.local_flags.contains(LocalFlags::ECHO))
}

/// A job that gives no password: two accounts share a JESS user, a third one has its own.
async fn without_passwords(place: &Place) -> Sandbox {
    let sandbox = sandbox_of(3).start().await.expect("a sandbox");
    place.file("lab2.csv", "name,email,jess_username\nlab2,lab2@uni.example,jess2\n");
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
    place.file("job.yaml", &text);
    sandbox
}

#[tokio::test]
async fn each_missing_password_is_asked_for_once_and_not_shown() {
    let place = Place::new();
    let sandbox = without_passwords(&place).await;
    let talk = vec![
        ("JESS password of jess0 (for all accounts): ", typed("\n")),
        ("JESS password of jess0 (for all accounts): ", typed(jess_password(0) + "\n")),
        ("ENSIMS password of lab0 (lab0@uni.example): ", typed(password(0) + "\n")),
        ("ENSIMS password of lab1@uni.example: ", typed(format!("{}x\u{7f}\n", password(1)))),
        ("ENSIMS password of lab2 (lab2@uni.example): ", typed(password(2) + "\n")),
        ("JESS password of jess2 (lab2): ", typed(jess_password(2) + "\r")),
    ];
    let asked = asked(&place, &["run", "job.yaml", "--ask", "--progress", "none"], talk).await;
    assert_eq!(asked.code, Some(0), "{}", asked.screen);
    assert!(asked.echo, "the terminal is as it was");
    insta::assert_snapshot!(asked.screen);
    assert_eq!(sandbox.jess_user_of("lab1@uni.example").as_deref(), Some("jess0"));
    assert_eq!(sandbox.jess_user_of("lab2@uni.example").as_deref(), Some("jess2"));
}

#[tokio::test]
async fn nobody_is_asked_for_accounts_that_are_left_out() {
    let place = Place::new();
    let sandbox = without_passwords(&place).await;
    let talk = vec![
        ("ENSIMS password of lab2 (lab2@uni.example): ", typed(password(2) + "\n")),
        ("JESS password of jess2 (lab2): ", typed(jess_password(2) + "\n")),
    ];
    let asked = asked(&place, &["run", "job.yaml", "--ask", "--only", "lab2"], talk).await;
    assert_eq!(asked.code, Some(0), "{}", asked.screen);
    assert_eq!(sandbox.seen().count(Operation::UpdateJessSession), 1);
}

#[tokio::test]
async fn whoever_does_not_answer_sends_nothing() {
    let place = Place::new();
    let sandbox = without_passwords(&place).await;
    let prompt = "JESS password of jess0 (for all accounts): ";
    let answers = [
        (vec![typed("\u{3}")], 130, "Interrupted; nothing was sent."),
        (vec![Then::Send(Signal::SIGINT)], 130, "Interrupted; nothing was sent."),
        (vec![Then::Send(Signal::SIGTERM)], 143, "Terminated; nothing was sent."),
        (vec![typed("\u{4}")], 2, "No password was typed; nothing was sent."),
        (vec![typed("\n"); 3], 2, "No password was typed; nothing was sent."),
    ];
    for (answers, code, last) in answers {
        for command in ["run", "status", "check"] {
            let talk = answers.iter().map(|answer| (prompt, answer.clone())).collect();
            let asked = asked(&place, &[command, "job.yaml", "--ask"], talk).await;
            assert_eq!(asked.code, Some(code), "{command} {answers:?}: {}", asked.screen);
            assert_eq!(asked.screen.trim_end().lines().last(), Some(last), "{}", asked.screen);
            assert!(asked.echo, "{command} {answers:?} leaves the terminal without echo");
        }
    }
    assert!(sandbox.seen().requests.is_empty());
}

#[tokio::test]
async fn without_a_terminal_nobody_can_be_asked() {
    let place = Place::new();
    let sandbox = without_passwords(&place).await;
    let words = ["/usr/bin/setsid", "--wait", PROGRAM, "run", "job.yaml", "--ask"];
    let output = place.command_of(&words, &[]).output().await.expect("setsid starts");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said, "error: --ask needs a terminal to type at; nothing was sent\n");
    assert!(sandbox.seen().requests.is_empty());
}
