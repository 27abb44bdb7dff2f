//! Running the built program, as a person would.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use ensims_sandbox::{Account, JessUser, Sandbox, SandboxBuilder};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

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

    /// Writes a file and gives back its name.
    pub(crate) fn file<'a>(&self, name: &'a str, text: &str) -> &'a str {
        std::fs::write(self.path(name), text).expect("a file can be written");
        name
    }

    pub(crate) fn report(&self, name: &str) -> Value {
        let text = std::fs::read(self.path(name)).expect("the report is there");
        serde_json::from_slice(&text).expect("the report is JSON")
    }

    /// The program, ready to start, with an environment of its home, which is this folder, and the given variables.
    pub(crate) fn command(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jess-batch"));
        command
            .args(arguments)
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

/// A sandbox with the accounts of [`job`].
pub(crate) fn sandbox_of(accounts: usize) -> SandboxBuilder {
    (0..accounts).fold(Sandbox::builder(), |builder, number| {
        builder
            .account(Account::new(format!("lab{number}@uni.example"), password(number)))
            .jess_user(JessUser::new(format!("jess{number}"), jess_password(number)))
    })
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
