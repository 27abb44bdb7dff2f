//! Workbooks and CSV files as several programs write them. `tests/rosters/make.py` makes those in the folder.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::program::{Run, TestDir, program, repository_file};

/// What the program may have in memory when a roster is hostile, in kB, as `ulimit -v` takes it.
const MEMORY_LIMIT: &str = "600000";

const CONTENT_TYPES: &str =
    r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
const ROOT: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const WORKBOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;

/// Copies a file of the folder, so that only its owner can read it.
fn copy(dir: &TestDir, name: &str) {
    std::fs::copy(repository_file("tests/rosters").join(name), dir.path(name)).expect("a file can be copied");
    dir.set_mode(name, 0o600);
}

async fn check(dir: &TestDir, roster: &str) -> Run {
    dir.write("lab.yaml", &format!("version: 1\nroster: {roster}\n"));
    dir.run(&["check", "lab.yaml"]).await
}

#[tokio::test]
async fn check_reads_what_each_program_writes() {
    let mut names: Vec<String> = std::fs::read_dir(repository_file("tests/rosters"))
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name in UTF-8"))
        .filter(|name| Path::new(name).extension().is_none_or(|extension| extension != "py"))
        .collect();
    names.sort_unstable();
    assert!(names.len() >= 20, "{names:?}");
    let dir = TestDir::new();
    let mut all = String::new();
    for name in names {
        copy(&dir, &name);
        let run = check(&dir, &name).await;
        for secret in ["start-", "other-", "Grüße"] {
            assert!(!run.stdout.contains(secret) && !run.stderr.contains(secret), "{name}: {run:?}");
        }
        let plan: Vec<&str> = run.stdout.lines().skip_while(|line| !line.starts_with(" roster: ")).collect();
        writeln!(all, "[{name}]\n{}{}\n", run.stderr, plan.join("\n"))
            .expect("writing to a string cannot fail");
    }
    insta::assert_snapshot!(all);
}

#[tokio::test]
async fn sheet_that_is_not_there_lists_those_that_are() {
    let dir = TestDir::new();
    copy(&dir, "openpyxl-sheets.xlsx");
    dir.write("list.csv", "email,ensims_password,jess_username,jess_password\n");
    let mut all = String::new();
    for roster in [
        "{ file: openpyxl-sheets.xlsx, sheet: Group D }",
        "{ file: openpyxl-sheets.xlsx, sheet: Group B }",
        "{ file: openpyxl-sheets.xlsx, sheet: Group B, delimiter: tab }",
        "{ file: list.csv, sheet: Group B }",
    ] {
        let run = check(&dir, roster).await;
        writeln!(all, "[{roster}]\n{}{}", run.stderr, run.stdout).expect("writing to a string cannot fail");
    }
    insta::assert_snapshot!(all);
}

#[tokio::test]
async fn init_from_a_workbook_names_the_sheet_where_needed() {
    let dir = TestDir::new();
    let mut all = String::new();
    for name in ["openpyxl-laid-out.xlsx", "openpyxl-sheets.xlsx"] {
        copy(&dir, name);
        let run = dir.run(&["init", "class.yaml", "--roster", name]).await;
        assert_eq!((run.code, &*run.stdout), (Some(0), ""), "{}", run.stderr);
        let text = std::fs::read_to_string(dir.path("class.yaml")).expect("the job file");
        let (_, roster) = text.split_once("\nroster:").expect("the roster");
        writeln!(all, "{}\nroster:{roster}", run.stderr).expect("writing to a string cannot fail");
        let run = dir.run(&["run", "class.yaml", "--dry-run", "--progress", "none"]).await;
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        std::fs::remove_file(dir.path("class.yaml")).expect("it is there");
    }
    insta::assert_snapshot!(all);
}

#[tokio::test]
async fn init_without_email_column_or_workbook_writes_nothing() {
    let dir = TestDir::new();
    dir.write("names.csv", "Nom;Adresse\nAda;Paris\n");
    dir.write("empty.csv", "");
    dir.write("broken.xlsx", "PK\u{3}\u{4}hunter2");
    copy(&dir, "msoffcrypto-password.xlsx");
    let mut all = String::new();
    for name in ["names.csv", "empty.csv", "broken.xlsx", "msoffcrypto-password.xlsx"] {
        let run = dir.run(&["init", "class.yaml", "--roster", name]).await;
        assert_eq!((run.code, &*run.stdout), (Some(2), ""), "{name}");
        assert!(!dir.path("class.yaml").exists(), "{name}");
        all += &run.stderr;
    }
    insta::assert_snapshot!(all);
}

/// Runs `check` with a limit of its memory.
async fn check_within_limits(dir: &TestDir, roster: &str) -> Run {
    dir.write("lab.yaml", &format!("version: 1\nroster: {roster}\n"));
    let command = format!("ulimit -v {MEMORY_LIMIT}; exec {} check lab.yaml", program());
    let output = dir.command_line(&["/bin/sh", "-c", &command], &[]).output().await.expect("a shell");
    Run::from(output)
}

/// Writes a zip file; the last part goes on with what `write` adds.
fn zip_file(
    dir: &TestDir,
    name: &str,
    parts: &[(&str, &str)],
    write: impl Fn(&mut ZipWriter<File>) -> std::io::Result<()>,
) {
    let mut zip = ZipWriter::new(File::create(dir.path(name)).expect("a file can be made"));
    let options = SimpleFileOptions::default().compression_level(Some(1));
    for (part, text) in parts {
        zip.start_file(*part, options).expect("a part can be added");
        zip.write_all(text.as_bytes()).expect("a part can be written");
    }
    write(&mut zip).expect("the rest can be written");
    zip.finish().expect("the file can be written");
    dir.set_mode(name, 0o600);
}

/// Writes a workbook whose only sheet is made by `write`.
fn workbook(
    dir: &TestDir,
    name: &str,
    strings: &str,
    write: impl Fn(&mut ZipWriter<File>) -> std::io::Result<()>,
) {
    let parts = [
        ("[Content_Types].xml", CONTENT_TYPES),
        ("_rels/.rels", ROOT),
        ("xl/_rels/workbook.xml.rels", RELATIONS),
        ("xl/workbook.xml", WORKBOOK),
        ("xl/sharedStrings.xml", strings),
        ("xl/worksheets/sheet1.xml", "<worksheet><sheetData>"),
    ];
    zip_file(dir, name, &parts, |zip| {
        write(zip)?;
        zip.write_all(b"</sheetData></worksheet>")
    });
}

#[tokio::test]
async fn small_file_that_unfolds_to_much_is_rejected_in_little_memory() {
    let dir = TestDir::new();
    let row = r#"<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell></table:table-row>"#;
    let content = format!("<office:body><table:table table:name='A'>{row}</table:table></office:body>");
    zip_file(
        &dir,
        "repeats.ods",
        &[("META-INF/manifest.xml", "<manifest/>"), ("content.xml", &content)],
        |_| Ok(()),
    );
    let spaces = r#"<text:s text:c="16384"/>"#.repeat(10_000);
    let content = format!(
        "<office:body><table:table table:name='A'><table:table-row><table:table-cell><text:p>{spaces}</text:p></table:table-cell></table:table-row></table:table></office:body>"
    );
    let manifest = ("META-INF/manifest.xml", "<manifest/>");
    zip_file(&dir, "spaces.ods", &[manifest, ("content.xml", &content)], |_| Ok(()));
    let strings = r#"<sst uniqueCount="100000000000"><si><t>email</t></si></sst>"#;
    workbook(&dir, "strings.xlsx", strings, |_| Ok(()));
    for (name, message) in [
        ("repeats.ods", "more than 2000000 filled cells"),
        ("spaces.ods", "more text than a class list has"),
        ("strings.xlsx", "the workbook cannot be read"),
    ] {
        let run = check_within_limits(&dir, name).await;
        assert!(run.code == Some(2) && run.stderr.contains(message), "{name}: {run:?}");
    }
}

#[tokio::test]
#[ignore = "packs and unpacks hundreds of megabytes"]
async fn large_workbook_is_rejected_in_little_memory() {
    let dir = TestDir::new();
    workbook(&dir, "bomb.xlsx", "<sst/>", |zip| {
        let blanks = vec![b' '; 1 << 20];
        (0..200).try_for_each(|_| zip.write_all(&blanks))
    });
    workbook(&dir, "large.xlsx", "<sst/>", |zip| {
        let rows = r#"<row><c t="inlineStr"><is><t>Student</t></is></c></row>"#.repeat(10_000);
        (0..400).try_for_each(|_| zip.write_all(rows.as_bytes()))
    });
    workbook(&dir, "cells.xlsx", "<sst/>", |zip| {
        let row = format!("<row>{}</row>", "<c><v>1</v></c>".repeat(16_000));
        (0..150).try_for_each(|_| zip.write_all(row.as_bytes()))
    });
    for (name, message) in [
        ("bomb.xlsx", "larger than 64 MiB when it is unpacked"),
        ("large.xlsx", "larger than 64 MiB when it is unpacked"),
        ("cells.xlsx", "more than 2000000 filled cells"),
    ] {
        let run = check_within_limits(&dir, name).await;
        assert!(run.code == Some(2) && run.stderr.contains(message), "{name}: {run:?}");
    }
}
