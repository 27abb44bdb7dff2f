//! Log lines, on standard error.
//!
//! Only this project's own crates are heard, whatever `RUST_LOG` says: nobody has promised that the lines of
//! an HTTP library hold no password.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts the log: nothing at `verbosity` 0, requests at 1, everything at 2. `RUST_LOG` can only raise it.
pub(crate) fn start(verbosity: u8, rust_log: Option<&str>) {
    let by_flag = match verbosity {
        0 => LevelFilter::OFF,
        1 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let by_variable = rust_log.and_then(|text| text.parse::<Targets>().ok()).unwrap_or_default();
    let level_of = |name: &'static str| {
        let asked = by_variable.iter().filter(|(target, _)| *target == name).map(|(_, level)| level).max();
        by_flag.max(asked.or(by_variable.default_level()).unwrap_or(LevelFilter::OFF))
    };
    let ours = ["ensims_client", "ensims_sandbox", "jess_batch"];
    let filter = Targets::new().with_targets(ours.map(|name| (name, level_of(name))));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    // A second start can only happen in tests; the first log then goes on.
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
}
