//! One short file for each command.

mod check;
mod help;
mod init;
mod keeping;
mod load;
mod log;
mod passwords;
mod proxy;
mod rehearsal;
mod report;
mod run;
mod runtime;
mod sandbox;
mod service;
mod signals;
mod status;

pub(crate) use check::check;
pub(crate) use help::{completions, man, schema};
pub(crate) use init::init;
pub(crate) use report::report;
pub(crate) use run::run;
pub(crate) use sandbox::sandbox;
pub(crate) use status::status;
