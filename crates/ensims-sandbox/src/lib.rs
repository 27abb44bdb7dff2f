//! A sandbox for clients of the ENSIMS web service and its JESS API: the service in memory, with scripted faults.
//!
//! It is a real HTTP server on loopback, for tests of programs that use the service and for rehearsals without it. It
//! sends the documented answers, fails on request, and records what it has seen.
//!
//! ```
//! use ensims_sandbox::{Account, Fault, JessUser, Operation, Sandbox, Target};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let sandbox = Sandbox::builder()
//!     .account(Account::new("sam@example.org", "ensims password"))
//!     .jess_user(JessUser::new("jess-sam", "jess password"))
//!     .start()
//!     .await?;
//!
//! // The first log-on of anyone gets a 503. Sam's first update is done, but its answer is cut off.
//! sandbox.script(Target::Anyone, Operation::LogOn, [Fault::retry_after(503, "1")]);
//! sandbox.script("sam@example.org".into(), Operation::UpdateJessSession, [Fault::ResetWithin]);
//!
//! // Here the program under test runs against `sandbox.url()`. Then:
//! let seen = sandbox.seen();
//! assert_eq!(seen.log_ons("sam@example.org"), 0);
//! assert_eq!(sandbox.jess_user_of("sam@example.org"), None);
//! # Ok(())
//! # }
//! ```
//!
//! Where the service's documents are silent, the sandbox is lenient; the crate's README lists these guesses. It keeps
//! no request body and no password that it was sent, and it listens on loopback only.

mod account;
mod answers;
mod bodies;
mod cookie;
#[cfg(test)]
mod description;
mod distort;
mod faults;
mod intercept;
mod lock;
mod openapi;
mod operation;
mod recorder;
mod reset;
mod routes;
mod sandbox;
mod script;
mod seen;
mod server;
mod shared;
mod tls;
mod world;

pub use account::{Account, JessUser};
pub use faults::{Fault, Target};
pub use openapi::OPENAPI;
pub use operation::Operation;
pub use sandbox::{Sandbox, SandboxBuilder};
pub use seen::{Seen, SeenRequest};

/// Runs the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
