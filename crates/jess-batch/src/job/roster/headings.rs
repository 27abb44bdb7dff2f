//! The first line of a roster: which column is which.

use super::cells::Cell;
use super::key::ColumnsEntry;
use crate::job::accounts::looks_like_email;
use crate::job::mistake::Place;

/// What a column can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heading {
    Name,
    Email,
    EnsimsPassword,
    EnsimsPasswordEnv,
    EnsimsPasswordFile,
    JessUsername,
    JessPassword,
    JessPasswordEnv,
    JessPasswordFile,
}

impl Heading {
    pub(super) const ALL: [Self; 9] = [
        Self::Name,
        Self::Email,
        Self::EnsimsPassword,
        Self::EnsimsPasswordEnv,
        Self::EnsimsPasswordFile,
        Self::JessUsername,
        Self::JessPassword,
        Self::JessPasswordEnv,
        Self::JessPasswordFile,
    ];

    /// Where a password stands in one of three columns.
    pub(super) const ENSIMS_PASSWORDS: [Self; 3] =
        [Self::EnsimsPassword, Self::EnsimsPasswordEnv, Self::EnsimsPasswordFile];
    pub(super) const JESS_PASSWORDS: [Self; 3] =
        [Self::JessPassword, Self::JessPasswordEnv, Self::JessPasswordFile];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::EnsimsPassword => "ensims_password",
            Self::EnsimsPasswordEnv => "ensims_password_env",
            Self::EnsimsPasswordFile => "ensims_password_file",
            Self::JessUsername => "jess_username",
            Self::JessPassword => "jess_password",
            Self::JessPasswordEnv => "jess_password_env",
            Self::JessPasswordFile => "jess_password_file",
        }
    }

    /// Whether its cells are passwords.
    pub(super) fn is_secret(self) -> bool {
        matches!(self, Self::EnsimsPassword | Self::JessPassword)
    }

    /// The heading that the job file gives this column.
    fn renamed(self, columns: &ColumnsEntry) -> Option<&str> {
        match self {
            Self::Name => columns.name.as_deref(),
            Self::Email => columns.email.as_deref(),
            Self::EnsimsPassword => columns.ensims_password.as_deref(),
            Self::EnsimsPasswordEnv => columns.ensims_password_env.as_deref(),
            Self::EnsimsPasswordFile => columns.ensims_password_file.as_deref(),
            Self::JessUsername => columns.jess_username.as_deref(),
            Self::JessPassword => columns.jess_password.as_deref(),
            Self::JessPasswordEnv => columns.jess_password_env.as_deref(),
            Self::JessPasswordFile => columns.jess_password_file.as_deref(),
        }
    }

    /// Whether a text is the heading of this column, with what the job file renames.
    fn stands_as(self, text: &str, columns: &ColumnsEntry) -> bool {
        text == self.renamed(columns).unwrap_or(self.word())
    }

    /// What the job file renames, to be filled in.
    pub(super) fn renamed_mut(self, columns: &mut ColumnsEntry) -> &mut Option<String> {
        match self {
            Self::Name => &mut columns.name,
            Self::Email => &mut columns.email,
            Self::EnsimsPassword => &mut columns.ensims_password,
            Self::EnsimsPasswordEnv => &mut columns.ensims_password_env,
            Self::EnsimsPasswordFile => &mut columns.ensims_password_file,
            Self::JessUsername => &mut columns.jess_username,
            Self::JessPassword => &mut columns.jess_password,
            Self::JessPasswordEnv => &mut columns.jess_password_env,
            Self::JessPasswordFile => &mut columns.jess_password_file,
        }
    }

    /// How surely a text means this heading: 0 is its own word, then usual spellings, then what is near one.
    pub(super) fn likeness(self, text: &str) -> Option<u8> {
        let usual = || {
            USUAL_SPELLINGS.iter().any(|(spelling, heading)| *heading == self && bare(spelling) == bare(text))
        };
        match Self::near(text) {
            _ if text == self.word() => Some(0),
            Some(near) if near == self => {
                Some(if bare(text) == bare(self.word()) || usual() { 1 } else { 2 })
            }
            _ => None,
        }
    }

    /// The heading that something else was probably meant to be.
    fn near(text: &str) -> Option<Self> {
        let text = bare(text);
        // Near 'username', and something else.
        if text == "surname" {
            return None;
        }
        let usual = USUAL_SPELLINGS.iter().map(|(spelling, heading)| (bare(spelling), *heading));
        let own = Self::ALL.map(|heading| (bare(heading.word()), heading));
        own.into_iter()
            .chain(usual)
            .map(|(word, heading)| (strsim::osa_distance(&text, &word), word.len(), heading))
            .min_by_key(|(distance, _, _)| *distance)
            .filter(|(distance, length, _)| *distance <= 2 && distance * 4 <= *length)
            .map(|(_, _, heading)| heading)
    }
}

/// What people and other programs call these columns.
const USUAL_SPELLINGS: [(&str, Heading); 20] = [
    ("full name", Heading::Name),
    ("student", Heading::Name),
    ("student name", Heading::Name),
    ("account", Heading::Name),
    ("mail", Heading::Email),
    ("mail address", Heading::Email),
    ("email address", Heading::Email),
    ("email adresse", Heading::Email),
    ("password", Heading::EnsimsPassword),
    ("passwort", Heading::EnsimsPassword),
    ("kennwort", Heading::EnsimsPassword),
    ("ensims passwort", Heading::EnsimsPassword),
    ("ensims kennwort", Heading::EnsimsPassword),
    ("jess user", Heading::JessUsername),
    ("jess name", Heading::JessUsername),
    ("jess login", Heading::JessUsername),
    ("user name", Heading::JessUsername),
    ("benutzername", Heading::JessUsername),
    ("jess passwort", Heading::JessPassword),
    ("jess kennwort", Heading::JessPassword),
];

/// Letters and digits only, in lower case: `E-mail` is `email`.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// One column of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Known(Heading),
    /// It has no heading, so it must hold nothing.
    Nameless,
    /// It does not count: as `columns` in the job file says, or because of its heading.
    Ignored,
}

/// Which columns a file has.
#[derive(Debug)]
pub(super) struct Headings {
    /// Under a heading that is nearly right: what was probably meant.
    pub(super) columns: Vec<Column>,
    pub(super) mistakes: Vec<HeadingMistake>,
    /// Whether passwords stand in one of the columns, by what can be told.
    pub(super) secret: bool,
}

/// What is wrong with a heading.
pub(super) type HeadingMistake = (Place, String);

impl Headings {
    /// Reads the first line. With no heading in it nothing can be said of the others.
    pub(super) fn read(cells: &[Cell<'_>], columns: Option<&ColumnsEntry>) -> Result<Self, HeadingMistake> {
        let none = ColumnsEntry::default();
        let own = columns.unwrap_or(&none);
        let mut headings = Self { columns: Vec::new(), mistakes: Vec::new(), secret: false };
        let mut like_a_heading = false;
        for cell in cells {
            let text = cell.text();
            let text = text.trim();
            let known = Heading::ALL.into_iter().find(|heading| heading.stands_as(text, own));
            // What stands in another column as it should is not what was meant here.
            let stands =
                |heading: Heading| cells.iter().any(|cell| heading.stands_as(cell.text().trim(), own));
            let near = Heading::near(text);
            like_a_heading |= known.is_some() || near.is_some();
            headings.secret |= known.or(near).is_some_and(Heading::is_secret);
            let near = near.filter(|heading| heading.renamed(own).is_none());
            let (column, problem) = match (known, near) {
                (Some(heading), _) if headings.has(heading) => (Column::Ignored, Some(twice(text))),
                (Some(heading), _) => (Column::Known(heading), None),
                (None, _) if text.is_empty() => (Column::Nameless, None),
                (None, Some(heading)) if headings.has(heading) || stands(heading) => {
                    (Column::Ignored, Some(nearly(text, heading)))
                }
                (None, Some(heading)) => (Column::Known(heading), Some(nearly(text, heading))),
                (None, None) => (Column::Ignored, columns.is_none().then(|| UNKNOWN.to_owned())),
            };
            headings.mistakes.extend(problem.map(|problem| (cell.place, problem)));
            headings.columns.push(column);
        }
        let at = cells.first().map_or(Place { line: 1, column: 1 }, |cell| cell.place);
        // An account in the first line is none of its headings, even if a bad password of it is near one.
        if !like_a_heading || cells.iter().any(|cell| looks_like_email(&cell.text())) {
            return Err((at, NO_HEADINGS.to_owned()));
        }
        Ok(headings)
    }

    pub(super) fn has(&self, heading: Heading) -> bool {
        self.columns.contains(&Column::Known(heading))
    }

    /// What is missing altogether: it is said once, not in every line. Passwords that a person types need no column, and
    /// no JESS account where all share one.
    pub(super) fn lacks(&self, columns: Option<&ColumnsEntry>, ask: bool, shared_jess: bool) -> Vec<String> {
        let has = |headings: [Heading; 3]| headings.into_iter().any(|heading| self.has(heading));
        let renamed = |heading: &Heading| columns.is_some_and(|columns| heading.renamed(columns).is_some());
        let not_found = Heading::ALL.into_iter().filter(|heading| renamed(heading) && !self.has(*heading));
        let mut lacks: Vec<String> = not_found
            .map(|heading| {
                format!("no column has the heading that 'columns' of the job gives for '{}'", heading.word())
            })
            .collect();
        if !lacks.is_empty() {
            return lacks;
        }
        if !self.has(Heading::Email) {
            lacks.push("no column 'email'; add one".to_owned());
        }
        if !ask && !has(Heading::ENSIMS_PASSWORDS) {
            lacks.push(format!(
                "no column of ENSIMS passwords; add {}, or type them with --ask",
                one_of(Heading::ENSIMS_PASSWORDS)
            ));
        }
        match (self.has(Heading::JessUsername), has(Heading::JESS_PASSWORDS)) {
            (false, true) => lacks.push("no column 'jess_username'; add one".to_owned()),
            (true, false) if !ask => {
                lacks.push(format!("no column of JESS passwords; add {}, or type them with --ask", one_of(Heading::JESS_PASSWORDS)));
            }
            (false, false) if !shared_jess => lacks.push(
                "no columns of JESS accounts; add 'jess_username' and 'jess_password', or one 'jess:' for all to the job"
                    .to_owned(),
            ),
            _ => {}
        }
        lacks
    }
}

fn one_of([first, second, third]: [Heading; 3]) -> String {
    format!("'{}', '{}' or '{}'", first.word(), second.word(), third.word())
}

fn twice(text: &str) -> String {
    format!("the heading '{text}' stands here twice; remove one of the columns")
}

fn nearly(text: &str, heading: Heading) -> String {
    format!("the heading '{text}' is not known, did you mean '{}'? Rename it", heading.word())
}

const UNKNOWN: &str = "this heading is not known; rename it, remove the column, or say with 'columns' in the job file which ones count";
const NO_HEADINGS: &str = "the first line must hold the headings, such as name, email, ensims_password, jess_username, jess_password";
