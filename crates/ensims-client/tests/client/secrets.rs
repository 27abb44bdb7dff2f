//! No password and no token is in anything that can be printed or is logged.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use ensims_client::{Client, ExposeSecret, Service, SessionToken};
use ensims_sandbox::{Fault, Operation, Target};
use tracing::field::{Field, Visit};
use tracing::span;

use crate::{
    EMAIL, ENSIMS_PASSWORD, JESS_PASSWORD, answer, chain, client, ensims, jess, log_on, sandbox, token,
};

const PROXY_PASSWORD: &str = "proxy-password-3";

fn assert_clean(text: &str, token: &SessionToken) {
    for secret in [ENSIMS_PASSWORD, JESS_PASSWORD, PROXY_PASSWORD, token.secret().expose_secret()] {
        assert!(!text.contains(secret), "{secret:?} is in {text:?}");
    }
}

#[tokio::test]
async fn debug_of_every_type_hides_its_secret() {
    let sandbox = sandbox().await;
    let mut session = log_on(&sandbox).await;
    session.update_jess_session(&jess()).await.expect("an update");
    let token = session.token().expect("a token").clone();
    let builder = Client::builder(Service::new(&sandbox.url()).expect("a service"))
        .proxy(format!("http://user:{PROXY_PASSWORD}@127.0.0.1:9"));
    let proxied = builder.clone().build().expect("a client");
    let record = session.user().await.expect("a record");
    let things: [&dyn Debug; 8] =
        [&ensims(), &jess(), &token, &session, &builder, &proxied, &client(&sandbox.url()), &record];
    for thing in things {
        assert_clean(&format!("{thing:?} {thing:#?}"), &token);
    }
    let error = proxied.users_info().await.expect_err("no proxy is there");
    assert_clean(&format!("{error:?} {}", chain(&error)), &token);
}

#[test]
fn error_about_input_does_not_repeat_it() {
    let token = token("a.b.c.d");
    let errors = [
        Service::new(&format!("https://sam:{ENSIMS_PASSWORD}@uni.example")).expect_err("a password"),
        Service::new(&format!("https://uni.example/?{ENSIMS_PASSWORD}")).expect_err("a query"),
        Service::new(ENSIMS_PASSWORD).expect_err("no address"),
        SessionToken::new(format!("{ENSIMS_PASSWORD};")).expect_err("no token"),
        Client::builder(Service::new("https://uni.example").expect("a service"))
            .proxy(format!("ht tp://user:{PROXY_PASSWORD}@uni.example"))
            .build()
            .expect_err("no proxy"),
    ];
    for error in errors {
        assert_clean(&format!("{error} {error:?}"), &token);
    }
}

/// Some services repeat the request in their error pages.
#[tokio::test]
async fn error_of_an_echoing_answer_has_no_secret() {
    let sandbox = sandbox().await;
    let token = token("a.b.c.d");
    let echo = format!("{EMAIL} {ENSIMS_PASSWORD} {JESS_PASSWORD} {}", token.secret().expose_secret());
    let faults = [
        answer(200, &[], echo.clone()),
        answer(500, &[], echo.clone()),
        answer(200, &[], format!("<html>{echo}")),
        answer(404, &[], format!("<html>{echo}")),
        answer(200, &[], format!("{{\"{echo}\": 1}}")),
        answer(200, &[], format!("{{\"ok\": \"{echo}\"}}")),
        answer(200, &[], format!("{{\"ok\": true, \"data\": {{\"id\": \"{echo}\"}}}}")),
        answer(200, &[], format!("{{\"ok\": false, \"data\": \"{echo}\"}}")),
        Fault::Redirect(format!("/{}", token.secret().expose_secret())),
        Fault::ResetBefore,
    ];
    for fault in faults {
        sandbox.script(Target::Anyone, Operation::JessAccount, [fault]);
        let error =
            client(&sandbox.url()).resume(token.clone()).jess_account().await.expect_err("no account");
        assert_clean(&format!("{error:?} {error:#?} {}", chain(&error)), &token);
    }
}

/// Keeps the text of every event.
struct Logged(Arc<Mutex<String>>);

impl tracing::Subscriber for Logged {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        attributes.record(&mut Fields(&mut self.0.lock().expect("a log")));
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut Fields(&mut self.0.lock().expect("a log")));
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut Fields(&mut self.0.lock().expect("a log")));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, "{field}={value:?} ").expect("memory");
    }
}

#[tokio::test]
async fn log_has_the_path_and_no_secret() {
    let log = Arc::new(Mutex::new(String::new()));
    // A subscriber of one thread would miss the callsites that other threads have used before it, so this one is
    // for all threads. The log also has the requests of other tests, which send the same passwords.
    tracing::subscriber::set_global_default(Logged(Arc::clone(&log))).expect("the only subscriber");
    let sandbox = sandbox().await;
    let mut session = log_on(&sandbox).await;
    session.update_jess_session(&jess()).await.expect("an update");
    let log = log.lock().expect("a log");
    assert!(log.contains("/users/api/auth") && log.contains("/jess_web/api/session"), "{log}");
    assert_clean(&log, session.token().expect("a token"));
}
