//! The state folder: where it is, who can look into it, and what it never holds.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use ensims_sandbox::{Account, Fault, Operation, Sandbox, Target};
use serde_json::Value;

use crate::program::{Ended, PROGRAM, Place, jess_password, job, password, sandbox_of};

async fn lab() -> (Sandbox, Place) {
    let sandbox = sandbox_of(3).start().await.expect("a sandbox");
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), "rate: unlimited", 3));
    (sandbox, place)
}

/// All files and folders below a folder.
fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| if path.is_dir() { [vec![path.clone()], below(&path)].concat() } else { vec![path] })
        .collect()
}

#[tokio::test]
async fn the_flag_wins_over_the_variable_and_that_over_the_platforms_folder() {
    let (_sandbox, place) = lab().await;
    let [home, xdg, variable, flag] = ["home", "xdg", "variable", "flag"].map(|name| place.path(name));
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
        let ended = place.run_with(arguments, variables).await;
        assert_eq!(ended.code, Some(0), "{folder}: {}", ended.err);
        assert!(place.state_file_in(folder, "job.yaml", "journal.jsonl").is_file(), "{folder}");
    }
    // Each of them knows of one run only, and there is nothing elsewhere.
    let journals = below(&place.path("")).into_iter().filter(|path| path.ends_with("journal.jsonl"));
    assert_eq!(journals.count(), 4);
}

#[tokio::test]
async fn only_its_owner_can_look_into_it() {
    let (_sandbox, place) = lab().await;
    // It may have been there before, open to all.
    let folder = place.state_file("job.yaml", "");
    std::fs::create_dir_all(&folder).expect("folders");
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).expect("its own folder");
    let ended = place.run(&["run", "job.yaml"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let mode = |path: &Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let files = below(&folder);
    let names: Vec<_> = files.iter().filter_map(|path| path.file_name()).collect();
    for name in ["lock", "journal.jsonl"] {
        assert!(names.contains(&name.as_ref()), "{names:?}");
    }
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    // A new one is closed from the start.
    let ended = place.run(&["run", "job.yaml", "--state-dir", "new"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    for folder in below(&place.path("new")).into_iter().filter(|path| path.is_dir()) {
        assert_eq!(mode(&folder), 0o700, "{}", folder.display());
    }
}

#[tokio::test]
async fn no_password_and_no_token_gets_into_it() {
    let (sandbox, place) = lab().await;
    sandbox.add_account(Account::new("lab1@uni.example", "another"));
    // A service that repeats what it was sent.
    let words = format!("{} is wrong, and {} too", password(2), jess_password(2));
    let body = serde_json::json!({ "ok": false, "status": words }).to_string();
    let answer = Fault::Status { code: 200, retry_after: None, body };
    sandbox.always("lab2@uni.example".into(), Operation::UpdateJessSession, answer);
    for flags in [&[][..], &["--resume"], &["--verify", "account"]] {
        place.run(&[&["run", "job.yaml"], flags].concat()).await;
        for file in below(&place.path(".local")).into_iter().filter(|path| path.is_file()) {
            let text = std::fs::read_to_string(&file).expect("text");
            for secret in ["secret", "another", "eyJ", "session_token"] {
                assert!(!text.contains(secret), "{} holds {secret}: {text}", file.display());
            }
        }
    }
    let journal = std::fs::read_to_string(place.state_file("job.yaml", "journal.jsonl")).expect("a journal");
    assert!(journal.contains("[password] is wrong"), "{journal}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_ends_the_run_before_anything_is_sent() {
    let (sandbox, place) = lab().await;
    place.file("taken", "a file, not a folder");
    for folder in ["taken", "taken/below"] {
        let ended = place.run(&["run", "job.yaml", "--state-dir", folder]).await;
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{folder}: {}", ended.err);
        for part in ["job.yaml", "the state folder cannot be used", folder, "--state-dir"] {
            assert!(ended.err.contains(part), "{folder}: {}", ended.err);
        }
    }
    assert!(sandbox.seen().requests.is_empty());
}

/// Runs a job of thirty accounts, one by one, where no file may grow beyond so many blocks of 512 bytes.
async fn with_full_disk(sandbox: &Sandbox, place: &Place, blocks: u32) -> Ended {
    place.file("job.yaml", &job(&sandbox.url(), "rate: unlimited, concurrency: 1", 30));
    let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec {PROGRAM} run job.yaml --progress plain");
    let output = place.command_of(&["/bin/sh", "-c", &limited], &[]).output().await;
    Ended::from(output.expect("the shell starts"))
}

#[tokio::test]
async fn a_disk_that_fills_up_is_told_at_once_and_what_was_written_counts() {
    let sandbox = sandbox_of(30).start().await.expect("a sandbox");
    let place = Place::new();
    // The journal's head and some of its lines.
    let ended = with_full_disk(&sandbox, &place, 6).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let told: Vec<&str> = ended.err.lines().collect();
    let errors: Vec<usize> = (0..told.len())
        .filter(|line| told[*line].starts_with("error: the journal cannot be written"))
        .collect();
    let last = told.iter().position(|line| line.starts_with("30 of 30 done"));
    assert!(matches!(errors[..], [at] if Some(at) < last), "once, before the run ends: {}", ended.err);
    let journal = std::fs::read_to_string(place.state_file("job.yaml", "journal.jsonl")).expect("a journal");
    let whole = journal.lines().filter(|line| serde_json::from_str::<Value>(line).is_ok());
    let verdicts = whole.count() - 1;
    assert!((1..30).contains(&verdicts), "{journal}");
    let ended = place.run(&["run", "--resume", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(place.report("r.json")["totals"]["skipped"], verdicts);
}

#[tokio::test]
async fn a_disk_that_is_full_ends_the_run_before_any_password_is_sent() {
    let sandbox = sandbox_of(30).start().await.expect("a sandbox");
    let place = Place::new();
    // No room for the lock, and room for the lock but not for the journal's head.
    for (blocks, problem) in [
        (0, "the state folder cannot be used"),
        (1, "the journal cannot be written: File too large (os error 27); no password was sent"),
    ] {
        let ended = with_full_disk(&sandbox, &place, blocks).await;
        assert_eq!(ended.code, Some(2), "{blocks}: {}", ended.err);
        assert!(ended.err.starts_with(&format!("error: job.yaml: {problem}")), "{blocks}: {}", ended.err);
        assert_eq!(ended.err.lines().count(), 1, "{blocks}: {}", ended.err);
        assert!(!place.state_file("job.yaml", "journal.jsonl").exists(), "{blocks}: half a journal");
    }
    assert!(sandbox.seen().credentials().is_empty());
}

#[tokio::test]
async fn a_job_is_the_same_by_whatever_path_it_is_named() {
    let (sandbox, place) = lab().await;
    assert_eq!(place.run(&["run", "job.yaml"]).await.code, Some(0));
    let sent = sandbox.seen().count(Operation::LogOn);
    std::fs::create_dir(place.path("links")).expect("a folder");
    symlink("../job.yaml", place.path("links/today.yaml")).expect("a link");
    symlink(".", place.path("here")).expect("a link");
    let absolute = place.path("job.yaml");
    for name in [
        "./job.yaml",
        "links/../job.yaml",
        "links/today.yaml",
        "here/job.yaml",
        absolute.to_str().expect("UTF-8"),
    ] {
        let ended = place.run(&["run", "--resume", name, "--report", "r.json"]).await;
        assert_eq!(ended.code, Some(0), "{name}: {}", ended.err);
        assert_eq!(place.report("r.json")["totals"]["skipped"], 3, "{name}");
    }
    assert_eq!(sandbox.seen().count(Operation::LogOn), sent);
    // A copy is another job.
    std::fs::copy(place.path("job.yaml"), place.path("copy.yaml")).expect("a copy");
    assert_eq!(place.run(&["run", "--resume", "copy.yaml"]).await.code, Some(0));
    assert_eq!(sandbox.seen().count(Operation::LogOn), sent + 3);
}

#[tokio::test]
async fn the_last_full_success_is_remembered_through_nights_that_were_none() {
    let (sandbox, place) = lab().await;
    let arguments = ["run", "job.yaml", "--report", "r.json"];
    assert_eq!(place.run(&arguments).await.code, Some(0));
    let success = place.report("r.json")["last_success_at"].clone();
    assert!(success.is_string());
    sandbox.always(Target::Anyone, Operation::LogOn, Fault::status(400));
    for _ in 0..2 {
        assert_eq!(place.run(&arguments).await.code, Some(1));
        assert_eq!(place.report("r.json")["last_success_at"], success);
    }
}
