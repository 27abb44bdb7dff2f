//! `service:` in the job file, as it is read.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, Visitor};

use super::file::SecretText;
use super::schema::DURATION;

/// An address, the word sandbox, or a map.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub(crate) enum ServiceEntry {
    /// An address, such as <https://api.ensims.com>, or the word sandbox for a rehearsal that sends nothing to ENSIMS.
    Word(
        #[schemars(regex(pattern = "^(sandbox|https?://.+)$"), example = &"sandbox")]
        String,
    ),
    Map(Box<ServiceMap>),
}

/// A service that is not where it usually is, or a rehearsal.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("not" = { "required": ["url", "sandbox"] }))]
pub(crate) struct ServiceMap {
    /// The address. Default: <https://api.ensims.com>
    #[schemars(regex(pattern = "^https?://.+$"), extend("default" = ensims_client::DEFAULT_ADDRESS))]
    pub(crate) url: Option<String>,
    /// Where accounts are found below the address. Default: as the service documents it.
    pub(crate) users_path: Option<String>,
    /// Where JESS is found below the address. Default: as the service documents it.
    pub(crate) jess_path: Option<String>,
    /// Where log-on is found. Default: as the service documents it.
    pub(crate) logon_path: Option<String>,
    /// A PEM file of further certificate authorities to trust, relative to the job file. Default: none.
    #[schemars(length(min = 1))]
    pub(crate) ca_bundle: Option<String>,
    /// Whether plain HTTP to another machine is allowed. Passwords then travel in the open. Default: false.
    #[serde(default)]
    pub(crate) allow_http: bool,
    /// The address of a proxy; never used for this machine's own addresses. Default: that of the environment variable
    /// `https_proxy` or `all_proxy`, unless `no_proxy` names the host.
    pub(crate) proxy: Option<SecretText>,
    /// Instead of 'url': a rehearsal that sends nothing to ENSIMS.
    pub(crate) sandbox: Option<SandboxEntry>,
}

/// How the stand-in for the service behaves; {} for nothing special.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SandboxEntry {
    /// How long each answer takes, such as 150ms. Default: 0s.
    #[schemars(regex(pattern = DURATION), extend("default" = "0s"))]
    pub(crate) latency: Option<String>,
    /// The names of accounts whose log-on is refused. Default: none.
    #[serde(default)]
    pub(crate) refuse_logon: Vec<String>,
    /// The names of accounts whose JESS user name and password are refused. Default: none.
    #[serde(default)]
    pub(crate) refuse_jess: Vec<String>,
    /// The names of accounts whose JESS account is suspended. Default: none.
    #[serde(default)]
    pub(crate) suspended: Vec<String>,
    /// The names of accounts whose answers take longer than the others'. Default: none.
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
