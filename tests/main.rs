//! Acceptance tests: the built program, from its command line to what the service saw.

mod documented_clients;
mod faults;
mod job_files;
mod killed;
mod lock;
mod logs;
mod nights;
mod pace;
mod program;
mod prom_report;
mod quiet;
mod readme;
mod report_command;
mod report_formats;
mod resume;
mod scheduling;
mod secrets;
mod service_down;
mod state;
mod status;
mod stories;
mod terminal;
mod texts;
mod when_invalid;
