//! The job file as it is read: plain text and numbers, nothing checked yet.
//!
//! The comments on keys are what an editor shows of them, by way of the JSON Schema.
//!
//! Secrets and names are read as text and never as "any value": a detour through numbers would turn the
//! password `1e5` into `100000`.

use std::fmt;

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

use super::choices::{Update, Verify};
use super::format::Format;
use super::mistake::Mistake;
use super::roster::RosterKey;
use super::schema::{DURATION, one_password_at_most};
use super::service_key::ServiceEntry;
use super::yaml::{self, MAX_FILE_BYTES, Places};

/// Every key that a job file may hold anywhere.
pub(crate) const KNOWN_KEYS: &[&str] = &[
    "version",
    "name",
    "service",
    "update",
    "verify",
    "limits",
    "reports",
    "jess",
    "accounts",
    "roster",
    "file",
    "columns",
    "delimiter",
    "ensims_password",
    "ensims_password_env",
    "ensims_password_file",
    "jess_username",
    "jess_password",
    "jess_password_env",
    "jess_password_file",
    "ensims",
    "email",
    "username",
    "password",
    "password_env",
    "password_file",
    "password_credential",
    "password_command",
    "url",
    "users_path",
    "jess_path",
    "logon_path",
    "ca_bundle",
    "allow_http",
    "proxy",
    "sandbox",
    "latency",
    "refuse_logon",
    "refuse_jess",
    "suspended",
    "slow",
    "concurrency",
    "rate",
    "timeout",
    "attempts",
    "budget",
    "give_up_after",
];

/// Says what jess-batch is to do, for which accounts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Job file of jess-batch", extend("anyOf" = [{ "required": ["accounts"] }, { "required": ["roster"] }]))]
pub(crate) struct JobFile {
    /// The version of the job file: 1.
    #[schemars(range(min = 1, max = 1), extend("const" = 1))]
    pub(crate) version: u64,
    /// A name for the reports, such as Building physics lab. Default: the file's name.
    #[schemars(length(min = 1))]
    pub(crate) name: Option<String>,
    /// Where the accounts are: an address, the word sandbox for a rehearsal that sends nothing to ENSIMS, or a map.
    /// Default: <https://api.ensims.com>
    pub(crate) service: Option<ServiceEntry>,
    /// When the JESS session of an account is updated. Default: always.
    #[schemars(with = "Option<Update>")]
    pub(crate) update: Option<String>,
    /// What is looked at after the update, so that the report can say who is ready. Default: none.
    #[schemars(with = "Option<Verify>")]
    pub(crate) verify: Option<String>,
    /// How gently the run goes about it. Every limit has a gentle default.
    #[serde(default)]
    pub(crate) limits: LimitsEntry,
    /// The files that the reports are written to, relative to the job file. The end of a name tells the format: .html is
    /// a page for people, .json holds everything, .csv is for spreadsheets, .md for a wiki, .xml for CI servers (`JUnit`)
    /// and .prom for Prometheus. {date} and {time} may stand in a name. Default: none.
    #[serde(default)]
    #[schemars(inner(regex(pattern = Format::pattern())), example = ["reports/lab.html", "reports/lab-{date}.json"])]
    pub(crate) reports: Vec<String>,
    /// One JESS account for all accounts that give none of their own. Default: none.
    pub(crate) jess: Option<JessEntry>,
    /// The accounts. There must be at least one, here or in a roster.
    #[serde(default)]
    pub(crate) accounts: Vec<AccountEntry>,
    /// A CSV file with accounts, one a line, or a list of such files. They come after those of 'accounts'.
    pub(crate) roster: Option<RosterKey>,
}

impl JobFile {
    /// Reads the text of a job file; `file` is what messages call it.
    pub(crate) fn read(file: &str, text: &[u8]) -> Result<(Self, Places), Mistake> {
        let mistake = |problem: &str| Mistake {
            file: file.to_owned(),
            place: None,
            subject: String::new(),
            problem: problem.to_owned(),
        };
        if text.len() > MAX_FILE_BYTES {
            return Err(mistake("the file is larger than 8 MiB; split it"));
        }
        let text =
            std::str::from_utf8(text).map_err(|_| mistake("the file is not UTF-8; save it as UTF-8"))?;
        yaml::read(text).map_err(|wrong| Mistake {
            file: file.to_owned(),
            place: wrong.place,
            subject: wrong.path,
            problem: wrong.problem,
        })
    }
}

/// How gently a run goes about it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LimitsEntry {
    /// How many accounts are worked on at once, 1 to 1000. Default: 8.
    #[schemars(range(min = 1, max = 1000), extend("default" = 8))]
    pub(crate) concurrency: Option<u64>,
    /// How many requests go to the service: 10/s, 600/min or unlimited. Default: 10/s.
    #[schemars(regex(pattern = "^(unlimited|[1-9][0-9]*/(s|min))$"), extend("default" = "10/s"))]
    pub(crate) rate: Option<String>,
    /// How long one request may take, such as 30s or 1m. Default: 30s.
    #[schemars(regex(pattern = DURATION), extend("default" = "30s"))]
    pub(crate) timeout: Option<String>,
    /// How many requests of one step are sent, the first included, 1 to 20. Default: 4.
    #[schemars(range(min = 1, max = 20), extend("default" = 4))]
    pub(crate) attempts: Option<u64>,
    /// How long one account may take, such as 5m or 1h30m; waiting for the rate does not count. Default: 5m.
    #[schemars(regex(pattern = DURATION), extend("default" = "5m"))]
    pub(crate) budget: Option<String>,
    /// So many accounts in a row without an answer mean that the service is down, and no further one is started. 1 to
    /// 100000. Default: 20.
    #[schemars(range(min = 1, max = 100_000), extend("default" = 20))]
    pub(crate) give_up_after: Option<u64>,
}

/// One account.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountEntry {
    /// What the account is called in reports and by --only and --skip; no two have the same name. Default: the e-mail
    /// address.
    #[schemars(length(min = 1))]
    pub(crate) name: Option<String>,
    /// The ENSIMS account: its e-mail address, and where its password comes from.
    pub(crate) ensims: EnsimsEntry,
    /// The JESS account that is handed over. Default: the one that the job gives for all.
    pub(crate) jess: Option<JessEntry>,
}

/// An ENSIMS account. Exactly one of the five keys says where its password comes from; none where a person types it (--ask).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = one_password_at_most)]
pub(crate) struct EnsimsEntry {
    /// The e-mail address of the ENSIMS account; no two accounts have the same.
    #[schemars(regex(pattern = r"^[^@\s]+@\S+$"))]
    pub(crate) email: String,
    /// The password itself, in single quotes; double a single quote inside. Other people must not be able to open the file.
    pub(crate) password: Option<SecretText>,
    /// The environment variable that holds the password, such as `ALICE_ENSIMS_PASSWORD`.
    #[schemars(regex(pattern = "^[^=]+$"))]
    pub(crate) password_env: Option<String>,
    /// A file that holds the password as its only line, relative to the job file, such as secrets/alice-ensims.txt.
    #[schemars(length(min = 1))]
    pub(crate) password_file: Option<String>,
    /// The systemd credential that holds the password: the NAME of LoadCredential=NAME.
    #[schemars(regex(pattern = "^[^/]+$"))]
    pub(crate) password_credential: Option<String>,
    /// A program and its arguments, run without a shell; the first line that it prints is the password. Time: 30s.
    #[schemars(length(min = 1), example = ["pass", "show", "ensims/alice"])]
    pub(crate) password_command: Option<Vec<String>>,
}

/// A JESS account. Exactly one of the five keys says where its password comes from; none where a person types it (--ask).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = one_password_at_most)]
pub(crate) struct JessEntry {
    /// The JESS user name, from the confirmation e-mail. It is not the e-mail address.
    #[schemars(length(min = 1))]
    pub(crate) username: String,
    /// The password itself, in single quotes; double a single quote inside. Other people must not be able to open the file.
    pub(crate) password: Option<SecretText>,
    /// The environment variable that holds the password, such as `ALICE_JESS_PASSWORD`.
    #[schemars(regex(pattern = "^[^=]+$"))]
    pub(crate) password_env: Option<String>,
    /// A file that holds the password as its only line, relative to the job file, such as secrets/alice-jess.txt.
    #[schemars(length(min = 1))]
    pub(crate) password_file: Option<String>,
    /// The systemd credential that holds the password: the NAME of LoadCredential=NAME.
    #[schemars(regex(pattern = "^[^/]+$"))]
    pub(crate) password_credential: Option<String>,
    /// A program and its arguments, run without a shell; the first line that it prints is the password. Time: 30s.
    #[schemars(length(min = 1), example = ["pass", "show", "jess/alice"])]
    pub(crate) password_command: Option<Vec<String>>,
}

/// A password that stands in the file itself.
#[derive(Clone, Debug)]
pub(crate) struct SecretText(pub(crate) SecretString);

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(SecretVisitor)
    }
}

struct SecretVisitor;

impl Visitor<'_> for SecretVisitor {
    type Value = SecretText;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a password; put it in single quotes")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<SecretText, E> {
        Ok(SecretText(SecretString::from(text)))
    }
}
