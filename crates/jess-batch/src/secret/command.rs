//! Passwords that a program prints, such as `pass` or `age`.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use secrecy::SecretString;
use tokio::io::AsyncReadExt;
use tokio::process::Child;
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::password::one_line;
use crate::platform::password_command;

/// How long a command may run before it is stopped.
pub const TIME_LIMIT: Duration = Duration::from_secs(30);

/// How long to wait for the rest of the output once the command has ended.
const GRACE: Duration = Duration::from_millis(200);

/// The most that a command may print, in bytes.
const MAX_OUTPUT: usize = 64 * 1024;

/// The first line of what a command prints. It runs in `folder`, without a shell and without input. Nothing else that
/// it prints is shown, because any of it may be a password.
///
/// # Errors
/// When the command cannot be started, fails, takes longer than `limit`, or prints something that cannot be a password.
pub async fn first_line_of(
    command: &[String],
    folder: &Path,
    limit: Duration,
) -> Result<SecretString, String> {
    let (program, arguments) = command.split_first().ok_or("there is no program")?;
    let folder = std::path::absolute(folder.join(".")).map_err(cannot_start)?;
    // A name is looked up in PATH; a path is relative to the folder.
    let is_name = Path::new(program).file_name().is_some_and(|name| name == &**program);
    let program = if is_name { PathBuf::from(program) } else { folder.join(program) };
    let mut command = password_command(&program, arguments);
    command.current_dir(&folder).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(cannot_start)?;
    if let Ok(secret) = timeout(limit, read_first_line(&mut child)).await {
        return secret;
    }
    // Dropping it would be enough, but then it may outlive this program for a moment.
    let _ = child.kill().await;
    Err(format!("the command took longer than {} s and was stopped", limit.as_secs()))
}

async fn read_first_line(child: &mut Child) -> Result<SecretString, String> {
    let output = child.stdout.take().ok_or("the command has no output")?;
    let failed = |error: io::Error| format!("the command cannot be read: {error}");
    let within_limit = |read: io::Result<usize>| match read {
        Ok(bytes) if bytes <= MAX_OUTPUT => Ok(()),
        Ok(_) => Err("the command prints more than 64 KiB; it must print the password".to_owned()),
        Err(error) => Err(failed(error)),
    };
    // Allocated once: growing would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_OUTPUT + 64));
    let mut output = output.take(MAX_OUTPUT as u64 + 1);
    let mut reading = Box::pin(output.read_to_end(&mut bytes));
    let status = tokio::select! {
        biased;
        read = &mut reading => {
            within_limit(read)?;
            child.wait().await
        }
        status = child.wait() => {
            // Its output is complete. A program that it leaves running may keep the pipe open for ever.
            if let Ok(read) = timeout(GRACE, &mut reading).await {
                within_limit(read)?;
            }
            status
        }
    };
    drop(reading);
    let status = status.map_err(failed)?;
    if !status.success() {
        return Err(format!("the command failed ({status}); run it yourself to see why"));
    }
    let end = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
    one_line(&bytes[..end]).map_err(|flaw| format!("the first line that the command prints {flaw}"))
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err wants")]
fn cannot_start(error: io::Error) -> String {
    format!("the command cannot be started: {error}")
}

#[cfg(all(test, unix))]
mod tests {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;
    use secrecy::ExposeSecret;

    use super::*;

    /// What a shell script prints, run in a folder that it may write to.
    async fn printed(script: &str, folder: &Path, limit: Duration) -> Result<SecretString, String> {
        first_line_of(&["sh".to_owned(), "-c".to_owned(), script.to_owned()], folder, limit).await
    }

    /// The process whose id is in the file `pid`.
    fn recorded_process(folder: &Path) -> Pid {
        let pid = std::fs::read_to_string(folder.join("pid")).expect("it has begun");
        Pid::from_raw(pid.trim().parse().expect("a number"))
    }

    #[tokio::test]
    async fn command_over_time_limit_is_killed() {
        let folder = tempfile::tempdir().expect("a folder");
        let script = "echo $$ > pid; echo hunter2; exec sleep 600";
        let ended = printed(script, folder.path(), Duration::from_secs(1)).await;
        let problem = ended.map(|_| ()).expect_err("it takes too long");
        assert_eq!(problem, "the command took longer than 1 s and was stopped");
        assert!(kill(recorded_process(folder.path()), None).is_err(), "it is gone");
    }

    #[tokio::test]
    async fn program_left_running_by_command_is_not_awaited() {
        let folder = tempfile::tempdir().expect("a folder");
        // With the line end and without.
        for print in ["echo hunter2", "printf hunter2"] {
            let script = format!("sleep 600 & echo $! > pid; {print}");
            let printed = printed(&script, folder.path(), TIME_LIMIT).await;
            assert_eq!(printed.expect("a password").expose_secret(), "hunter2");
            kill(recorded_process(folder.path()), Signal::SIGKILL).expect("it still runs");
        }
    }
}
