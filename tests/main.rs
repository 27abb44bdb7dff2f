//! Acceptance tests: the built program, from its command line to what the service saw.

mod asking;
mod documented_clients;
mod job_files;
mod logs;
mod passwords;
mod program;
mod prom_report;
mod readme;
mod roster;
mod scheduling;
mod secrets;
mod stories;
mod terminal;
mod texts;
