//! One line of a roster: the same as an item of `accounts` in the job file.

use std::cmp::Ordering;

use secrecy::SecretString;

use super::Roster;
use super::cells::Cell;
use super::doubts::{doubts, is_invisible};
use super::headings::{Column, Columns, Heading};
use crate::job::accounts::looks_like_email;
use crate::job::file::{AccountEntry, EnsimsEntry, JessEntry, SecretText};

/// The cells of a line by their headings.
struct Line<'a, 'b> {
    columns: &'b Columns,
    cells: &'b [Cell<'a>],
}

impl<'a> Line<'a, '_> {
    fn cell(&self, heading: Heading) -> Option<&Cell<'a>> {
        self.cells.get(self.columns.position(heading)?).filter(|cell| !cell.is_empty())
    }

    /// What a cell says, without blanks around it: they are told of elsewhere.
    fn text(&self, heading: Heading) -> Option<String> {
        self.cell(heading).map(|cell| trimmed(&cell.text()).to_owned())
    }

    fn secret(&self, heading: Heading) -> Option<SecretText> {
        self.cell(heading).map(|cell| SecretText(SecretString::from(&**cell.text())))
    }

    fn has_any(&self, headings: [Heading; 3]) -> bool {
        headings.into_iter().any(|heading| self.cell(heading).is_some())
    }

    /// Why a line is no account at all, if so.
    fn no_account(&self) -> Option<&'static str> {
        let mut filled = self.cells.iter().filter(|cell| !cell.is_blank());
        let first = filled.next().map(Cell::text)?;
        let is_total = || TOTALS.contains(&&*trimmed(&first).trim_end_matches(':').to_lowercase());
        let has_email = || self.cells.iter().any(|cell| looks_like_email(trimmed(&cell.text())));
        if self.is_first_line_again() {
            Some("these are the headings again; remove this line")
        } else if is_total() && !has_email() {
            Some("this looks like a line of totals; remove this line")
        } else if self.columns.len() > 1 && filled.next().is_none() && !has_email() {
            Some(
                "only one cell is filled here, and it is no e-mail address; fill the others, or remove this line",
            )
        } else {
            None
        }
    }

    fn is_first_line_again(&self) -> bool {
        let mut pairs = self.cells.iter().zip(self.columns.texts());
        self.cells.len() == self.columns.len() && pairs.all(|(cell, title)| cell.text().trim() == title)
    }

    /// Whether the cells are where they belong, by what can be told: in a line that is shifted, a password may stand in
    /// the place of the name.
    fn is_in_place(&self) -> bool {
        let strays = |(column, cell): (Column, &Cell<'_>)| column == Column::Nameless && !cell.is_blank();
        self.text(Heading::Email).is_some_and(|email| looks_like_email(&email))
            && !self.columns.iter().zip(self.cells).any(strays)
    }

    /// What a message is about: the account, where it can be named, and the heading as it stands in the file.
    fn subject(&self, heading: Heading) -> String {
        let label = || self.text(Heading::Name).or_else(|| self.text(Heading::Email));
        let heading = self.columns.name_of(heading);
        match label().filter(|_| self.is_in_place()) {
            Some(label) => format!("{label}, {heading}"),
            None => heading.to_owned(),
        }
    }
}

/// What stands before a sum.
const TOTALS: [&str; 13] = [
    "total",
    "totals",
    "grand total",
    "sum",
    "count",
    "summe",
    "gesamt",
    "anzahl",
    "somme",
    "suma",
    "totale",
    "totaal",
    "aantal",
];

impl Roster {
    /// Reads a line, and notes what is wrong with it.
    pub(super) fn line(&mut self, cells: &[Cell<'_>]) {
        let columns = std::mem::take(&mut self.columns);
        let line = Line { columns: &columns, cells };
        if let Some(problem) = line.no_account().map(str::to_owned).or_else(|| other_length(&line)) {
            self.note(cells.first().map(|cell| cell.place), String::new(), problem);
        } else {
            let mut usable = self.has_no_gap(&line);
            for (column, cell) in columns.iter().zip(cells) {
                usable &= self.look_at(column, cell, &line);
            }
            if usable {
                self.entries.push(entry(&line));
                self.places.extend(cells.iter().map(|cell| cell.place));
            }
        }
        self.columns = columns;
    }

    /// Notes what is wrong with one cell, or looks so. Gives whether it can be used at all.
    fn look_at(&mut self, column: Column, cell: &Cell<'_>, line: &Line<'_, '_>) -> bool {
        let heading = match column {
            Column::Known(heading) if !cell.is_empty() => heading,
            Column::Nameless if !cell.is_blank() => {
                self.note(Some(cell.place), String::new(), "this cell is in a column without a heading");
                return false;
            }
            Column::Known(_) | Column::Nameless | Column::Ignored => return true,
        };
        self.holds_passwords |= heading.is_secret();
        let text = cell.text();
        if let Some((usable, problem)) = flaw(heading, &text) {
            self.note(Some(cell.place), line.subject(heading), problem);
            return usable;
        }
        for warning in doubts(heading, &text) {
            let warning = self.mistake(Some(cell.place), line.subject(heading), warning);
            self.warnings.push(warning);
        }
        true
    }

    /// Notes what must be there and is not. Passwords are looked for when all accounts are known.
    fn has_no_gap(&mut self, line: &Line<'_, '_>) -> bool {
        let no_email = line.cell(Heading::Email).is_none();
        if no_email {
            self.gap(line, Heading::Email, "this is empty; every account needs an e-mail address");
        }
        let no_username = line.cell(Heading::JessUsername).is_none() && line.has_any(Heading::JESS_PASSWORDS);
        if no_username {
            let problem = "this is empty; give the user name of the JESS password, or remove that";
            self.gap(line, Heading::JessUsername, problem);
        }
        !no_email && !no_username
    }

    fn gap(&mut self, line: &Line<'_, '_>, heading: Heading, problem: &str) {
        let at = line.columns.position(heading).unwrap_or(0);
        self.note(line.cells.get(at).map(|cell| cell.place), line.subject(heading), problem);
    }
}

/// That a line has not as many cells as there are headings.
fn other_length(line: &Line<'_, '_>) -> Option<String> {
    let (here, headings) = (line.cells.len(), line.columns.len());
    let hint = match here.cmp(&headings) {
        Ordering::Equal => return None,
        Ordering::Less => "an empty cell needs its delimiter too",
        Ordering::Greater => "a value that holds the delimiter must stand in double quotes",
    };
    let cells_here = if here == 1 { "1 cell".to_owned() } else { format!("{here} cells") };
    Some(format!("this line has {cells_here} and the first line has {headings}; {hint}"))
}

/// What is wrong with the text of a cell, and whether it can be used all the same.
fn flaw(heading: Heading, text: &str) -> Option<(bool, &'static str)> {
    let inner = trimmed(text);
    let has_blanks = inner.len() < text.len();
    if inner.is_empty() {
        Some((false, "there are only blanks here; remove them"))
    } else if text.contains(['\r', '\n']) {
        Some((
            false,
            "this value goes over the end of the line; take the line break out, or look for a missing quote",
        ))
    } else if heading == Heading::Email && text.trim().contains(is_invisible) {
        Some((false, "an invisible character is in this e-mail address; type the address again"))
    } else if heading == Heading::Email && has_mailto(inner) {
        Some((false, "this begins with 'mailto:'; take it away"))
    } else if heading == Heading::Email && looks_like_email(&inner.replace(' ', "")) && inner.contains(' ') {
        Some((false, "there is a blank in this e-mail address; take it out"))
    } else if heading == Heading::Email && !looks_like_email(inner) {
        Some((false, "this is not an e-mail address"))
    } else if has_blanks && !heading.is_secret() {
        Some((true, "there are blanks around this value; remove them"))
    } else {
        None
    }
}

fn has_mailto(text: &str) -> bool {
    text.split_at_checked("mailto:".len()).is_some_and(|(start, _)| start.eq_ignore_ascii_case("mailto:"))
}

fn entry(line: &Line<'_, '_>) -> AccountEntry {
    let jess = line.text(Heading::JessUsername).map(|username| JessEntry {
        username,
        password: line.secret(Heading::JessPassword),
        password_env: line.text(Heading::JessPasswordEnv),
        password_file: line.text(Heading::JessPasswordFile),
        password_credential: None,
        password_command: None,
    });
    let ensims = EnsimsEntry {
        email: line.text(Heading::Email).unwrap_or_default(),
        password: line.secret(Heading::EnsimsPassword),
        password_env: line.text(Heading::EnsimsPasswordEnv),
        password_file: line.text(Heading::EnsimsPasswordFile),
        password_credential: None,
        password_command: None,
    };
    AccountEntry { name: line.text(Heading::Name), ensims, jess }
}

/// Without blanks and without characters that nobody sees.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}
