//! `service:` in the job file, as it is read.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, Visitor};

use super::limits::DURATION_PATTERN;
use secrecy::SecretString;

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
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
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
    /// The names of accounts whose answers take a second longer. Default: none.
    #[serde(default)]
    pub(super) slow: Vec<String>,
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
