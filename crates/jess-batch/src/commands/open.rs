//! `--open`: the page of a report in the system's viewer.

use std::path::Path;
use std::time::Duration;

use crate::console::{shown, status};
use crate::job::{Format, ReportTarget};
use crate::platform::show_path;

/// How long an error of the viewer is waited for. One that runs on has opened the page.
const TIME_LIMIT: Duration = Duration::from_secs(2);

/// Opens the first page among these reports, which are written. What goes wrong is a warning: the work is done.
pub(super) fn open_page<'a>(written: impl IntoIterator<Item = &'a ReportTarget>) {
    for target in written {
        if let ReportTarget::File { path, format: Format::Html } = target {
            return open(path);
        }
    }
    status("warning: --open opens a report that ends in .html, and none was written.");
}

fn open(path: &Path) {
    // Otherwise a viewer could take a name such as -x.html for an option.
    let opened =
        std::path::absolute(path).and_then(|path| open::that_detached_with_timeout(path, TIME_LIMIT));
    if opened.is_err() {
        let path = shown(&show_path(path));
        status(&format!("warning: the page cannot be opened here; open it in a browser: {path}"));
    }
}
