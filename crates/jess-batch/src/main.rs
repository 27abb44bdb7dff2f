//! `jess-batch`: updates the JESS sessions of many ENSIMS accounts from a job file.

use std::process::ExitCode;

fn main() -> ExitCode {
    jess_batch::commands::main().into()
}
