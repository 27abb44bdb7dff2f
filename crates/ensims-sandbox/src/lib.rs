//! A stand-in for the ENSIMS web service and its JESS API, in memory, with scripted faults.
//!
//! It is a real HTTP server on loopback, for tests of programs that talk to the service and for rehearsals
//! without it. It answers with the documented bodies, breaks on request, and tells what it saw.
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
//! // The first log-on of anyone meets a 503; Sam's first update is done, but its answer never arrives whole.
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
//! Where the documents of the service are silent, the sandbox does what is gentlest; the crate's README lists
//! these guesses. It keeps no request body and no password that it was sent, and it listens on loopback only.

mod answers;
mod cookie;
mod distort;
mod faults;
mod intercept;
mod operation;
mod routes;
mod sandbox;
mod seen;
mod server;
mod shared;
mod tls;
mod world;

pub use faults::{Fault, Target};
pub use operation::Operation;
pub use sandbox::{Sandbox, SandboxBuilder};
pub use seen::{Seen, SeenRequest};
pub use world::{Account, JessUser};

/// Keeps the README's example true.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
