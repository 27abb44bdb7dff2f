//! The `.prom` report for the textfile collector of Prometheus's `node_exporter`, and the last full success.

use serde_json::{Value, json};
use tokio::process::Command;

use crate::program::{TestDir, job_yaml, sandbox_with};

/// Prints what Prometheus's own parser reads from `r.prom`: the type and samples of each metric, as JSON.
const PARSER: &str = r#"
import json
from prometheus_client.parser import text_string_to_metric_families
metrics = {}
for family in text_string_to_metric_families(open("r.prom", encoding="utf-8").read()):
    assert family.documentation and family.name not in metrics
    assert all(sample.timestamp is None for sample in family.samples)
    samples = [[sample.labels, float(sample.value)] for sample in family.samples]
    metrics[family.name] = {"type": family.type, "samples": samples}
print(json.dumps(metrics))
"#;

/// A rehearsal job whose name has every character that the format escapes.
fn job_with_hostile_name() -> String {
    let text = job_yaml("sandbox", "rate: unlimited", 2);
    format!("{text}verify: account\nname: \"Lab \\\"7\\\" in C:\\\\new\\nroom\"\n")
}

#[tokio::test]
async fn prom_report_escapes_quotes_backslashes_and_line_ends() {
    let dir = TestDir::new();
    dir.write("job.yaml", &job_with_hostile_name());
    let run = dir.run(&["run", "job.yaml", "--report", "r.prom"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let report = std::fs::read_to_string(dir.path("r.prom")).expect("the report");
    let line = r#"jess_batch_exit_code{job="Lab \"7\" in C:\\new\nroom",rehearsal="true"} 0"#;
    assert!(report.lines().any(|other| other == line), "{report}");
}

#[tokio::test]
async fn last_success_counts_only_full_real_runs() {
    let sandbox = sandbox_with(2).start().await.expect("a sandbox");
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "rate: unlimited", 2));
    let mut last_success = Value::Null;
    let rehearsal = &["--service", "sandbox"][..];
    let partial = &["--only", "lab0"][..];
    for (more, full) in [(rehearsal, false), (partial, false), (&[][..], true), (partial, false)] {
        // The extension of a report is not case-sensitive.
        let arguments = ["run", "job.yaml", "--report", "r.JSON", "--report", "r.prom"];
        let run = dir.run(&[&arguments[..], more].concat()).await;
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let report = dir.report("r.JSON");
        if full {
            last_success = report["finished_at"].clone();
        }
        assert_eq!(report["last_success_at"], last_success, "{more:?}");
        let metrics = std::fs::read_to_string(dir.path("r.prom")).expect("the report");
        let has_timestamp = metrics.contains("jess_batch_last_success_timestamp_seconds");
        assert_eq!(has_timestamp, last_success != Value::Null, "{metrics}");
        assert!(!metrics.contains("jess_batch_accounts_ready"), "no verification was requested: {metrics}");
    }
}

#[tokio::test]
#[ignore = "needs Python with prometheus-client; .ci/run installs and runs it"]
async fn prometheus_parser_reads_the_values_of_the_json_report() {
    let dir = TestDir::new();
    dir.write("job.yaml", &job_with_hostile_name());
    let run = dir.run(&["run", "job.yaml", "--report", "r.prom", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let report = dir.report("r.json");
    let output = Command::new("python3").args(["-c", PARSER]).current_dir(dir.path("")).output().await;
    let output = output.expect("python3 starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metrics: Value = serde_json::from_slice(&output.stdout).expect("the parser's result");

    let name = "Lab \"7\" in C:\\new\nroom";
    assert_eq!(report["job"]["name"], name);
    let mut accounts = Vec::new();
    for outcome in ["updated", "unchanged", "refused", "failed", "stopped", "skipped"] {
        let count = report["totals"][outcome].as_f64();
        accounts.push(json!([{ "job": name, "rehearsal": "true", "outcome": outcome }, count]));
    }
    let gauge =
        |value: f64| json!({ "type": "gauge", "samples": [[{ "job": name, "rehearsal": "true" }, value]] });
    let number = |value: &Value| value.as_f64().expect("a number");
    let finished: jiff::Timestamp = report["finished_at"].as_str().expect("a time").parse().expect("a time");
    let expected = json!({
        "jess_batch_accounts": { "type": "gauge", "samples": accounts },
        "jess_batch_accounts_ready": gauge(2.0),
        "jess_batch_last_run_timestamp_seconds": gauge(finished.as_duration().as_secs_f64()),
        "jess_batch_run_duration_seconds": gauge(number(&report["duration_ms"]) / 1000.0),
        "jess_batch_exit_code": gauge(0.0),
    });
    assert_eq!(metrics, expected);
}
