//! The messages to persons: in other languages, in one's own words, and on the page of the report.

use crate::invalid_job_files::job_with;
use crate::job_files::check_errors;
use crate::program::{Run, TestDir, repository_file};

/// A rehearsal with three accounts that need help, and these messages.
fn refusals(messages: &str) -> String {
    let path = repository_file("jobs/refusals.yaml");
    let text = std::fs::read_to_string(path).expect("the job file is there");
    text.replace(
        "reports: [reports/refusals.json]",
        &format!("messages: {messages}\nreports: [r.html, r.json]"),
    )
}

async fn run_refusals(dir: &TestDir, messages: &str) -> String {
    dir.write("job.yaml", &refusals(messages));
    let run = dir.run(&["run", "job.yaml", "-q"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    page(dir, "r.html")
}

fn page(dir: &TestDir, name: &str) -> String {
    std::fs::read_to_string(dir.path(name)).expect("the page is there")
}

async fn messages(language: &[&str]) -> Run {
    TestDir::new().run(&[&["messages"], language].concat()).await
}

#[tokio::test]
async fn page_has_the_messages_of_a_language() {
    for (language, greeting, subject) in [
        ("de", "Guten Tag <bdi class=\"whole\">Ben</bdi>,", "Ihr JESS-Konto ist gesperrt"),
        ("fr", "Bonjour <bdi class=\"whole\">Ben</bdi>,", "Votre compte JESS est suspendu"),
        ("en", "Hello <bdi class=\"whole\">Ben</bdi>,", "Your JESS account is suspended"),
    ] {
        let page = run_refusals(&TestDir::new(), language).await;
        assert!(page.contains(greeting) && page.contains(subject), "{language}: {page}");
    }
}

#[tokio::test]
async fn printed_messages_are_those_of_the_language() {
    for language in ["de", "fr", "en"] {
        let (built_in, own) = (TestDir::new(), TestDir::new());
        own.write("m.yaml", &messages(&["--language", language]).await.stdout);
        for (dir, key) in [(&built_in, language), (&own, "m.yaml")] {
            run_refusals(dir, key).await;
        }
        let messages = |dir: &TestDir| {
            let page = page(dir, "r.html");
            page.split("mailto:")
                .skip(1)
                .map(|link| link.split('"').next().map(str::to_owned))
                .collect::<Vec<_>>()
        };
        assert_eq!(messages(&built_in).len(), 3);
        assert_eq!(messages(&built_in), messages(&own), "{language}");
    }
    assert_eq!(messages(&[]).await.stdout, messages(&["--language", "en"]).await.stdout);
    assert_eq!(messages(&["--language", "es"]).await.code, Some(2));
}

#[tokio::test]
async fn own_message_replaces_one_and_the_others_are_english() {
    let dir = TestDir::new();
    std::fs::create_dir(dir.path("texts")).expect("a folder");
    let own = "ask-why-suspended:\n  subject: 'Zdravo {name} & co'\n  body: |\n    {name} <{email}>\n\n    {jess_username}+1\n";
    dir.write("texts/m.yaml", own);
    let page = run_refusals(&dir, "texts/m.yaml").await;
    assert!(page.contains("Your JESS account: please check the user name"));
    assert!(page.contains(
        "mailto:dora@uni.example?subject=Zdravo%20Dora%20%26%20co&#38;body=Dora%20%3Cdora@uni.example%3E%0D%0A%0D%0Ajess-dora%2B1\""
    ));
}

#[tokio::test]
async fn report_convert_writes_the_same_messages_again() {
    let dir = TestDir::new();
    let page = run_refusals(&dir, "DE").await;
    dir.run(&["report", "convert", "r.json", "again.html"]).await;
    assert!(page == self::page(&dir, "again.html"));
    assert!(dir.report("r.json")["job"]["messages"]["run-job"]["body"].is_string());
    run_refusals(&dir, "en").await;
    assert!(dir.report("r.json")["job"].get("messages").is_none());
}

#[tokio::test]
async fn check_lists_mistakes_in_messages_with_their_places() {
    let dir = TestDir::new();
    dir.write(
        "keys.yaml",
        "run-jobs: { subject: a, body: b }\nfinish-run: { subject: a }\ncheck-again: text\nrun-job: { subject: '{Name}', body: b }\n",
    );
    dir.write(
        "texts.yaml",
        "run-job:\n  subject: 'for {nam}'\n  body: 'to {name} {'\nfinish-run:\n  subject: |\n    one\n    two\n  body: ' '\n",
    );
    dir.write("list.yaml", "- a\n");
    dir.write("broken.yaml", "run-job: { subject: 'a\n");
    std::fs::write(dir.path("latin.yaml"), b"run-job: { subject: \xe4, body: b }\n").expect("a file");
    let mut all = String::new();
    for messages in
        ["es", "missing.yaml", "keys.yaml", "texts.yaml", "list.yaml", "broken.yaml", "latin.yaml"]
    {
        let errors = check_errors(&dir, messages, &job_with(&format!("messages: {messages}"))).await;
        all.push_str(&format!("[{messages}]\n{errors}\n\n"));
    }
    insta::assert_snapshot!(all);
}
