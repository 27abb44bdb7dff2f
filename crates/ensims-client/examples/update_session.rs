//! Logs on, updates the JESS session and verifies it.
//!
//! Without an argument it runs against a sandbox of its own. With an address it runs against that service,
//! and takes the credentials from the variables `ENSIMS_EMAIL`, `ENSIMS_PASSWORD`, `JESS_USERNAME` and
//! `JESS_PASSWORD`: a command line is visible to every user of the machine, so passwords are not arguments.
//!
//! ```text
//! cargo run -p ensims-client --example update_session
//! cargo run -p ensims-client --example update_session -- https://ensims.uni.example
//! ```
#![expect(clippy::print_stdout, reason = "an example shows what it did")]

use std::env;
use std::error::Error;

use ensims_client::{Client, EnsimsCredential, JessCredential, JessSession, Service};
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

    let mut session = client.log_on(ensims).await?;
    println!("logged on as {}", ensims.email());

    session.update_jess_session(jess).await?;
    println!("updated: {}", session.last_answer().message);

    match session.jess_session().await? {
        JessSession::Valid => println!("verified: {}", session.last_answer().message),
        JessSession::NotValid { message } => return Err(format!("not valid: {message}").into()),
    }
    let account = session.jess_account().await?;
    println!("JESS user: {}", account.username.as_deref().unwrap_or("(not told)"));
    Ok(())
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("the environment variable {name} is not set"))
}
