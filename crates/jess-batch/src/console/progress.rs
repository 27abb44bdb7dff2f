//! How far a run has come, while it goes on.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::{say, screen};
use crate::batch::{Event, WaitReason};

/// Waits from this long on are told in lines, and no more often.
const TOLD_WAIT: Duration = Duration::from_secs(1);

/// What `--progress` can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ProgressMode {
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

/// Listens to a run and shows how far it has come.
pub(crate) struct Progress {
    display: Display,
    tally: RefCell<Tally>,
    /// When a wait was last told in a line: many accounts often wait for one thing.
    last_told: Cell<Option<Instant>>,
}

enum Display {
    Bar(ProgressBar),
    Lines,
    Nothing,
}

#[derive(Default)]
struct Tally {
    selected: usize,
    done: usize,
    by_word: BTreeMap<&'static str, usize>,
}

/// The words for how an account ended, the good ones first.
const WORDS: [&str; 9] =
    ["updated", "unchanged", "ready", "refused", "failed", "stopped", "skipped", "not-ready", "unknown"];

impl Progress {
    pub(crate) fn new(mode: ProgressMode, quiet: bool, selected: usize) -> Self {
        let display = match mode {
            _ if quiet => Display::Nothing,
            ProgressMode::None => Display::Nothing,
            ProgressMode::Bar => Display::Bar(bar(selected)),
            ProgressMode::Auto if std::io::stderr().is_terminal() => Display::Bar(bar(selected)),
            ProgressMode::Auto | ProgressMode::Plain => Display::Lines,
        };
        let tally = RefCell::new(Tally { selected, ..Tally::default() });
        Self { display, tally, last_told: Cell::new(None) }
    }

    pub(crate) fn listen(&self, event: &Event<'_>) {
        match event {
            Event::Waiting { account, reason, wait } => self.wait(*account, *reason, *wait),
            Event::Finished { account } => self.ended(account.outcome.word()),
            Event::Looked { account } => self.ended(account.standing.word()),
        }
    }

    /// Takes the bar away, so that the summary begins on a clean line.
    pub(crate) fn end(&self) {
        if let Display::Bar(_) = &self.display {
            screen::take_bar_away();
        }
    }

    fn wait(&self, account: Option<&str>, reason: WaitReason, wait: Duration) {
        let who = account.map(super::shown).unwrap_or_default();
        let text = match reason {
            // One at every request of a slow rate: the bar's own pace shows it.
            WaitReason::Rate => return,
            WaitReason::Held => format!("the service asked to wait: {:.1} s", wait.as_secs_f64()),
            WaitReason::Retry if account.is_none() => {
                format!("the service does not answer; again in {:.1} s", wait.as_secs_f64())
            }
            WaitReason::Retry => format!("{who} again in {:.1} s", wait.as_secs_f64()),
        };
        match &self.display {
            Display::Bar(bar) => bar.set_message(format!("{} · {text}", self.tally.borrow().text())),
            Display::Lines
                if wait >= TOLD_WAIT && self.last_told.get().is_none_or(|at| at.elapsed() >= TOLD_WAIT) =>
            {
                self.last_told.set(Some(Instant::now()));
                say(&text);
            }
            Display::Lines | Display::Nothing => {}
        }
    }

    /// One more account ended, in a way that this word stands for.
    fn ended(&self, word: &'static str) {
        let mut tally = self.tally.borrow_mut();
        let tenths_before = tally.done * 10 / tally.selected.max(1);
        tally.done += 1;
        *tally.by_word.entry(word).or_default() += 1;
        match &self.display {
            Display::Bar(bar) => {
                bar.set_message(tally.text());
                bar.inc(1);
            }
            Display::Lines if tally.done * 10 / tally.selected.max(1) > tenths_before => {
                say(&format!("{} of {} done: {}", tally.done, tally.selected, tally.text()));
            }
            Display::Lines | Display::Nothing => {}
        }
    }
}

impl Drop for Progress {
    /// A second signal ends a run wherever it is.
    fn drop(&mut self) {
        self.end();
    }
}

impl Tally {
    fn text(&self) -> String {
        let count = |word| self.by_word.get(word).map(|count| format!("{count} {word}"));
        let parts: Vec<String> = WORDS.iter().filter_map(count).collect();
        if parts.is_empty() { "0 done".to_owned() } else { parts.join(", ") }
    }
}

fn bar(selected: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:24} {pos}/{len} {per_sec} {eta} left  {msg}")
        .expect("the template is a constant");
    let bar = ProgressBar::new(selected as u64).with_style(style);
    bar.enable_steady_tick(Duration::from_millis(200));
    screen::show_bar(&bar);
    bar
}
