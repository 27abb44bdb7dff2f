//! The commands in the README print the output shown there, and its job files are valid.

use std::path::Path;

use crate::program::{Run, TestDir, repository_file};

/// Commands of the README that are shown but not run here.
const NOT_RUN: [&str; 13] = [
    "cargo test --workspace",
    "cargo build --release",
    "cargo install --locked --path crates/jess-batch",
    "cargo doc --workspace --no-deps --open",
    "cargo run -p ensims-client --example update_session",
    "jess-batch run lab.yaml",
    "jess-batch run lab.yaml --only alice",
    "jess-batch run lab.yaml --only bob",
    "jess-batch run lab.yaml --resume",
    "jess-batch schema > job.schema.json",
    "jess-batch run class.yaml",
    "jess-batch run class.yaml --only ada",
    "jess-batch run class.yaml --resume",
];

/// Prefixes of commands that are not run: they need a running service, or belong to other programs.
const NOT_RUN_PREFIXES: [&str; 3] = ["curl ", "jess-batch sandbox ", "chmod 600 "];

/// A fenced block, and the prose between the previous block and this one.
pub(crate) struct Block {
    language: String,
    before: String,
    pub(crate) text: String,
}

/// A command of the README, its output and its exit code.
struct ShownCommand {
    command: String,
    output: Vec<String>,
    code: i32,
}

pub(crate) fn readme() -> String {
    std::fs::read_to_string(repository_file("README.md")).expect("README.md can be read")
}

pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut before = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else {
            before.push_str(line);
            before.push('\n');
            continue;
        };
        let inside: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        blocks.push(Block {
            language: language.to_owned(),
            before: std::mem::take(&mut before),
            text: inside.join("\n") + "\n",
        });
    }
    blocks
}

pub(crate) fn blocks_in<'a>(blocks: &'a [Block], language: &'a str) -> impl Iterator<Item = &'a Block> {
    blocks.iter().filter(move |block| block.language == language)
}

/// The last file name in backquotes before a block whose extension is the language of the block.
pub(crate) fn file_name(block: &Block) -> &str {
    let quoted = block.before.split('`').skip(1).step_by(2);
    let names = quoted.filter(|name| Path::new(name).extension().is_some_and(|end| end == &*block.language));
    names.last().expect("the text before a block names its file")
}

fn commands(block: &Block) -> Vec<ShownCommand> {
    let mut commands: Vec<ShownCommand> = Vec::new();
    for line in block.text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            commands.push(ShownCommand { command: command.to_owned(), output: Vec::new(), code: 0 });
            continue;
        }
        let last = commands.last_mut().expect("a console block begins with a command");
        match line.strip_prefix("# exit code ") {
            Some(code) => last.code = code.parse().expect("an exit code is a number"),
            None => last.output.push(line.to_owned()),
        }
    }
    commands
}

/// The variables that the README exports, anywhere in it.
fn variables(blocks: &[Block]) -> Vec<(String, String)> {
    blocks_in(blocks, "console")
        .flat_map(commands)
        .filter_map(|shown| {
            let (name, value) = shown.command.strip_prefix("export ")?.split_once('=')?;
            Some((name.to_owned(), value.trim_matches('\'').to_owned()))
        })
        .collect()
}

/// Creates a directory with the job files of the repository and of the README.
fn dir_with_readme_files(blocks: &[Block]) -> TestDir {
    let dir = TestDir::new();
    std::fs::create_dir(dir.path("jobs")).expect("a folder can be made");
    for entry in std::fs::read_dir(repository_file("jobs")).expect("jobs/ can be read") {
        let entry = entry.expect("jobs/ can be read").path();
        if entry.is_file() {
            let name = entry.file_name().expect("a file has a name");
            std::fs::copy(&entry, dir.path("jobs").join(name)).expect("a file can be copied");
        }
    }
    for block in blocks_in(blocks, "yaml").chain(blocks_in(blocks, "csv")) {
        dir.write(file_name(block), &block.text);
    }
    dir
}

/// The arguments of a command, or `None` for a command that is only shown.
fn arguments(command: &str) -> Option<Vec<&str>> {
    let shown_only = NOT_RUN.contains(&command)
        || NOT_RUN_PREFIXES.iter().any(|prefix| command.starts_with(prefix))
        || command.starts_with("export ");
    if shown_only {
        return None;
    }
    let rest = command
        .strip_prefix("cargo run --release -- ")
        .or_else(|| command.strip_prefix("jess-batch "))
        .unwrap_or_else(|| panic!("README.md has a command that this test does not know: {command}"));
    Some(rest.split_whitespace().collect())
}

/// Whether the lines match; an expected line `...` matches any number of lines.
fn lines_match(expected: &[&str], lines: &[&str]) -> bool {
    match expected.split_first() {
        None => lines.is_empty(),
        Some((&"...", rest)) => (0..=lines.len()).any(|from| lines_match(rest, &lines[from..])),
        Some((first, rest)) => lines.first() == Some(first) && lines_match(rest, &lines[1..]),
    }
}

async fn run_command(dir: &TestDir, arguments: &[&str], variables: &[(String, String)]) -> Run {
    let variables: Vec<(&str, &str)> =
        variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    dir.run_with_env(arguments, &variables).await
}

#[tokio::test]
async fn readme_commands_print_what_is_shown() {
    let blocks = blocks(&readme());
    let (dir, variables) = (dir_with_readme_files(&blocks), variables(&blocks));
    let mut runs = 0;
    for shown in blocks_in(&blocks, "console").flat_map(commands) {
        let Some(arguments) = arguments(&shown.command) else { continue };
        let run = run_command(&dir, &arguments, &variables).await;
        let printed = run.stderr.clone() + &run.stdout;
        let lines: Vec<&str> = printed.lines().map(str::trim_end).collect();
        let expected: Vec<&str> = shown.output.iter().map(String::as_str).collect();
        assert!(lines_match(&expected, &lines), "`{}` prints now:\n{printed}", shown.command);
        assert_eq!(run.code, Some(shown.code), "`{}` has another exit code", shown.command);
        runs += 1;
    }
    assert!(runs > 0, "the README shows no command that can be run");
}

#[tokio::test]
async fn readme_job_files_pass_check() {
    let blocks = blocks(&readme());
    let (dir, variables) = (dir_with_readme_files(&blocks), variables(&blocks));
    let mut files = 0;
    for block in blocks_in(&blocks, "yaml") {
        let run = run_command(&dir, &["check", file_name(block)], &variables).await;
        assert_eq!(run.code, Some(0), "{}: {}", file_name(block), run.stderr);
        files += 1;
    }
    assert!(files > 0, "the README shows no job file");
}
