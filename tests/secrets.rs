//! Passwords arrive as they are written, and appear nowhere else.

use ensims_sandbox::{Account, JessUser, Sandbox};

use crate::program::Place;

/// Passwords that YAML, JSON, URLs or people would like to change.
const AWKWARD: [&str; 8] =
    ["0123", "1e5", "no", "0x1F", "p@ss:\"<&> é", "  blanks  ", "back\\slash 'quote'", "#hash%41+\u{1f980}"];

#[tokio::test]
async fn awkward_passwords_arrive_unchanged_and_appear_nowhere() {
    let mut builder = Sandbox::builder();
    let mut accounts = String::new();
    for (number, secret) in AWKWARD.iter().enumerate() {
        // Long enough to be looked for in every output.
        let ensims = format!("{secret}~ensims~{number}");
        let email = format!("lab{number}@uni.example");
        builder = builder
            .account(Account::new(&email, &ensims))
            .jess_user(JessUser::new(format!("jess{number}"), *secret));
        accounts.push_str(&format!(
            "  - ensims: {{ email: {email}, password: '{}' }}\n    jess: {{ username: jess{number}, password: '{}' }}\n",
            ensims.replace('\'', "''"),
            secret.replace('\'', "''"),
        ));
    }
    // Unquoted, where YAML allows it.
    for (number, secret) in ["0123", "1e5", "no", "0x1F", "1_000", "12:30"].iter().enumerate() {
        builder = builder
            .account(Account::new(format!("plain{number}@uni.example"), *secret))
            .jess_user(JessUser::new(format!("plain{number}"), *secret));
        accounts.push_str(&format!(
            "  - ensims: {{ email: plain{number}@uni.example, password: {secret} }}\n    jess: {{ username: plain{number}, password: {secret} }}\n",
        ));
    }
    let sandbox = builder.start().await.expect("a sandbox");
    let place = Place::new();
    let text = format!(
        "version: 1\nservice: {}\nlimits: {{ rate: unlimited }}\naccounts:\n{accounts}",
        sandbox.url()
    );
    place.file("job.yaml", &text);
    let arguments = ["run", "job.yaml", "-vvv", "--verify", "account", "--report", "r.json"];
    let ended = place.run_with(&arguments, &[("RUST_LOG", "trace")]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.err.contains("/users/api/auth"), "the log is on");

    let report = std::fs::read_to_string(place.path("r.json")).expect("the report");
    for (number, secret) in AWKWARD.iter().enumerate() {
        let planted = format!("{secret}~ensims~{number}");
        for form in forms(&planted) {
            for text in [&report, &ended.out, &ended.err] {
                assert!(!text.contains(&form), "{form} is shown");
            }
        }
    }
    // Tokens begin like every JSON web token; nothing else here does.
    for text in [&report, &ended.out, &ended.err] {
        assert!(!text.contains("session_token="), "a cookie is shown");
        assert!(!text.contains("eyJ"), "a token is shown");
    }
}

/// A secret as different outputs would write it.
fn forms(secret: &str) -> Vec<String> {
    let json = serde_json::to_string(secret).expect("text is JSON");
    let url: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    vec![secret.to_owned(), json.trim_matches('"').to_owned(), url, html, base64(secret.as_bytes())]
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    // Whole groups only: the tail depends on what follows in the text.
    let groups = bytes.chunks_exact(3).map(|group| u32::from_be_bytes([0, group[0], group[1], group[2]]));
    let digit = |group: u32, shift: u32| char::from(ALPHABET[(group >> shift & 63) as usize]);
    groups.flat_map(|group| [18, 12, 6, 0].map(|shift| digit(group, shift))).collect()
}
