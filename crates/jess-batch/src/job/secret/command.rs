//! Passwords that a program prints, such as `pass` or `age`.

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use secrecy::SecretString;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};
use zeroize::Zeroizing;

use super::one_line;

/// A command that takes longer is ended.
pub(in crate::job) const TIME_LIMIT: Duration = Duration::from_secs(30);

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
    if let Ok(secret) = tokio::time::timeout(limit, first_line(&mut child)).await {
        return secret;
    }
    // Dropping it would do, but then it may outlast this program for a moment.
    let _ = child.kill().await;
    Err(format!(
        "the command, or a program that it started, took longer than {} s and was ended",
        limit.as_secs()
    ))
}

async fn first_line(child: &mut Child) -> Result<SecretString, String> {
    let output = child.stdout.take().ok_or("the command has no output")?;
    // All the room at once: growing would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MOST_OUTPUT + 64));
    let failed = |error: io::Error| format!("the command cannot be read: {error}");
    output.take(MOST_OUTPUT as u64 + 1).read_to_end(&mut bytes).await.map_err(failed)?;
    if bytes.len() > MOST_OUTPUT {
        return Err("the command prints more than 64 KiB; it must print the password".to_owned());
    }
    let status = child.wait().await.map_err(failed)?;
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
    use super::*;

    #[tokio::test]
    async fn a_command_that_takes_too_long_is_ended() {
        let folder = tempfile::tempdir().expect("a folder");
        let script = "echo $$ > pid; echo hunter2; exec sleep 600".to_owned();
        let command = ["sh".to_owned(), "-c".to_owned(), script];
        let ended = output_of(&command, folder.path(), Duration::from_secs(1)).await;
        let problem = ended.map(|_| ()).expect_err("it takes too long");
        assert_eq!(problem, "the command, or a program that it started, took longer than 1 s and was ended");
        let pid = std::fs::read_to_string(folder.path().join("pid")).expect("it has begun");
        let pid = nix::unistd::Pid::from_raw(pid.trim().parse().expect("a number"));
        assert!(nix::sys::signal::kill(pid, None).is_err(), "it is gone");
    }
}
