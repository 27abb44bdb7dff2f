//! The text of a new job file, for `init`.

use std::path::Path;

use askama::Template;

use super::yaml_text::yaml_text;

/// A job file for somebody who begins. All texts in it are YAML.
#[derive(Template)]
#[template(path = "job.yaml", escape = "none")]
struct NewJobFile {
    name: Option<String>,
    page: String,
    json: String,
    roster: Option<Roster>,
}

struct Roster {
    file: String,
    jess: SharedJess,
}

/// What a roster asks of the job's `jess`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SharedJess {
    /// It has no JESS accounts.
    Needed,
    /// It has some, or it cannot be told.
    Possible,
}

/// The text of the job file that is to stand at `path`. A roster is named relative to it.
pub(crate) fn new_job_file(
    path: &Path,
    name: Option<&str>,
    roster: Option<(&str, SharedJess)>,
) -> Result<String, String> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    // In the name of a report, braces are for the date.
    let stem = stem.replace(['{', '}'], "_");
    let new = NewJobFile {
        name: name.map(yaml_text),
        page: yaml_text(&format!("reports/{stem}.html")),
        json: yaml_text(&format!("reports/{stem}.json")),
        roster: roster.map(|(file, jess)| Roster { file: yaml_text(file), jess }),
    };
    let text = new.render().map_err(|error| error.to_string())?;
    Ok(text.trim_end().to_owned() + "\n")
}
