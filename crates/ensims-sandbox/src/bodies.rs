//! The bodies of requests and answers, under the service's own key names.
//!
//! `openapi.json` describes these types with the words that stand here. An `Option` is a key that may be null or missing.

#[cfg(test)]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The credential of an ENSIMS account.
#[derive(Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
pub(crate) struct EnsimsCredential {
    /// The e-mail address. Whether its case matters is not documented.
    pub(crate) email: String,
    #[cfg_attr(test, schemars(extend("format" = "password")))]
    pub(crate) password: String,
}

/// The credential of a JESS account, which is not that of the ENSIMS account.
#[derive(Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct JessCredential {
    /// The JESS user name.
    pub(crate) jess_user: String,
    /// The JESS password.
    #[cfg_attr(test, schemars(extend("format" = "password")))]
    pub(crate) jess_pwd: String,
}

/// The name and version of an API.
#[derive(Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub(crate) struct VersionInfo {
    pub(crate) title: &'static str,
    pub(crate) description: &'static str,
    pub(crate) major: i64,
    pub(crate) minor: i64,
    pub(crate) revision: i64,
    pub(crate) release: &'static str,
    pub(crate) update: i64,
    pub(crate) notice: &'static str,
    /// Only a sandbox has this key; the service does not.
    #[serde(rename = "sandbox", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(extend("x-basis" = "sandbox")))]
    pub(crate) sandbox: Option<bool>,
}

/// A request of the Users API is accepted.
#[derive(Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
pub(crate) struct AuthAnswer<'a> {
    #[cfg_attr(test, schemars(extend("const" = true)))]
    pub(crate) ok: bool,
    /// Words for people. Do not parse them.
    pub(crate) status: &'static str,
    /// A remark. The token itself is in the cookie.
    pub(crate) jwt: &'static str,
    /// The nickname. Null after a log-off.
    pub(crate) user: Option<&'a str>,
    /// Null, "user" or "pro" in published answers. It varies for one account, so do not decide permissions by it.
    pub(crate) role: Option<&'static str>,
    /// The e-mail address. Null after a log-off.
    pub(crate) email: Option<&'a str>,
}

/// A request of the Users API is refused, or could not be read.
#[derive(Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
pub(crate) struct Refusal {
    #[cfg_attr(test, schemars(extend("const" = false)))]
    pub(crate) ok: bool,
    /// Words for people. Do not parse them.
    pub(crate) status: &'static str,
}

/// An answer with a record.
#[derive(Serialize)]
#[cfg_attr(test, derive(JsonSchema), schemars(rename = "{T}Answer"))]
pub(crate) struct DataAnswer<T> {
    /// Whether the request is accepted.
    pub(crate) ok: bool,
    /// Words for people. Do not parse them.
    pub(crate) status: String,
    /// The record. Null if there is none.
    pub(crate) data: Option<T>,
}

/// The record of an answer that never has one.
#[derive(Serialize)]
#[cfg_attr(test, derive(JsonSchema), schemars(rename = "JessSession"))]
pub(crate) struct NoRecord;

/// The record of an ENSIMS account.
#[derive(Serialize)]
#[cfg_attr(test, derive(JsonSchema), schemars(rename = "User"))]
pub(crate) struct UserRecord<'a> {
    pub(crate) title: Option<&'a str>,
    pub(crate) firstname: Option<&'a str>,
    pub(crate) middlename: Option<&'a str>,
    pub(crate) surname: Option<&'a str>,
    pub(crate) nickname: Option<&'a str>,
    pub(crate) position: Option<&'a str>,
    pub(crate) company: Option<&'a str>,
    pub(crate) email: Option<&'a str>,
    pub(crate) tel: Option<&'a str>,
    pub(crate) address: Option<&'a str>,
    pub(crate) postcode: Option<&'a str>,
    pub(crate) country: Option<&'a str>,
    pub(crate) website: Option<&'a str>,
    pub(crate) twitter: Option<&'a str>,
    pub(crate) linkedin: Option<&'a str>,
    /// Whether a JESS account is linked.
    pub(crate) use_jess: Option<bool>,
    /// The user name of the linked JESS account.
    pub(crate) jess_user: Option<&'a str>,
    /// "hidden" in every published answer.
    pub(crate) jess_pwd: Option<&'a str>,
}

/// The record of the linked JESS account.
#[derive(Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
pub(crate) struct JessAccount<'a> {
    /// The number of the JESS user.
    pub(crate) id: Option<i64>,
    pub(crate) username: Option<&'a str>,
    pub(crate) firstname: Option<&'a str>,
    pub(crate) surname: Option<&'a str>,
    /// The e-mail address of the JESS account.
    pub(crate) email: Option<&'a str>,
    /// "NA" in the published answer.
    pub(crate) address: Option<&'a str>,
    /// The word "null" in the published answer.
    pub(crate) telephone: Option<&'a str>,
    #[serde(rename = "userGroup")]
    pub(crate) user_group: Option<&'a str>,
    /// Empty in the published answer.
    pub(crate) permissions: Option<&'a str>,
    /// Its unit is not documented.
    pub(crate) overdraft: Option<f64>,
    /// Hours by its name. Whether they are used or left is not documented.
    #[serde(rename = "cpuhour")]
    pub(crate) cpu_hours: Option<f64>,
    /// Milliseconds since 1970 (inferred).
    pub(crate) registered: Option<i64>,
    /// Milliseconds since 1970 (inferred).
    #[serde(rename = "last_Access")]
    pub(crate) last_access: Option<i64>,
    pub(crate) suspended: Option<bool>,
}

/// A usage report: one line in the published answer.
#[derive(Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
pub(crate) struct JessUsageReport<'a>(pub(crate) Vec<JessUsage<'a>>);

/// A line of the usage report. Its units are not documented.
#[derive(Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
pub(crate) struct JessUsage<'a> {
    /// "NA" in the published answer. It has nothing to do with the `status` of the whole answer.
    pub(crate) status: Option<&'a str>,
    pub(crate) username: Option<&'a str>,
    /// Milliseconds since 1970 (inferred).
    pub(crate) latest: Option<i64>,
    /// Bytes (inferred).
    pub(crate) upload: Option<i64>,
    /// Bytes (inferred). It can exceed 32 bits.
    pub(crate) storage: Option<i64>,
    /// Bytes (inferred).
    pub(crate) download: Option<i64>,
    pub(crate) jobs: Option<i64>,
    pub(crate) submissions: Option<i64>,
    /// Seconds (inferred).
    pub(crate) cputime: Option<i64>,
}
