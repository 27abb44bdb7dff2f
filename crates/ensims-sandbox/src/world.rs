//! The service's memory (accounts, tokens, JESS users, links) and its rules.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::account::{Account, JessUser};
use crate::cookie;

/// The key of an account: its e-mail address in lower case.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct AccountKey(String);

impl AccountKey {
    pub(crate) fn new(email: &str) -> Self {
        Self(email.to_lowercase())
    }
}

/// What answers contain about an account.
pub(crate) struct Identity {
    pub(crate) email: String,
    pub(crate) nickname: String,
}

/// What answers contain about the linked JESS user.
pub(crate) struct LinkedJessUser {
    pub(crate) number: usize,
    pub(crate) username: String,
    pub(crate) suspended: bool,
}

/// The sandbox does not know the account or JESS user that was named.
pub(crate) struct Unknown(pub(crate) String);

struct AccountRecord {
    account: Account,
    link: Option<Link>,
    /// Incremented to expire all tokens: a token is valid only in the generation it was issued in.
    generation: u64,
}

struct JessRecord {
    user: JessUser,
    number: usize,
    /// Incremented with each new password: a session key of an older version is not valid.
    password_version: u64,
}

struct Link {
    jess_username: String,
    password_version: u64,
    lapsed: bool,
}

struct TokenRecord {
    account: AccountKey,
    generation: u64,
    /// `None` if it is later than the clock can represent.
    expires: Option<Instant>,
    revoked: bool,
}

/// Everything the service remembers.
pub(crate) struct World {
    token_life: Duration,
    accounts: HashMap<AccountKey, AccountRecord>,
    jess_users: HashMap<String, JessRecord>,
    tokens: HashMap<String, TokenRecord>,
}

impl World {
    pub(crate) fn new(token_life: Duration) -> Self {
        Self { token_life, accounts: HashMap::new(), jess_users: HashMap::new(), tokens: HashMap::new() }
    }

    /// Adds an account, or replaces the password and nickname of the one with this e-mail address.
    pub(crate) fn put_account(&mut self, account: Account) {
        let key = AccountKey::new(&account.email);
        if let Some(record) = self.accounts.get_mut(&key) {
            record.account = account;
        } else {
            self.accounts.insert(key, AccountRecord { account, link: None, generation: 0 });
        }
    }

    /// Adds a JESS user, or replaces the one with this name.
    pub(crate) fn put_jess_user(&mut self, user: JessUser) {
        let number = self.jess_users.len() + 1;
        if let Some(record) = self.jess_users.get_mut(&user.username) {
            record.password_version += u64::from(record.user.password != user.password);
            record.user = user;
        } else {
            let username = user.username.clone();
            self.jess_users.insert(username, JessRecord { user, number, password_version: 0 });
        }
    }

    pub(crate) fn suspend(&mut self, username: &str, suspended: bool) -> Result<(), Unknown> {
        self.jess_record(username)?.user.suspended = suspended;
        Ok(())
    }

    pub(crate) fn set_jess_password(&mut self, username: &str, password: &str) -> Result<(), Unknown> {
        let record = self.jess_record(username)?;
        password.clone_into(&mut record.user.password);
        record.password_version += 1;
        Ok(())
    }

    pub(crate) fn lapse_jess_session(&mut self, email: &str) -> Result<(), Unknown> {
        if let Some(link) = &mut self.account_record(email)?.link {
            link.lapsed = true;
        }
        Ok(())
    }

    pub(crate) fn expire_tokens(&mut self, email: &str) -> Result<(), Unknown> {
        self.account_record(email)?.generation += 1;
        Ok(())
    }

    pub(crate) fn link(&mut self, email: &str, username: &str) -> Result<(), Unknown> {
        let password_version = self.jess_record(username)?.password_version;
        self.account_record(email)?.link =
            Some(Link { jess_username: username.to_owned(), password_version, lapsed: false });
        Ok(())
    }

    fn account_record(&mut self, email: &str) -> Result<&mut AccountRecord, Unknown> {
        self.accounts
            .get_mut(&AccountKey::new(email))
            .ok_or_else(|| Unknown(format!("the sandbox has no account {email:?}")))
    }

    fn jess_record(&mut self, username: &str) -> Result<&mut JessRecord, Unknown> {
        self.jess_users
            .get_mut(username)
            .ok_or_else(|| Unknown(format!("the sandbox has no JESS user {username:?}")))
    }

    /// The account with this e-mail address and password. The case of the address does not matter (not documented,
    /// but usual).
    pub(crate) fn account_of_pair(&self, email: &str, password: &str) -> Option<AccountKey> {
        let key = AccountKey::new(email);
        let record = self.accounts.get(&key)?;
        (record.account.password == password).then_some(key)
    }

    /// The account that a valid token belongs to.
    pub(crate) fn bearer(&self, token: &str) -> Option<AccountKey> {
        let record = self.tokens.get(token)?;
        let valid = !record.revoked
            && record.expires.is_none_or(|expires| Instant::now() < expires)
            && record.generation == self.accounts.get(&record.account)?.generation;
        valid.then(|| record.account.clone())
    }

    /// The body of a log-on of the account with this e-mail address, and a token of it.
    pub(crate) fn impersonate(&mut self, email: &str) -> Option<(String, String)> {
        let key = AccountKey::new(email);
        let Account { email, password, .. } = &self.accounts.get(&key)?.account;
        let body = serde_json::json!({ "email": email, "password": password }).to_string();
        Some((body, self.issue_token(&key)))
    }

    /// The e-mail address that a token was issued to, even if the token is no longer valid.
    pub(crate) fn owner_of_token(&self, token: &str) -> Option<&str> {
        let record = self.tokens.get(token)?;
        Some(&self.accounts.get(&record.account)?.account.email)
    }

    /// The e-mail address in the account's own spelling.
    pub(crate) fn spelling<'a>(&'a self, email: &'a str) -> &'a str {
        self.accounts.get(&AccountKey::new(email)).map_or(email, |record| &record.account.email)
    }

    /// Issues a token. Older ones stay valid until they expire (not documented; the lenient guess).
    pub(crate) fn issue_token(&mut self, key: &AccountKey) -> String {
        let token = cookie::new_token();
        let generation = self.accounts.get(key).map_or(0, |record| record.generation);
        let expires = Instant::now().checked_add(self.token_life);
        let record = TokenRecord { account: key.clone(), generation, expires, revoked: false };
        self.tokens.insert(token.clone(), record);
        token
    }

    pub(crate) fn revoke_token(&mut self, token: &str) {
        if let Some(record) = self.tokens.get_mut(token) {
            record.revoked = true;
        }
    }

    pub(crate) fn identity(&self, key: &AccountKey) -> Identity {
        let account = &self.accounts[key].account;
        Identity { email: account.email.clone(), nickname: account.nickname.clone() }
    }

    /// Links an account to a JESS user, and returns whether the credential was accepted.
    ///
    /// Whether a suspended user is accepted, and whether a failed attempt removes an existing link, is not
    /// documented. Here a suspended user is accepted, and a failed attempt changes nothing.
    pub(crate) fn update_jess_session(&mut self, key: &AccountKey, username: &str, password: &str) -> bool {
        let Some(jess) = self.jess_users.get(username) else {
            return false;
        };
        if jess.user.password != password {
            return false;
        }
        let password_version = jess.password_version;
        if let Some(record) = self.accounts.get_mut(key) {
            let jess_username = username.to_owned();
            record.link = Some(Link { jess_username, password_version, lapsed: false });
        }
        true
    }

    /// Whether the account's JESS session key is valid. That of a suspended user is (not documented).
    pub(crate) fn jess_session_is_valid(&self, key: &AccountKey) -> bool {
        self.accounts.get(key).and_then(|record| record.link.as_ref()).is_some_and(|link| {
            let current = self.jess_users.get(&link.jess_username);
            !link.lapsed && current.is_some_and(|jess| jess.password_version == link.password_version)
        })
    }

    /// The linked JESS user, even if the key is no longer valid (not documented; the lenient guess).
    pub(crate) fn linked_jess_user(&self, key: &AccountKey) -> Option<LinkedJessUser> {
        let link = self.accounts.get(key)?.link.as_ref()?;
        let record = self.jess_users.get(&link.jess_username)?;
        Some(LinkedJessUser {
            number: record.number,
            username: record.user.username.clone(),
            suspended: record.user.suspended,
        })
    }
}
