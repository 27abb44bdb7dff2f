//! The records as values: made in tests, written and read again.
#![expect(clippy::disallowed_methods, reason = "the recorded answers are files")]

use std::fs;
use std::path::Path;

use ensims_client::{Identity, JessAccount, JessUsage, UserRecord, VersionInfo};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

fn recorded(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/wire").join(name);
    serde_json::from_slice(&fs::read(path).expect("a recorded answer")).expect("JSON")
}

/// Reads a record, writes it, and checks that every key and value is the service's own.
fn assert_keeps_keys<T: DeserializeOwned + Serialize>(recorded: &Value) {
    let record: T = serde_json::from_value(recorded.clone()).expect("a record");
    let written = serde_json::to_value(record).expect("JSON");
    for (key, value) in written.as_object().expect("an object") {
        assert_eq!(recorded.get(key), Some(value), "{key}");
    }
}

#[test]
fn records_are_written_with_the_keys_of_the_service() {
    assert_keeps_keys::<VersionInfo>(&recorded("info-users.json"));
    assert_keeps_keys::<Identity>(&recorded("users-auth-ok.json"));
    assert_keeps_keys::<UserRecord>(&recorded("users-user-get.json")["data"]);
    assert_keeps_keys::<JessAccount>(&recorded("jess-account.json")["data"]);
    assert_keeps_keys::<JessUsage>(&recorded("jess-usage.json")["data"][0]);
}

#[test]
fn records_of_an_empty_object_equal_the_default() {
    assert_eq!(serde_json::from_str::<VersionInfo>("{}").expect("a record"), VersionInfo::default());
    assert_eq!(serde_json::from_str::<Identity>("{}").expect("a record"), Identity::default());
    assert_eq!(serde_json::from_str::<UserRecord>("{}").expect("a record"), UserRecord::default());
    assert_eq!(serde_json::from_str::<JessAccount>("{}").expect("a record"), JessAccount::default());
    assert_eq!(serde_json::from_str::<JessUsage>("{}").expect("a record"), JessUsage::default());
}

#[test]
fn record_can_be_made_field_by_field() {
    let mut account = JessAccount::default();
    account.username = Some("jess-sam".to_owned());
    assert_eq!(account.clone(), account);
}
