//! Pace: what the service sees of a run's rate, concurrency and pauses.

use std::time::Duration;

use ensims_sandbox::{Fault, Operation, Target};

use crate::program::{Place, job, sandbox_of};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn four_hundred_accounts_keep_the_rate_and_the_concurrency() {
    const CONCURRENCY: usize = 8;
    // Some requests are always under way, and still 100 in a second can be answered.
    let sandbox = sandbox_of(400).latency(Duration::from_millis(50)).start().await.expect("a sandbox");
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), &format!("concurrency: {CONCURRENCY}, rate: 100/s"), 400));
    let ended = place.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);

    let seen = sandbox.seen();
    assert_eq!(seen.requests.len(), 2 + 2 * 400);
    assert!((2..=CONCURRENCY).contains(&seen.max_in_flight), "{}", seen.max_in_flight);

    // The gate lets no more than 100 and a burst of 10 start in any second. On a busy machine some arrive late, and
    // so in a later second than their own: never more than one for each account at work.
    let arrivals: Vec<Duration> = seen.requests.iter().map(|request| request.at).collect();
    let in_second_from = |start: Duration| arrivals.partition_point(|at| *at < start + SECOND);
    let busiest = arrivals.iter().enumerate().map(|(before, at)| in_second_from(*at) - before).max();
    assert!(busiest <= Some(100 + 10 + CONCURRENCY), "{busiest:?} requests in one second");

    // Whatever arrives when: after the burst each request has its hundredth of a second.
    let least = (seen.requests.len() - 10) * 10;
    let took = place.report("r.json")["duration_ms"].as_u64().expect("milliseconds");
    assert!(took >= least as u64, "{took} ms");
}

#[tokio::test]
async fn a_429_in_the_middle_of_a_busy_run_stops_everyone_for_its_second() {
    const CONCURRENCY: usize = 8;
    let sandbox = sandbox_of(24).start().await.expect("a sandbox");
    for operation in [Operation::LogOn, Operation::UpdateJessSession] {
        sandbox.always(Target::Anyone, operation, Fault::Delay(Duration::from_millis(400)));
    }
    // Answered at once, while the other seven wait for their answers.
    sandbox.script("lab12@uni.example".into(), Operation::LogOn, [Fault::retry_after(429, "1")]);
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), &format!("concurrency: {CONCURRENCY}, rate: unlimited"), 24));
    let ended = place.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);

    let seen = sandbox.seen();
    assert!((2..=CONCURRENCY).contains(&seen.max_in_flight), "{}", seen.max_in_flight);
    let asked = seen.requests.iter().find(|request| request.status == Some(429)).expect("a 429").at;
    let within = seen.requests.iter().filter(|request| asked < request.at && request.at < asked + SECOND);
    // On their way when the 429 was heard. Without the pause, each of the seven would have sent two or three.
    let within = within.count();
    assert!(within < CONCURRENCY, "{within} requests within the second");
}
