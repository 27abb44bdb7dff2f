//! What the service tells: its records, as typed as its documentation is.
//!
//! Unknown keys are ignored, and every key may be missing or null: the recorded answers differ in both.

use serde::Deserialize;

/// What an API says of itself (`GET /info` of either API).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VersionInfo {
    /// The API's name, such as "JESS Web API".
    pub title: Option<String>,
    /// One sentence about it.
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
}

/// Who is logged on (log-on, check-in and confirm). Do not decide permissions on `role`: it varies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Identity {
    /// The nickname.
    pub user: Option<String>,
    /// The role: null, "user" or "pro" in recorded answers.
    pub role: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
}

/// The ENSIMS account's own record (`docs:users:get_user`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
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
    /// Post code.
    pub postcode: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// Web site.
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

/// The linked JESS account (`docs:jess:acc_info`).
#[derive(Clone, Debug, PartialEq, Deserialize)]
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
    /// Group of users.
    #[serde(rename = "userGroup")]
    pub user_group: Option<String>,
    /// Permissions; empty in the one recorded answer.
    pub permissions: Option<String>,
    /// Overdraft; its unit is not documented.
    pub overdraft: Option<f64>,
    /// CPU hours; whether used or left is not documented.
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

/// One line of the usage report (`docs:jess:usage_info`). No units are documented.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct JessUsage {
    /// JESS user name.
    pub username: Option<String>,
    /// A status of the line; "NA" in the recorded answer.
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
