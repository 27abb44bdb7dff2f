//! Whole runs of accounts against a scripted connection, under paused time and without sockets.

use std::cell::RefCell;
use std::collections::VecDeque;

use ensims_client::{Answer, Api, EnsimsCredential, JessCredential, SecretString};
use futures::join;

use super::super::event::Listener;
use super::super::stop::Stop;
use super::*;
use crate::job::{Limits, ListedIn, Rate, Verify};
use crate::outcome::{FailureKind, NotReady};
use crate::platform::Signal;
use crate::secret::{Masking, SecretSource};

const LATENCY: Duration = Duration::from_millis(50);
const UPDATE: Goal = Goal::Update { when: Update::Always, verify: Verify::None };

/// A request of the script, and what the service answers.
type Scene = (Step, Result<Answer<Finding>, Error>);

/// The answers of the service to one account, in order, and what was sent.
struct Script {
    answers: RefCell<VecDeque<Scene>>,
    /// Each request with its time since the start, in milliseconds.
    sent: RefCell<Vec<(Step, u64)>>,
    started: Instant,
    token: SecretString,
}

struct Scripted<'a>(&'a Script);

impl Script {
    fn new(answers: impl IntoIterator<Item = Scene>) -> Self {
        let answers = RefCell::new(answers.into_iter().collect());
        Self { answers, sent: RefCell::default(), started: Instant::now(), token: "token-1".into() }
    }
}

impl Connection for Scripted<'_> {
    async fn send(&mut self, step: Step) -> Result<Answer<Finding>, Error> {
        self.0.sent.borrow_mut().push((step, millis(self.0.started.elapsed())));
        tokio::time::sleep(LATENCY).await;
        let next = self.0.answers.borrow_mut().pop_front();
        let (expected, answer) = next.expect("the script has an answer for every request");
        assert_eq!(step, expected);
        answer
    }

    fn token(&self) -> Option<&SecretString> {
        Some(&self.0.token)
    }
}

fn ok(step: Step, finding: Finding) -> Scene {
    (step, Ok(Answer::new(finding, Some("fine".to_owned()), 200)))
}

fn logged_on() -> Scene {
    ok(Step::LogOn, Finding::LoggedOn)
}

fn updated() -> Scene {
    ok(Step::Update, Finding::Updated)
}

fn refused(step: Step, by: Api) -> Scene {
    let message = Some("no match for first-password".to_owned());
    (step, Err(Error::Refused { by, message, http_status: 200 }))
}

fn unauthorized(step: Step) -> Scene {
    (step, Err(Error::Unauthorized))
}

fn http(step: Step, http_status: u16, retry_after: Option<u64>) -> Scene {
    let retry_after = retry_after.map(Duration::from_secs);
    (step, Err(Error::Http { http_status, message: None, retry_after }))
}

fn context<'a>(goal: Goal, stop: &'a Stop, listener: &'a Listener<'a>) -> Context<'a> {
    let budget = Duration::from_mins(1);
    let limits = Limits { rate: Rate::Unlimited, attempts: 3, budget, ..Limits::default() };
    Context::new(&limits, goal, None, stop, listener, Masking::new([]))
}

fn account(name: &str) -> Account {
    let credentials = Credentials {
        ensims: EnsimsCredential::new(format!("{name}@uni.example"), "first-password").expect("a credential"),
        jess: JessCredential::new("jess-lab", "second-password").expect("a credential"),
    };
    Account {
        name: name.to_owned(),
        email: format!("{name}@uni.example"),
        jess_username: "jess-lab".to_owned(),
        listed_in: ListedIn::JobFile,
        ensims_source: SecretSource::JobFile,
        jess_source: SecretSource::JobFile,
        jess_credential: 0,
        shares_jess_credential: true,
        credentials: Some(credentials),
    }
}

async fn run(
    context: &Context<'_>,
    account: &Account,
    credential: &SharedCredential,
    script: &Script,
) -> AccountResult {
    let own = account.credentials.as_ref().expect("the account is selected");
    AccountRun::new(context, 0, account, own, credential, Scripted(script)).run().await
}

/// The result of one account whose service follows the script.
async fn run_alone(goal: Goal, script: &Script) -> AccountResult {
    let (stop, ada) = (Stop::default(), account("ada"));
    run(&context(goal, &stop, &|_| ()), &ada, &SharedCredential::default(), script).await
}

#[tokio::test(start_paused = true)]
async fn refused_log_on_is_final_and_its_words_are_redacted() {
    let script = Script::new([refused(Step::LogOn, Api::Ensims)]);
    let result = run_alone(UPDATE, &script).await;
    assert_eq!(result.outcome, Outcome::Refused { refused_by: Api::Ensims });
    assert_eq!(result.service_message.as_deref(), Some("no match for [password]"));
    assert_eq!(script.sent.borrow()[..], [(Step::LogOn, 0)]);
}

#[tokio::test(start_paused = true)]
async fn unauthorized_update_logs_on_again_and_repeats_once() {
    let script = Script::new([logged_on(), unauthorized(Step::Update), logged_on(), updated()]);
    assert_eq!(run_alone(UPDATE, &script).await.outcome, Outcome::Updated);

    let script =
        Script::new([logged_on(), unauthorized(Step::Update), logged_on(), unauthorized(Step::Update)]);
    let result = run_alone(UPDATE, &script).await;
    assert_eq!(result.outcome, Outcome::Failed { error: FailureKind::Unauthorized });
    assert_eq!(result.detail.as_deref(), Some("update: HTTP status 401, even after a second log-on"));
}

#[tokio::test(start_paused = true)]
async fn unauthorized_check_after_second_log_on_is_not_valid() {
    let no_session = [unauthorized(Step::CheckSession), logged_on(), unauthorized(Step::CheckSession)];
    let script = Script::new([logged_on()].into_iter().chain(no_session.clone()).chain([updated()]));
    let when_invalid = Goal::Update { when: Update::WhenInvalid, verify: Verify::None };
    assert_eq!(run_alone(when_invalid, &script).await.outcome, Outcome::Updated);

    let rest = [unauthorized(Step::CheckAccount), ok(Step::CheckUsage, Finding::Usage(Vec::new()))];
    let script = Script::new([logged_on()].into_iter().chain(no_session).chain(rest));
    let result = run_alone(Goal::Check, &script).await;
    assert_eq!(result.outcome, Outcome::Checked);
    assert_eq!(result.readiness, Readiness::NotReady(vec![NotReady::SessionNotValid]));
}

#[tokio::test(start_paused = true)]
async fn refused_shared_credential_is_not_sent_for_the_second() {
    let (stop, credential) = (Stop::default(), SharedCredential::default());
    let context = context(UPDATE, &stop, &|_| ());
    let (ada, ben) = (account("ada"), account("ben"));
    let of_ada = Script::new([logged_on(), refused(Step::Update, Api::Jess)]);
    let of_ben = Script::new([logged_on()]);
    let (first, second) =
        join!(run(&context, &ada, &credential, &of_ada), run(&context, &ben, &credential, &of_ben));
    assert_eq!(first.detail.as_deref(), Some("update: refused"));
    assert_eq!(second.outcome, Outcome::Refused { refused_by: Api::Jess });
    assert_eq!(second.same_credential_as.as_deref(), Some("ada"));
    assert_eq!((second.requests, second.budget_used_ms), (1, 50), "the wait for ada costs no budget");

    // From now on not even a log-on is needed to know it.
    let third = run(&context, &account("cem"), &credential, &Script::new([])).await;
    assert_eq!((third.requests, third.same_credential_as.as_deref()), (0, Some("ada")));
}

#[tokio::test(start_paused = true)]
async fn accepted_shared_credential_lets_the_others_go_at_once() {
    let (stop, credential) = (Stop::default(), SharedCredential::default());
    let context = context(UPDATE, &stop, &|_| ());
    let accounts = ["ada", "ben", "cem"].map(account);
    let scripts = [(); 3].map(|()| Script::new([logged_on(), updated()]));
    let (_, second, third) = join!(
        run(&context, &accounts[0], &credential, &scripts[0]),
        run(&context, &accounts[1], &credential, &scripts[1]),
        run(&context, &accounts[2], &credential, &scripts[2]),
    );
    assert_eq!((second.duration_ms, third.duration_ms), (150, 150), "ben and cem update at the same time");
}

#[tokio::test(start_paused = true)]
async fn transient_error_is_retried_until_attempts_run_out() {
    let busy = || http(Step::LogOn, 503, None);
    let script = Script::new([busy(), busy(), logged_on(), updated()]);
    let result = run_alone(UPDATE, &script).await;
    assert_eq!((&result.outcome, result.steps[0].attempts), (&Outcome::Updated, 3));
    assert!(result.waited_ms <= 500 + 1000, "{} ms", result.waited_ms);

    let result = run_alone(UPDATE, &Script::new([busy(), busy(), busy()])).await;
    assert_eq!(result.outcome, Outcome::Failed { error: FailureKind::Http });
    assert_eq!(result.detail.as_deref(), Some("log-on: HTTP status 503 (tried 3 times)"));
}

#[tokio::test(start_paused = true)]
async fn retry_after_holds_every_account() {
    let (stop, credential) = (Stop::default(), SharedCredential::default());
    let context = context(UPDATE, &stop, &|_| ());
    let (ada, ben) = (account("ada"), account("ben"));
    let of_ada = Script::new([http(Step::LogOn, 429, Some(3)), logged_on(), updated()]);
    let of_ben = Script::new([logged_on(), updated()]);
    let late = async {
        tokio::time::sleep(2 * LATENCY).await;
        run(&context, &ben, &credential, &of_ben).await
    };
    let (first, second) = join!(run(&context, &ada, &credential, &of_ada), late);
    assert_eq!([first.outcome, second.outcome], [Outcome::Updated, Outcome::Updated]);
    assert_eq!(of_ben.sent.borrow()[0], (Step::LogOn, 3050));
}

#[tokio::test(start_paused = true)]
async fn hold_longer_than_the_policy_ends_the_account() {
    let (stop, credential) = (Stop::default(), SharedCredential::default());
    let context = context(UPDATE, &stop, &|_| ());
    let script = Script::new([http(Step::LogOn, 503, Some(3600))]);
    let first = run(&context, &account("ada"), &credential, &script).await;
    let detail = "log-on: HTTP status 503 (the service asked for a pause of 3600 s)";
    assert_eq!(first.detail.as_deref(), Some(detail));
    let second = run(&context, &account("ben"), &credential, &Script::new([])).await;
    let detail = "log-on: not sent; the service asked for a pause of 3600 s";
    assert_eq!((second.detail.as_deref(), second.requests), (Some(detail), 0));
}

#[tokio::test(start_paused = true)]
async fn failed_verification_leaves_the_outcome_updated() {
    let verify = Goal::Update { when: Update::Always, verify: Verify::Account };
    let script = Script::new([logged_on(), updated(), http(Step::VerifySession, 404, None)]);
    let result = run_alone(verify, &script).await;
    assert_eq!((&result.outcome, &result.readiness), (&Outcome::Updated, &Readiness::Unknown));
    assert_eq!(result.detail.as_deref(), Some("verify-session: HTTP status 404"));
    assert!(!result.is_good());
}

#[tokio::test(start_paused = true)]
async fn signal_lets_a_request_end_and_stops_a_retry() {
    let (stop, credential, ada) = (Stop::default(), SharedCredential::default(), account("ada"));
    let context = context(UPDATE, &stop, &|_| ());
    let script = Script::new([logged_on(), updated()]);
    let signal = async {
        tokio::time::sleep(LATENCY / 2).await;
        stop.request(Signal::Interrupt);
    };
    let (result, ()) = join!(run(&context, &ada, &credential, &script), signal);
    assert_eq!(result.outcome, Outcome::Updated, "what needs no wait still goes on");

    let script = Script::new([http(Step::LogOn, 503, None)]);
    let result = run(&context, &ada, &credential, &script).await;
    assert_eq!(result.outcome, Outcome::Stopped { reason: StopReason::Interrupted });
    assert_eq!(result.detail.as_deref(), Some("log-on: interrupted before it was done"));
}

#[tokio::test(start_paused = true)]
async fn request_without_answer_is_dropped_after_the_grace_period() {
    /// Never answers.
    struct Silent;
    impl Connection for Silent {
        async fn send(&mut self, _: Step) -> Result<Answer<Finding>, Error> {
            std::future::pending().await
        }

        fn token(&self) -> Option<&SecretString> {
            None
        }
    }
    let (stop, credential, ada) = (Stop::default(), SharedCredential::default(), account("ada"));
    stop.request(Signal::Terminate);
    let context = context(UPDATE, &stop, &|_| ());
    let own = ada.credentials.as_ref().expect("the account is selected");
    let result = AccountRun::new(&context, 0, &ada, own, &credential, Silent).run().await;
    assert_eq!(result.outcome, Outcome::Stopped { reason: StopReason::Interrupted });
    assert_eq!(result.duration_ms, 10_000);
}

#[tokio::test(start_paused = true)]
async fn session_without_a_token_is_not_called_a_401() {
    /// Accepts every log-on, and clears the token at once.
    struct Tokenless;
    impl Connection for Tokenless {
        async fn send(&mut self, _: Step) -> Result<Answer<Finding>, Error> {
            Ok(Answer::new(Finding::LoggedOn, None, 200))
        }

        fn token(&self) -> Option<&SecretString> {
            None
        }
    }
    let (stop, credential, ada) = (Stop::default(), SharedCredential::default(), account("ada"));
    let context = context(UPDATE, &stop, &|_| ());
    let own = ada.credentials.as_ref().expect("the account is selected");
    let result = AccountRun::new(&context, 0, &ada, own, &credential, Tokenless).run().await;
    assert_eq!(result.outcome, Outcome::Failed { error: FailureKind::Unauthorized });
    let detail = "update: not sent; the service cleared its session token, even after a second log-on";
    assert_eq!((result.detail.as_deref(), result.requests), (Some(detail), 2));
}
