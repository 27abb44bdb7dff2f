//! One short file for each command: wiring, no decisions.

mod check;
mod connect;
mod demo;
mod error;
mod finish;
mod help;
mod init;
mod load;
mod main;
mod open;
mod rehearsal;
mod report;
mod rerun;
mod run;
mod runtime;
mod sandbox;
mod status;

pub use main::main;
