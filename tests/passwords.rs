//! Password commands, passwords of unselected accounts, and secret files that others can read.

use ensims_sandbox::Operation;
use serde_json::json;

use crate::program::{Run, TestDir, jess_password, job_yaml, password, program, sandbox_with};

const VARIABLES: [(&str, &str); 1] = [("PATH", "/usr/bin:/bin")];

fn read_lines(dir: &TestDir, file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(dir.path(file)).expect("the file is there");
    text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn password_commands_run_once_each_within_concurrency() {
    let sandbox = sandbox_with(12).start().await.expect("a sandbox");
    let dir = TestDir::new();
    std::fs::create_dir(dir.path("jobs")).expect("a folder can be made");
    // Records each call and how many run at once, in the folder of the job file. Only the first line is the password.
    let script = "#!/bin/sh
echo \"$1\" >> calls
mkdir running.$$
ls -d running.* | wc -l >> at_once
test \"$1\" = jess && echo jess-secret-0 || echo \"ensims-secret-$1\"
echo 'user: lab'
cat
rmdir running.$$
";
    dir.write("jobs/secrets.sh", script);
    dir.set_mode("jobs/secrets.sh", 0o700);
    let mut text = format!(
        "version: 1\nservice: {}\nlimits: {{ concurrency: 3, rate: unlimited }}\njess: {{ username: jess0, password_command: [./secrets.sh, jess] }}\naccounts:\n",
        sandbox.url()
    );
    for number in 0..12 {
        text.push_str(&format!(
            "  - name: lab{number}\n    ensims: {{ email: lab{number}@uni.example, password_command: [./secrets.sh, '{number}'] }}\n"
        ));
    }
    dir.write("jobs/job.yaml", &text);

    let arguments = ["run", "jobs/job.yaml", "--skip", "lab5", "--report", "r.json", "-vv"];
    let run = dir.run_with_env(&arguments, &VARIABLES).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(!run.stderr.contains("secret-") && !run.stderr.contains("user: lab"), "{}", run.stderr);
    assert_eq!(sandbox.seen().count(Operation::UpdateJessSession), 11);
    let mut calls = read_lines(&dir, "jobs/calls");
    calls.sort();
    assert_eq!(calls, ["0", "1", "10", "11", "2", "3", "4", "6", "7", "8", "9", "jess"]);
    let most = read_lines(&dir, "jobs/at_once").iter().filter_map(|count| count.trim().parse().ok()).max();
    assert!(most <= Some(3), "{most:?}");

    let run = dir.run_with_env(&["check", "jobs/job.yaml", "--only", "lab1"], &VARIABLES).await;
    assert!(
        run.stdout
            .contains(" lab1     lab1@uni.example  jess0      command ./secrets.sh  command ./secrets.sh")
    );
}

#[tokio::test]
async fn unselected_account_needs_no_password() {
    let sandbox = sandbox_with(1).start().await.expect("a sandbox");
    let dir = TestDir::new();
    let others = "  - name: bob
    ensims: { email: bob@uni.example, password_env: NOT_SET }
    jess: { username: jess-bob, password_file: missing.txt }
  - name: cem
    ensims: { email: cem@uni.example, password_command: [no-such-program] }
    jess: { username: jess-cem, password_credential: missing }
";
    dir.write("job.yaml", &(job_yaml(&sandbox.url(), "rate: unlimited", 1) + others));
    let run = dir.run(&["run", "job.yaml", "--only", "lab0", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let report = dir.report("r.json");
    assert_eq!(report["totals"]["updated"], 1);
    let cem = &report["accounts"][2];
    let known = json!([cem["name"], cem["email"], cem["jess_username"], cem["outcome"], cem["reason"]]);
    assert_eq!(known, json!(["cem", "cem@uni.example", "jess-cem", "skipped", "not-selected"]));

    let run = dir.run(&["check", "job.yaml"]).await;
    assert_eq!(run.code, Some(2));
    // The command is not run while there are other errors.
    assert!(run.stderr.ends_with("3 mistakes; nothing was sent.\n"), "{}", run.stderr);
}

#[tokio::test]
async fn resume_with_only_keeps_a_shared_credential_refusal() {
    let sandbox = sandbox_with(3).start().await.expect("a sandbox");
    sandbox.add_jess_user(ensims_sandbox::JessUser::new("shared", "the right one"));
    let dir = TestDir::new();
    let mut text =
        format!("version: 1\nservice: {}\nlimits: {{ concurrency: 1 }}\naccounts:\n", sandbox.url());
    for number in 0..3 {
        text.push_str(&format!(
            "  - name: lab{number}\n    ensims: {{ email: lab{number}@uni.example, password: '{}' }}\n    jess: {{ username: shared, password: 'a wrong one' }}\n",
            password(number)
        ));
    }
    dir.write("job.yaml", &text);
    let run = dir.run(&["run", "job.yaml", "--max-failures", "1"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let run = dir.run(&["run", "job.yaml", "--resume", "--only", "lab2", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let same = "same credential as lab0 in the run that this one resumes; not sent again";
    assert_eq!(dir.report("r.json")["accounts"][2]["detail"], same);
    assert_eq!(sandbox.seen().count(Operation::UpdateJessSession), 1);
}

/// Writes a job whose passwords are in the job file, a roster and two files, all readable by others.
fn write_readable_secrets(dir: &TestDir, service: &str) {
    dir.write("it's.csv", &format!("email,ensims_password\nlab1@uni.example,{}\n", password(1)));
    dir.write("two.txt", &password(2));
    dir.write("jess.txt", &jess_password(0));
    let text = format!(
        "version: 1
service: {service}
limits: {{ rate: unlimited }}
roster: it's.csv
jess: {{ username: jess0, password_file: jess.txt }}
accounts:
  - ensims: {{ email: lab0@uni.example, password: '{}' }}
  - ensims: {{ email: lab2@uni.example, password_file: two.txt }}
    jess: {{ username: jess0, password_file: jess.txt }}
",
        password(0)
    );
    dir.write("job.yaml", &text);
    for (name, mode) in [("it's.csv", 0o640), ("two.txt", 0o604), ("jess.txt", 0o644), ("job.yaml", 0o644)] {
        dir.set_mode(name, mode);
    }
}

#[tokio::test]
async fn run_names_each_readable_secret_file_and_its_fix() {
    let sandbox = sandbox_with(3).start().await.expect("a sandbox");
    let dir = TestDir::new();
    write_readable_secrets(&dir, &sandbox.url());
    let run = dir.run(&["run", "job.yaml"]).await;
    assert_eq!((run.code, &*run.stdout), (Some(2), ""));
    insta::assert_snapshot!(run.stderr);
    assert!(sandbox.seen().requests.is_empty());

    let commands: Vec<&str> = run
        .stderr
        .lines()
        .filter_map(|line| line.split_once("; type: "))
        .map(|(_, commands)| commands)
        .collect();
    let script = commands.join("\n");
    let changed = dir.command_line(&["sh", "-ec", &script], &VARIABLES).output().await.expect("a shell");
    assert!(changed.status.success(), "{changed:?}");
    let run = dir.run(&["run", "job.yaml"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

#[tokio::test]
async fn readable_secret_files_are_allowed_by_flag_or_sandbox() {
    let sandbox = sandbox_with(3).start().await.expect("a sandbox");
    let dir = TestDir::new();
    write_readable_secrets(&dir, &sandbox.url());
    for insist in [&["--allow-readable-secrets"][..], &["--service", "sandbox"]] {
        let run = dir.run(&[&["run", "job.yaml"], insist].concat()).await;
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    }
    write_readable_secrets(&dir, "sandbox");
    let run = dir.run(&["run", "job.yaml"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

#[tokio::test]
async fn job_from_a_pipe_skips_the_permission_check() {
    let sandbox = sandbox_with(1).start().await.expect("a sandbox");
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "rate: unlimited", 1));
    dir.set_mode("job.yaml", 0o644);
    for script in
        ["\"$0\" run - < job.yaml", "\"$0\" run <(cat job.yaml)", "\"$0\" run /dev/stdin < job.yaml"]
    {
        let output = dir.command_line(&["bash", "-c", script, program()], &VARIABLES).output().await;
        let run = Run::from(output.expect("bash starts"));
        assert_eq!(run.code, Some(0), "{script}: {}", run.stderr);
    }
}

#[tokio::test]
async fn oversized_or_endless_password_file_is_rejected() {
    let dir = TestDir::new();
    dir.write("long.txt", &"x".repeat(64 * 1024 + 1));
    for (file, named) in [("long.txt", "the file long.txt"), ("/dev/zero", "the file that it names in /dev")]
    {
        let text = job_yaml("sandbox", "rate: unlimited", 1);
        let own = format!("password: '{}'", password(0));
        dir.write("job.yaml", &text.replace(&own, &format!("password_file: {file}")));
        let run = dir.run(&["run", "job.yaml"]).await;
        assert_eq!((run.code, &*run.stdout), (Some(2), ""), "{file}: {}", run.stderr);
        let problem = format!("{named} cannot be read: it is too long for a password");
        assert!(run.stderr.contains(&problem), "{}", run.stderr);
    }
}

#[tokio::test]
async fn job_file_that_others_can_write_is_refused() {
    let sandbox = sandbox_with(1).start().await.expect("a sandbox");
    let dir = TestDir::new();
    let command = "version: 1\nservice: sandbox\njess: { username: a, password: b }
accounts: [{ ensims: { email: a@uni.example, password_command: [echo, x] } }]\n";
    for (text, flags, is_refused) in [
        (&*job_yaml(&sandbox.url(), "rate: unlimited", 1), &["--allow-readable-secrets"][..], true),
        (&job_yaml(&sandbox.url(), "rate: unlimited", 1), &["--dry-run"], false),
        (command, &[], true),
    ] {
        dir.write("job.yaml", text);
        dir.set_mode("job.yaml", 0o666);
        let run = dir.run(&[&["run", "job.yaml"], flags].concat()).await;
        assert_eq!(run.code, Some(if is_refused { 2 } else { 0 }), "{}", run.stderr);
        let problem = "job.yaml: other users can change this file; type: chmod o-w job.yaml";
        assert_eq!(run.stderr.contains(problem), is_refused, "{}", run.stderr);
    }
    assert!(sandbox.seen().requests.is_empty());
}

#[tokio::test]
async fn pipe_without_a_writer_is_an_error_wherever_it_is_read() {
    let dir = TestDir::new();
    nix::unistd::mkfifo(&dir.path("pipe"), nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
    let account = "version: 1\naccounts: [{ ensims: { email: a@uni.example, password: a }, jess: { username: a, password";
    dir.write("roster.yaml", "version: 1\nroster: pipe\n");
    dir.write("password.yaml", &format!("{account}_file: pipe }} }}]\n"));
    dir.write("bundle.yaml", &format!("service: {{ ca_bundle: pipe }}\n{account}: a }} }}]\n"));
    for arguments in [
        &["check", "pipe"][..],
        &["check", "roster.yaml"],
        &["check", "password.yaml"],
        &["check", "bundle.yaml"],
        &["report", "show", "pipe"],
    ] {
        let run = dir.run(arguments).await;
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains("no program writes to this pipe; start it first"), "{}", run.stderr);
    }
}

#[tokio::test]
async fn ca_bundle_or_report_that_is_too_large_is_not_read() {
    let dir = TestDir::new();
    for (name, size) in [("large.pem", 16), ("large.json", 256)] {
        let file = std::fs::File::create(dir.path(name)).expect("a file");
        file.set_len(size * 1024 * 1024 + 1).expect("a size");
    }
    let account =
        "accounts: [{ ensims: { email: a@uni.example, password: a }, jess: { username: a, password: a } }]";
    dir.write("job.yaml", &format!("version: 1\nservice: {{ ca_bundle: large.pem }}\n{account}\n"));
    for (arguments, problem) in [
        (&["check", "job.yaml"][..], "the file cannot be read: it is larger than 16 MiB"),
        (&["report", "show", "large.json"], "the report cannot be read: it is larger than 256 MiB"),
    ] {
        let run = dir.run(arguments).await;
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert!(run.stderr.contains(problem), "{}", run.stderr);
    }
}
