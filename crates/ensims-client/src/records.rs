//! The records of the service, under its own key names.
//!
//! Every key may be missing or null, because the recorded answers differ in both; unknown keys are ignored.

use serde::{Deserialize, Serialize};

/// The name and version of an API (`GET /info` of either API).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct VersionInfo {
    /// The API's name, such as "JESS Web API".
    pub title: Option<String>,
    /// One sentence about the API.
    pub description: Option<String>,
    /// First part of the version.
    pub major: Option<i64>,
    /// Second part of the version.
    pub minor: Option<i64>,
    /// Third part of the version.
    pub revision: Option<i64>,
    /// The kind of release, such as "beta".
    pub release: Option<String>,
    /// The number of the update.
    pub update: Option<i64>,
    /// The copyright notice.
    pub notice: Option<String>,
    /// Whether this is a sandbox that imitates the service. The service itself does not have this key.
    #[serde(rename = "sandbox", skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<bool>,
}

/// Who is logged on (the answer to a log-on, a check-in or a confirmation).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Identity {
    /// The nickname.
    pub user: Option<String>,
    /// The role: null, "user" or "pro" in recorded answers. It varies, so do not decide permissions by it.
    pub role: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
}

/// The record of an ENSIMS account (`docs:users:get_user` of the jEPlus wiki).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UserRecord {
    /// Form of address.
    pub title: Option<String>,
    /// First name.
    pub firstname: Option<String>,
    /// Middle name.
    pub middlename: Option<String>,
    /// Family name.
    pub surname: Option<String>,
    /// Nickname.
    pub nickname: Option<String>,
    /// Position at work.
    pub position: Option<String>,
    /// Company.
    pub company: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number.
    pub tel: Option<String>,
    /// Postal address.
    pub address: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// Website.
    pub website: Option<String>,
    /// Twitter name.
    pub twitter: Option<String>,
    /// `LinkedIn` name.
    pub linkedin: Option<String>,
    /// Whether a JESS account is linked.
    pub use_jess: Option<bool>,
    /// The linked JESS user name.
    pub jess_user: Option<String>,
}

/// The JESS account that an ENSIMS account is linked to (`docs:jess:acc_info` of the jEPlus wiki).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JessAccount {
    /// JESS user number.
    pub id: Option<i64>,
    /// JESS user name.
    pub username: Option<String>,
    /// First name.
    pub firstname: Option<String>,
    /// Family name.
    pub surname: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Postal address; "NA" occurs.
    pub address: Option<String>,
    /// Telephone number; the text "null" occurs.
    pub telephone: Option<String>,
    /// User group.
    #[serde(rename = "userGroup")]
    pub user_group: Option<String>,
    /// Permissions; empty in the one recorded answer.
    pub permissions: Option<String>,
    /// Overdraft; its unit is not documented.
    pub overdraft: Option<f64>,
    /// CPU hours; whether they are used or left is not documented.
    #[serde(rename = "cpuhour")]
    pub cpu_hours: Option<f64>,
    /// Time of registration, in milliseconds since 1970.
    pub registered: Option<i64>,
    /// Time of the last access, in milliseconds since 1970.
    #[serde(rename = "last_Access")]
    pub last_access: Option<i64>,
    /// Whether the account is suspended.
    pub suspended: Option<bool>,
}

/// One line of the usage report of a JESS account (`docs:jess:usage_info` of the jEPlus wiki).
///
/// The wiki gives no units.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JessUsage {
    /// JESS user name.
    pub username: Option<String>,
    /// Status of the line; "NA" in the recorded answer.
    pub status: Option<String>,
    /// Time of the latest use, in milliseconds since 1970.
    pub latest: Option<i64>,
    /// Amount uploaded, probably bytes.
    pub upload: Option<i64>,
    /// Amount stored, probably bytes.
    pub storage: Option<i64>,
    /// Amount downloaded, probably bytes.
    pub download: Option<i64>,
    /// Number of simulations.
    pub jobs: Option<i64>,
    /// Number of submissions.
    pub submissions: Option<i64>,
    /// Processor time, probably seconds.
    pub cputime: Option<i64>,
}
