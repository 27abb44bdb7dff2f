//! Running the built program, as a person would.

use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use ensims_sandbox::{Account, JessUser, Sandbox, SandboxBuilder};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

/// No test waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// The built program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_jess-batch");

/// A folder for one test, in which the program runs.
pub(crate) struct Place {
    folder: TempDir,
}

/// How one run of the program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().expect("a temporary folder") }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file that only its owner can open, and gives back its name.
    pub(crate) fn file<'a>(&self, name: &'a str, text: &str) -> &'a str {
        std::fs::write(self.path(name), text).expect("a file can be written");
        self.set_mode(name, 0o600);
        name
    }

    /// Says who can open a file.
    pub(crate) fn set_mode(&self, name: &str, mode: u32) {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(self.path(name), mode).expect("a mode can be set");
    }

    pub(crate) fn report(&self, name: &str) -> Value {
        let text = std::fs::read(self.path(name)).expect("the report is there");
        serde_json::from_slice(&text).expect("the report is JSON")
    }

    /// The program, ready to start, with an environment of its home, which is this folder, and the given variables.
    pub(crate) fn command(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
        self.command_of(&[&[PROGRAM], arguments].concat(), variables)
    }

    /// Any program, in the same environment.
    pub(crate) fn command_of(&self, words: &[&str], variables: &[(&str, &str)]) -> Command {
        let mut command = Command::new(words[0]);
        command
            .args(&words[1..])
            .current_dir(self.folder.path())
            .env_clear()
            // The state folder of its jobs lives here.
            .env("HOME", self.folder.path())
            // A test that is wrong must not reach any service but a sandbox: this proxy leads nowhere.
            .env("https_proxy", "http://127.0.0.1:1")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Starts the program and lets it run.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        Running(self.command(arguments, &[]).spawn().expect("the program starts"))
    }

    /// A file that the program keeps for a job, where it keeps it unless told otherwise.
    pub(crate) fn state_file(&self, job: &str, name: &str) -> PathBuf {
        self.state_file_in(".local/state/jess-batch", job, name)
    }

    /// The same, in another state folder.
    pub(crate) fn state_file_in(&self, folder: &str, job: &str, name: &str) -> PathBuf {
        let job = self.path(job).canonicalize().expect("the job file is there");
        let names = job.components().filter(|part| matches!(part, Component::Normal(_)));
        self.path(folder).join("jobs").join(names.collect::<PathBuf>()).join(name)
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with(arguments, &[]).await
    }

    pub(crate) async fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
        let output = self.command(arguments, variables).output().await.expect("the program starts");
        Ended::from(output)
    }

    pub(crate) async fn run_with_input(&self, arguments: &[&str], input: &str) -> Ended {
        let mut child =
            self.command(arguments, &[]).stdin(Stdio::piped()).spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("its input is a pipe");
        stdin.write_all(input.as_bytes()).await.expect("it reads its input");
        drop(stdin);
        Ended::from(child.wait_with_output().await.expect("the program ends"))
    }
}

/// The program while it runs. It is killed when this is dropped.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn process(&self) -> u32 {
        self.0.id().expect("it still runs")
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let process = i32::try_from(self.process()).expect("a process id");
        kill(Pid::from_raw(process), signal).expect("it can be told");
    }

    pub(crate) async fn end(self) -> Ended {
        let output = tokio::time::timeout(PATIENCE, self.0.wait_with_output()).await;
        Ended::from(output.expect("it ends in time").expect("it ends"))
    }
}

/// Waits until something is so that the program or the sandbox brings about.
pub(crate) async fn wait_until(it_is_so: impl Fn() -> bool) {
    let watch = async {
        while !it_is_so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, watch).await.expect("it is so in time");
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("the program writes UTF-8");
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// A file of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// A job file of numbered accounts, `lab0` and so on; their passwords are [`password`] and [`jess_password`].
pub(crate) fn job(service: &str, limits: &str, accounts: usize) -> String {
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

pub(crate) fn password(number: usize) -> String {
    format!("ensims-secret-{number}")
}

pub(crate) fn jess_password(number: usize) -> String {
    format!("jess-secret-{number}")
}

/// A sandbox that knows so many accounts of [`job`].
pub(crate) fn sandbox_of(accounts: usize) -> SandboxBuilder {
    (0..accounts).fold(Sandbox::builder(), |builder, number| {
        builder
            .account(Account::new(format!("lab{number}@uni.example"), password(number)))
            .jess_user(JessUser::new(format!("jess{number}"), jess_password(number)))
    })
}

/// A word of each account of a report, such as its `outcome`.
pub(crate) fn words<'a>(report: &'a Value, field: &str) -> Vec<&'a str> {
    let accounts = report["accounts"].as_array().expect("a list of accounts");
    accounts.iter().map(|account| account[field].as_str().unwrap_or("-")).collect()
}

pub(crate) fn outcomes(report: &Value) -> Vec<&str> {
    words(report, "outcome")
}
