//! The text of a new job file, for `init`.

use std::path::Path;

use askama::Template;

use super::accounts::JESS_USER_NAME;
use super::roster::{Heading, ListHeadings, Recognised, RosterFacts};
use super::yaml_text::yaml_text;

/// A job file for somebody who begins. All texts in it are YAML.
#[derive(Template)]
#[template(path = "job.yaml", escape = "none")]
struct NewJobFile {
    name: Option<String>,
    page: String,
    json: String,
    roster: Option<Roster>,
    user_name: &'static str,
}

struct Roster {
    file: String,
    jess: SharedJess,
    columns: Columns,
}

/// What the job file says of the headings of a list.
enum Columns {
    /// Nothing: they are ours.
    Ours,
    /// What those are that are understood, and the others.
    Given { columns: String, others: Option<String> },
    /// All of it is to be filled in.
    ToFillIn(String),
}

impl Columns {
    fn of(headings: &ListHeadings) -> Self {
        match headings {
            ListHeadings::Ours => Self::Ours,
            ListHeadings::Recognised(Recognised { known, others }) => {
                let texts: Vec<String> = others.iter().map(|text| yaml_text(text)).collect();
                let others = (!texts.is_empty()).then(|| texts.join(", "));
                Self::Given { columns: entries(known), others }
            }
            ListHeadings::Unknown => {
                Self::ToFillIn(entries(&USUAL.map(|heading| (heading, "YOUR-HEADING".to_owned()))))
            }
        }
    }
}

/// The columns of a list that needs nothing else.
const USUAL: [Heading; 5] =
    [Heading::Name, Heading::Email, Heading::EnsimsPassword, Heading::JessUsername, Heading::JessPassword];

fn entries(columns: &[(Heading, String)]) -> String {
    let entry = |(heading, text): &(Heading, String)| format!("{}: {}", heading.word(), yaml_text(text));
    columns.iter().map(entry).collect::<Vec<_>>().join(", ")
}

/// What a roster asks of the job's `jess`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SharedJess {
    /// It has no JESS accounts.
    Needed,
    /// It has some, or it cannot be told.
    Possible,
}

/// The text of the job file that is to stand at `path`. A roster is named relative to it.
pub(crate) fn new_job_file(
    path: &Path,
    name: Option<&str>,
    roster: Option<(&str, &RosterFacts)>,
) -> Result<String, String> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    // In the name of a report, braces are for the date.
    let stem = stem.replace(['{', '}'], "_");
    let new = NewJobFile {
        name: name.map(yaml_text),
        page: yaml_text(&format!("reports/{stem}.html")),
        json: yaml_text(&format!("reports/{stem}.json")),
        roster: roster.map(|(file, facts)| Roster {
            file: yaml_text(file),
            jess: if facts.has_no_jess_accounts() { SharedJess::Needed } else { SharedJess::Possible },
            columns: Columns::of(&facts.headings),
        }),
        user_name: JESS_USER_NAME,
    };
    let text = new.render().map_err(|error| error.to_string())?;
    Ok(text.trim_end().to_owned() + "\n")
}
