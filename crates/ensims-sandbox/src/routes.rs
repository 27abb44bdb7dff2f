//! The router and its handlers: one short function for each operation.

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, State};
use axum::middleware;
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use bytes::Bytes;
use http::request::Parts;

use crate::answers;
use crate::bodies::{EnsimsCredential, JessCredential};
use crate::cookie::token_in;
use crate::intercept::intercept;
use crate::lock::lock;
use crate::operation::{LOG_ON_ALIAS, Operation};
use crate::shared::Shared;
use crate::world::AccountKey;

/// The whole service and, unless it poses as the real one, its description. An unknown path is a 404, a wrong method a
/// 405.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let mut router = Router::new().route(LOG_ON_ALIAS, handler(Operation::LogOn));
    for operation in Operation::ALL {
        router = router.route(operation.path(), handler(operation));
    }
    if !shared.poses_as_service {
        router = router.route("/openapi.json", get(answers::description));
    }
    router.layer(middleware::from_fn_with_state(Arc::clone(&shared), intercept)).with_state(shared)
}

fn handler(operation: Operation) -> MethodRouter<Arc<Shared>> {
    match operation {
        Operation::UsersInfo => get(users_info),
        Operation::LogOn => post(log_on),
        Operation::CheckIn => post(check_in),
        Operation::Confirm => post(confirm),
        Operation::LogOff => post(log_off),
        Operation::User => get(user),
        Operation::JessInfo => get(jess_info),
        Operation::UpdateJessSession => post(update_jess_session),
        Operation::JessSession => get(jess_session),
        Operation::JessAccount => get(jess_account),
        Operation::JessUsage => get(jess_usage),
    }
}

/// The account of a request with a valid token. Without one the answer is a 401.
struct Bearer {
    account: AccountKey,
    token: String,
}

impl FromRequestParts<Arc<Shared>> for Bearer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Response> {
        let token = token_in(&parts.headers).ok_or_else(answers::unauthorized)?;
        let account = lock(&shared.world).bearer(token).ok_or_else(answers::unauthorized)?;
        Ok(Self { account, token: token.to_owned() })
    }
}

async fn users_info(State(shared): State<Arc<Shared>>) -> Response {
    answers::users_info(shared.poses_as_service)
}

async fn jess_info(State(shared): State<Arc<Shared>>) -> Response {
    answers::jess_info(shared.poses_as_service)
}

// The content type of a request is not checked (not documented; the lenient guess).
async fn log_on(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let Ok(pair) = serde_json::from_slice::<EnsimsCredential>(&body) else {
        return answers::malformed();
    };
    let mut world = lock(&shared.world);
    let Some(account) = world.account_of_pair(&pair.email, &pair.password) else {
        return answers::log_on_refused();
    };
    let token = world.issue_token(&account);
    answers::logged_on(&world.identity(&account), &token)
}

// Working clients send nothing, `{}` or `""` here, so the body is not checked.
async fn check_in(State(shared): State<Arc<Shared>>, bearer: Bearer) -> Response {
    let mut world = lock(&shared.world);
    let token = world.issue_token(&bearer.account);
    answers::checked_in(&world.identity(&bearer.account), &token)
}

async fn confirm(State(shared): State<Arc<Shared>>, bearer: Bearer, body: Bytes) -> Response {
    let Ok(pair) = serde_json::from_slice::<EnsimsCredential>(&body) else {
        return answers::malformed();
    };
    let mut world = lock(&shared.world);
    if world.account_of_pair(&pair.email, &pair.password).as_ref() != Some(&bearer.account) {
        return answers::not_confirmed();
    }
    let token = world.issue_token(&bearer.account);
    answers::confirmed(&world.identity(&bearer.account), &token)
}

// Whether the real service revokes the token is not documented. Here it does, as the name suggests.
async fn log_off(State(shared): State<Arc<Shared>>, bearer: Bearer) -> Response {
    lock(&shared.world).revoke_token(&bearer.token);
    answers::logged_off()
}

async fn user(State(shared): State<Arc<Shared>>, bearer: Bearer) -> Response {
    let world = lock(&shared.world);
    let jess = world.linked_jess_user(&bearer.account);
    answers::user(&world.identity(&bearer.account), jess.as_ref())
}

async fn update_jess_session(State(shared): State<Arc<Shared>>, bearer: Bearer, body: Bytes) -> Response {
    let Ok(pair) = serde_json::from_slice::<JessCredential>(&body) else {
        return answers::malformed();
    };
    if lock(&shared.world).update_jess_session(&bearer.account, &pair.jess_user, &pair.jess_pwd) {
        answers::jess_session_updated()
    } else {
        answers::jess_session_rejected()
    }
}

async fn jess_session(State(shared): State<Arc<Shared>>, bearer: Bearer) -> Response {
    if lock(&shared.world).jess_session_is_valid(&bearer.account) {
        answers::jess_session_valid()
    } else {
        answers::jess_session_not_valid()
    }
}

async fn jess_account(State(shared): State<Arc<Shared>>, bearer: Bearer) -> Response {
    let world = lock(&shared.world);
    match world.linked_jess_user(&bearer.account) {
        Some(jess) => answers::jess_account(&world.identity(&bearer.account), &jess),
        None => answers::jess_session_not_valid(),
    }
}

async fn jess_usage(State(shared): State<Arc<Shared>>, bearer: Bearer) -> Response {
    match lock(&shared.world).linked_jess_user(&bearer.account) {
        Some(jess) => answers::jess_usage(&jess),
        None => answers::jess_session_not_valid(),
    }
}
