//! How long `check` takes for job files of up to 8 MiB that are made to be slow, and how much memory.
//!
//! `cargo bench -p jess-batch --bench hostile_job_files` prints both for each file, with those that the project sets itself
//! as limits. It ends with 1 when the memory is over its limit. The times are only shown: they differ with the machine, and
//! with what else it does.

use std::error::Error;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};

const MAX_BYTES: usize = 8 * 1024 * 1024;
const TIME_LIMIT: Duration = Duration::from_secs(2);
const MEMORY_LIMIT_MB: f64 = 100.0;

const NAME: &str = "version: 1\nname: ";
const REPORTS: &str = "version: 1\nreports: [";
const ACCOUNT: &str =
    "{ ensims: { email: aNUMBER@uni.example, password: x }, jess: { username: y, password: z } }";

/// Each file: what it is, and how often a part is repeated after a start.
fn files() -> Vec<(&'static str, String)> {
    let repeat = |start: &str, part: &str, times: usize| {
        let times = times.min((MAX_BYTES - start.len()) / part.len());
        let parts: String = (0..times).map(|number| part.replace("NUMBER", &number.to_string())).collect();
        start.to_owned() + &parts
    };
    let endless = usize::MAX;
    let aliases = format!("version: 1\nname: &a [{}]\nreports: [", "a,".repeat(1000));
    vec![
        ("brackets in brackets", repeat("", "[", endless)),
        ("lists in lists", repeat("", "- ", endless)),
        ("a list on one line", repeat(REPORTS, "a,", endless)),
        ("a list on one line within the limit", repeat(REPORTS, "a,", 240_000)),
        ("quotes in a list", repeat(REPORTS, "''", 249_000)),
        ("short keys", repeat("", "a:\n", endless)),
        ("short keys within the limit", repeat("", "a:\n", 240_000)),
        ("unknown keys", repeat("version: 1\n", "a: 1\n", 240_000)),
        ("known keys", repeat("", "version: 1\n", 240_000)),
        ("anchors", repeat(REPORTS, "&aNUMBER a,", 120_000)),
        ("aliases", repeat(&aliases, "*a,", 200_000)),
        ("passwords on one line", repeat("version: 1\naccounts: [", "{password: a},", 100_000)),
        ("a long word", repeat(NAME, "a", endless)),
        ("a long quoted text", repeat(&format!("{NAME}'"), "a", endless)),
        ("a text of many lines", repeat(NAME, "\n  a", endless)),
        ("a block of empty lines", repeat(&format!("{NAME}|"), "\n", endless)),
        ("comments", repeat("", "#\n", endless)),
        ("blanks", repeat("", " ", endless)),
        ("documents", repeat("", "---\n", 160_000)),
        ("a directive", repeat("%x", " a", endless)),
        (
            "a job file of 15,000 accounts",
            repeat("version: 1\naccounts:\n", &format!("- {ACCOUNT}\n"), 15_000),
        ),
        ("the same on one line", repeat("version: 1\naccounts: [", &format!("{ACCOUNT},"), 15_000) + "]\n"),
    ]
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    // The memory of a process is known to its parent alone, and only that of the largest: so each file gets a parent.
    if let Some(file) = std::env::var_os("HOSTILE_JOB_FILE") {
        return check(Path::new(&file));
    }
    let folder = tempfile::tempdir()?;
    let mut good = true;
    for (name, text) in files() {
        let file = folder.path().join(format!("{name}.yaml"));
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&file)?
            .write_all(text.as_bytes())?;
        good &= Command::new(std::env::current_exe()?).env("HOSTILE_JOB_FILE", &file).status()?.success();
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
fn check(file: &Path) -> Result<ExitCode, Box<dyn Error>> {
    let program = std::env::var_os("JESS_BATCH").unwrap_or_else(|| env!("CARGO_BIN_EXE_jess-batch").into());
    let mut command = Command::new(std::path::absolute(program)?);
    command.arg("check").arg(file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let started = Instant::now();
    let status = command.status()?;
    let wall = started.elapsed().as_secs_f64();
    let memory = f64::from(u32::try_from(getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss())?) / 1024.0;
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    let time_limit = TIME_LIMIT.as_secs_f64();
    println!(
        "{name:36} {wall:5.2} s (limit {time_limit:.2} s) {memory:6.1} MB (limit {MEMORY_LIMIT_MB} MB): {status}"
    );
    let is_good = matches!(status.code(), Some(0 | 2)) && memory <= MEMORY_LIMIT_MB;
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
