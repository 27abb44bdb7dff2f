//! A run that the command line leads elsewhere than the job says: it must not touch what the job's own runs have left.

use std::path::{Path, PathBuf};

use ensims_client::{DEFAULT_ADDRESS, Service};

use super::file::{SANDBOX, ServiceMap};

/// Where `--service` or `--dry-run` leads a run, if that is not where the job says. Such a run has report names and a
/// state folder of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detour {
    /// `rehearsal` for the embedded sandbox, otherwise the address as a word: `127.0.0.1-8080`.
    word: String,
}

impl Detour {
    /// The detour of a job with this service. An address that cannot be used makes none: it is an error elsewhere.
    pub(super) fn of(service: &ServiceMap, flag: Option<&str>) -> Option<Self> {
        let flag = flag?;
        if flag == SANDBOX {
            return service.sandbox.is_none().then(|| Self { word: "rehearsal".to_owned() });
        }
        let there = Service::allowing_http(flag).ok()?;
        let own = service.url.as_deref().unwrap_or(DEFAULT_ADDRESS);
        let is_own = Service::allowing_http(own).is_ok_and(|own| own.address() == there.address());
        if is_own && service.sandbox.is_none() {
            return None;
        }
        let (_, place) = there.address().split_once("://")?;
        Some(Self { word: plain_word(place) })
    }

    /// The name of a report: `lab-rehearsal.html` for `lab.html`.
    pub fn rename(&self, report: &Path) -> PathBuf {
        let mut name = report.file_stem().unwrap_or_default().to_owned();
        name.push("-");
        name.push(&self.word);
        name.push(".");
        name.push(report.extension().unwrap_or_default());
        report.with_file_name(name)
    }

    /// The word for it in the names of files and folders.
    pub fn word(&self) -> &str {
        &self.word
    }
}

/// Letters, digits, dots and hyphens: what every file system allows.
fn plain_word(text: &str) -> String {
    let mut word = String::new();
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() || letter == '.' {
            word.push(letter);
        } else if !word.is_empty() && !word.ends_with('-') {
            word.push('-');
        }
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(url: Option<&str>, flag: Option<&str>) -> Option<String> {
        let service = ServiceMap { url: url.map(str::to_owned), ..ServiceMap::default() };
        Detour::of(&service, flag).map(|detour| detour.word)
    }

    #[test]
    fn detour_is_a_different_url_whatever_its_spelling() {
        let own = "https://jess.uni.example/lab";
        for (url, flag, expected) in [
            (None, None, None),
            (None, Some("https://API.ensims.com:443/"), None),
            (Some(own), Some("https://jess.uni.example/lab/"), None),
            (Some(own), Some("https://jess.uni.example"), Some("jess.uni.example")),
            (Some(own), Some("https://jess.uni.example/lab/test"), Some("jess.uni.example-lab-test")),
            (None, Some("http://127.0.0.1:8080"), Some("127.0.0.1-8080")),
            (None, Some("http://[::1]:8080/"), Some("1-8080")),
            (None, Some("sandbox"), Some("rehearsal")),
        ] {
            assert_eq!(word(url, flag).as_deref(), expected, "{url:?} {flag:?}");
        }
    }

    #[test]
    fn detour_is_in_the_name_of_a_report_before_its_extension() {
        let detour = Detour { word: "rehearsal".to_owned() };
        assert_eq!(detour.rename(Path::new("r/lab.v2.html")), Path::new("r/lab.v2-rehearsal.html"));
    }
}
