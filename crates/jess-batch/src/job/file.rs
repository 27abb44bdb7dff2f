//! The job file as it is read: plain text and numbers, nothing checked yet.
//!
//! Secrets and names are read as text and never as "any value": a detour through numbers would turn the
//! password `1e5` into `100000`.

use std::fmt;

use secrecy::SecretString;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, Visitor};

use super::mistake::Mistake;
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
    "ensims",
    "email",
    "username",
    "password",
    "password_env",
    "password_file",
    "password_credential",
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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JobFile {
    pub(crate) version: u64,
    pub(crate) name: Option<String>,
    pub(crate) service: Option<ServiceEntry>,
    pub(crate) update: Option<String>,
    pub(crate) verify: Option<String>,
    #[serde(default)]
    pub(crate) limits: LimitsEntry,
    #[serde(default)]
    pub(crate) reports: Vec<String>,
    pub(crate) jess: Option<JessEntry>,
    #[serde(default)]
    pub(crate) accounts: Vec<AccountEntry>,
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

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LimitsEntry {
    pub(crate) concurrency: Option<u64>,
    pub(crate) rate: Option<String>,
    pub(crate) timeout: Option<String>,
    pub(crate) attempts: Option<u64>,
    pub(crate) budget: Option<String>,
    pub(crate) give_up_after: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountEntry {
    pub(crate) name: Option<String>,
    pub(crate) ensims: EnsimsEntry,
    pub(crate) jess: Option<JessEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnsimsEntry {
    pub(crate) email: String,
    pub(crate) password: Option<SecretText>,
    pub(crate) password_env: Option<String>,
    pub(crate) password_file: Option<String>,
    pub(crate) password_credential: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JessEntry {
    pub(crate) username: String,
    pub(crate) password: Option<SecretText>,
    pub(crate) password_env: Option<String>,
    pub(crate) password_file: Option<String>,
    pub(crate) password_credential: Option<String>,
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

/// `service:` is an address (or the word `sandbox`), or a map.
#[derive(Debug)]
pub(crate) enum ServiceEntry {
    Word(String),
    Map(Box<ServiceMap>),
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceMap {
    pub(crate) url: Option<String>,
    pub(crate) users_path: Option<String>,
    pub(crate) jess_path: Option<String>,
    pub(crate) logon_path: Option<String>,
    pub(crate) ca_bundle: Option<String>,
    #[serde(default)]
    pub(crate) allow_http: bool,
    pub(crate) proxy: Option<SecretText>,
    pub(crate) sandbox: Option<SandboxEntry>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SandboxEntry {
    pub(crate) latency: Option<String>,
    #[serde(default)]
    pub(crate) refuse_logon: Vec<String>,
    #[serde(default)]
    pub(crate) refuse_jess: Vec<String>,
    #[serde(default)]
    pub(crate) suspended: Vec<String>,
    #[serde(default)]
    pub(crate) slow: Vec<String>,
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
        formatter.write_str("an address, the word sandbox, or a map")
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<ServiceEntry, E> {
        Ok(ServiceEntry::Word(word.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ServiceEntry, A::Error> {
        ServiceMap::deserialize(MapAccessDeserializer::new(map)).map(|map| ServiceEntry::Map(Box::new(map)))
    }
}
