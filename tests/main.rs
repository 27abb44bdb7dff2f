//! Acceptance tests: the built program, from its command line to what the service saw.

mod documented_clients;
mod job_files;
mod killed;
mod lock;
mod nights;
mod program;
mod prom_report;
mod quiet;
mod readme;
mod resume;
mod secrets;
mod service_down;
mod state;
mod status;
mod stories;
mod texts;
mod when_invalid;
