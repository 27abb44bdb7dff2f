//! Runs the built program, as a user would.

use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use ensims_sandbox::{Account, JessUser, Sandbox, SandboxBuilder};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

/// The longest time that a test waits for anything.
const TIMEOUT: Duration = Duration::from_mins(1);

/// The path of the program: the built one, or the one that `JESS_BATCH` names. `.ci/windows` starts the one for Windows
/// like this; on which tests it leaves out, see `tests/not-on-windows.txt`.
pub(crate) fn program() -> &'static str {
    static PROGRAM: LazyLock<String> = LazyLock::new(|| {
        std::env::var("JESS_BATCH").unwrap_or_else(|_| env!("CARGO_BIN_EXE_jess-batch").to_owned())
    });
    &PROGRAM
}

/// A temporary directory for one test, in which the program runs.
pub(crate) struct TestDir {
    root: TempDir,
}

/// The result of one run of the program.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl TestDir {
    /// Creates an empty directory, which is deleted when this value is dropped.
    pub(crate) fn new() -> Self {
        Self { root: TempDir::new().expect("a temporary directory") }
    }

    /// The path of a file in this directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Writes a file that only its owner can read, and returns its name.
    pub(crate) fn write<'a>(&self, name: &'a str, text: &str) -> &'a str {
        std::fs::write(self.path(name), text).expect("a file can be written");
        self.set_mode(name, 0o600);
        name
    }

    /// Sets the permissions of a file.
    pub(crate) fn set_mode(&self, name: &str, mode: u32) {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(self.path(name), mode).expect("a mode can be set");
    }

    /// Reads a JSON report in this directory.
    pub(crate) fn report(&self, name: &str) -> Value {
        let text = std::fs::read(self.path(name)).expect("the report is there");
        serde_json::from_slice(&text).expect("the report is JSON")
    }

    /// Prepares the program with these arguments. Its environment is `HOME`, which is this directory, and the
    /// given variables.
    pub(crate) fn command(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
        self.command_line(&[&[program()], arguments].concat(), variables)
    }

    /// Prepares any command line, its program first, in the same environment as the built program.
    pub(crate) fn command_line(&self, words: &[&str], variables: &[(&str, &str)]) -> Command {
        let mut command = Command::new(words[0]);
        command
            .args(&words[1..])
            .current_dir(self.root.path())
            .env_clear()
            // The default state directory is below `HOME`.
            .env("HOME", self.root.path())
            // A faulty test must not reach any service but a sandbox, so this proxy leads nowhere.
            .env("https_proxy", "http://127.0.0.1:1")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Starts the program and returns while it runs.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        Running(self.command(arguments, &[]).spawn().expect("the program starts"))
    }

    /// The path of a state file of this job, in the default state directory.
    pub(crate) fn state_file(&self, job: &str, name: &str) -> PathBuf {
        let default = self.path(".local/state");
        // The local application data of the program for Windows.
        let root = std::env::var_os("JESS_BATCH_LOCALAPPDATA").map_or(default, PathBuf::from);
        self.state_file_in(root.join("jess-batch"), job, name)
    }

    /// The path of a state file of this job, in the given state directory.
    pub(crate) fn state_file_in(&self, state_dir: impl AsRef<Path>, job: &str, name: &str) -> PathBuf {
        let job = self.path(job).canonicalize().expect("the job file is there");
        let names = job.components().filter(|part| matches!(part, Component::Normal(_)));
        // Wine has the file system on a drive of its own.
        let drive = if std::env::var_os("JESS_BATCH_LOCALAPPDATA").is_some() { "jobs/Z" } else { "jobs" };
        self.path("").join(state_dir).join(drive).join(names.collect::<PathBuf>()).join(name)
    }

    /// Runs the program to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Run {
        self.run_with_env(arguments, &[]).await
    }

    /// Runs the program to its end, with these environment variables.
    pub(crate) async fn run_with_env(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
        let output = self.command(arguments, variables).output().await.expect("the program starts");
        Run::from(output)
    }

    /// Runs the program to its end, with this text on its standard input.
    pub(crate) async fn run_with_stdin(&self, arguments: &[&str], input: &str) -> Run {
        let mut child =
            self.command(arguments, &[]).stdin(Stdio::piped()).spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("its input is a pipe");
        stdin.write_all(input.as_bytes()).await.expect("it reads its input");
        drop(stdin);
        Run::from(child.wait_with_output().await.expect("the program ends"))
    }
}

/// The running program. It is killed when this value is dropped.
pub(crate) struct Running(Child);

impl Running {
    /// The process id.
    pub(crate) fn pid(&self) -> u32 {
        self.0.id().expect("it still runs")
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.pid()).expect("a process id");
        kill(Pid::from_raw(pid), signal).expect("the signal can be sent");
    }

    /// Waits until the program ends.
    pub(crate) async fn wait(self) -> Run {
        let output = tokio::time::timeout(TIMEOUT, self.0.wait_with_output()).await;
        Run::from(output.expect("it ends in time").expect("it ends"))
    }
}

/// Waits until the condition holds. It must depend on the program or the sandbox only.
pub(crate) async fn wait_until(condition: impl Fn() -> bool) {
    let watch = async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(TIMEOUT, watch).await.expect("the condition holds in time");
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes| as_on_unix(String::from_utf8(bytes).expect("the program writes UTF-8"));
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// What the program for Windows prints, with the separators of Unix in its paths. JSON has none.
fn as_on_unix(text: String) -> String {
    let is_for_people = std::env::var_os("JESS_BATCH_LOCALAPPDATA").is_some() && !text.starts_with('{');
    if is_for_people { text.replace('\\', "/") } else { text }
}

/// The path of a file of the repository.
pub(crate) fn repository_file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// A job file with accounts `lab0`, `lab1` and so on; their passwords are [`password`] and [`jess_password`].
pub(crate) fn job_yaml(service: &str, limits: &str, accounts: usize) -> String {
    let mut text = format!("version: 1\nservice: {service}\nlimits: {{ {limits} }}\naccounts:\n");
    for number in 0..accounts {
        text.push_str(&format!(
            "  - name: lab{number}\n    ensims: {{ email: lab{number}@uni.example, password: '{}' }}\n    jess: {{ username: jess{number}, password: '{}' }}\n",
            password(number),
            jess_password(number),
        ));
    }
    text
}

/// The ENSIMS password of an account of [`job_yaml`].
pub(crate) fn password(number: usize) -> String {
    format!("ensims-secret-{number}")
}

/// The JESS password of an account of [`job_yaml`].
pub(crate) fn jess_password(number: usize) -> String {
    format!("jess-secret-{number}")
}

/// A sandbox with the first accounts of [`job_yaml`]. It poses as the service, so that a run is no rehearsal.
pub(crate) fn sandbox_with(accounts: usize) -> SandboxBuilder {
    with_accounts(Sandbox::builder().pose_as_service(), accounts)
}

/// A sandbox that gets the first accounts of [`job_yaml`].
pub(crate) fn with_accounts(builder: SandboxBuilder, accounts: usize) -> SandboxBuilder {
    (0..accounts).fold(builder, |builder, number| {
        builder
            .account(Account::new(format!("lab{number}@uni.example"), password(number)))
            .jess_user(JessUser::new(format!("jess{number}"), jess_password(number)))
    })
}

/// One field of each account of a report, such as its `outcome`; `-` where it is null.
pub(crate) fn account_fields<'a>(report: &'a Value, field: &str) -> Vec<&'a str> {
    let accounts = report["accounts"].as_array().expect("a list of accounts");
    accounts.iter().map(|account| account[field].as_str().unwrap_or("-")).collect()
}

/// The outcome of each account of a report.
pub(crate) fn outcomes(report: &Value) -> Vec<&str> {
    account_fields(report, "outcome")
}
