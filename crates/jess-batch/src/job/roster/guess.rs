//! Which column of a list is which, where it has headings of its own: guessed for a new job file.

use std::io;
use std::path::Path;

use super::cells::Cell;
use super::first_line::FirstLine;
use super::headings::Heading;
use super::key::ColumnsEntry;
use super::{first_line, read_bytes, text_of};

/// What is found in the first line of a list.
#[derive(Debug)]
pub(crate) enum ListHeadings {
    /// Ours, so the job file need not name them.
    Ours,
    /// Others, of which some are clear. They are headings, because the one of the e-mail addresses is among them.
    Recognised(Recognised),
    /// They may be no headings at all, so nothing of them must be shown.
    Unknown,
}

/// Headings, as they stand in the list.
#[derive(Debug)]
pub(crate) struct Recognised {
    /// With what each probably is.
    pub(crate) known: Vec<(Heading, String)>,
    pub(crate) others: Vec<String>,
}

impl ListHeadings {
    /// Reads the first line of a file.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let bytes = read_bytes(path)?;
        let headings =
            text_of(&bytes).ok().and_then(|text| first_line(text).map(|line| Self::in_line(&line)));
        Ok(headings.unwrap_or(Self::Unknown))
    }

    fn in_line(cells: &[Cell<'_>]) -> Self {
        let first = FirstLine::read(cells, None);
        if first.headings().is_ok_and(|headings| headings.mistakes.is_empty()) {
            return Self::Ours;
        }
        if !first.is_safe() {
            return Self::Unknown;
        }
        let recognised = Recognised::in_line(cells);
        let has_email = recognised.known.iter().any(|(heading, _)| *heading == Heading::Email);
        if has_email { Self::Recognised(recognised) } else { Self::Unknown }
    }

    /// What `columns` of the job file is to say.
    pub(super) fn columns(&self) -> Option<ColumnsEntry> {
        match self {
            Self::Recognised(recognised) => Some(recognised.columns()),
            Self::Ours | Self::Unknown => None,
        }
    }
}

impl Recognised {
    /// Of several headings for one column the best counts; of several as good ones none.
    fn in_line(cells: &[Cell<'_>]) -> Self {
        let texts: Vec<String> = cells.iter().map(|cell| cell.text().trim().to_owned()).collect();
        let best_for = |heading: Heading| {
            let rank = |text: &&String| heading.likeness(text);
            let best = texts.iter().filter_map(|text| rank(&text)).min()?;
            let mut as_good = texts.iter().filter(|text| rank(text) == Some(best));
            as_good.next().filter(|_| as_good.next().is_none())
        };
        let mut known: Vec<(Heading, String)> = Heading::ALL
            .into_iter()
            .filter_map(|heading| Some((heading, best_for(heading)?.clone())))
            .collect();
        // Without passwords of JESS, a user name is probably that of some other system.
        if !known.iter().any(|(heading, _)| Heading::JESS_PASSWORDS.contains(heading)) {
            known.retain(|(heading, text)| *heading != Heading::JessUsername || names_jess(text));
        }
        // Many accounts can have the same surname.
        if texts.iter().any(|text| is_part_of_name(text)) {
            known.retain(|(heading, text)| *heading != Heading::Name || text == heading.word());
        }
        let is_known = |text: &String| known.iter().any(|(_, heading)| heading == text);
        let others = texts.iter().filter(|text| !text.is_empty() && !is_known(text)).cloned().collect();
        Self { known, others }
    }

    fn columns(&self) -> ColumnsEntry {
        ColumnsEntry::new(self.known.iter().cloned())
    }
}

/// Whether a column holds a part of a name, so that another one holds only the rest.
fn is_part_of_name(text: &str) -> bool {
    ["first name", "given name", "vorname", "prénom", "voornaam", "apellido", "apellidos", "cognome"]
        .contains(&&*text.to_lowercase())
}

fn names_jess(text: &str) -> bool {
    text.to_lowercase().contains("jess")
}
