//! A typed async client of the ENSIMS web service and its JESS simulation API.
//!
//! A person has two accounts: an ENSIMS account (e-mail and password) and a JESS account (another user
//! name and password). [`Client::log_on`] opens a [`Session`] of the ENSIMS account;
//! [`Session::update_jess_session`] hands the JESS credential over, after which the account can simulate.
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
//! let mut session = client.log_on(&me).await?;
//!
//! let jess = JessCredential::new("jess-sam", "jess password")?;
//! session.update_jess_session(&jess).await?;
//! assert_eq!(session.jess_session().await?, JessSession::Valid);
//! # Ok(())
//! # }
//! ```
//!
//! What this crate leaves to its caller, on purpose: it never prints, waits or retries ([`Error::is_transient`]
//! and [`Error::retry_after`] say what is worth another try), and it reads neither files nor the environment
//! (the proxy variables included; the system's certificates are read by the TLS library).

mod answer;
mod client;
mod credential;
mod error;
mod operation;
mod records;
mod service;
mod session;
mod token;
mod transport;

pub use client::{Client, ClientBuilder, DEFAULT_CONNECT_TIMEOUT, DEFAULT_TIMEOUT, MAX_ANSWER_BYTES};
pub use credential::{EnsimsCredential, JessCredential};
pub use error::{Api, Error};
pub use records::{Identity, JessAccount, JessUsage, UserRecord, VersionInfo};
pub use secrecy::{ExposeSecret, SecretString};
pub use service::{DEFAULT_ADDRESS, DEFAULT_JESS_PATH, DEFAULT_LOGON_PATH, DEFAULT_USERS_PATH, Service};
pub use session::{JessSession, LastAnswer, Session};
pub use token::SessionToken;

/// Keeps the README's example true.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
