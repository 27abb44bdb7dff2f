//! Acceptance tests: the built program, from its command line to what the service saw.

mod documented_clients;
mod faults;
mod job_files;
mod logs;
mod pace;
mod program;
mod prom_report;
mod readme;
mod report_command;
mod report_formats;
mod scheduling;
mod secrets;
mod stories;
mod terminal;
mod texts;
