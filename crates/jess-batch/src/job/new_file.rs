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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::parse::parse;
    use crate::job::source::JobSource;

    #[test]
    fn new_job_file_is_valid_with_and_without_a_roster() {
        let folder = tempfile::tempdir().expect("a folder");
        let standard = "name,email,ensims_password,jess_username,jess_password\nada,ada@uni.example,a,j,b\n";
        for (table, part) in [
            (None, "\naccounts:\n"),
            (Some(standard), "\nroster: \"it's.csv\"\n"),
            (
                Some("E-mail,Kennwort\na@uni.example,a\n"),
                "columns: { email: E-mail, ensims_password: Kennwort }",
            ),
            (Some("email,ensims_password\na@uni.example,a\n"), "\njess:\n  username: YOUR-JESS-USER-NAME\n"),
            (Some("Ada,secret\n"), "#columns: { name: YOUR-HEADING, "),
        ] {
            let path = folder.path().join("it's.csv");
            std::fs::write(&path, table.unwrap_or_default()).expect("a file");
            let summary = RosterSummary::read(path).expect("a roster");
            let roster = table.map(|_| ("it's.csv", &summary));
            let text = new_job_file(Path::new("a/{1}.yaml"), Some("No"), roster).expect("a job file");
            assert!(text.contains(part), "{text}");
            let (file, _) = parse(&JobSource::StandardInput, text.as_bytes()).expect("a valid job file");
            assert_eq!(file.name.as_deref(), Some("No"));
            assert_eq!(file.reports, ["reports/_1_.html", "reports/_1_.json"]);
        }
    }
}
