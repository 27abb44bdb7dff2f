//! One line of a roster: the same as an item of `accounts` in the job file.

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::Roster;
use super::cells::Cell;
use super::doubts::doubt;
use super::headings::{Column, Heading};
use crate::job::accounts::looks_like_email;
use crate::job::file::{AccountEntry, EnsimsEntry, JessEntry, SecretText};

/// The cells of a line by their headings.
struct Line<'a, 'b> {
    columns: &'b [Column],
    cells: &'b [Cell<'a>],
}

impl<'a> Line<'a, '_> {
    fn cell(&self, heading: Heading) -> Option<&Cell<'a>> {
        let at = self.columns.iter().position(|column| *column == Column::Known(heading))?;
        self.cells.get(at).filter(|cell| !cell.is_empty())
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

    /// What messages call the account.
    fn label(&self) -> String {
        let email = || self.text(Heading::Email).filter(|email| looks_like_email(email));
        self.text(Heading::Name).or_else(email).unwrap_or_default()
    }
}

impl Roster {
    /// Reads a line, and notes what is wrong with it.
    pub(super) fn line(&mut self, cells: &[Cell<'_>]) {
        if self.has_other_length(cells) {
            return;
        }
        let columns = std::mem::take(&mut self.columns);
        let line = Line { columns: &columns, cells };
        let mut usable = self.has_no_gap(&line);
        for (column, cell) in columns.iter().zip(cells) {
            usable &= self.look_at(*column, cell, &line);
        }
        if usable {
            self.entries.push(entry(&line));
            self.places.extend(cells.iter().map(|cell| cell.place));
        }
        self.columns = columns;
    }

    fn has_other_length(&mut self, cells: &[Cell<'_>]) -> bool {
        let (here, headings) = (cells.len(), self.columns.len());
        let hint = match here.cmp(&headings) {
            std::cmp::Ordering::Equal => return false,
            std::cmp::Ordering::Less => "an empty cell needs its delimiter too",
            std::cmp::Ordering::Greater => "a value that holds the delimiter must stand in double quotes",
        };
        let cells_here = if here == 1 { "1 cell".to_owned() } else { format!("{here} cells") };
        let problem = format!("this line has {cells_here} and the first line has {headings}; {hint}");
        self.note(cells.first().map(|cell| cell.place), String::new(), problem);
        true
    }

    /// Notes what is wrong with one cell, or looks so. Gives whether it can be used at all.
    fn look_at(&mut self, column: Column, cell: &Cell<'_>, line: &Line<'_, '_>) -> bool {
        let heading = match column {
            Column::Known(heading) if !cell.is_empty() => heading,
            Column::Nameless if !cell.is_blank() => {
                self.note(Some(cell.place), line.label(), "this cell is in a column without a heading");
                return true;
            }
            Column::Known(_) | Column::Nameless | Column::Ignored => return true,
        };
        let text = cell.text();
        let inner = trimmed(&text);
        let has_blanks = inner.len() < text.len();
        self.holds_passwords |= heading.is_secret();
        let (usable, problem) = if inner.is_empty() {
            (false, "there are only blanks here; remove them")
        } else if text.contains(['\r', '\n']) {
            (
                false,
                "this value goes over the end of the line; take the line break out, or look for a missing quote",
            )
        } else if has_blanks && !heading.is_secret() {
            (true, "there are blanks around this value; remove them")
        } else {
            let blanks = has_blanks.then_some("there are blanks around this password; they count");
            for warning in [blanks, doubt(inner)].into_iter().flatten() {
                let warning = self.mistake(Some(cell.place), subject(line, heading), warning);
                self.warnings.push(warning);
            }
            return true;
        };
        self.note(Some(cell.place), subject(line, heading), problem);
        usable
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
        let at = line.columns.iter().position(|column| *column == Column::Known(heading));
        let place = line.cells.get(at.unwrap_or(0)).map(|cell| cell.place);
        self.note(place, subject(line, heading), problem);
    }
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

fn subject(line: &Line<'_, '_>, heading: Heading) -> String {
    let label = line.label();
    if label.is_empty() { heading.word().to_owned() } else { format!("{label}, {}", heading.word()) }
}

/// Without blanks and without characters that nobody sees.
fn trimmed(text: &Zeroizing<String>) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
    })
}
