//! How long `check` takes for a roster of 100,000 lines, and how much memory.
//!
//! `cargo bench -p jess-batch --bench large_roster` prints both, with those that the project sets itself as limits.
//! It ends with 1 when the memory is over its limit. The times are only shown: they differ with the machine, and with
//! what else it does.

use std::error::Error;
use std::fmt::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

const LINES: u32 = 100_000;
const TIME_LIMIT: Duration = Duration::from_secs(1);
const MEMORY_LIMIT_MB: f64 = 200.0;

#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut roster = "name;email;ensims_password;jess_username;jess_password\r\n".to_owned();
    for number in 0..LINES {
        write!(
            roster,
            "Student {number};student{number}@uni.example;secret-of-{number};jess-{number};\"other; of {number}\"\r\n"
        )?;
    }
    let folder = tempfile::tempdir()?;
    private(&folder.path().join("students.csv"), &roster)?;
    private(&folder.path().join("lab.yaml"), "version: 1\nroster: students.csv\n")?;

    let program = std::env::var_os("JESS_BATCH").unwrap_or_else(|| env!("CARGO_BIN_EXE_jess-batch").into());
    let mut command = Command::new(std::path::absolute(program)?);
    command.args(["check", "lab.yaml"]).current_dir(folder.path()).stdin(Stdio::null()).stdout(Stdio::null());
    let started = Instant::now();
    let status = command.status()?;
    let wall = started.elapsed();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    println!("check of {LINES} lines, {} MB: {status}", roster.len() / 1_000_000);
    let processor = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    let processor = Duration::from_micros(u64::try_from(processor)?);
    let limit = TIME_LIMIT.as_secs_f64();
    println!("wall time       {:.2} s (limit {limit:.2} s)", wall.as_secs_f64());
    println!("processor time  {:.2} s (limit {limit:.2} s)", processor.as_secs_f64());
    let memory = f64::from(u32::try_from(usage.max_rss())?) / 1024.0;
    println!("largest memory  {memory:.1} MB (limit {MEMORY_LIMIT_MB} MB)");
    let good = status.success() && memory <= MEMORY_LIMIT_MB;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Writes a file that only its owner can open.
fn private(path: &std::path::Path, text: &str) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    std::io::Write::write_all(&mut file, text.as_bytes())
}
