//! Logs on, updates the JESS session and verifies it.
//!
//! Without an argument it uses a sandbox of its own. With an address it uses that service, and reads the
//! credentials from the environment variables `ENSIMS_EMAIL`, `ENSIMS_PASSWORD`, `JESS_USERNAME` and
//! `JESS_PASSWORD`. Passwords are not arguments, because every user of a machine can see its command lines.
//!
//! ```text
//! cargo run -p ensims-client --example update_session
//! cargo run -p ensims-client --example update_session -- https://ensims.uni.example
//! ```
#![expect(clippy::print_stdout, reason = "an example shows what it did")]
#![expect(clippy::disallowed_methods, reason = "the environment belongs to the program, not to the library")]

use std::env;
use std::error::Error;

use ensims_client::{Answer, Client, EnsimsCredential, JessCredential, JessSession, Service};
use ensims_sandbox::{Account, JessUser, Sandbox};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    if let Some(address) = env::args().nth(1) {
        let ensims = EnsimsCredential::new(variable("ENSIMS_EMAIL")?, variable("ENSIMS_PASSWORD")?)?;
        let jess = JessCredential::new(variable("JESS_USERNAME")?, variable("JESS_PASSWORD")?)?;
        return update(&address, &ensims, &jess).await;
    }
    let sandbox = Sandbox::builder()
        .account(Account::new("sam@example.org", "ensims password"))
        .jess_user(JessUser::new("jess-sam", "jess password"))
        .start()
        .await?;
    let ensims = EnsimsCredential::new("sam@example.org", "ensims password")?;
    let jess = JessCredential::new("jess-sam", "jess password")?;
    update(&sandbox.url(), &ensims, &jess).await
}

async fn update(
    address: &str,
    ensims: &EnsimsCredential,
    jess: &JessCredential,
) -> Result<(), Box<dyn Error>> {
    let client = Client::builder(Service::new(address)?).build()?;

    let mut session = client.log_on(ensims).await?.value;
    println!("logged on as {}", ensims.email());

    let updated = session.update_jess_session(jess).await?;
    println!("updated: {}", words(&updated));

    let checked = session.jess_session().await?;
    if checked.value == JessSession::NotValid {
        return Err(format!("not valid: {}", words(&checked)).into());
    }
    println!("verified: {}", words(&checked));

    let account = session.jess_account().await?.value;
    println!("JESS user: {}", account.username.as_deref().unwrap_or("(unknown)"));
    Ok(())
}

/// The service's own words, in quotes and with control characters escaped.
fn words<T>(answer: &Answer<T>) -> String {
    answer.message.as_ref().map_or_else(|| "(no words)".to_owned(), |message| format!("{message:?}"))
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("the environment variable {name} is not set"))
}
