//! The state directory: its path, its permissions, and what it never holds.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use ensims_sandbox::{Account, Fault, Operation, Sandbox, Target};
use serde_json::Value;

use crate::program::{Run, TestDir, jess_password, job_yaml, password, program, sandbox_with};

async fn setup() -> (Sandbox, TestDir) {
    let sandbox = sandbox_with(3).start().await.expect("a sandbox");
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "rate: unlimited", 3));
    (sandbox, dir)
}

/// All files and directories below a directory.
fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| if path.is_dir() { [vec![path.clone()], walk(&path)].concat() } else { vec![path] })
        .collect()
}

#[tokio::test]
async fn state_dir_flag_overrides_variable_and_default() {
    let (_sandbox, dir) = setup().await;
    let [home, xdg, variable, flag] = ["home", "xdg", "variable", "flag"].map(|name| dir.path(name));
    let [home, xdg, variable, flag] =
        [&home, &xdg, &variable, &flag].map(|path| path.to_str().expect("UTF-8"));
    let variables = [("HOME", home), ("XDG_STATE_HOME", xdg), ("JESS_BATCH_STATE_DIR", variable)];
    let by_flag = ["run", "job.yaml", "--state-dir", flag];
    for (arguments, variables, folder) in [
        (&by_flag[..2], &variables[..1], "home/.local/state/jess-batch"),
        (&by_flag[..2], &variables[..2], "xdg/jess-batch"),
        (&by_flag[..2], &variables[..3], "variable"),
        (&by_flag[..4], &variables[..3], "flag"),
    ] {
        let run = dir.run_with_env(arguments, variables).await;
        assert_eq!(run.code, Some(0), "{folder}: {}", run.stderr);
        assert!(dir.state_file_in(folder, "job.yaml", "history.jsonl").is_file(), "{folder}");
    }
    // Each history holds one run only, and there is no other history.
    let histories = walk(&dir.path("")).into_iter().filter(|path| path.ends_with("history.jsonl"));
    assert_eq!(histories.count(), 4);
}

#[tokio::test]
async fn state_dir_is_private_to_its_owner() {
    let (_sandbox, dir) = setup().await;
    // The directory may exist already, readable by all.
    let folder = dir.state_file("job.yaml", "");
    std::fs::create_dir_all(&folder).expect("folders");
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).expect("its own folder");
    let run = dir.run(&["run", "job.yaml"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let mode = |path: &Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let files = walk(&folder);
    let names: Vec<_> = files.iter().filter_map(|path| path.file_name()).collect();
    for name in ["lock", "history.jsonl"] {
        assert!(names.contains(&name.as_ref()), "{names:?}");
    }
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    // A new directory is private from the start.
    let run = dir.run(&["run", "job.yaml", "--state-dir", "new"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for folder in walk(&dir.path("new")).into_iter().filter(|path| path.is_dir()) {
        assert_eq!(mode(&folder), 0o700, "{}", folder.display());
    }
}

#[tokio::test]
async fn state_dir_never_holds_passwords_or_tokens() {
    let (sandbox, dir) = setup().await;
    sandbox.add_account(Account::new("lab1@uni.example", "another"));
    // A service that repeats what it was sent.
    let message = format!("{} is wrong, and {} too", password(2), jess_password(2));
    let body = serde_json::json!({ "ok": false, "status": message }).to_string();
    let answer = Fault::Status { code: 200, retry_after: None, body };
    sandbox.always("lab2@uni.example".into(), Operation::UpdateJessSession, answer);
    for flags in [&[][..], &["--resume"], &["--verify", "account"]] {
        dir.run(&[&["run", "job.yaml"], flags].concat()).await;
        for file in walk(&dir.path(".local")).into_iter().filter(|path| path.is_file()) {
            let text = std::fs::read_to_string(&file).expect("text");
            for secret in ["secret", "another", "eyJ", "session_token"] {
                assert!(!text.contains(secret), "{} holds {secret}: {text}", file.display());
            }
        }
    }
    let history = std::fs::read_to_string(dir.state_file("job.yaml", "history.jsonl")).expect("a history");
    assert!(history.contains("[password] is wrong"), "{history}");
}

#[tokio::test]
async fn unusable_state_dir_ends_run_before_any_request() {
    let (sandbox, dir) = setup().await;
    dir.write("taken", "a file, not a folder");
    for folder in ["taken", "taken/below"] {
        let run = dir.run(&["run", "job.yaml", "--state-dir", folder]).await;
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{folder}: {}", run.stderr);
        for part in [
            "job.yaml",
            "the state folder ",
            folder,
            " cannot be used: ",
            "Give another folder with --state-dir",
        ] {
            assert!(run.stderr.contains(part), "{folder}: {}", run.stderr);
        }
    }
    assert!(sandbox.seen().requests.is_empty());
}

/// Runs a job of thirty accounts in sequence, with files limited to this many blocks of 512 bytes.
async fn run_with_full_disk(sandbox: &Sandbox, dir: &TestDir, blocks: u32) -> Run {
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "rate: unlimited, concurrency: 1", 30));
    let limited =
        format!("trap '' XFSZ; ulimit -f {blocks}; exec {} run job.yaml --progress plain", program());
    let output = dir.command_line(&["/bin/sh", "-c", &limited], &[]).output().await;
    Run::from(output.expect("the shell starts"))
}

#[tokio::test]
async fn filling_disk_is_reported_once_and_keeps_verdicts() {
    let sandbox = sandbox_with(30).start().await.expect("a sandbox");
    let dir = TestDir::new();
    // Room for the first line of the history and some of its verdicts.
    let run = run_with_full_disk(&sandbox, &dir, 6).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let lines: Vec<&str> = run.stderr.lines().collect();
    let errors: Vec<usize> = (0..lines.len())
        .filter(|line| lines[*line].starts_with("error: the run history cannot be written"))
        .collect();
    let last = lines.iter().position(|line| line.starts_with("30 of 30 done"));
    assert!(matches!(errors[..], [at] if Some(at) < last), "once, before the run ends: {}", run.stderr);
    let history = std::fs::read_to_string(dir.state_file("job.yaml", "history.jsonl")).expect("a history");
    let whole = history.lines().filter(|line| serde_json::from_str::<Value>(line).is_ok());
    let verdicts = whole.count() - 1;
    assert!((1..30).contains(&verdicts), "{history}");
    let run = dir.run(&["run", "--resume", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(dir.report("r.json")["totals"]["skipped"], verdicts);
}

#[tokio::test]
async fn full_disk_ends_run_before_any_password_is_sent() {
    let sandbox = sandbox_with(30).start().await.expect("a sandbox");
    let dir = TestDir::new();
    // No room for the lock, then room for the lock but not for the first line of the history.
    for (blocks, problem) in [
        (0, "job.yaml cannot be used: File too large (os error 27); nothing was sent"),
        (1, "the run history cannot be written: File too large (os error 27); no password was sent"),
    ] {
        let run = run_with_full_disk(&sandbox, &dir, blocks).await;
        assert_eq!(run.code, Some(2), "{blocks}: {}", run.stderr);
        assert!(run.stderr.starts_with("error: job.yaml: the "), "{blocks}: {}", run.stderr);
        assert!(run.stderr.contains(problem), "{blocks}: {}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{blocks}: {}", run.stderr);
        assert!(!dir.state_file("job.yaml", "history.jsonl").exists(), "{blocks}: half a history");
    }
    assert!(sandbox.seen().credentials().is_empty());
}

#[tokio::test]
async fn job_state_is_found_by_every_path_to_the_file() {
    let (sandbox, dir) = setup().await;
    assert_eq!(dir.run(&["run", "job.yaml"]).await.code, Some(0));
    let sent = sandbox.seen().count(Operation::LogOn);
    std::fs::create_dir(dir.path("links")).expect("a folder");
    symlink("../job.yaml", dir.path("links/today.yaml")).expect("a link");
    symlink(".", dir.path("here")).expect("a link");
    let absolute = dir.path("job.yaml");
    for name in [
        "./job.yaml",
        "links/../job.yaml",
        "links/today.yaml",
        "here/job.yaml",
        absolute.to_str().expect("UTF-8"),
    ] {
        let run = dir.run(&["run", "--resume", name, "--report", "r.json"]).await;
        assert_eq!(run.code, Some(0), "{name}: {}", run.stderr);
        assert_eq!(dir.report("r.json")["totals"]["skipped"], 3, "{name}");
    }
    assert_eq!(sandbox.seen().count(Operation::LogOn), sent);
    // A copy is a different job.
    std::fs::copy(dir.path("job.yaml"), dir.path("copy.yaml")).expect("a copy");
    assert_eq!(dir.run(&["run", "--resume", "copy.yaml"]).await.code, Some(0));
    assert_eq!(sandbox.seen().count(Operation::LogOn), sent + 3);
}

#[tokio::test]
async fn last_success_survives_failed_runs() {
    let (sandbox, dir) = setup().await;
    let arguments = ["run", "job.yaml", "--report", "r.json"];
    assert_eq!(dir.run(&arguments).await.code, Some(0));
    let success = dir.report("r.json")["last_success_at"].clone();
    assert!(success.is_string());
    sandbox.always(Target::Anyone, Operation::LogOn, Fault::status(400));
    for _ in 0..2 {
        assert_eq!(dir.run(&arguments).await.code, Some(1));
        assert_eq!(dir.report("r.json")["last_success_at"], success);
    }
}

#[tokio::test]
async fn state_dir_that_others_can_turn_is_refused() {
    let (sandbox, dir) = setup().await;
    let folder = dir.state_file("job.yaml", "");
    let root = dir.path(".local/state/jess-batch");
    let (above, between) = (dir.path(".local/state"), root.join("jobs"));
    for open in [&folder, &between, &root, &above] {
        let sent = sandbox.seen().requests.len();
        std::fs::create_dir_all(&folder).expect("folders");
        std::fs::set_permissions(open, std::fs::Permissions::from_mode(0o757)).expect("its own folder");
        let run = dir.run(&["run", "job.yaml"]).await;
        let shown = open.to_str().expect("UTF-8").trim_end_matches('/');
        assert_eq!(run.code, Some(2), "{shown}: {}", run.stderr);
        assert_eq!(sandbox.seen().requests.len(), sent, "{shown}");
        assert!(run.stderr.contains(&format!(" {shown}: other users can write to it")), "{}", run.stderr);
        // As in /tmp: others can only change what is theirs.
        std::fs::set_permissions(open, std::fs::Permissions::from_mode(0o1757)).expect("its own folder");
        assert_eq!(dir.run(&["run", "job.yaml"]).await.code, Some(0), "{shown}");
        std::fs::set_permissions(open, std::fs::Permissions::from_mode(0o755)).expect("its own folder");
    }
    let sent = sandbox.seen().requests.len();
    std::fs::rename(&between, dir.path("elsewhere")).expect("the folder");
    symlink(dir.path("elsewhere"), &between).expect("a link");
    let run = dir.run(&["run", "job.yaml"]).await;
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("/jobs: it is a link; nothing was sent"), "{}", run.stderr);
    assert_eq!(sandbox.seen().requests.len(), sent);
}

#[tokio::test]
async fn links_in_the_state_dir_leave_their_targets_alone() {
    let (sandbox, dir) = setup().await;
    assert_eq!(dir.run(&["run", "job.yaml"]).await.code, Some(0));
    let sent = sandbox.seen().requests.len();
    let target = dir.path("precious");
    let place_link = |name: &str| {
        let path = dir.state_file("job.yaml", name);
        let _ = std::fs::remove_file(&path);
        std::fs::write(&target, "precious").expect("a file");
        symlink(&target, &path).expect("a link");
        path
    };
    for name in ["lock-holder", "history.jsonl.new", "history.jsonl", "last-success.new", "last-success"] {
        // Two runs within a second have the same success, which is written once.
        let _ = std::fs::remove_file(dir.state_file("job.yaml", "last-success"));
        let path = place_link(name);
        let run = dir.run(&["run", "job.yaml"]).await;
        assert_eq!(run.code, Some(0), "{name}: {}", run.stderr);
        assert_eq!(std::fs::read_to_string(&target).expect("a file"), "precious", "{name}");
        assert!(!path.is_symlink(), "{name}");
    }
    let sent_by_now = sandbox.seen().requests.len();
    assert!(sent_by_now > sent);
    for (name, resume) in [("history.jsonl", true), ("lock", true), ("lock", false)] {
        place_link(name);
        let run = dir.run(&["run", "job.yaml", if resume { "--resume" } else { "-v" }]).await;
        assert_eq!(run.code, Some(2), "{name}: {}", run.stderr);
        let problem = format!("{name} in it is not a regular file; remove it");
        assert!(run.stderr.contains(&problem), "{name}: {}", run.stderr);
        assert_eq!(std::fs::read_to_string(&target).expect("a file"), "precious", "{name}");
    }
    assert_eq!(sandbox.seen().requests.len(), sent_by_now);
}

#[tokio::test]
async fn pipe_in_the_state_dir_is_an_error_and_no_wait() {
    let (sandbox, dir) = setup().await;
    let folder = dir.state_file("job.yaml", "");
    for name in ["lock", "lock-holder", "history.jsonl.new", "history.jsonl"] {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("folders");
        nix::unistd::mkfifo(&folder.join(name), nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
        let run = dir.run(&["run", "job.yaml"]).await;
        assert_eq!(run.code, Some(2), "{name}: {}", run.stderr);
        let problem = format!("{name} in it is not a regular file; remove it");
        assert!(run.stderr.contains(&problem), "{name}: {}", run.stderr);
        assert_eq!(sandbox.seen().count(Operation::LogOn), 0, "{name}");
    }
    // `status` reads the history, and does without it.
    assert_eq!(dir.run(&["status", "job.yaml"]).await.code, Some(1));
}
