//! What the command line promises everywhere: rehearsals, variables, quiet, colours and exit codes.

use std::process::Stdio;
use std::time::Duration;

use ensims_sandbox::{Account, Fault, Operation, Sandbox, Target};
use serde_json::{Value, json};

use crate::program::{Run, TestDir, job_yaml, sandbox_with};
use crate::terminal::{open_pty, read_all};

const EXIT_CODES: [&str; 7] = ["0 ", "1 ", "2 ", "3 ", "4 ", "130 ", "143 "];

async fn setup(accounts: usize) -> (Sandbox, TestDir) {
    let sandbox = sandbox_with(accounts).start().await.expect("a sandbox");
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "rate: unlimited", accounts));
    (sandbox, dir)
}

fn parse(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).expect("standard output is JSON alone")
}

#[tokio::test]
async fn dry_run_is_a_rehearsal() {
    let (sandbox, dir) = setup(2).await;
    let run = dir.run(&["run", "job.yaml", "--dry-run", "--report", "-", "-q"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stderr, "Rehearsal on the sandbox: nothing was sent to ENSIMS.\n".repeat(2));
    assert_eq!(parse(&run)["service"]["sandbox"], true);
    assert!(sandbox.seen().requests.is_empty());
    assert!(
        !dir.path(".local/state/jess-batch/jobs").exists(),
        "a rehearsal leaves the state of the job alone"
    );

    let run = dir.run(&["run", "job.yaml", "--dry-run", "--service", &sandbox.url()]).await;
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{}", run.stderr);
    assert!(run.stderr.contains("--dry-run") && run.stderr.contains("--service"), "{}", run.stderr);
    assert!(sandbox.seen().requests.is_empty());
}

#[tokio::test]
async fn quiet_check_prints_only_mistakes() {
    let (_sandbox, dir) = setup(2).await;
    let run = dir.run(&["check", "-q", "job.yaml"]).await;
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "", ""));
    dir.write("wrong.yaml", "version: 2\n");
    let run = dir.run(&["check", "-q", "job.yaml", "wrong.yaml"]).await;
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert!(run.stderr.contains("\nwrong.yaml:1:10: version: "), "{}", run.stderr);
    assert!(run.stderr.ends_with("2 mistakes; nothing was sent.\n"), "{}", run.stderr);
}

#[tokio::test]
async fn check_prints_accounts_as_json_without_passwords() {
    let (sandbox, dir) = setup(2).await;
    let run = dir.run(&["check", "job.yaml", "--format", "json", "--skip", "lab1"]).await;
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert!(!run.stdout.contains("secret"), "{}", run.stdout);
    let account = |number: usize| {
        json!({
            "job": "job.yaml", "name": format!("lab{number}"), "email": format!("lab{number}@uni.example"),
            "jess_username": format!("jess{number}"), "selected": number == 0,
            "ensims_password_from": "job file", "jess_password_from": "job file",
        })
    };
    let expected = json!({ "accounts": [account(0), account(1)], "mistakes": [], "warnings": [] });
    assert_eq!(parse(&run), expected);
    assert!(sandbox.seen().requests.is_empty());
}

#[tokio::test]
async fn check_prints_mistakes_as_json_with_their_places() {
    let (_sandbox, dir) = setup(1).await;
    dir.write("wrong.yaml", "version: 1\nverify: hunter2\nlimits: { attempts: 0 }\naccounts: []\n");
    let run = dir.run(&["check", "job.yaml", "wrong.yaml", "missing.yaml", "--format", "json"]).await;
    assert_eq!((run.code, run.stderr.as_str()), (Some(2), ""));
    assert!(!run.stdout.contains("hunter2"), "{}", run.stdout);
    insta::assert_json_snapshot!(parse(&run));
}

/// Runs the job with these flags and variables, and returns its report.
async fn report_of(dir: &TestDir, flags: &[&str], variables: &[(&str, &str)]) -> Value {
    let run = dir.run_with_env(&[&["run", "job.yaml"], flags].concat(), variables).await;
    assert_eq!(run.code, Some(0), "{variables:?}: {}", run.stderr);
    dir.report("r.json")
}

#[tokio::test]
async fn command_line_overrides_variable_overrides_job_file() {
    let (_sandbox, dir) = setup(1).await;
    let text = std::fs::read_to_string(dir.path("job.yaml")).expect("the job file");
    dir.write("job.yaml", &format!("{text}verify: none\nreports: [r.json]\n"));
    let variable = [("JESS_BATCH_VERIFY", "session")];
    let flag = ["--verify", "account"];
    for (flags, variables, verify) in
        [(&[][..], &[][..], "none"), (&[], &variable, "session"), (&flag, &variable, "account")]
    {
        assert_eq!(report_of(&dir, flags, variables).await["job"]["verify"], verify);
    }
    for (flags, written) in [(&[][..], "variable.csv"), (&["--report", "flag.csv"], "flag.csv")] {
        report_of(&dir, flags, &[("JESS_BATCH_REPORT", "variable.csv")]).await;
        assert!(dir.path(written).exists(), "{written}");
        std::fs::remove_file(dir.path(written)).expect("it was written");
    }
    assert!(!dir.path("variable.csv").exists(), "the flag replaces the report of the variable");
}

#[tokio::test]
async fn variables_set_concurrency_quiet_verbose_and_dry_run() {
    let (sandbox, dir) = setup(4).await;
    sandbox.always(Target::Anyone, Operation::LogOn, Fault::Delay(Duration::from_millis(20)));
    let run = dir.run_with_env(&["run", "job.yaml"], &[("JESS_BATCH_CONCURRENCY", "1")]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(sandbox.seen().max_in_flight <= 2, "only the two version checks are sent at the same time");
    let run = dir.run_with_env(&["run", "job.yaml"], &[("JESS_BATCH_QUIET", "1")]).await;
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "", ""));
    let run = dir.run_with_env(&["run", "job.yaml"], &[("JESS_BATCH_VERBOSE", "1")]).await;
    assert!(run.stderr.contains("INFO jess_batch::run: run begins"), "{}", run.stderr);
    let sent = sandbox.seen().requests.len();
    let run = dir.run_with_env(&["run", "job.yaml"], &[("JESS_BATCH_DRY_RUN", "true")]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("Rehearsal on the sandbox"), "{}", run.stderr);
    assert_eq!(sandbox.seen().requests.len(), sent);
    for off in ["false", "0"] {
        let run = dir.run_with_env(&["run", "job.yaml"], &[("JESS_BATCH_QUIET", off)]).await;
        assert!(run.stderr.contains("4 accounts: 4 updated."), "{off}: {}", run.stderr);
    }
}

/// `--dry-run` and `--service` exclude each other on the command line only.
#[tokio::test]
async fn command_line_overrides_variables_about_the_service() {
    let (sandbox, dir) = setup(1).await;
    let url = sandbox.url();
    let service = ["run", "job.yaml", "--service", &url];
    let run = dir.run_with_env(&service, &[("JESS_BATCH_DRY_RUN", "false")]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(sandbox.seen().count(Operation::LogOn), 1);
    let dry_run = ["run", "job.yaml", "--dry-run"];
    let run = dir.run_with_env(&dry_run, &[("JESS_BATCH_SERVICE", &url)]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(sandbox.seen().count(Operation::LogOn), 1);
}

/// The long options of `run`, and whether each takes a value.
async fn long_options() -> Vec<(String, bool)> {
    let help = TestDir::new().run(&["run", "--help"]).await.stdout;
    let mut options = Vec::new();
    for line in help.lines() {
        let Some((_, option)) = line.split_once("--").filter(|(before, _)| before.len() == 6) else {
            continue;
        };
        let name = option.split([' ', '.']).next().expect("a name");
        options.push((name.to_owned(), option.contains('<')));
    }
    options
}

#[tokio::test]
async fn unusable_variable_of_any_option_exits_2_and_names_it() {
    let (sandbox, dir) = setup(1).await;
    let options = long_options().await;
    assert!(options.len() > 15, "{options:?}");
    let unusable = |name: &str| match name {
        "report" => "report.txt",
        "service" => "ftp://uni.example",
        "only" | "skip" => "nobody",
        "state-dir" | "log-file" => "job.yaml",
        "max-failures" => "0",
        _ => "perhaps",
    };
    for (name, _) in options.iter().filter(|(name, _)| name != "help") {
        let variable = format!("JESS_BATCH_{}", name.to_uppercase().replace('-', "_"));
        let run = dir.run_with_env(&["run", "job.yaml"], &[(&variable, unusable(name))]).await;
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{variable}: {}", run.stderr);
        let named = run.stderr.contains(&format!("--{name}")) || run.stderr.contains(&variable);
        assert!(named, "{variable}: {}", run.stderr);
        for jargon in ["was not a boolean", "invalid digit", "..="] {
            assert!(!run.stderr.contains(jargon), "{variable}: {}", run.stderr);
        }
    }
    assert!(sandbox.seen().requests.is_empty());
}

#[tokio::test]
async fn every_command_accepts_quiet_and_verbose() {
    let (_sandbox, dir) = setup(1).await;
    dir.run(&["run", "job.yaml", "--dry-run", "--report", "r.json", "-q"]).await;
    for flag in ["-q", "-v", "--quiet", "--verbose", "-vv"] {
        for arguments in [
            &["run", "job.yaml", "--dry-run"][..],
            &["status", "job.yaml", "--service", "sandbox"],
            &["check", "job.yaml"],
            &["init", "new.yaml"],
            &["report", "show", "r.json"],
            &["report", "convert", "r.json", "r.md"],
            &["report", "diff", "r.json", "r.json"],
            &["schema"],
            &["completions", "bash"],
            &["man"],
            &["sandbox", "--help"],
        ] {
            let run = dir.run(&[arguments, &[flag]].concat()).await;
            assert_eq!(run.code, Some(0), "{arguments:?} {flag}: {}", run.stderr);
            let run = dir.run(&[&[flag], arguments].concat()).await;
            assert!(!run.stderr.contains("unexpected argument"), "{flag} {arguments:?}: {}", run.stderr);
            for new in ["new.yaml", "r.md"] {
                let _ = std::fs::remove_file(dir.path(new));
            }
        }
    }
}

#[tokio::test]
async fn help_and_manual_end_with_the_exit_codes() {
    for arguments in [&["--help"][..], &["run", "--help"], &["man"], &["man", "run"]] {
        let text = TestDir::new().run(arguments).await.stdout;
        let (_, list) = text.rsplit_once("Exit codes:\n").expect("a list of exit codes");
        let lines: Vec<&str> = list.lines().collect();
        for (line, code) in lines.iter().zip(EXIT_CODES) {
            assert!(line.trim_start().starts_with(code), "{arguments:?}: {list}");
        }
        // The manual of the program ends with its version.
        assert!((7..=9).contains(&lines.len()), "{arguments:?}: {list}");
    }
}

/// Runs the job with its standard error on a terminal, and returns what it shows.
async fn stderr_on_terminal(dir: &TestDir, flags: &[&str], variables: &[(&str, &str)]) -> String {
    let (terminal, slave) = open_pty();
    let variables = [variables, &[("TERM", "xterm-256color")]].concat();
    let mut command = dir.command(&[&["run", "job.yaml", "--progress", "none"], flags].concat(), &variables);
    command.stderr(Stdio::from(slave));
    let mut child = command.spawn().expect("the program starts");
    drop(command);
    let bytes = tokio::task::spawn_blocking(move || read_all(terminal)).await.expect("it can be read");
    assert_eq!(child.wait().await.expect("it ends").code(), Some(1));
    String::from_utf8(bytes).expect("UTF-8")
}

#[tokio::test]
async fn color_follows_flag_no_color_and_terminal() {
    let (sandbox, dir) = setup(1).await;
    sandbox.add_account(Account::new("lab0@uni.example", "another"));
    let is_colored = |text: &str| {
        let heading = text.lines().find(|line| line.contains("Needs attention:")).expect("the heading");
        heading.contains('\u{1b}')
    };
    for (flags, colored) in [(&[][..], false), (&["--color", "always"], true), (&["--color", "never"], false)]
    {
        let run = dir.run(&[&["run", "job.yaml"], flags].concat()).await;
        assert_eq!(is_colored(&run.stderr), colored, "{flags:?} in a pipe: {}", run.stderr);
    }
    let no_color = [("NO_COLOR", "1")];
    for (flags, variables, colored) in [
        (&[][..], &[][..], true),
        (&["--color", "never"], &[], false),
        (&[], &no_color, false),
        (&["--color", "always"], &no_color, true),
        (&[], &[("JESS_BATCH_COLOR", "never")], false),
    ] {
        let text = stderr_on_terminal(&dir, flags, variables).await;
        assert_eq!(is_colored(&text), colored, "{flags:?}, {variables:?} on a terminal: {text}");
    }
}

#[tokio::test]
async fn data_is_not_colored_when_only_messages_go_to_a_terminal() {
    let (sandbox, dir) = setup(1).await;
    sandbox.add_account(Account::new("lab0@uni.example", "another"));
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let (terminal, slave) = open_pty();
    let mut command = dir.command(&["report", "show", "r.json"], &[("TERM", "xterm-256color")]);
    command.stdout(Stdio::piped()).stderr(Stdio::from(slave));
    let shown = command.output().await.expect("the program starts");
    drop(terminal);
    let text = String::from_utf8(shown.stdout).expect("UTF-8");
    assert!(text.starts_with("Needs attention:\n"), "{text}");
}

#[tokio::test]
async fn variable_that_cannot_be_meant_is_an_error_that_names_it() {
    let (sandbox, dir) = setup(1).await;
    let meant = |name: &str| format!("error: JESS_BATCH_{name}");
    for (command, variable, message) in [
        (
            "run",
            ("JESS_BATCH_CONCURRENCY", "many"),
            "the value comes from the variable JESS_BATCH_CONCURRENCY".to_owned(),
        ),
        (
            "status",
            ("JESS_BATCH_DRYRUN", "true"),
            meant("DRYRUN is not a variable of jess-batch; did you mean JESS_BATCH_DRY_RUN?"),
        ),
        (
            "run",
            ("JESS_BATCH_CONCURENCY", "4"),
            meant("CONCURENCY is not a variable of jess-batch; did you mean JESS_BATCH_CONCURRENCY?"),
        ),
    ] {
        let run = dir.run_with_env(&[command, "job.yaml"], &[variable]).await;
        assert_eq!(run.code, Some(2), "{variable:?}: {}", run.stderr);
        assert!(run.stderr.contains(&message), "{variable:?}: {}", run.stderr);
    }
    assert!(sandbox.seen().requests.is_empty(), "nothing was sent");
    // Another program's variable may begin like ours.
    let run = dir.run_with_env(&["run", "job.yaml"], &[("JESS_BATCH_LAB_PASSWORD", "x")]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

#[tokio::test]
async fn status_with_the_variable_of_dry_run_is_a_rehearsal() {
    let (sandbox, dir) = setup(1).await;
    let run = dir.run_with_env(&["status", "job.yaml"], &[("JESS_BATCH_DRY_RUN", "true")]).await;
    assert!(run.stderr.contains("Rehearsal on the sandbox"), "{}", run.stderr);
    assert!(sandbox.seen().requests.is_empty());
}

#[tokio::test]
async fn unknown_option_has_no_useless_tip_but_the_right_command() {
    let dir = TestDir::new();
    let run = dir.run(&["status", "job.yaml", "--resume"]).await;
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("'--resume'") && !run.stderr.contains("tip:"), "{}", run.stderr);
    let run = dir.run(&["--resume", "run", "job.yaml"]).await;
    assert!(run.stderr.contains("'run --resume' exists"), "{}", run.stderr);
}
