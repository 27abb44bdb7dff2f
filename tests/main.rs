//! Acceptance tests: the built program, from its command line to what the service saw.

mod job_files;
mod program;
mod readme;
mod secrets;
mod stories;
mod texts;
