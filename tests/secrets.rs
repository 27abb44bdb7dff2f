//! Passwords are sent exactly as written, and are never shown.

use ensims_sandbox::{Account, Fault, JessUser, Operation, Sandbox};
use serde_json::json;

use crate::program::{TestDir, jess_password, job_yaml, password, sandbox_with};

/// Passwords that YAML, JSON, URLs or people tend to change.
const AWKWARD: [&str; 8] =
    ["0123", "1e5", "no", "0x1F", "p@ss:\"<&> é", "  blanks  ", "back\\slash 'quote'", "#hash%41+\u{1f980}"];

#[tokio::test]
async fn awkward_passwords_are_sent_unchanged_and_never_shown() {
    let mut builder = Sandbox::builder().pose_as_service();
    let mut accounts = String::new();
    for (number, secret) in AWKWARD.iter().enumerate() {
        // Long enough to search for in every output.
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
    let dir = TestDir::new();
    let text = format!(
        "version: 1\nservice: {}\nlimits: {{ rate: unlimited }}\naccounts:\n{accounts}",
        sandbox.url()
    );
    dir.write("job.yaml", &text);
    let arguments = ["run", "job.yaml", "-vvv", "--verify", "account", "--report", "r.json"];
    let run = dir.run_with_env(&arguments, &[("RUST_LOG", "trace")]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("/users/api/auth"), "the log is on");

    let report = std::fs::read_to_string(dir.path("r.json")).expect("the report");
    for (number, secret) in AWKWARD.iter().enumerate() {
        let planted = format!("{secret}~ensims~{number}");
        for form in encoded_forms(&planted) {
            for text in [&report, &run.stdout, &run.stderr] {
                assert!(!text.contains(&form), "{form} is shown");
            }
        }
    }
    // Tokens start like every JSON Web Token; nothing else here does.
    for text in [&report, &run.stdout, &run.stderr] {
        assert!(!text.contains("session_token="), "a cookie is shown");
        assert!(!text.contains("eyJ"), "a token is shown");
    }
}

#[tokio::test]
async fn secrets_that_the_service_repeats_are_masked_for_all_accounts() {
    let sandbox = sandbox_with(2).start().await.expect("a sandbox");
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "rate: unlimited", 2));
    // One account is told the other one's password, as an address and in another case.
    let other = jess_password(1).to_uppercase().replace('-', "%2D");
    let body = json!({ "ok": false, "status": format!("no match for {other}, {}", password(0)) }).to_string();
    let answer = Fault::Status { code: 200, retry_after: None, body };
    sandbox.always("lab0@uni.example".into(), Operation::UpdateJessSession, answer);
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let message = &dir.report("r.json")["accounts"][0]["service_message"];
    assert_eq!(message, "no match for [password], [password]");
    assert!(run.stderr.contains("no match for [password], [password]"), "{}", run.stderr);
}

#[tokio::test]
async fn password_sources_strip_the_line_end() {
    let mut builder = Sandbox::builder().pose_as_service();
    for number in 0..2 {
        builder = builder
            .account(Account::new(format!("lab{number}@uni.example"), password(number)))
            .jess_user(JessUser::new(format!("jess{number}"), jess_password(number)));
    }
    let sandbox = builder.start().await.expect("a sandbox");
    let dir = TestDir::new();
    dir.write("jess0.txt", &(jess_password(0) + "\r\n"));
    std::fs::create_dir(dir.path("credentials")).expect("a folder can be made");
    dir.write("credentials/ensims_lab1", &(password(1) + "\n"));
    dir.write("credentials/jess_lab1", &jess_password(1));
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
    dir.write("job.yaml", &text);
    let variable = password(0) + "\n";
    let variables = [("LAB0_PASSWORD", &*variable), ("CREDENTIALS_DIRECTORY", "credentials")];
    let run = dir.run_with_env(&["check", "job.yaml"], &variables).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for sources in ["variable LAB0_PASSWORD  file jess0.txt", "credential ensims_lab1  credential jess_lab1"]
    {
        assert!(run.stdout.contains(sources), "{}", run.stdout);
    }
    let run = dir.run_with_env(&["run", "job.yaml"], &variables).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);

    let run = dir.run_with_env(&["check", "job.yaml"], &variables[..1]).await;
    assert_eq!(run.code, Some(2));
    let what_to_do = "CREDENTIALS_DIRECTORY is not set; run it from a systemd service with LoadCredential=NAME:FILE, or use password_file";
    assert_eq!(run.stderr.matches(what_to_do).count(), 2, "{}", run.stderr);
}

/// The encodings of a secret that the different outputs would use.
fn encoded_forms(secret: &str) -> Vec<String> {
    let json = serde_json::to_string(secret).expect("text is JSON");
    let url: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    vec![secret.to_owned(), json.trim_matches('"').to_owned(), url, html, base64(secret.as_bytes())]
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    // Whole groups only, because the tail depends on the text that follows.
    let groups = bytes.chunks_exact(3).map(|group| u32::from_be_bytes([0, group[0], group[1], group[2]]));
    let digit = |group: u32, shift: u32| char::from(ALPHABET[(group >> shift & 63) as usize]);
    groups.flat_map(|group| [18, 12, 6, 0].map(|shift| digit(group, shift))).collect()
}
