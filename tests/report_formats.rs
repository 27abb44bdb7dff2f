//! The formats of reports, and the names of their files.

use serde_json::{Value, json};
use tokio::process::Command;

use crate::program::{TestDir, job_yaml};
use crate::report_command::{all_outcomes, all_outcomes_json};

/// Prints the cells that Python's csv module reads, without the apostrophes that protect spreadsheets.
const CSV_READER: &str = r#"
import csv, json, re
lines = csv.reader(open("r.csv", encoding="utf-8-sig", newline=""), strict=True)
print(json.dumps([[re.sub(r"(\A|[;\t\r\n])'", r"\1", cell) for cell in line] for line in lines]))
"#;

/// Prints the counts that a CI server reads, and the name, result type and message of each test case.
const JUNIT_READER: &str = r#"
import json
from junitparser import JUnitXml
whole = JUnitXml.fromfile("r.xml")
suite, = whole
assert suite.time == whole.time == 9.12 and suite.timestamp.startswith("2026-11-24T06:00:00"), suite.timestamp
counts = [suite.tests, suite.failures, suite.errors, suite.skipped]
assert counts == [whole.tests, whole.failures, whole.errors, whole.skipped]
suite.update_statistics()
assert counts == [suite.tests, suite.failures, suite.errors, suite.skipped]
cases = [[case.name, [[type(result).__name__, result.message] for result in case.result]] for case in suite]
print(json.dumps({"counts": counts, "cases": cases}))
"#;

/// Prints the cells of the only table that a Markdown renderer finds, and checks that none has markup.
const MARKDOWN_READER: &str = r#"
import json
from markdown_it import MarkdownIt
tokens = MarkdownIt("gfm-like").parse(open("r.md", encoding="utf-8").read())
kinds = [token.type for token in tokens]
assert kinds.count("table_open") == 1 and kinds[-1] == "table_close", kinds
assert set(kinds[:kinds.index("table_open")]) == {
    "heading_open", "inline", "heading_close", "paragraph_open", "paragraph_close"}
rows = []
for token in tokens:
    if token.type == "tr_open":
        rows.append([])
    if token.type == "inline":
        # The last cell is our own hint, which may have a link.
        links = {"link_open", "link_close"} if rows and len(rows[-1]) == 6 else set()
        assert {child.type for child in token.children} <= {"text", "code_inline"} | links, token.content
        if rows:
            rows[-1].append("".join(child.content for child in token.children))
print(json.dumps(rows))
"#;

/// Creates a directory with the report of all outcomes in this format.
async fn dir_with_converted_report(to: &str) -> TestDir {
    let dir = TestDir::new();
    let run = dir.run(&["report", "convert", &all_outcomes(), to]).await;
    assert_eq!((run.code, &*run.stderr), (Some(0), &*format!("Report: {to}\n")));
    dir
}

/// Runs a Python program in this directory and returns the JSON that it prints.
async fn run_python(dir: &TestDir, program: &str) -> Value {
    let output = Command::new("python3").args(["-c", program]).current_dir(dir.path("")).output().await;
    let output = output.expect("python3 starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("it prints JSON")
}

/// Escapes the characters that an editor would hide or change.
fn escape_invisible(text: &str) -> String {
    let hidden = |c: &char| {
        (c.is_control() && *c != '\n')
            || matches!(c, '\u{feff}' | '\u{61c}' | '\u{2028}'..='\u{206f}' | '\u{fffe}'..)
    };
    let mut printable = String::new();
    for c in text.chars() {
        if hidden(&c) { printable.extend(c.escape_unicode()) } else { printable.push(c) }
    }
    printable
}

#[tokio::test]
async fn report_formats_show_all_outcomes_and_escape_text() {
    for extension in ["csv", "html", "md", "xml", "prom"] {
        let name = format!("r.{extension}");
        let dir = dir_with_converted_report(&name).await;
        let text = std::fs::read_to_string(dir.path(&name)).expect("the report is UTF-8");
        let filters = vec![
            (r"(No, and this is why: `\|` ){400}", "[400 times the same]"),
            (r"(?s)<style>.*</style>", "<style>[style.css]</style>"),
            (r"(?s)<script>\n?.use strict.*</script>", "<script>[script.js]</script>"),
            (r"'sha256-[^']*'", "'sha256-[hash]'"),
        ];
        insta::with_settings!({ filters => filters }, {
            insta::assert_snapshot!(format!("all_outcomes_{extension}"), escape_invisible(&text));
        });
    }
}

#[tokio::test]
async fn every_report_format_marks_a_rehearsal() {
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml("sandbox", "rate: unlimited", 1));
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for name in ["r.csv", "r.html", "r.md", "r.xml"] {
        dir.run(&["report", "convert", "r.json", name]).await;
    }
    let read = |name| std::fs::read_to_string(dir.path(name)).expect("a report");
    assert!(read("r.csv").contains(",true,,run,"));
    assert!(read("r.html").contains(" (rehearsal): 1 of 1 "));
    assert!(read("r.md").contains("\nRehearsal on the sandbox: nothing was sent to ENSIMS.\n"));
    assert!(read("r.xml").contains(r#"<property name="rehearsal" value="true"/>"#));
}

#[tokio::test]
#[ignore = "needs Python; .ci/run runs it"]
async fn csv_report_holds_the_values_of_the_json_report() {
    let lines = run_python(&dir_with_converted_report("r.csv").await, CSV_READER).await;
    let lines = lines.as_array().expect("lines");
    let accounts = all_outcomes_json()["accounts"].as_array().expect("accounts").clone();
    assert_eq!(lines.len(), 1 + accounts.len());
    let headings: Vec<&str> = lines[0]
        .as_array()
        .expect("headings")
        .iter()
        .map(|heading| heading.as_str().expect("a text"))
        .collect();
    for (account, line) in accounts.iter().zip(&lines[1..]) {
        for (column, heading) in headings.iter().enumerate() {
            let expected = match &account[*heading] {
                Value::Null if *heading == "rehearsal" => "false".to_owned(),
                Value::Null if *heading == "mode" => "run".to_owned(),
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                Value::Array(words) => {
                    let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
                    words.join(", ")
                }
                other => other.to_string(),
            };
            assert_eq!(line[column], expected, "{heading} of {}", account["name"]);
        }
    }
}

#[tokio::test]
#[ignore = "needs Python with junitparser; .ci/run installs and runs it"]
async fn junit_report_has_a_test_case_for_each_account() {
    let read = run_python(&dir_with_converted_report("r.xml").await, JUNIT_READER).await;
    let report = all_outcomes_json();
    let accounts = report["accounts"].as_array().expect("accounts");
    let kind = |account: &Value| match account["outcome"].as_str() {
        Some("updated" | "unchanged") if account["ready"] == true => None,
        Some("updated" | "unchanged" | "refused") => Some("Failure"),
        Some("failed" | "stopped") => Some("Error"),
        _ => Some("Skipped"),
    };
    let count = |wanted| accounts.iter().filter(|account| kind(account) == Some(wanted)).count();
    let counts = json!([accounts.len(), count("Failure"), count("Error"), count("Skipped")]);
    assert_eq!(read["counts"], counts);
    let cases = read["cases"].as_array().expect("cases");
    assert_eq!(cases.len(), accounts.len());
    for (account, case) in accounts.iter().zip(cases) {
        let name = account["name"].as_str().expect("a name");
        if name.chars().all(|c| (' '..='~').contains(&c)) {
            assert_eq!(case[0], name);
        }
        assert_eq!(case[1][0][0].as_str(), kind(account), "{name}");
        let found = case[1][0][1]
            .as_str()
            .is_none_or(|found| found.contains(account["outcome"].as_str().expect("a word")));
        assert!(found, "{case}");
    }
}

#[tokio::test]
#[ignore = "needs Python with markdown-it-py and linkify-it-py; .ci/run installs and runs it"]
async fn markdown_report_renders_as_one_plain_text_table() {
    let rows = run_python(&dir_with_converted_report("r.md").await, MARKDOWN_READER).await;
    let rows = rows.as_array().expect("rows");
    let accounts = all_outcomes_json()["accounts"].as_array().expect("accounts").clone();
    assert_eq!(rows.len(), 1 + accounts.len());
    for (account, row) in accounts.iter().zip(&rows[1..]) {
        let cells = row.as_array().expect("cells");
        assert_eq!(cells.len(), 7, "{row}");
        for (cell, field) in
            [(0, "name"), (1, "email"), (2, "jess_username"), (4, "detail"), (5, "service_message")]
        {
            let text = account[field].as_str().unwrap_or_default();
            if text.len() <= 300 && text.chars().all(|c| (' '..='~').contains(&c)) {
                assert_eq!(cells[cell], text);
            }
        }
    }
}

#[tokio::test]
async fn report_names_share_one_date_and_time() {
    let dir = TestDir::new();
    let reports = "reports:\n  - reports/{date}/lab-{time}.json\n  - reports/lab-{date}-{time}.csv\n";
    dir.write("job.yaml", &(job_yaml("sandbox", "rate: unlimited", 1) + reports));
    let before = jiff::Timestamp::now();
    let run = dir.run(&["run", "job.yaml"]).await;
    let after = jiff::Timestamp::now();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let reports: Vec<&str> = run.stderr.lines().filter_map(|line| line.strip_prefix("Report: ")).collect();
    let [json, csv] = reports[..] else { panic!("two reports are named: {}", run.stderr) };
    let (date, time) = json
        .strip_prefix("reports/")
        .and_then(|rest| rest.strip_suffix(".json"))
        .and_then(|rest| rest.split_once("/lab-"))
        .expect("the name has its form");
    assert_eq!(csv, format!("reports/lab-{date}-{time}.csv"));
    let found = format!("{date}{time}");
    let moment = |at: jiff::Timestamp| at.strftime("%Y-%m-%d%H%M%S").to_string();
    assert!(moment(before) <= found && found <= moment(after), "{found}");
    assert!(dir.path(json).is_file() && dir.path(csv).is_file());
}

#[tokio::test]
async fn report_name_with_unknown_braces_is_rejected() {
    let dir = TestDir::new();
    let reports = "reports: ['{week}.json', 'r-{date}.json', 'r-{date}.json', '{date}.txt']\n";
    dir.write("job.yaml", &(job_yaml("sandbox", "rate: unlimited", 1) + reports));
    let run = dir.run(&["run", "job.yaml"]).await;
    assert_eq!(run.code, Some(2));
    insta::assert_snapshot!(run.stderr);
    let run = dir.run(&["check", "job.yaml", "--report", "}{time}.csv"]).await;
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("--report: braces can contain only {date} or {time}"), "{}", run.stderr);
}
