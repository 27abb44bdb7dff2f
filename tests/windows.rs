//! What is different on Windows: the program for Windows, under Wine. `.ci/windows` runs these; they need
//! `JESS_BATCH_CMD`, which starts the cmd of Wine with the program in its path. There is no PowerShell there.

use std::time::Duration;

use ensims_sandbox::{Account, Fault, JessUser, Operation, Sandbox, Target};
use nix::sys::signal::Signal;
use serde_json::Value;

use crate::program::{
    TestDir, jess_password, job_yaml, outcomes, password, repository_file, sandbox_with, wait_until,
};

/// The exit code of a command line that is typed into cmd, and what it prints.
async fn typed(dir: &TestDir, line: &str) -> (Option<i32>, String) {
    dir.write("line.cmd", &format!("@{line}\r\n@exit /b %ERRORLEVEL%\r\n"));
    let cmd = std::env::var("JESS_BATCH_CMD").expect(".ci/windows runs this test");
    let output = dir.command_line(&[&cmd, "/d", "/c", "line.cmd"], &[]).output().await.expect("cmd starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout) + &text(output.stderr))
}

fn write_file_of_jobs(dir: &TestDir, name: &str) {
    let text = std::fs::read_to_string(repository_file("jobs").join(name)).expect("a file of jobs/");
    dir.write(name, &text);
}

/// The list is on the second sheet of the workbook, below a title.
#[tokio::test]
#[ignore = "needs Wine"]
async fn whole_way_from_a_workbook_to_a_page_works_in_cmd() {
    let sandbox = (1..=7).fold(Sandbox::builder().pose_as_service(), |sandbox, number| {
        sandbox
            .account(Account::new(format!("student{number}@uni.example"), format!("start-{number}")))
            .jess_user(JessUser::new(format!("jess-{number}"), format!("other-{number}")))
    });
    let (sandbox, dir) = (sandbox.start().await.expect("a sandbox"), TestDir::new());
    std::fs::create_dir(dir.path("my class")).expect("a folder");
    let workbook = repository_file("tests/rosters/openpyxl-laid-out.xlsx");
    std::fs::copy(workbook, dir.path("my class/students.xlsx")).expect("a workbook");

    let (code, printed) =
        typed(&dir, "jess-batch init \"my class/class.yaml\" --roster \"my class/students.xlsx\"").await;
    assert_eq!(code, Some(0), "{printed}");
    assert!(printed.contains("7 accounts (2 rows hidden), sheet Übung Wärme"), "{printed}");
    assert!(printed.contains("Created my class\\class.yaml. Next:"), "{printed}");
    let commands: Vec<&str> =
        printed.lines().filter_map(|line| line.find("jess-batch ").map(|at| &line[at..])).collect();
    let [check, rehearse, one, all] = commands[..] else { panic!("four commands: {printed}") };
    assert_eq!(check, "jess-batch check \"my class\\class.yaml\"");
    for line in [check, rehearse] {
        let (code, printed) = typed(&dir, line).await;
        assert_eq!(code, Some(0), "{line}: {printed}");
        assert!(!printed.contains('/') || printed.contains("https://"), "{line}: {printed}");
    }
    let url = sandbox.url();
    let rest = all.replace(" run ", " run --resume ");
    for (line, updated) in [(one, 1), (&rest, 6)] {
        let line = format!("{line} --service {url} --report page\\r.json --report page/r.html");
        let (code, printed) = typed(&dir, &line).await;
        assert_eq!(code, Some(0), "{line}: {printed}");
        assert!(printed.contains("Report: page\\r.json") && printed.contains("page\\r.html"), "{printed}");
        let report = dir.report("page/r.json");
        assert_eq!(report["totals"]["updated"], updated, "{line}: {printed}");
        assert_eq!(report["job"]["file"], "my class\\class.yaml");
    }
    let page = std::fs::read_to_string(dir.path("page/r.html")).expect("a page");
    assert!(page.contains("Zoë Ångström"), "{page}");
    let (code, printed) = typed(&dir, &format!("{} --service {url}", all.replace(" run ", " status "))).await;
    assert_eq!(code, Some(0), "{printed}");
    assert!(printed.contains("Zoë Ångström") && printed.contains("7 ready"), "{printed}");
}

#[tokio::test]
#[ignore = "needs Wine"]
async fn demo_and_its_resume_write_in_the_temporary_folder() {
    let dir = TestDir::new();
    std::fs::create_dir(dir.path("tmp")).expect("a folder");
    let temporary = |line: &str| format!("set \"TMP=%CD%\\tmp\"\r\n@{line}");
    let (code, printed) = typed(&dir, &temporary("jess-batch demo")).await;
    assert_eq!(code, Some(0), "{printed}");
    assert!(printed.contains("20 accounts: 18 updated, 2 refused; 17 ready."), "{printed}");
    let report = printed.lines().find_map(|line| line.strip_prefix("Report: ")).expect("a report");
    let (_, report) = report.rsplit_once(r"\tmp\").expect("it is in the temporary folder");
    let page = dir.path("tmp").join(report.replace('\\', "/"));
    assert!(std::fs::read_to_string(page).expect("the page").contains("This is a rehearsal"), "{report}");
    let again = printed.lines().find_map(|line| line.split_once("jess-batch run ")).expect("a command").1;
    let (code, printed) = typed(&dir, &format!("jess-batch run {again}")).await;
    assert_eq!(code, Some(1), "{printed}");
    assert!(printed.contains("17 done earlier"), "{printed}");
    let mut left: Vec<_> = std::fs::read_dir(dir.path(""))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    left.sort_unstable();
    assert_eq!(left, ["line.cmd", "tmp"], "nothing is written outside of the temporary folder");
}

#[tokio::test]
#[ignore = "needs Wine"]
async fn init_advises_what_windows_has() {
    let dir = TestDir::new();
    dir.write("list.csv", "name,email,ensims_password\nann,lab0@uni.example,secret\n");
    let (code, printed) = typed(&dir, "jess-batch init class.yaml --roster list.csv").await;
    assert_eq!(code, Some(0), "{printed}");
    assert!(printed.contains("mkdir secrets"), "{printed}");
    assert!(printed.contains("notepad secrets\\jess.txt"), "{printed}");
    assert!(!printed.contains("chmod") && !printed.contains("which only you"), "{printed}");
}

#[tokio::test]
#[ignore = "needs Wine"]
async fn suggested_command_can_be_typed_into_cmd() {
    let (sandbox, dir) = (sandbox_with(3).start().await.expect("a sandbox"), TestDir::new());
    sandbox.add_account(Account::new("lab0@uni.example", "another"));
    dir.write("my lab.yaml", &job_yaml(&sandbox.url(), "concurrency: 1", 3));
    let begun = "jess-batch run \"my lab.yaml\" --report \"my report.json\" --max-failures=1";
    let (code, printed) = typed(&dir, begun).await;
    assert_eq!(code, Some(1), "{printed}");
    let hint = "To do the rest, but not what was refused: ";
    let command = printed.lines().find_map(|line| line.strip_prefix(hint)).expect("it suggests a command");
    assert_eq!(command, begun.replace("run ", "run --resume "));
    let (code, printed) = typed(&dir, command).await;
    assert_eq!(code, Some(1), "{printed}");
    assert_eq!(outcomes(&dir.report("my report.json")), ["refused", "updated", "updated"]);
}

#[tokio::test]
#[ignore = "needs Wine"]
async fn password_command_is_quoted_for_cmd_and_for_programs() {
    let (sandbox, dir) = (sandbox_with(2).start().await.expect("a sandbox"), TestDir::new());
    dir.write("my ensims.txt", &format!("{}\r\n", password(0)));
    dir.write("my jess.txt", &format!("{}\r\n", jess_password(0)));
    dir.write("show.cmd", "@type %1\r\n");
    dir.write(
        "job.yaml",
        &job_yaml(&sandbox.url(), "rate: unlimited", 2)
            .replace(
                &format!("password: '{}'", password(0)),
                "password_command: [cmd, /c, 'type \"my ensims.txt\"']",
            )
            .replace(
                &format!("password: '{}'", jess_password(0)),
                "password_command: [./show.cmd, my jess.txt]",
            ),
    );
    let (code, printed) = typed(&dir, "jess-batch run job.yaml").await;
    assert_eq!(code, Some(0), "{printed}");
    assert_eq!(sandbox.jess_user_of("lab0@uni.example").as_deref(), Some("jess0"));
}

#[tokio::test]
#[ignore = "needs Wine"]
async fn second_run_names_the_first_and_state_is_local_data() {
    let (sandbox, dir) = (sandbox_with(1).start().await.expect("a sandbox"), TestDir::new());
    sandbox.always(Target::Anyone, Operation::LogOn, Fault::Delay(Duration::from_hours(1)));
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "rate: unlimited", 1));
    let first = dir.start(&["run", "job.yaml"]);
    wait_until(|| sandbox.seen().count(Operation::LogOn) == 1).await;
    let holder = std::fs::read_to_string(dir.state_file("job.yaml", "lock-holder")).expect("a name");
    let holder: Value = serde_json::from_str(&holder).expect("JSON");
    let (code, printed) = typed(&dir, "jess-batch run job.yaml").await;
    assert_eq!(code, Some(4), "{printed}");
    let who = format!("another run of this job is still going: process {}, since", holder["process"]);
    assert!(printed.contains(&who), "{printed}");
    drop(first);
}

/// Wine makes Ctrl-C of SIGINT. It knows no Ctrl-Break.
#[tokio::test]
#[ignore = "needs Wine"]
async fn ctrl_c_stops_a_run_and_resume_continues_it() {
    let (sandbox, dir) = (sandbox_with(8).start().await.expect("a sandbox"), TestDir::new());
    sandbox.always(Target::Anyone, Operation::LogOn, Fault::Delay(Duration::from_millis(300)));
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "concurrency: 2, rate: unlimited", 8));
    let running = dir.start(&["run", "job.yaml", "--report", "r.json"]);
    wait_until(|| sandbox.seen().count(Operation::LogOn) >= 3).await;
    running.signal(Signal::SIGINT);
    let run = running.wait().await;
    assert_eq!(run.code, Some(130), "{}", run.stderr);
    assert!(run.stderr.contains("Press Ctrl-C again"), "{}", run.stderr);
    assert_eq!(dir.report("r.json")["accounts"][7]["reason"], "interrupted");
    let (code, printed) = typed(&dir, "jess-batch run --resume job.yaml --report r.json").await;
    assert_eq!(code, Some(0), "{printed}");
    assert!(outcomes(&dir.report("r.json")).contains(&"skipped"), "{printed}");
    assert_eq!(sandbox.seen().log_ons("lab0@uni.example"), 1);
}

/// Only the folders of the task are replaced; `.ci/check-units` checks the rest of it.
#[tokio::test]
#[ignore = "needs Wine"]
async fn scheduled_task_is_accepted_and_silent_when_all_is_well() {
    let (sandbox, dir) = (sandbox_with(1).start().await.expect("a sandbox"), TestDir::new());
    dir.write("lab.yaml", &job_yaml(&sandbox.url(), "rate: unlimited", 1));
    write_file_of_jobs(&dir, "windows-task.xml");
    let (code, printed) = typed(&dir, "schtasks /create /f /tn jess-batch /xml windows-task.xml").await;
    assert_eq!(code, Some(0), "the Task Scheduler accepts it: {printed}");
    let task = std::fs::read_to_string(dir.path("windows-task.xml")).expect("the task");
    let between = |start: &str, end: &str| {
        let (_, rest) = task.split_once(start).expect("it begins");
        let (text, _) = rest.split_once(end).expect("it ends");
        text.replace("&gt;", ">").replace("&amp;", "&")
    };
    assert_eq!(between("<Command>", "</Command>"), "cmd.exe");
    let arguments =
        between("<Arguments>", "</Arguments>").replace(r"C:\jess-batch\jess-batch.exe", "jess-batch");
    let (code, printed) = typed(&dir, &format!("cmd.exe {arguments}")).await;
    assert_eq!((code, printed.as_str()), (Some(0), ""));
    assert_eq!(std::fs::read_to_string(dir.path("night.txt")).expect("its output"), "");
    sandbox.add_account(Account::new("lab0@uni.example", "another"));
    let (code, printed) = typed(&dir, &format!("cmd.exe {arguments}")).await;
    assert_eq!((code, printed.as_str()), (Some(1), ""));
    let night = std::fs::read_to_string(dir.path("night.txt")).expect("its output");
    assert!(night.contains("lab0: refused by ENSIMS"), "{night}");
}
