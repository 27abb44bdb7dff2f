//! One short file for each command: wiring, no decisions.

mod check;
mod connect;
mod error;
mod help;
mod init;
mod load;
mod log;
mod main;
mod passwords;
mod print;
mod proxy;
mod rehearsal;
mod report;
mod rerun;
mod roster_name;
mod run;
mod runtime;
mod sandbox;
mod signals;
mod status;
mod write_reports;

pub use main::main;
