//! The documents are true: their commands print what they show, their job files are valid, their links lead somewhere.

use std::path::Path;

use tokio::io::{AsyncBufReadExt, BufReader};

use crate::markdown::{Block, Page, pages};
use crate::program::{Run, TestDir, repository_file};

/// Nobody reads a longer front page.
const MAX_README_LINES: usize = 200;

/// Pages outside of `docs/`, whose links are checked too.
const OTHER_PAGES: [&str; 5] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "crates/ensims-client/README.md",
    "crates/ensims-sandbox/README.md",
];

/// How a page calls the program.
const PROGRAM_NAMES: [&str; 2] = ["jess-batch ", "cargo run --release -- "];

/// Beginnings of commands in `console` blocks that are not run with the others: they need a listening sandbox, or are
/// one, or only set a variable.
const NOT_RUN: [&str; 3] = ["curl ", "jess-batch sandbox ", "export "];

/// A command, what it prints and its exit code.
struct Example {
    command: String,
    output: Vec<String>,
    code: i32,
}

/// The folder in which the examples of a page run, with the files and variables that the page gives.
struct PageFolder {
    dir: TestDir,
    variables: Vec<(String, String)>,
}

impl PageFolder {
    /// Puts the files of `jobs/` and of the page into a new folder.
    fn of(page: &Page) -> Self {
        let dir = TestDir::new();
        std::fs::create_dir(dir.path("jobs")).expect("a folder can be made");
        for entry in std::fs::read_dir(repository_file("jobs")).expect("jobs/ can be read") {
            let path = entry.expect("jobs/ can be read").path();
            if path.is_file() {
                let name = path.file_name().expect("a file has a name");
                std::fs::copy(&path, dir.path("jobs").join(name)).expect("a file can be copied");
            }
        }
        for block in page.blocks_in("yaml").chain(page.blocks_in("csv")) {
            dir.write(block.file_name(), &block.text);
        }
        Self { dir, variables: exported_variables(page) }
    }

    async fn run(&self, arguments: &[&str]) -> Run {
        let variables: Vec<(&str, &str)> =
            self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.dir.run_with_env(arguments, &variables).await
    }
}

/// The variables that a page exports, anywhere in it.
fn exported_variables(page: &Page) -> Vec<(String, String)> {
    let mut variables = Vec::new();
    for line in page.blocks_in("console").flat_map(|block| block.text.lines()) {
        if let Some((name, value)) = line.strip_prefix("$ export ").and_then(|line| line.split_once('=')) {
            variables.push((name.to_owned(), value.trim_matches('\'').to_owned()));
        }
    }
    variables
}

fn examples(block: &Block) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    for line in block.text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            examples.push(Example { command: command.to_owned(), output: Vec::new(), code: 0 });
            continue;
        }
        let last = examples.last_mut().expect("a console block begins with a command");
        match line.strip_prefix("# exit code ") {
            Some(code) => last.code = code.parse().expect("an exit code is a number"),
            None => last.output.push(line.to_owned()),
        }
    }
    examples
}

/// The arguments in a command line of ours.
fn arguments(command: &str) -> Vec<&str> {
    let arguments = PROGRAM_NAMES.iter().find_map(|name| command.strip_prefix(name));
    arguments
        .unwrap_or_else(|| panic!("not a command of this program: {command}"))
        .split_whitespace()
        .collect()
}

/// Whether the lines are as expected. The line `...` stands for any number of lines.
fn matches(expected: &[&str], lines: &[&str]) -> bool {
    match expected.split_first() {
        None => lines.is_empty(),
        Some((&"...", rest)) => (0..=lines.len()).any(|from| matches(rest, &lines[from..])),
        Some((first, rest)) => lines.first() == Some(first) && matches(rest, &lines[1..]),
    }
}

#[tokio::test]
async fn commands_of_each_page_print_what_it_shows() {
    let mut runs = 0;
    let mut problems = String::new();
    for page in pages() {
        let folder = PageFolder::of(&page);
        for command in page.needs() {
            folder.run(&arguments(command)).await;
        }
        for example in page.blocks_in("console").flat_map(examples) {
            let command = &example.command;
            if NOT_RUN.iter().any(|beginning| command.starts_with(beginning)) {
                continue;
            }
            let run = folder.run(&arguments(command)).await;
            let printed = run.stderr + &run.stdout;
            let lines: Vec<&str> = printed.lines().map(str::trim_end).collect();
            let expected: Vec<&str> = example.output.iter().map(String::as_str).collect();
            if !matches(&expected, &lines) || run.code != Some(example.code) {
                let page = page.path.display();
                problems.push_str(&format!("{page}: `{command}`, exit code {:?}:\n{printed}\n", run.code));
            }
            runs += 1;
        }
    }
    assert!(problems.is_empty(), "these commands print something else than the page shows:\n{problems}");
    assert!(runs > 0, "no page shows a command that can run here");
}

/// The sandbox runs until Ctrl-C, so only what it prints at its start is compared; here it listens on any free port.
#[tokio::test]
async fn sandbox_prints_what_its_page_shows() {
    let page = Page::read("docs/sandbox.md");
    let folder = PageFolder::of(&page);
    let mut shown = page.blocks_in("console").flat_map(examples);
    let example =
        shown.find(|example| example.command.starts_with("jess-batch sandbox ")).expect("an example");
    let words = [arguments(&example.command), vec!["--listen", "127.0.0.1:0"]].concat();
    let mut child = folder.dir.command(&words, &[]).spawn().expect("the program starts");
    let out = BufReader::new(child.stdout.take().expect("a pipe")).lines().next_line().await;
    let err = BufReader::new(child.stderr.take().expect("a pipe")).lines().next_line().await;
    let address = out.expect("it can be read").expect("the address");
    let without_port = |address: &str| address.rsplit_once(':').map(|(host, _)| host.to_owned());
    assert_eq!(without_port(&address), without_port(&example.output[0]));
    assert_eq!(err.expect("it can be read"), example.output.get(1).cloned());
}

/// `sh` blocks show commands that need the service. Their options are checked: `--help` at the end keeps
/// them from running.
#[tokio::test]
async fn commands_that_are_only_shown_have_valid_options() {
    let dir = TestDir::new();
    let mut problems = String::new();
    for page in pages() {
        for line in page.blocks_in("sh").flat_map(|block| block.text.lines()) {
            if !PROGRAM_NAMES.iter().any(|name| line.starts_with(name)) {
                continue;
            }
            let (command, _) = line.split_once(" > ").unwrap_or((line, ""));
            let run = dir.run(&[&arguments(command)[..], &["--help"]].concat()).await;
            if run.code != Some(0) {
                problems.push_str(&format!("{}: {line}\n{}\n", page.path.display(), run.stderr));
            }
        }
    }
    assert!(problems.is_empty(), "{problems}");
}

#[tokio::test]
async fn job_files_of_each_page_pass_check() {
    let mut files = 0;
    for page in pages() {
        let folder = PageFolder::of(&page);
        for block in page.blocks_in("yaml") {
            let run = folder.run(&["check", block.file_name()]).await;
            assert_eq!(run.code, Some(0), "{}: {}", page.path.display(), run.stderr);
            files += 1;
        }
    }
    assert!(files > 0, "no page shows a job file");
}

#[test]
fn readme_has_at_most_200_lines() {
    let lines = Page::read("README.md").text.lines().count();
    assert!(lines <= MAX_README_LINES, "README.md has {lines} lines; move something to docs/");
}

#[test]
fn contents_list_every_page_of_docs() {
    let links = Page::read("docs/README.md").links();
    for page in pages() {
        let name = page.path.file_name().expect("a page has a name").to_string_lossy();
        assert!(
            name == "README.md" || links.contains(&name.to_string()),
            "docs/README.md does not list {name}"
        );
    }
}

#[test]
fn links_between_files_and_anchors_resolve() {
    let mut broken = String::new();
    for page in pages().into_iter().chain(OTHER_PAGES.map(Page::read)) {
        for link in page.links() {
            if let Err(problem) = resolve(&page, &link) {
                broken.push_str(&format!("{}: {link}: {problem}\n", page.path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken}");
}

/// Follows a link of a page, if it leads to a file of the repository.
fn resolve(page: &Page, link: &str) -> Result<(), &'static str> {
    if ["https://", "http://", "mailto:"].iter().any(|scheme| link.starts_with(scheme)) {
        return Ok(());
    }
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let target = match path {
        "" => page.path.clone(),
        path => page.path.parent().unwrap_or(Path::new("")).join(path),
    };
    if !repository_file("").join(&target).exists() {
        return Err("there is no such file");
    }
    match anchor {
        Some(anchor) if !Page::read(target).anchors().iter().any(|known| known == anchor) => {
            Err("there is no such heading")
        }
        _ => Ok(()),
    }
}
