//! The steps of an account, one request each.

use serde::{Deserialize, Serialize};

/// A step of an account: one request to the service, with its retries. The aliases are the words of version 0.1.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::VariantArray)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Step {
    /// Log on to ENSIMS.
    LogOn,
    /// Before an update, or for `status`: is the JESS session valid?
    #[serde(alias = "look-session")]
    CheckSession,
    /// Before an update, or for `status`: which JESS user is linked?
    #[serde(alias = "look-account")]
    CheckAccount,
    /// For `status`: how much has the JESS account used?
    #[serde(alias = "look-usage")]
    CheckUsage,
    /// Give the ENSIMS account its JESS credential.
    Update,
    /// After an update: is the JESS session valid?
    VerifySession,
    /// After an update: is the JESS account the right one, and not suspended?
    VerifyAccount,
}
