//! The steps of an account, one request each.

use serde::{Deserialize, Serialize};

/// A step of an account: one request to the service, with its retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::VariantArray)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Step {
    /// Log on to ENSIMS.
    LogOn,
    /// Before an update, or for `status`: is the JESS session valid?
    CheckSession,
    /// Before an update, or for `status`: which JESS user is linked?
    CheckAccount,
    /// For `status`: how much has the JESS account used?
    CheckUsage,
    /// Give the ENSIMS account its JESS credential.
    Update,
    /// After an update: is the JESS session valid?
    VerifySession,
    /// After an update: is the JESS account the right one, and not suspended?
    VerifyAccount,
}
