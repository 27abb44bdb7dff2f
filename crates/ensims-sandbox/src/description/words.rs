//! What `openapi.json` says in words.

use crate::operation::Operation;

pub(super) const ABOUT: &str = "The part of the ENSIMS web service that has to do with accounts and JESS sessions: the whole log-on \
of the Users API, and the session, account and usage of the JESS API. Simulations, files and mail are not described.

It was made from public documentation (the jEPlus wiki, whose pages are named here as `docs:users:…` and `docs:jess:…`), from \
answers recorded in the official notebooks, and from public client programs. It has never been compared with the live service, \
and its makers have nothing to do with ENSIMS.

`x-basis` says how well something is known. Of an answer it is about the HTTP code, of an example about the body:

- `documented`: the public documentation says so;
- `recorded`: an official notebook shows it;
- `inferred`: it follows from the other two;
- `guess`: nothing is known, and a sandbox does this;
- `sandbox`: only a sandbox has it.

`x-unknown` lists questions about an operation that nothing public answers. Whatever is not described here, such as a 429 or a 503, \
can happen as at any service on the Internet. A sandbox answers 413 to a body of more than 64 kB.

Do not test the live service with programs that make requests from this description: nobody outside ENSIMS knows whether wrong \
passwords lock an account.";

pub(super) const TOKEN: &str = "A JSON Web Token from the `Set-Cookie` of a log-on, a check-in or a confirmation. Treat it as opaque. Two published \
tokens are valid for 24 hours. Send exactly one cookie with this name.";

pub(super) const OTHER_LOG_ON: &str = "Only the summary table `docs:users:start` has this path, and no published client uses it. Use `/users/api/auth`.";

/// The `operationId` of an operation, its summary and its description.
pub(super) fn words(operation: Operation) -> [&'static str; 3] {
    match operation {
        Operation::UsersInfo => ["usersInfo", "Version of the Users API", "Needs no token."],
        Operation::LogOn => [
            "logOn",
            "Log on",
            "Opens a session of an ENSIMS account (`docs:users:log_on`). The token comes as a cookie, not in the body.",
        ],
        Operation::CheckIn => [
            "checkIn",
            "Check in",
            "Checks the token and replaces it (`docs:users:check_in`). Send no body; some clients send `{}` or `\"\"`.",
        ],
        Operation::Confirm => [
            "confirm",
            "Confirm a credential",
            "Checks that an e-mail address and a password belong to the account of the token (`docs:users:confirm`).",
        ],
        Operation::LogOff => [
            "logOff",
            "Log off",
            "Ends the session (`docs:users:log_off`). The documentation prints a longer and a shorter answer.",
        ],
        Operation::User => ["user", "Record of the ENSIMS account", "See `docs:users:get_user`."],
        Operation::JessInfo => ["jessInfo", "Version of the JESS API", "Needs no token."],
        Operation::UpdateJessSession => [
            "updateJessSession",
            "Update the JESS session",
            "Links a JESS account to the ENSIMS account, or gives a linked one a new session key \
            (`docs:jess:upd_session`). The key stays on the server.",
        ],
        Operation::JessSession => [
            "jessSession",
            "Check the JESS session",
            "Says whether the JESS session key is valid (`docs:jess:chk_session`).",
        ],
        Operation::JessAccount => {
            ["jessAccount", "Record of the linked JESS account", "See `docs:jess:acc_info`."]
        }
        Operation::JessUsage => {
            ["jessUsage", "Usage of the linked JESS account", "See `docs:jess:usage_info`."]
        }
    }
}

/// The questions about an operation that nothing public answers.
pub(super) fn unknown(operation: Operation) -> &'static [&'static str] {
    match operation {
        Operation::UsersInfo | Operation::JessInfo => &[],
        Operation::LogOn => &[
            "The HTTP code of a refusal.",
            "What a malformed request gets.",
            "What a locked or unconfirmed account gets, and whether several wrong passwords lock one.",
            "Whether requests are limited.",
        ],
        Operation::CheckIn => &["Whether the old token stays valid."],
        Operation::Confirm => &[
            "The HTTP code of a refusal.",
            "What a malformed request gets.",
            "Whether a wrong password gets the same words as another account's e-mail address.",
        ],
        Operation::LogOff => &["Whether the token is refused afterwards."],
        Operation::User => &["`jess_user` of an account without a link."],
        Operation::UpdateJessSession => &[
            "The HTTP code of a refusal.",
            "What a malformed request gets.",
            "Whether a refused update removes the present link.",
            "Whether a suspended JESS account is accepted.",
            "Whether several wrong passwords lock an account.",
        ],
        Operation::JessSession => {
            &["The answer without a link, with a lapsed key or after a change of the JESS password."]
        }
        Operation::JessAccount => &["The answer without a link."],
        Operation::JessUsage => &["The answer without a link.", "The units."],
    }
}

/// What the cookie of an answer is, if it has one.
pub(super) fn cookie(operation: Operation) -> Option<&'static str> {
    match operation {
        Operation::LogOn | Operation::CheckIn | Operation::Confirm => Some(
            "The token: `session_token=<JWT>`, then attributes, which are unknown. Refusals come without it.",
        ),
        Operation::LogOff => {
            Some("A \"void\" token. Whether that is an empty value, a date in the past or both is unknown.")
        }
        _ => None,
    }
}
