//! Passwords arrive as they are written, and appear nowhere else.

use ensims_sandbox::{Account, JessUser, Sandbox};

use crate::program::{Place, jess_password, password};

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

#[tokio::test]
async fn a_password_comes_from_each_place_without_its_line_end() {
    let mut builder = Sandbox::builder();
    for number in 0..2 {
        builder = builder
            .account(Account::new(format!("lab{number}@uni.example"), password(number)))
            .jess_user(JessUser::new(format!("jess{number}"), jess_password(number)));
    }
    let sandbox = builder.start().await.expect("a sandbox");
    let place = Place::new();
    place.file("jess0.txt", &(jess_password(0) + "\r\n"));
    std::fs::create_dir(place.path("credentials")).expect("a folder can be made");
    place.file("credentials/ensims_lab1", &(password(1) + "\n"));
    place.file("credentials/jess_lab1", &jess_password(1));
    let text = format!(
        "version: 1
service: {}
accounts:
  - ensims: {{ email: lab0@uni.example, password_env: LAB0_PASSWORD }}
    jess: {{ username: jess0, password_file: jess0.txt }}
  - ensims: {{ email: lab1@uni.example, password_credential: ensims_lab1 }}
    jess: {{ username: jess1, password_credential: jess_lab1 }}
",
        sandbox.url()
    );
    place.file("job.yaml", &text);
    let variable = password(0) + "\n";
    let variables = [("LAB0_PASSWORD", &*variable), ("CREDENTIALS_DIRECTORY", "credentials")];
    let ended = place.run_with(&["check", "job.yaml"], &variables).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    for sources in ["variable LAB0_PASSWORD  file jess0.txt", "credential ensims_lab1  credential jess_lab1"]
    {
        assert!(ended.out.contains(sources), "{}", ended.out);
    }
    let ended = place.run_with(&["run", "job.yaml"], &variables).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);

    let ended = place.run_with(&["check", "job.yaml"], &variables[..1]).await;
    assert_eq!(ended.code, Some(2));
    let what_to_do = "CREDENTIALS_DIRECTORY is not set; run it from a systemd service with LoadCredential=NAME:FILE, or use password_file";
    assert_eq!(ended.err.matches(what_to_do).count(), 2, "{}", ended.err);
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
