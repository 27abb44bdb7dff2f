//! The formats of reports, and the names of their files.

use serde_json::{Value, json};
use tokio::process::Command;

use crate::program::{Place, job};
use crate::report_command::{all_outcomes, all_outcomes_json};

/// What a spreadsheet finds, as Python's csv module reads it, once the apostrophes that the README speaks of are gone.
const CSV_READER: &str = r#"
import csv, json, re
lines = csv.reader(open("r.csv", encoding="utf-8-sig", newline=""), strict=True)
print(json.dumps([[re.sub(r"(\A|[;\t\r\n])'", r"\1", cell) for cell in line] for line in lines]))
"#;

/// The counts that a CI server finds, and for each test case its name, and kind and type of its result.
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

/// The cells that a renderer makes of the one table; nothing in them is markup.
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

/// A place with the report of all outcomes in this format.
async fn converted(to: &str) -> Place {
    let place = Place::new();
    let ended = place.run(&["report", "convert", &all_outcomes(), to]).await;
    assert_eq!((ended.code, &*ended.err), (Some(0), &*format!("Report: {to}\n")));
    place
}

/// What a Python program in this place prints, as JSON.
async fn python(place: &Place, program: &str) -> Value {
    let output = Command::new("python3").args(["-c", program]).current_dir(place.path("")).output().await;
    let output = output.expect("python3 starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("it prints JSON")
}

/// The text with what an editor would hide or change written out.
fn printable(text: &str) -> String {
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
async fn every_format_tells_all_outcomes_and_disarms_hostile_text() {
    for end in ["csv", "html", "md", "xml", "prom"] {
        let name = format!("r.{end}");
        let place = converted(&name).await;
        let text = std::fs::read_to_string(place.path(&name)).expect("the report is UTF-8");
        let filters = vec![
            (r"(No, and this is why: `\|` ){400}", "[400 times the same]"),
            (r"(?s)<style>.*</style>", "<style>[style.css]</style>"),
            (r"(?s)<script>\n?.use strict.*</script>", "<script>[script.js]</script>"),
            (r"'sha256-[^']*'", "'sha256-[hash]'"),
        ];
        insta::with_settings!({ filters => filters }, {
            insta::assert_snapshot!(format!("all_outcomes_{end}"), printable(&text));
        });
    }
}

#[tokio::test]
async fn a_rehearsal_is_called_one_in_every_format() {
    let place = Place::new();
    place.file("job.yaml", &job("sandbox", "rate: unlimited", 1));
    let ended = place.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    for name in ["r.csv", "r.html", "r.md", "r.xml"] {
        place.run(&["report", "convert", "r.json", name]).await;
    }
    let read = |name| std::fs::read_to_string(place.path(name)).expect("a report");
    assert!(read("r.csv").ends_with(",true\r\n"));
    assert!(read("r.html").contains(" (rehearsal): 1 of 1 "));
    assert!(read("r.md").contains("\nRehearsal on the embedded sandbox: nothing was sent to ENSIMS.\n"));
    assert!(read("r.xml").contains(r#"<property name="rehearsal" value="true"/>"#));
}

#[tokio::test]
#[ignore = "needs Python; .ci/run runs it"]
async fn python_reads_from_the_csv_report_what_the_json_report_says() {
    let lines = python(&converted("r.csv").await, CSV_READER).await;
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
async fn a_ci_server_finds_each_account_in_the_junit_report() {
    let read = python(&converted("r.xml").await, JUNIT_READER).await;
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
        let told = case[1][0][1]
            .as_str()
            .is_none_or(|told| told.contains(account["outcome"].as_str().expect("a word")));
        assert!(told, "{case}");
    }
}

#[tokio::test]
#[ignore = "needs Python with markdown-it-py and linkify-it-py; .ci/run installs and runs it"]
async fn the_markdown_report_is_rendered_as_one_table_of_plain_text() {
    let rows = python(&converted("r.md").await, MARKDOWN_READER).await;
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
async fn date_and_time_in_the_names_of_reports_are_those_of_one_moment() {
    let place = Place::new();
    let reports = "reports:\n  - reports/{date}/lab-{time}.json\n  - reports/lab-{date}-{time}.csv\n";
    place.file("job.yaml", &(job("sandbox", "rate: unlimited", 1) + reports));
    let before = jiff::Timestamp::now();
    let ended = place.run(&["run", "job.yaml"]).await;
    let after = jiff::Timestamp::now();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let said: Vec<&str> = ended.err.lines().filter_map(|line| line.strip_prefix("Report: ")).collect();
    let [json, csv] = said[..] else { panic!("two reports are named: {}", ended.err) };
    let (date, time) = json
        .strip_prefix("reports/")
        .and_then(|rest| rest.strip_suffix(".json"))
        .and_then(|rest| rest.split_once("/lab-"))
        .expect("the name has its form");
    assert_eq!(csv, format!("reports/lab-{date}-{time}.csv"));
    let told = format!("{date}{time}");
    let moment = |at: jiff::Timestamp| at.strftime("%Y-%m-%d%H%M%S").to_string();
    assert!(moment(before) <= told && told <= moment(after), "{told}");
    assert!(place.path(json).is_file() && place.path(csv).is_file());
}

#[tokio::test]
async fn other_braces_in_the_name_of_a_report_are_a_mistake() {
    let place = Place::new();
    let reports = "reports: ['{week}.json', 'r-{date}.json', 'r-{date}.json', '{date}.txt']\n";
    place.file("job.yaml", &(job("sandbox", "rate: unlimited", 1) + reports));
    let ended = place.run(&["run", "job.yaml"]).await;
    assert_eq!(ended.code, Some(2));
    insta::assert_snapshot!(ended.err);
    let ended = place.run(&["check", "job.yaml", "--report", "}{time}.csv"]).await;
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("--report: only {date} and {time} can stand in braces"), "{}", ended.err);
}
