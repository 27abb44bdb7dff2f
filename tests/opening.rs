//! `--open`: the report's page in the system's viewer, for which a script stands in.

use std::path::PathBuf;

use crate::program::{Run, TestDir, job_yaml, wait_until};

/// A directory with a job, and with a viewer that writes down what it is to open, and ends with this exit code.
fn dir_with_viewer(code: u8) -> TestDir {
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml("sandbox", "rate: unlimited", 1));
    dir.write("xdg-open", &format!("#!/bin/sh\necho \"$1\" > \"$HOME/opened.tmp\"\nmv \"$HOME/opened.tmp\" \"$HOME/opened\"\nexit {code}\n"));
    dir.set_mode("xdg-open", 0o700);
    dir
}

async fn run(dir: &TestDir, arguments: &[&str]) -> Run {
    let path = format!("{}:/usr/bin:/bin", dir.path("").display());
    dir.run_with_env(arguments, &[("PATH", &path)]).await
}

async fn opened(dir: &TestDir) -> PathBuf {
    let file = dir.path("opened");
    wait_until(|| file.exists()).await;
    std::fs::read_to_string(file).expect("it is written").trim_end().into()
}

#[tokio::test]
async fn run_opens_its_page_and_no_other_report() {
    let dir = dir_with_viewer(0);
    let ended = run(&dir, &["run", "job.yaml", "--open", "--report", "r.json", "--report", "r.html"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(!ended.stderr.contains("warning"), "{}", ended.stderr);
    assert_eq!(opened(&dir).await.canonicalize().ok(), dir.path("r.html").canonicalize().ok());
}

#[tokio::test]
async fn report_convert_opens_what_it_wrote() {
    let dir = dir_with_viewer(0);
    run(&dir, &["run", "job.yaml", "--report", "r.json"]).await;
    let converted = run(&dir, &["report", "convert", "r.json", "r.html", "--open"]).await;
    assert_eq!((converted.code, &*converted.stderr), (Some(0), "Report: r.html\n"));
    assert_eq!(opened(&dir).await.canonicalize().ok(), dir.path("r.html").canonicalize().ok());
}

#[tokio::test]
async fn viewer_that_fails_is_a_warning_with_the_path() {
    let dir = dir_with_viewer(3);
    let ended = run(&dir, &["run", "job.yaml", "--open", "--report", "r.html"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let warning = "warning: the page cannot be opened here; open it in a browser: r.html\n";
    assert!(ended.stderr.contains(warning), "{}", ended.stderr);
    assert!(dir.path("opened").exists());
}

#[tokio::test]
async fn without_a_page_nothing_is_opened() {
    let dir = dir_with_viewer(0);
    let ended = run(&dir, &["run", "job.yaml", "--open", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let warning = "warning: --open opens a report that ends in .html, and none was written.\n";
    assert!(ended.stderr.contains(warning), "{}", ended.stderr);
    assert!(!dir.path("opened").exists());
}
