//! The runner of jess-batch, as a library so that its parts can be tested, fuzzed and measured.
//!
//! The program is the product: this library's API is not stable and may change in any version. Other programs should
//! use the crate `ensims-client`.
//!
//! The modules are in the order in which they build on each other: each uses only modules above it.

#![expect(clippy::must_use_candidate, reason = "no caller outside this project forgets a result")]

pub mod platform;

pub mod diagnostics;

pub mod secret;

pub mod roster;

pub mod remedies;

pub mod job;

pub mod outcome;

pub mod batch;

pub mod state;

pub mod report;

pub mod console;

pub mod cli;

pub mod commands;
