//! Pace: the rate, concurrency and pauses of a run, as the service sees them.

use std::time::Duration;

use ensims_sandbox::{Fault, Operation, Target};

use crate::program::{TestDir, job_yaml, sandbox_with};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn run_of_400_accounts_keeps_rate_and_concurrency() {
    const CONCURRENCY: usize = 8;
    // With this latency some requests are always in flight, yet 100 a second can be answered.
    let sandbox = sandbox_with(400).latency(Duration::from_millis(50)).start().await.expect("a sandbox");
    let dir = TestDir::new();
    dir.write(
        "job.yaml",
        &job_yaml(&sandbox.url(), &format!("concurrency: {CONCURRENCY}, rate: 100/s"), 400),
    );
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);

    let seen = sandbox.seen();
    assert_eq!(seen.requests.len(), 2 + 2 * 400);
    assert!((2..=CONCURRENCY).contains(&seen.max_in_flight), "{}", seen.max_in_flight);

    // The gate lets at most 100 requests and a burst of 10 start in any second. On a busy machine some arrive in a
    // later second than they started, but never more than one for each concurrent account.
    let arrivals: Vec<Duration> = seen.requests.iter().map(|request| request.at).collect();
    let in_second_from = |start: Duration| arrivals.partition_point(|at| *at < start + SECOND);
    let busiest = arrivals.iter().enumerate().map(|(before, at)| in_second_from(*at) - before).max();
    assert!(busiest <= Some(100 + 10 + CONCURRENCY), "{busiest:?} requests in one second");

    // Regardless of arrival times, each request after the burst takes its hundredth of a second.
    let least = (seen.requests.len() - 10) * 10;
    let duration_ms = dir.report("r.json")["duration_ms"].as_u64().expect("milliseconds");
    assert!(duration_ms >= least as u64, "{duration_ms} ms");
}

#[tokio::test]
async fn retry_after_on_429_pauses_all_accounts() {
    const CONCURRENCY: usize = 8;
    let sandbox = sandbox_with(24).start().await.expect("a sandbox");
    for operation in [Operation::LogOn, Operation::UpdateJessSession] {
        sandbox.always(Target::Anyone, operation, Fault::Delay(Duration::from_millis(400)));
    }
    // This request is answered at once, while the other seven wait for their answers.
    sandbox.script("lab12@uni.example".into(), Operation::LogOn, [Fault::retry_after(429, "1")]);
    let dir = TestDir::new();
    dir.write(
        "job.yaml",
        &job_yaml(&sandbox.url(), &format!("concurrency: {CONCURRENCY}, rate: unlimited"), 24),
    );
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);

    let seen = sandbox.seen();
    assert!((2..=CONCURRENCY).contains(&seen.max_in_flight), "{}", seen.max_in_flight);
    let paused_at = seen.requests.iter().find(|request| request.status == Some(429)).expect("a 429").at;
    let within =
        seen.requests.iter().filter(|request| paused_at < request.at && request.at < paused_at + SECOND);
    // Requests in flight when the 429 arrived. Without the pause, each of the seven would have sent two or three.
    let within = within.count();
    assert!(within < CONCURRENCY, "{within} requests within the second");
}
