//! How long 2,000 accounts take against a service that needs 50 ms for each answer, and what that costs.
//!
//! `cargo bench -p jess-batch` prints the wall time, the processor time for each account and the largest
//! memory of the program, with those that the project sets itself as limits. The service is the sandbox,
//! in this process; the figures are of the program alone. It ends with 1 when processor time or memory is
//! over its limit. The wall time is only shown: other work on the machine lengthens it.

use std::error::Error;
use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use ensims_sandbox::{Account, JessUser, Sandbox};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

const ACCOUNTS: u32 = 2_000;
const CONCURRENCY: u32 = 64;
const LATENCY: Duration = Duration::from_millis(50);
const PROCESSOR_LIMIT_US: i64 = 250;
const MEMORY_LIMIT_MB: f64 = 20.0;

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut builder = Sandbox::builder().pose_as_service().latency(LATENCY);
    let mut accounts = String::new();
    for number in 0..ACCOUNTS {
        let email = format!("lab{number}@uni.example");
        builder = builder
            .account(Account::new(&email, format!("secret-{number}")))
            .jess_user(JessUser::new(format!("jess{number}"), format!("other-{number}")));
        write!(
            accounts,
            "  - ensims: {{ email: {email}, password: 'secret-{number}' }}\n    jess: {{ username: jess{number}, password: 'other-{number}' }}\n"
        )?;
    }
    let sandbox = builder.start().await?;
    let folder = tempfile::tempdir()?;
    let url = sandbox.url();
    let text = format!(
        "version: 1\nservice: {url}\nlimits: {{ concurrency: {CONCURRENCY}, rate: unlimited }}\nreports: [r.json]\naccounts:\n{accounts}"
    );
    std::fs::write(folder.path().join("job.yaml"), text)?;
    std::fs::set_permissions(folder.path().join("job.yaml"), std::fs::Permissions::from_mode(0o600))?;

    let started = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_jess-batch"));
    command.args(["run", "job.yaml", "-q"]).current_dir(folder.path()).stdin(Stdio::null());
    let status = tokio::task::spawn_blocking(move || command.status()).await??;
    let wall = started.elapsed();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let processor = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();

    let rounds = ACCOUNTS.div_ceil(CONCURRENCY);
    let limit = (rounds * 2 * LATENCY).mul_f64(1.10);
    println!("{ACCOUNTS} accounts, {CONCURRENCY} at once, {} ms an answer: {status}", LATENCY.as_millis());
    println!("wall time       {:.2} s (limit {:.2} s)", wall.as_secs_f64(), limit.as_secs_f64());
    let processor = processor / i64::from(ACCOUNTS);
    let memory = f64::from(u32::try_from(usage.max_rss())?) / 1024.0;
    println!("processor time  {processor} µs an account (limit {PROCESSOR_LIMIT_US} µs)");
    println!("largest memory  {memory:.1} MB (limit {MEMORY_LIMIT_MB} MB)");
    let good = status.success() && processor <= PROCESSOR_LIMIT_US && memory <= MEMORY_LIMIT_MB;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
