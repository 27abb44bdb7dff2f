//! The table of all accounts.

use super::shown;
use super::state::State;
use super::time::span;
use crate::outcome::AccountResult;

/// A line of the table.
pub(super) struct Row {
    pub(super) number: usize,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) jess_username: String,
    pub(super) state: State,
    pub(super) phrase: String,
    pub(super) duration_ms: u64,
    pub(super) duration: String,
}

impl Row {
    pub(super) fn of(account: &AccountResult) -> Self {
        let state = State::of(account);
        let phrase = match state {
            State::Ready | State::ReadyBefore | State::DoneBefore | State::LeftOut => {
                state.words().to_owned()
            }
            _ => account.phrase(),
        };
        Self {
            number: account.index.saturating_add(1),
            name: shown(&account.name),
            email: shown(&account.email),
            jess_username: shown(&account.jess_username),
            state,
            phrase,
            duration_ms: account.duration_ms,
            duration: if account.requests == 0 { "–".to_owned() } else { span(account.duration_ms) },
        }
    }
}
