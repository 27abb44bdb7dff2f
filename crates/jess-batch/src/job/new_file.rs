//! The text of a new job file, for `init`.

use std::path::Path;

use askama::Template;

use super::accounts::USERNAME_PLACEHOLDER;
use super::yaml_text::yaml_text;
use crate::roster::{Column, HeadingMatch, RosterSummary};

/// A job file for a user who starts. All texts in it are YAML.
#[derive(Template)]
#[template(path = "job.yaml", escape = "none")]
struct NewJobFile {
    name: Option<String>,
    page: String,
    json: String,
    roster: Option<NewRoster>,
    username: &'static str,
}

struct NewRoster {
    file: String,
    /// Whether the roster has no JESS accounts, so that the job must give one.
    needs_shared_jess: bool,
    columns: NewColumns,
}

/// What the job file says about the headings of a roster.
enum NewColumns {
    /// Nothing: they are the standard ones.
    Standard,
    /// What the recognized headings mean, and which others there are.
    Recognized { columns: String, others: Option<String> },
    /// The user fills in all of them.
    Unknown { columns: String },
}

impl NewColumns {
    fn of(headings: &HeadingMatch) -> Self {
        match headings {
            HeadingMatch::Standard => Self::Standard,
            HeadingMatch::Recognized(headings) => {
                let others: Vec<String> = headings.others.iter().map(|text| yaml_text(text)).collect();
                let others = (!others.is_empty()).then(|| others.join(", "));
                let known = headings.known.iter().map(|(column, text)| (*column, text.as_str()));
                Self::Recognized { columns: columns(known), others }
            }
            HeadingMatch::Unknown => {
                Self::Unknown { columns: columns(USUAL.map(|column| (column, "YOUR-HEADING"))) }
            }
        }
    }
}

/// The columns of a roster that needs nothing else.
const USUAL: [Column; 5] =
    [Column::Name, Column::Email, Column::EnsimsPassword, Column::JessUsername, Column::JessPassword];

/// The entries of `columns` in a job file.
fn columns<'a>(headings: impl IntoIterator<Item = (Column, &'a str)>) -> String {
    let mut entries = Vec::new();
    for (column, heading) in headings {
        entries.push(format!("{column}: {}", yaml_text(heading)));
    }
    entries.join(", ")
}

/// The text of a new job file at `path`. A roster is named relative to it.
///
/// # Errors
/// When the template cannot be filled in.
pub fn new_job_file(
    path: &Path,
    name: Option<&str>,
    roster: Option<(&str, &RosterSummary)>,
) -> Result<String, String> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    // In the name of a report, braces are for the date.
    let stem = stem.replace(['{', '}'], "_");
    let template = NewJobFile {
        name: name.map(yaml_text),
        page: yaml_text(&format!("reports/{stem}.html")),
        json: yaml_text(&format!("reports/{stem}.json")),
        roster: roster.map(|(file, summary)| NewRoster {
            file: yaml_text(file),
            needs_shared_jess: summary.has_no_jess_accounts(),
            columns: NewColumns::of(&summary.headings),
        }),
        username: USERNAME_PLACEHOLDER,
    };
    let text = template.render().map_err(|error| error.to_string())?;
    Ok(text.trim_end().to_owned() + "\n")
}
