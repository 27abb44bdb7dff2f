//! Acceptance tests: the built program, from its command line to what the service saw.

mod documented_clients;
mod faults;
mod job_files;
mod pace;
mod program;
mod prom_report;
mod readme;
mod secrets;
mod stories;
mod texts;
