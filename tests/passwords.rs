//! Passwords that commands print, those of accounts that are left out, and files that others can open.

use ensims_sandbox::Operation;
use serde_json::json;

use crate::program::{Ended, PROGRAM, Place, jess_password, job, password, sandbox_of};

const VARIABLES: [(&str, &str); 1] = [("PATH", "/usr/bin:/bin")];

fn lines(place: &Place, file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(place.path(file)).expect("the file is there");
    text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn commands_are_run_once_each_a_few_at_a_time_and_only_for_whom_it_is_needed() {
    let sandbox = sandbox_of(12).start().await.expect("a sandbox");
    let place = Place::new();
    std::fs::create_dir(place.path("jobs")).expect("a folder can be made");
    // Notes who asks and how many do so at once, in the folder of the job file. Only the first line is the password.
    let script = "#!/bin/sh
echo \"$1\" >> calls
mkdir running.$$
ls -d running.* | wc -l >> at_once
test \"$1\" = jess && echo jess-secret-0 || echo \"ensims-secret-$1\"
echo 'user: lab'
cat
rmdir running.$$
";
    place.file("jobs/secrets.sh", script);
    place.set_mode("jobs/secrets.sh", 0o700);
    let mut text = format!(
        "version: 1\nservice: {}\nlimits: {{ concurrency: 3, rate: unlimited }}\njess: {{ username: jess0, password_command: [./secrets.sh, jess] }}\naccounts:\n",
        sandbox.url()
    );
    for number in 0..12 {
        text.push_str(&format!(
            "  - name: lab{number}\n    ensims: {{ email: lab{number}@uni.example, password_command: [./secrets.sh, '{number}'] }}\n"
        ));
    }
    place.file("jobs/job.yaml", &text);

    let arguments = ["run", "jobs/job.yaml", "--skip", "lab5", "--report", "r.json", "-vv"];
    let ended = place.run_with(&arguments, &VARIABLES).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(!ended.err.contains("secret-") && !ended.err.contains("user: lab"), "{}", ended.err);
    assert_eq!(sandbox.seen().count(Operation::UpdateJessSession), 11);
    let mut calls = lines(&place, "jobs/calls");
    calls.sort();
    assert_eq!(calls, ["0", "1", "10", "11", "2", "3", "4", "6", "7", "8", "9", "jess"]);
    let most = lines(&place, "jobs/at_once").iter().filter_map(|count| count.trim().parse().ok()).max();
    assert!(most <= Some(3), "{most:?}");

    let ended = place.run_with(&["check", "jobs/job.yaml", "--only", "lab1"], &VARIABLES).await;
    assert!(
        ended
            .out
            .contains(" lab1     lab1@uni.example  jess0      command ./secrets.sh  command ./secrets.sh")
    );
}

#[tokio::test]
async fn an_account_that_is_left_out_needs_no_password() {
    let sandbox = sandbox_of(1).start().await.expect("a sandbox");
    let place = Place::new();
    let others = "  - name: bob
    ensims: { email: bob@uni.example, password_env: NOT_SET }
    jess: { username: jess-bob, password_file: missing.txt }
  - name: cem
    ensims: { email: cem@uni.example, password_command: [no-such-program] }
    jess: { username: jess-cem, password_credential: missing }
";
    place.file("job.yaml", &(job(&sandbox.url(), "rate: unlimited", 1) + others));
    let ended = place.run(&["run", "job.yaml", "--only", "lab0", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let report = place.report("r.json");
    assert_eq!(report["totals"]["updated"], 1);
    let cem = &report["accounts"][2];
    let known = json!([cem["name"], cem["email"], cem["jess_username"], cem["outcome"], cem["reason"]]);
    assert_eq!(known, json!(["cem", "cem@uni.example", "jess-cem", "skipped", "not-selected"]));

    let ended = place.run(&["check", "job.yaml"]).await;
    assert_eq!(ended.code, Some(2));
    // The command is not run while there are other mistakes.
    assert!(ended.err.ends_with("3 mistakes; nothing was sent.\n"), "{}", ended.err);
}

#[tokio::test]
async fn a_refusal_counts_for_an_account_that_was_left_out_and_shares_the_credential() {
    let sandbox = sandbox_of(3).start().await.expect("a sandbox");
    sandbox.add_jess_user(ensims_sandbox::JessUser::new("shared", "the right one"));
    let place = Place::new();
    let mut text =
        format!("version: 1\nservice: {}\nlimits: {{ concurrency: 1 }}\naccounts:\n", sandbox.url());
    for number in 0..3 {
        text.push_str(&format!(
            "  - name: lab{number}\n    ensims: {{ email: lab{number}@uni.example, password: '{}' }}\n    jess: {{ username: shared, password: 'a wrong one' }}\n",
            password(number)
        ));
    }
    place.file("job.yaml", &text);
    let ended = place.run(&["run", "job.yaml", "--max-failures", "1"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let ended = place.run(&["run", "job.yaml", "--resume", "--only", "lab2", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let same = "same credential as lab0 in the run that this one resumes; not sent again";
    assert_eq!(place.report("r.json")["accounts"][2]["detail"], same);
    assert_eq!(sandbox.seen().count(Operation::UpdateJessSession), 1);
}

/// A job whose passwords are in the job file, a roster and two files, all of which others can open.
fn open_to_all(place: &Place, service: &str) {
    place.file("it's.csv", &format!("email,ensims_password\nlab1@uni.example,{}\n", password(1)));
    place.file("two.txt", &password(2));
    place.file("jess.txt", &jess_password(0));
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
    place.file("job.yaml", &text);
    for (name, mode) in [("it's.csv", 0o640), ("two.txt", 0o604), ("jess.txt", 0o644), ("job.yaml", 0o644)] {
        place.set_mode(name, mode);
    }
}

#[tokio::test]
async fn files_with_passwords_that_others_can_open_are_all_named_with_what_to_type() {
    let sandbox = sandbox_of(3).start().await.expect("a sandbox");
    let place = Place::new();
    open_to_all(&place, &sandbox.url());
    let ended = place.run(&["run", "job.yaml"]).await;
    assert_eq!((ended.code, &*ended.out), (Some(2), ""));
    insta::assert_snapshot!(ended.err);
    assert!(sandbox.seen().requests.is_empty());

    let typed: Vec<&str> =
        ended.err.lines().filter_map(|line| line.split_once("; type: ")).map(|(_, typed)| typed).collect();
    let script = typed.join("\n");
    let changed = place.command_of(&["sh", "-ec", &script], &VARIABLES).output().await.expect("a shell");
    assert!(changed.status.success(), "{changed:?}");
    let ended = place.run(&["run", "job.yaml"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
}

#[tokio::test]
async fn whoever_insists_or_rehearses_can_use_files_that_others_can_open() {
    let sandbox = sandbox_of(3).start().await.expect("a sandbox");
    let place = Place::new();
    open_to_all(&place, &sandbox.url());
    for insist in [&["--allow-readable-secrets"][..], &["--service", "sandbox"]] {
        let ended = place.run(&[&["run", "job.yaml"], insist].concat()).await;
        assert_eq!(ended.code, Some(0), "{}", ended.err);
    }
    open_to_all(&place, "sandbox");
    let ended = place.run(&["run", "job.yaml"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
}

#[tokio::test]
async fn what_is_handed_over_by_a_pipe_is_nobody_elses() {
    let sandbox = sandbox_of(1).start().await.expect("a sandbox");
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), "rate: unlimited", 1));
    place.set_mode("job.yaml", 0o644);
    for script in
        ["\"$0\" run - < job.yaml", "\"$0\" run <(cat job.yaml)", "\"$0\" run /dev/stdin < job.yaml"]
    {
        let output = place.command_of(&["bash", "-c", script, PROGRAM], &VARIABLES).output().await;
        let ended = Ended::from(output.expect("bash starts"));
        assert_eq!(ended.code, Some(0), "{script}: {}", ended.err);
    }
}

#[tokio::test]
async fn a_file_that_is_too_long_for_a_password_is_a_mistake_even_if_it_never_ends() {
    let place = Place::new();
    place.file("long.txt", &"x".repeat(64 * 1024 + 1));
    for (file, named) in [("long.txt", "the file long.txt"), ("/dev/zero", "the file that it names in /dev")]
    {
        let text = job("sandbox", "rate: unlimited", 1);
        let own = format!("password: '{}'", password(0));
        place.file("job.yaml", &text.replace(&own, &format!("password_file: {file}")));
        let ended = place.run(&["run", "job.yaml"]).await;
        assert_eq!((ended.code, &*ended.out), (Some(2), ""), "{file}: {}", ended.err);
        let problem = format!("{named} cannot be read: it is too long for a password");
        assert!(ended.err.contains(&problem), "{}", ended.err);
    }
}
