//! The two example reports in every format.

use std::fs;
use std::path::Path;

use super::testing::example;
use super::{Report, headline, read, render, write};
use crate::job::{Format, ReportTarget};

const EXAMPLES: [&str; 2] = ["all-outcomes.json", "status.json"];

fn rendered(report: &Report, format: Format) -> String {
    let mut out = Vec::new();
    render(report, format, &mut out).expect("a buffer takes everything");
    String::from_utf8(out).expect("a report is UTF-8")
}

#[test]
fn json_reads_back_as_the_same_file() {
    for name in EXAMPLES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data").join(name);
        let text = fs::read_to_string(path).expect("the example");
        assert!(rendered(&example(name), Format::Json) == text, "{name} differs");
    }
}

#[test]
fn every_format_has_every_account() {
    for name in EXAMPLES {
        let report = example(name);
        let accounts = report.accounts.len();
        let lines = rendered(&report, Format::Markdown);
        assert_eq!(lines.lines().filter(|line| line.starts_with("| ")).count(), 2 + accounts);
        assert_eq!(rendered(&report, Format::JUnit).matches("<testcase ").count(), accounts);
        assert_eq!(rendered(&report, Format::Html).matches("<tr role=\"row\" data-state=").count(), accounts);
        assert!(rendered(&report, Format::Prom).lines().all(|line| line.contains("jess_batch_")));

        let csv = rendered(&report, Format::Csv);
        let mut reader = ::csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
        let records: Vec<_> = reader.records().collect::<Result<_, _>>().expect("a table");
        assert_eq!(records.len(), accounts);
        assert!(records.iter().all(|record| record[19] == *report.mode.to_string()));
    }
}

#[test]
fn html_escapes_what_the_service_said() {
    let page = rendered(&example("all-outcomes.json"), Format::Html);
    assert_eq!(page.matches("<script>").count(), 1);
    assert!(page.contains("&#60;/script&#62;") && !page.contains('\u{202e}'));
    assert!(page.contains("<code id=\"command\">jess-batch run jobs/lab.yaml <span>--resume</span></code>"));
}

#[test]
fn html_of_status_shows_readiness() {
    let page = rendered(&example("status.json"), Format::Html);
    assert!(page.contains("1 of 11 can simulate."));
    for part in ["data-state=\"ready\"", "data-state=\"unknown\"", ">Readiness<", "data-state=\"not-ready\""]
    {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn headline_of_examples_is_one_plain_line() {
    let status = headline(&example("status.json"));
    let counts = "(1 refused by ENSIMS, 7 not ready, 1 failed: timeout, 1 not verified)";
    let expected = format!("Lab 7 (jobs/lab.yaml): 10 of 11 accounts need attention {counts}; exit code 1");
    assert_eq!(status, expected);
    assert!(!headline(&example("all-outcomes.json")).contains('\n'));
}

#[test]
fn write_replaces_a_report_and_keeps_its_mode() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("new/r.json");
    let report = example("status.json");
    let target = ReportTarget::File { path: path.clone(), format: Format::Json };
    write(&report, &target).expect("the report is written");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).expect("the file").permissions().mode() & 0o777;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("the mode is set");
        write(&report, &target).expect("the report is replaced");
        assert_eq!(mode(&path), 0o640);
    }
    assert_eq!(read(&path).expect("it reads back").totals, report.totals);
    assert_eq!(fs::read_dir(folder.path().join("new")).expect("the folder").count(), 1);
}

#[test]
fn report_of_the_first_version_reads_with_defaults() {
    let mut old = serde_json::to_value(example("all-outcomes.json")).expect("JSON");
    for key in ["mode", "rerun"] {
        old.as_object_mut().expect("an object").remove(key);
    }
    old["job"].as_object_mut().expect("an object").remove("source");
    for account in old["accounts"].as_array_mut().expect("accounts") {
        let account = account.as_object_mut().expect("an object");
        for key in
            ["shares_jess_credential", "same_credential_as", "refused_earlier", "budget_used_ms", "remedy"]
        {
            account.remove(key);
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("old.json");
    fs::write(&path, old.to_string().replace("\"check-", "\"look-")).expect("the file is written");
    let report = read(&path).expect("it still reads");
    assert_eq!(report.accounts.len(), 25);
    assert_eq!(report.rerun, None);
}
