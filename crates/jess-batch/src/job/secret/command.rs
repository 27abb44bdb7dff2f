//! Passwords that a program prints, such as `pass` or `age`.

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use secrecy::SecretString;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::one_line;

/// A command that takes longer is ended.
pub(in crate::job) const TIME_LIMIT: Duration = Duration::from_secs(30);

/// How long the rest of the output is waited for once the command has ended.
const GRACE: Duration = Duration::from_millis(200);

/// The most that a command may print, in bytes.
const MOST_OUTPUT: usize = 64 * 1024;

/// The first line of what a command prints. It runs in `folder`, without a shell and with nothing to read; what else
/// it says is not shown, because it may be a password.
pub(in crate::job) async fn output_of(
    command: &[String],
    folder: &Path,
    limit: Duration,
) -> Result<SecretString, String> {
    let (program, arguments) = command.split_first().ok_or("there is no program")?;
    let folder = std::path::absolute(folder.join(".")).map_err(cannot_start)?;
    // A name is looked for where programs are; a path is relative to the folder.
    let is_name = Path::new(program).file_name().is_some_and(|name| name == &**program);
    let mut command = if is_name { Command::new(program) } else { Command::new(folder.join(program)) };
    command.args(arguments).current_dir(&folder).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(cannot_start)?;
    if let Ok(secret) = timeout(limit, first_line(&mut child)).await {
        return secret;
    }
    // Dropping it would do, but then it may outlast this program for a moment.
    let _ = child.kill().await;
    Err(format!("the command took longer than {} s and was ended", limit.as_secs()))
}

async fn first_line(child: &mut Child) -> Result<SecretString, String> {
    let output = child.stdout.take().ok_or("the command has no output")?;
    let failed = |error: io::Error| format!("the command cannot be read: {error}");
    let not_too_much = |read: io::Result<usize>| match read {
        Ok(bytes) if bytes <= MOST_OUTPUT => Ok(()),
        Ok(_) => Err("the command prints more than 64 KiB; it must print the password".to_owned()),
        Err(error) => Err(failed(error)),
    };
    // All the room at once: growing would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MOST_OUTPUT + 64));
    let mut output = output.take(MOST_OUTPUT as u64 + 1);
    let mut reading = Box::pin(output.read_to_end(&mut bytes));
    let status = tokio::select! {
        biased;
        read = &mut reading => {
            not_too_much(read)?;
            child.wait().await
        }
        status = child.wait() => {
            // What it has printed is there. A program that it leaves running may keep the output open for ever.
            if let Ok(read) = timeout(GRACE, &mut reading).await {
                not_too_much(read)?;
            }
            status
        }
    };
    drop(reading);
    let status = status.map_err(failed)?;
    if !status.success() {
        return Err(format!("the command failed ({status}); run it by hand to see why"));
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

    /// Ends as a shell has it with this script, in a folder in which that may write.
    async fn printed(script: &str, folder: &Path, limit: Duration) -> Result<SecretString, String> {
        output_of(&["sh".to_owned(), "-c".to_owned(), script.to_owned()], folder, limit).await
    }

    /// The process whose number is in the file `pid`.
    fn noted_process(folder: &Path) -> Pid {
        let pid = std::fs::read_to_string(folder.join("pid")).expect("it has begun");
        Pid::from_raw(pid.trim().parse().expect("a number"))
    }

    #[tokio::test]
    async fn a_command_that_takes_too_long_is_ended() {
        let folder = tempfile::tempdir().expect("a folder");
        let script = "echo $$ > pid; echo hunter2; exec sleep 600";
        let ended = printed(script, folder.path(), Duration::from_secs(1)).await;
        let problem = ended.map(|_| ()).expect_err("it takes too long");
        assert_eq!(problem, "the command took longer than 1 s and was ended");
        assert!(kill(noted_process(folder.path()), None).is_err(), "it is gone");
    }

    #[tokio::test]
    async fn a_program_that_the_command_leaves_running_is_not_waited_for() {
        let folder = tempfile::tempdir().expect("a folder");
        // With the line end and without.
        for print in ["echo hunter2", "printf hunter2"] {
            let script = format!("sleep 600 & echo $! > pid; {print}");
            let printed = printed(&script, folder.path(), TIME_LIMIT).await;
            assert_eq!(printed.expect("a password").expose_secret(), "hunter2");
            kill(noted_process(folder.path()), Signal::SIGKILL).expect("it still runs");
        }
    }
}
