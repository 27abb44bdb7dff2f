//! The progress of a run.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use super::output::{remove_bar, set_bar, status};
use super::text::shown;
use crate::batch::{Event, WaitReason};

/// Waits of at least this long are reported in lines, and no more often.
const REPORTED_WAIT: Duration = Duration::from_secs(1);

/// What `--progress` can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ProgressMode {
    /// A bar on a terminal, plain lines elsewhere.
    #[default]
    Auto,
    /// A bar.
    Bar,
    /// Plain lines.
    Plain,
    /// Nothing.
    None,
}

/// Listens to a run and shows its progress.
pub struct Progress {
    display: Display,
    selected: usize,
    /// How many accounts ended in the way of each word.
    tally: RefCell<BTreeMap<&'static str, usize>>,
    /// When a wait was last reported in a line: many accounts often wait for one thing.
    last_reported: Cell<Option<Instant>>,
}

enum Display {
    Bar(ProgressBar),
    Lines,
    Nothing,
}

/// The words for how an account ended, the good ones first.
const WORDS: [&str; 8] =
    ["updated", "unchanged", "ready", "not ready", "not verified", "refused", "failed", "stopped"];

impl Progress {
    /// Progress over this many selected accounts; nothing is shown if `quiet`.
    pub fn new(mode: ProgressMode, quiet: bool, selected: usize) -> Self {
        let display = match mode {
            _ if quiet => Display::Nothing,
            ProgressMode::None => Display::Nothing,
            ProgressMode::Bar => Display::Bar(bar(selected)),
            ProgressMode::Auto if std::io::stderr().is_terminal() => Display::Bar(bar(selected)),
            ProgressMode::Auto | ProgressMode::Plain => Display::Lines,
        };
        Self { display, selected, tally: RefCell::default(), last_reported: Cell::default() }
    }

    /// Shows an event.
    pub fn listen(&self, event: &Event<'_>) {
        match event {
            Event::Waiting { account, reason, wait } => self.wait(*account, *reason, *wait),
            Event::Finished { result } => self.finished(result.word()),
        }
    }

    /// Removes the bar, so that the summary begins on a clean line.
    pub fn end(&self) {
        if let Display::Bar(_) = &self.display {
            remove_bar();
        }
    }

    fn wait(&self, account: Option<&str>, reason: WaitReason, wait: Duration) {
        let seconds = wait.as_secs_f64();
        let text = match (reason, account) {
            // One for every request at a slow rate: the pace of the bar shows it.
            (WaitReason::Rate, _) => return,
            (WaitReason::Hold, _) => format!("the service asked for a pause: {seconds:.1} s"),
            (WaitReason::Retry, Some(account)) => format!("{}: retrying in {seconds:.1} s", shown(account)),
            (WaitReason::Retry, None) => format!("the service does not answer; retrying in {seconds:.1} s"),
        };
        match &self.display {
            Display::Bar(bar) => bar.set_message(format!("{} · {text}", in_words(&self.tally.borrow()))),
            Display::Lines
                if wait >= REPORTED_WAIT
                    && self.last_reported.get().is_none_or(|at| at.elapsed() >= REPORTED_WAIT) =>
            {
                self.last_reported.set(Some(Instant::now()));
                status(&text);
            }
            Display::Lines | Display::Nothing => {}
        }
    }

    /// One more account has ended in the way of this word.
    fn finished(&self, word: &'static str) {
        let mut tally = self.tally.borrow_mut();
        *tally.entry(word).or_default() += 1;
        let done: usize = tally.values().sum();
        match &self.display {
            Display::Bar(bar) => {
                bar.set_message(in_words(&tally));
                bar.inc(1);
            }
            // A line for each tenth of the accounts.
            Display::Lines if done * 10 / self.selected > (done - 1) * 10 / self.selected => {
                status(&format!("{done} of {} done: {}", self.selected, in_words(&tally)));
            }
            Display::Lines | Display::Nothing => {}
        }
    }
}

impl Drop for Progress {
    /// A second signal ends a run wherever it is, and drops this.
    fn drop(&mut self) {
        self.end();
    }
}

fn in_words(tally: &BTreeMap<&str, usize>) -> String {
    let mut parts = Vec::new();
    for word in WORDS {
        if let Some(count) = tally.get(word) {
            parts.push(format!("{count} {word}"));
        }
    }
    if parts.is_empty() { "0 done".to_owned() } else { parts.join(", ") }
}

fn bar(selected: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:24} {pos}/{len} {rate} {eta} left  {msg}")
        .expect("the template is a constant")
        .with_key("rate", |state: &ProgressState, out: &mut dyn fmt::Write| {
            // Nobody is left to tell if the terminal cannot be written.
            let _ = write!(out, "{:.1}/s", state.per_sec());
        });
    let bar = ProgressBar::new(selected as u64).with_style(style);
    bar.enable_steady_tick(Duration::from_millis(200));
    set_bar(bar.clone());
    bar
}
