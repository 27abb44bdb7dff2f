//! The zip file that a workbook is, unpacked within limits.

use std::io::{self, BufReader, Cursor, Read};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;
use zip::read::ZipFile;

use super::table::{MAX_BYTES, Problem};

pub(super) const PASSWORD: &str = "the workbook is protected by a password; save a copy without one";
const UNREADABLE: &str =
    "the workbook cannot be read; open it in a spreadsheet program and save it again as .xlsx";
const TOO_LARGE: &str =
    "the workbook is larger than 64 MiB when it is unpacked; keep only the class list in it";

/// The message about any error of a library. Its own text may quote a cell.
pub(super) fn unreadable<E>(_: E) -> Problem {
    UNREADABLE.to_owned()
}

/// A zip file in memory.
pub(super) struct Archive<'a>(ZipArchive<Cursor<&'a [u8]>>);

type PartReader<'a, 'b> = Reader<BufReader<ZipFile<'a, Cursor<&'b [u8]>>>>;

impl<'a> Archive<'a> {
    /// Opens a zip file, and unpacks it once to measure it: the sizes that it gives may be wrong.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Problem> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
        let mut left = MAX_BYTES as u64;
        for index in 0..archive.len() {
            let part = archive.by_index(index).map_err(unreadable)?;
            let size = io::copy(&mut part.take(left + 1), &mut io::sink()).map_err(unreadable)?;
            left = left.checked_sub(size).ok_or(TOO_LARGE)?;
        }
        Ok(Self(archive))
    }

    pub(super) fn has(&self, part: &str) -> bool {
        self.0.index_for_name(part).is_some()
    }

    /// The XML of a part. Every tag has an end tag in it.
    pub(super) fn xml(&mut self, part: &str) -> Result<PartReader<'_, 'a>, Problem> {
        let mut reader = Reader::from_reader(BufReader::new(self.0.by_name(part).map_err(unreadable)?));
        reader.config_mut().expand_empty_elements = true;
        Ok(reader)
    }

    /// Shows each start tag of a part.
    pub(super) fn each_tag(
        &mut self,
        part: &str,
        mut visit: impl FnMut(&BytesStart<'_>),
    ) -> Result<(), Problem> {
        let mut reader = self.xml(part)?;
        let mut buffer = Vec::new();
        loop {
            match reader.read_event_into(&mut buffer).map_err(unreadable)? {
                Event::Start(tag) => visit(&tag),
                Event::Eof => return Ok(()),
                _ => {}
            }
            buffer.clear();
        }
    }
}

/// The value of an attribute, by its name without the prefix.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|one| one.key.local_name().as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}
