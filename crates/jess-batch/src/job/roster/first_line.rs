//! The first line of a roster: which column is which, and what is wrong with the headings.

use super::GivenElsewhere;
use super::cells::Cell;
use super::headings::{Column, Columns, Heading};
use super::key::ColumnsEntry;
use crate::job::accounts::looks_like_email;
use crate::job::mistake::Place;

/// Where something is wrong, and what.
pub(super) type Remark = (Place, String);

/// The headings of a file, as they stand there.
pub(super) struct FirstLine<'a> {
    titles: Vec<Title>,
    /// `columns` of the job file. Without it every heading must be a usual one; with it, others are left alone.
    own: Option<&'a ColumnsEntry>,
}

/// One cell of the first line.
struct Title {
    place: Place,
    text: String,
    known: Option<Heading>,
    /// What it was probably meant to be.
    near: Option<Heading>,
}

/// Which columns a file has.
#[derive(Debug)]
pub(super) struct Headings {
    /// Under a heading that is nearly right: what was probably meant.
    pub(super) columns: Columns,
    pub(super) mistakes: Vec<Remark>,
    pub(super) warnings: Vec<Remark>,
}

impl<'a> FirstLine<'a> {
    pub(super) fn read(cells: &[Cell<'_>], own: Option<&'a ColumnsEntry>) -> Self {
        let none = ColumnsEntry::default();
        let names = own.unwrap_or(&none);
        let texts: Vec<String> = cells.iter().map(|cell| cell.text().trim().to_owned()).collect();
        let known: Vec<Option<Heading>> = texts.iter().map(|text| names.column_called(text)).collect();
        // What is there, or has another heading by the job file, is not looked for under a similar one.
        let is_free =
            |heading: &Heading| names.name_of(*heading).is_none() && !known.contains(&Some(*heading));
        let title = |((cell, text), known): ((&Cell<'_>, String), &Option<Heading>)| {
            let near = Heading::near(&text).filter(|heading| known.is_none() && is_free(heading));
            Title { place: cell.place, text, known: *known, near }
        };
        Self { titles: cells.iter().zip(texts).zip(&known).map(title).collect(), own }
    }

    /// The columns and what is wrong with their headings; or that there are none, so that nothing more can be said.
    pub(super) fn headings(&self) -> Result<Headings, Remark> {
        if !self.is_one() {
            return Err((self.beginning(), NO_HEADINGS.to_owned()));
        }
        let columns = self.titles.iter().map(|title| (self.column(title), title.text.clone())).collect();
        let mistake = |title: &Title| Some((title.place, self.problem(title)?));
        let warning = |(title, heading): (&Title, Heading)| (title.place, hint(title, heading));
        Ok(Headings {
            columns: Columns::new(columns),
            mistakes: self.titles.iter().filter_map(mistake).collect(),
            warnings: self.left_alone().map(warning).collect(),
        })
    }

    /// Whether its texts may be shown: a file without headings has an account in the first line, and any cell of that
    /// may be a password.
    pub(super) fn is_safe(&self) -> bool {
        let is_email = |title: &Title| title.known.or(title.near) == Some(Heading::Email);
        // A quote that is not closed where it should be takes accounts into a heading.
        let holds_lines = |title: &Title| title.text.contains('\n') && title.text.contains([',', ';', '\t']);
        !self.is_account() && self.titles.iter().any(is_email) && !self.titles.iter().any(holds_lines)
    }

    /// Whether there are passwords below it, by what can be told.
    pub(super) fn has_passwords(&self) -> bool {
        self.titles.iter().any(|title| title.known.or(title.near).is_some_and(Heading::is_secret))
    }

    /// Whether it is a line of headings at all. One that cannot be shown must be without strange ones.
    fn is_one(&self) -> bool {
        let is_strange = |title: &Title| title.known.is_none() && !title.text.is_empty();
        let has_known = self.titles.iter().any(|title| title.known.is_some());
        let names_some = self.own.is_some_and(|own| own.all().next().is_some());
        let none_strange = self.own.is_some() || !self.titles.iter().any(is_strange);
        self.is_safe() || (!self.is_account() && (has_known || names_some) && none_strange)
    }

    fn is_account(&self) -> bool {
        self.titles.iter().any(|title| title.text.split_whitespace().any(looks_like_email))
    }

    fn beginning(&self) -> Place {
        self.titles.first().map_or(Place { line: 1, column: 1 }, |title| title.place)
    }

    /// What a column is taken for. Without `columns` in the job file that is what its heading was meant to be, so that
    /// the mistakes below it are found too.
    fn heading(&self, title: &Title) -> Option<Heading> {
        title.known.or(title.near.filter(|_| self.own.is_none()))
    }

    fn column(&self, title: &Title) -> Column {
        match self.heading(title) {
            Some(heading) if !self.is_again(title, heading) => Column::Known(heading),
            None if title.text.is_empty() => Column::Nameless,
            _ => Column::Ignored,
        }
    }

    /// Whether an earlier column is the same.
    fn is_again(&self, title: &Title, heading: Heading) -> bool {
        let first = self.titles.iter().find(|other| self.heading(other) == Some(heading));
        first.is_some_and(|first| first.place != title.place)
    }

    fn has(&self, heading: Heading) -> bool {
        self.titles.iter().any(|title| self.heading(title) == Some(heading))
    }

    /// What is wrong with one heading.
    fn problem(&self, title: &Title) -> Option<String> {
        let text = &title.text;
        match (title.known, title.near) {
            (Some(heading), _) => self.is_again(title, heading).then(|| {
                format!("the heading '{text}' stands here twice; rename one of them, or remove its column")
            }),
            (None, _) if text.is_empty() || self.own.is_some() => None,
            (None, Some(heading)) => Some(format!(
                "the heading '{text}' is not known, did you mean '{}'? Rename it, or say in the job file under roster.columns: {}",
                heading.word(),
                in_columns(title, heading)
            )),
            (None, None) => Some(format!(
                "the heading '{text}' is not known; rename it, remove the column, or say in the job file under roster.columns which ones count"
            )),
        }
    }

    /// Headings that do not count, but are near one that is not there.
    fn left_alone(&self) -> impl Iterator<Item = (&Title, Heading)> {
        let may_be_shown = self.own.is_some() && self.is_safe();
        let titles = self.titles.iter().filter(move |_| may_be_shown);
        titles.filter_map(|title| Some((title, title.near?)))
    }

    /// What is missing altogether: it is said once, not in every line. Passwords that a person types need no column, and
    /// no JESS account where all share one.
    pub(super) fn lacks(&self, given: GivenElsewhere) -> Vec<Remark> {
        let not_found = self.not_found();
        if !not_found.is_empty() {
            return not_found;
        }
        let has_one = |headings: [Heading; 3]| headings.into_iter().any(|heading| self.has(heading));
        let mut lacks = Vec::new();
        if !self.has(Heading::Email) {
            lacks.push(self.lack(&[Heading::Email], "no column 'email'", "add one"));
        }
        if !given.passwords && !has_one(Heading::ENSIMS_PASSWORDS) {
            lacks.push(self.lack_of_passwords(Heading::ENSIMS_PASSWORDS, "no column of ENSIMS passwords"));
        }
        let username = [Heading::JessUsername];
        match (self.has(Heading::JessUsername), has_one(Heading::JESS_PASSWORDS)) {
            (false, true) => lacks.push(self.lack(&username, "no column 'jess_username'", "add one")),
            (true, false) if !given.passwords => {
                lacks.push(self.lack_of_passwords(Heading::JESS_PASSWORDS, "no column of JESS passwords"));
            }
            (false, false) if !given.jess => {
                let add = "add 'jess_username' and 'jess_password', or one 'jess:' for all to the job";
                lacks.push(self.lack(&username, "no columns of JESS accounts", add));
            }
            _ => {}
        }
        lacks
    }

    /// Headings of the job file that do not stand here.
    fn not_found(&self) -> Vec<Remark> {
        let named = self.own.into_iter().flat_map(ColumnsEntry::all);
        let not_found = named.filter(|(heading, _)| !self.has(*heading));
        let remark = |(heading, text): (Heading, &str)| {
            let word = heading.word();
            format!("no column has the heading '{text}', which 'columns' in the job file gives for '{word}'")
        };
        not_found.map(|named| (self.beginning(), remark(named))).collect()
    }

    fn lack_of_passwords(&self, sources: [Heading; 3], problem: &str) -> Remark {
        let [here, variable, file] = sources.map(Heading::word);
        let add = format!("add '{here}', '{variable}' or '{file}', or type them with --ask");
        self.lack(&sources, problem, &add)
    }

    /// What to do about a column that is not there: where a heading that is left alone is near it, that is probably it.
    fn lack(&self, missing: &[Heading], problem: &str, otherwise: &str) -> Remark {
        let likeness = |(title, heading): &(&Title, Heading)| heading.likeness(&title.text);
        let near = self.left_alone().filter(|(_, heading)| missing.contains(heading));
        match near.min_by_key(likeness) {
            Some((title, heading)) => (title.place, format!("{problem}: {}", hint(title, heading))),
            None if self.own.is_some() => {
                let own = "If it has another heading, add that to 'columns' in the job file";
                (self.beginning(), format!("{problem}; {otherwise}. {own}"))
            }
            None => (self.beginning(), format!("{problem}; {otherwise}")),
        }
    }
}

fn hint(title: &Title, heading: Heading) -> String {
    let (text, meaning, entry) = (&title.text, heading.meaning(), in_columns(title, heading));
    format!("the heading '{text}' is left alone; if it is {meaning}, add {entry} to 'columns'")
}

/// How the job file gives a heading for one of ours.
fn in_columns(title: &Title, heading: Heading) -> String {
    format!("{}: '{}'", heading.word(), title.text.replace('\'', "''"))
}

const NO_HEADINGS: &str = "the first line must hold the headings: name, email, ensims_password, jess_username, jess_password. If it has others, say in the job file under roster.columns which ones count";
