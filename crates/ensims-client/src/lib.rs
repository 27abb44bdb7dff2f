//! A typed async client of the ENSIMS web service and its JESS simulation API.
//!
//! A person has two accounts: an ENSIMS account (e-mail address and password) and a JESS account (another user
//! name and password). [`Client::log_on`] opens a [`Session`] of the ENSIMS account;
//! [`Session::update_jess_session`] gives it the JESS credential, after which the account can run simulations.
//!
//! ```
//! use ensims_client::{Client, EnsimsCredential, JessCredential, JessSession, Service};
//! # use ensims_sandbox::{Account, JessUser, Sandbox};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = Sandbox::builder()
//! #     .account(Account::new("sam@example.org", "ensims password"))
//! #     .jess_user(JessUser::new("jess-sam", "jess password"))
//! #     .start()
//! #     .await?;
//! # let address = sandbox.url();
//! let client = Client::builder(Service::new(&address)?).build()?;
//!
//! let me = EnsimsCredential::new("sam@example.org", "ensims password")?;
//! let mut session = client.log_on(&me).await?.value;
//!
//! let jess = JessCredential::new("jess-sam", "jess password")?;
//! let updated = session.update_jess_session(&jess).await?;
//! assert_eq!(updated.message.as_deref(), Some("New JESS session key is assigned."));
//! assert_eq!(session.jess_session().await?.value, JessSession::Valid);
//! # Ok(())
//! # }
//! ```
//!
//! # What is left to the caller
//!
//! The crate never prints, sleeps or retries. [`Error::is_transient`] and [`Error::retry_after`] help to decide
//! whether and when to try again. It reads no files and no environment variables, so proxy variables have no effect
//! (see [`ClientBuilder::proxy`]); only the TLS library reads the certificates that the system trusts.
//!
//! Each request is logged as one [`tracing`] event at debug level: its method, path, status and duration.

mod answer;
mod api;
mod ca_bundle;
mod client;
mod credential;
mod envelope;
mod error;
mod failure;
mod operation;
mod records;
mod request_body;
mod retry_after;
mod service;
mod session;
mod token;
mod transport;

pub use answer::Answer;
pub use api::Api;
pub use client::{Client, ClientBuilder, DEFAULT_CONNECT_TIMEOUT, DEFAULT_TIMEOUT};
pub use credential::{EnsimsCredential, JessCredential};
pub use error::{Cause, Error};
pub use records::{Identity, JessAccount, JessUsage, UserRecord, VersionInfo};
pub use secrecy::{ExposeSecret, SecretString};
pub use service::{DEFAULT_ADDRESS, DEFAULT_JESS_PATH, DEFAULT_LOGON_PATH, DEFAULT_USERS_PATH, Service};
pub use session::{JessSession, Session};
pub use token::SessionToken;
pub use transport::MAX_ANSWER_BYTES;

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
