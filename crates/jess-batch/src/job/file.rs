//! The job file as it is read: plain text and numbers, nothing checked yet.
//!
//! The comments on keys are what an editor shows about them, through the JSON Schema.
//!
//! Secrets and names are read as text and never as "any value": a detour through numbers would turn the
//! password `1e5` into `100000`.

use std::fmt;

use schemars::{JsonSchema, Schema};
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde_json::{Value, json};

use super::options::{DURATION_PATTERN, Update, Verify};
use super::paths::Format;
use crate::roster::{RosterKey, WrittenAccount, WrittenJess};
use crate::secret::SecretKeys;

/// The word for the embedded sandbox, in a job file and on the command line.
pub(super) const SANDBOX: &str = "sandbox";

/// Describes what jess-batch does, and for which accounts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Job file of jess-batch", extend("anyOf" = [{ "required": ["accounts"] }, { "required": ["roster"] }]))]
pub(super) struct JobFile {
    /// The version of the job file format: 1.
    #[schemars(range(min = 1, max = 1), extend("const" = 1))]
    pub(super) version: u64,
    /// The name of the job in its reports, such as Building physics lab. Default: the name of the file.
    #[schemars(length(min = 1))]
    pub(super) name: Option<String>,
    /// The service: an address, the word sandbox for a rehearsal that sends nothing to ENSIMS, or a map.
    /// Default: <https://api.ensims.com>
    pub(super) service: Option<ServiceEntry>,
    /// How the sandbox behaves in a rehearsal (--dry-run), or in 'jess-batch sandbox --accounts'. A run at any other service
    /// ignores this. Default: all accounts succeed.
    pub(super) sandbox: Option<SandboxEntry>,
    /// When the JESS session of an account is updated. Default: always.
    #[schemars(with = "Option<Update>")]
    pub(super) update: Option<String>,
    /// What is verified after the update, so that the report can show who is ready. Default: none.
    #[schemars(with = "Option<Verify>")]
    pub(super) verify: Option<String>,
    /// How gently the run treats the service. Every limit has a gentle default.
    #[serde(default)]
    pub(super) limits: LimitsEntry,
    /// The files that reports are written to, relative to the job file. The file extension decides the format: .html is a
    /// page for people, .json contains everything, .csv is for spreadsheets, .md for wikis, .xml for CI servers (`JUnit`)
    /// and .prom for Prometheus. A name can contain {date} and {time}. Default: none.
    #[serde(default)]
    #[schemars(inner(regex(pattern = Format::file_name_pattern())), example = ["reports/lab.html", "reports/lab-{date}.json"])]
    pub(super) reports: Vec<String>,
    /// The messages to persons in the page of the report: de or fr for German or French, or a file with your own, relative to
    /// the job file, such as messages.yaml. Default: en.
    #[schemars(length(min = 1), example = &"de")]
    pub(super) messages: Option<String>,
    /// One JESS account for all accounts without their own. Default: none.
    pub(super) jess: Option<JessEntry>,
    /// The accounts. There must be at least one, here or in a roster.
    #[serde(default)]
    pub(super) accounts: Vec<AccountEntry>,
    /// A workbook or CSV file with one account per row, or a list of such files. These accounts come after those of 'accounts'.
    pub(super) roster: Option<RosterKey>,
}

/// How gently a run treats the service.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitsEntry {
    /// Accounts in progress at the same time, 1 to 1000. Default: 8.
    #[schemars(range(min = 1, max = 1000), extend("default" = 8))]
    pub(super) concurrency: Option<u64>,
    /// The most requests to the service: 10/s, 600/min or unlimited. Default: 10/s.
    #[schemars(regex(pattern = "^(unlimited|[1-9][0-9]*/(s|min))$"), extend("default" = "10/s"))]
    pub(super) rate: Option<String>,
    /// The time limit of one request, such as 30s or 1m. Default: 30s.
    #[schemars(regex(pattern = DURATION_PATTERN), extend("default" = "30s"))]
    pub(super) timeout: Option<String>,
    /// The most requests of one step, including the first, 1 to 20. Default: 4.
    #[schemars(range(min = 1, max = 20), extend("default" = 4))]
    pub(super) attempts: Option<u64>,
    /// The time limit of one account, such as 5m or 1h30m; waiting for the rate does not count. Default: 5m.
    #[schemars(regex(pattern = DURATION_PATTERN), extend("default" = "5m"))]
    pub(super) budget: Option<String>,
    /// After this many accounts in a row without an answer, the service counts as down and no further account is started. 1
    /// to 100000. Default: 20.
    #[schemars(range(min = 1, max = 100_000), extend("default" = 20))]
    pub(super) give_up_after: Option<u64>,
}

/// An address, the word sandbox, or a map.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub(super) enum ServiceEntry {
    /// An address, such as <https://api.ensims.com>, or the word sandbox for a rehearsal that sends nothing to ENSIMS.
    Word(
        #[schemars(regex(pattern = "^(sandbox|https?://.+)$"), example = &"sandbox")]
        String,
    ),
    Map(Box<ServiceMap>),
}

/// A service with another address or other paths, or a rehearsal.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("not" = { "required": ["url", "sandbox"] }))]
pub(super) struct ServiceMap {
    /// The address. Default: <https://api.ensims.com>
    #[schemars(regex(pattern = "^https?://.+$"), extend("default" = ensims_client::DEFAULT_ADDRESS))]
    pub(super) url: Option<String>,
    /// The path of accounts below the address. Default: the documented path.
    pub(super) users_path: Option<String>,
    /// The path of JESS below the address. Default: the documented path.
    pub(super) jess_path: Option<String>,
    /// The path of the log-on. Default: the documented path.
    pub(super) logon_path: Option<String>,
    /// A PEM file with more certificate authorities to trust, relative to the job file. Default: none.
    #[schemars(length(min = 1))]
    pub(super) ca_bundle: Option<String>,
    /// Whether plain HTTP to another machine is allowed. Passwords are then sent unencrypted. Default: false.
    #[serde(default)]
    pub(super) allow_http: bool,
    /// The address of a proxy; never used for this machine's own addresses. Default: the environment variable `https_proxy`
    /// or `all_proxy`, unless `no_proxy` names the host.
    #[schemars(with = "Option<String>", length(min = 1))]
    pub(super) proxy: Option<SecretString>,
    /// Instead of 'url': a rehearsal that sends nothing to ENSIMS.
    pub(super) sandbox: Option<SandboxEntry>,
}

/// How the sandbox behaves; {} for the default behaviour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SandboxEntry {
    /// How long each answer takes, such as 150ms. Default: 0s.
    #[schemars(regex(pattern = DURATION_PATTERN), extend("default" = "0s"))]
    pub(super) latency: Option<String>,
    /// The names of accounts whose log-on is refused. Default: none.
    #[serde(default)]
    pub(super) refuse_logon: Vec<String>,
    /// The names of accounts whose JESS user name and password are refused. Default: none.
    #[serde(default)]
    pub(super) refuse_jess: Vec<String>,
    /// The names of accounts whose JESS account is suspended. Default: none.
    #[serde(default)]
    pub(super) suspended: Vec<String>,
    /// The names of accounts that have a valid session of their JESS user already. Default: none.
    #[serde(default)]
    pub(super) linked: Vec<String>,
    /// The names of accounts whose answers take a second longer. Default: none.
    #[serde(default)]
    pub(super) slow: Vec<String>,
}

/// One account.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountEntry {
    /// The name of the account in reports and for --only and --skip; each account needs a different one. Default: the
    /// e-mail address.
    #[schemars(length(min = 1))]
    pub(super) name: Option<String>,
    /// The ENSIMS account: its e-mail address and the source of its password.
    pub(super) ensims: EnsimsEntry,
    /// The JESS account that the ENSIMS account is linked to. Default: the JESS account of the job.
    pub(super) jess: Option<JessEntry>,
}

/// An ENSIMS account. Exactly one of the five password keys gives its password; none if you type it (--ask).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = one_password_at_most)]
pub(super) struct EnsimsEntry {
    /// The e-mail address of the ENSIMS account; each account needs a different one.
    #[schemars(regex(pattern = r"^[^@\s]+@\S+$"))]
    pub(super) email: String,
    /// Another e-mail address under which the service knows the account. An answer that names any other one is an error.
    #[schemars(regex(pattern = r"^[^@\s]+@\S+$"))]
    pub(super) known_as: Option<String>,
    /// The password itself, in single quotes; double a single quote inside. Other users must not be able to read the file.
    #[schemars(with = "Option<String>", length(min = 1))]
    pub(super) password: Option<SecretString>,
    /// The environment variable that holds the password, such as `ALICE_ENSIMS_PASSWORD`.
    #[schemars(regex(pattern = "^[^=]+$"))]
    pub(super) password_env: Option<String>,
    /// A file with the password as its only line, relative to the job file, such as secrets/alice-ensims.txt.
    #[schemars(length(min = 1))]
    pub(super) password_file: Option<String>,
    /// The systemd credential that holds the password: the NAME of LoadCredential=NAME.
    #[schemars(regex(pattern = "^[^/]+$"))]
    pub(super) password_credential: Option<String>,
    /// A program and its arguments, run without a shell; the first line of its output is the password. Time limit: 30s.
    #[schemars(length(min = 1), example = ["pass", "show", "ensims/alice"])]
    pub(super) password_command: Option<Vec<String>>,
}

/// A JESS account. Exactly one of the five password keys gives its password; none if you type it (--ask).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = one_password_at_most)]
pub(super) struct JessEntry {
    /// The JESS user name, from the confirmation e-mail. It is not the e-mail address.
    #[schemars(length(min = 1))]
    pub(super) username: String,
    /// The password itself, in single quotes; double a single quote inside. Other users must not be able to read the file.
    #[schemars(with = "Option<String>", length(min = 1))]
    pub(super) password: Option<SecretString>,
    /// The environment variable that holds the password, such as `ALICE_JESS_PASSWORD`.
    #[schemars(regex(pattern = "^[^=]+$"))]
    pub(super) password_env: Option<String>,
    /// A file with the password as its only line, relative to the job file, such as secrets/alice-jess.txt.
    #[schemars(length(min = 1))]
    pub(super) password_file: Option<String>,
    /// The systemd credential that holds the password: the NAME of LoadCredential=NAME.
    #[schemars(regex(pattern = "^[^/]+$"))]
    pub(super) password_credential: Option<String>,
    /// A program and its arguments, run without a shell; the first line of its output is the password. Time limit: 30s.
    #[schemars(length(min = 1), example = ["pass", "show", "jess/alice"])]
    pub(super) password_command: Option<Vec<String>>,
}

impl From<AccountEntry> for WrittenAccount {
    fn from(AccountEntry { name, ensims, jess }: AccountEntry) -> Self {
        let keys = SecretKeys {
            password: ensims.password,
            password_env: ensims.password_env,
            password_file: ensims.password_file,
            password_credential: ensims.password_credential,
            password_command: ensims.password_command,
        };
        let (email, known_as) = (ensims.email, ensims.known_as);
        Self { name, email, known_as, ensims: keys, jess: jess.map(WrittenJess::from) }
    }
}

impl From<JessEntry> for WrittenJess {
    fn from(jess: JessEntry) -> Self {
        let keys = SecretKeys {
            password: jess.password,
            password_env: jess.password_env,
            password_file: jess.password_file,
            password_credential: jess.password_credential,
            password_command: jess.password_command,
        };
        Self { username: jess.username, keys }
    }
}

/// The keys of which a credential has one.
const PASSWORD_KEYS: [&str; 5] =
    ["password", "password_env", "password_file", "password_credential", "password_command"];

/// The schema must allow none at all: whether the user types the password (`--ask`) is not in the file.
fn one_password_at_most(schema: &mut Schema) {
    let given = PASSWORD_KEYS.map(|key| json!({ "required": [key] }));
    let mut choices = given.to_vec();
    choices.push(json!({ "not": { "anyOf": given } }));
    schema.insert("oneOf".to_owned(), Value::Array(choices));
}

impl From<ServiceEntry> for ServiceMap {
    fn from(entry: ServiceEntry) -> Self {
        match entry {
            ServiceEntry::Word(word) if word == SANDBOX => {
                Self { sandbox: Some(SandboxEntry::default()), ..Self::default() }
            }
            ServiceEntry::Word(address) => Self { url: Some(address), ..Self::default() },
            ServiceEntry::Map(map) => *map,
        }
    }
}

impl<'de> Deserialize<'de> for ServiceEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ServiceVisitor)
    }
}

struct ServiceVisitor;

impl<'de> Visitor<'de> for ServiceVisitor {
    type Value = ServiceEntry;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a service")
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<ServiceEntry, E> {
        Ok(ServiceEntry::Word(word.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ServiceEntry, A::Error> {
        ServiceMap::deserialize(MapAccessDeserializer::new(map)).map(|map| ServiceEntry::Map(Box::new(map)))
    }
}
