//! The lines of one file, whatever packed it and whatever a crash or an editor made of it. A line of any length takes a
//! bounded part of memory. Knows nothing of what a line says.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use bangui_domain::model::Timestamp;
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::packed::{Unpacked, peek, unpack};
use super::wrapped::Export;

/// What is kept of a line, in bytes: more than any line has that tells of a ban, also within an entry of the journal.
const KEPT: usize = 16_384;

/// A line, or what is left of one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// Its bytes, without its end.
    pub(super) bytes: &'a [u8],
    /// Whether its end is missing, and maybe more of it: the file ends there, a crash left NUL bytes, or it is too long.
    pub(super) is_cut: bool,
}

/// Reads lines one by one.
pub(super) struct Lines {
    from: Box<dyn BufRead + Send>,
    line: Vec<u8>,
    number: u64,
    /// Whether what comes next is a line of its own, rather than what NUL bytes divide from the text before them.
    is_new: bool,
    written_at: Option<Timestamp>,
}

impl Lines {
    /// Opens a file; `-` is standard input.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if path.as_os_str() == "-" {
            return Self::new(BufReader::new(io::stdin()));
        }
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        let mut lines = Self::new(BufReader::new(file))?;
        if metadata.is_file() {
            let changed = metadata.modified().ok().and_then(timestamp);
            lines.written_at = [lines.written_at, changed].into_iter().flatten().min();
        }
        Ok(lines)
    }

    /// Reads what `from` holds, unpacked where it is compressed.
    pub(super) fn new(from: impl BufRead + Send + 'static) -> io::Result<Self> {
        let Unpacked { bytes, written_at } = unpack(from)?;
        Ok(Self { from: text(bytes), line: Vec::new(), number: 0, is_new: true, written_at })
    }

    /// When the file was written last, as far as that is known.
    pub(super) fn written_at(&self) -> Option<Timestamp> {
        self.written_at
    }

    /// The number of the last line, from 1.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The next line, without what is too much of it; `None` behind the last.
    pub(super) fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        let mut is_cut = false;
        loop {
            let bytes = self.from.fill_buf()?;
            if bytes.is_empty() {
                if self.line.is_empty() {
                    return Ok(None);
                }
                is_cut = true;
                break;
            }
            if std::mem::take(&mut self.is_new) {
                self.number += 1;
            }
            if self.line.is_empty()
                && let Some(nul @ 1..) = bytes.iter().position(|byte| *byte != 0).or(Some(bytes.len()))
            {
                self.from.consume(nul);
                continue;
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | 0));
            let (text, behind) = bytes.split_at_checked(end.unwrap_or(bytes.len())).unwrap_or((bytes, &[]));
            let room = text.len().min(KEPT - self.line.len());
            is_cut |= room < text.len();
            self.line.extend_from_slice(text.get(..room).unwrap_or_default());
            let divider = behind.first().copied();
            let used = text.len() + usize::from(divider.is_some());
            self.from.consume(used);
            match divider {
                None => {}
                Some(0) => {
                    is_cut = true;
                    break;
                }
                Some(_) => {
                    self.is_new = true;
                    break;
                }
            }
        }
        if self.line.last() == Some(&b'\r') {
            self.line.pop();
        }
        Ok(Some(Line { bytes: &self.line, is_cut }))
    }
}

/// The text as UTF-8 where it is UTF-16, as some editors and PowerShell write it; as lines where it is the journal's.
fn text(bytes: Box<dyn BufRead + Send>) -> Box<dyn BufRead + Send> {
    let (first, all) = peek(bytes);
    let is_export = Export::reads(&first);
    let mark: Option<&[u8]> = match first.as_slice() {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some(&[]),
        [1..=0x7f, 0, 1..=0x7f, 0, ..] => Some(&[0xff, 0xfe]),
        [0, 1..=0x7f, 0, 1..=0x7f, ..] => Some(&[0xfe, 0xff]),
        _ => None,
    };
    match mark {
        Some(mark) => {
            // The decoder goes by the mark of the order of bytes.
            let marked = Cursor::new(mark).chain(all);
            let decoder = DecodeReaderBytesBuilder::new().bom_sniffing(true).strip_bom(true).build(marked);
            Box::new(BufReader::new(decoder))
        }
        None if is_export => Box::new(BufReader::new(Export::new(all))),
        None => Box::new(all),
    }
}

fn timestamp(at: SystemTime) -> Option<Timestamp> {
    let since = at.duration_since(UNIX_EPOCH).ok()?;
    Some(Timestamp::from_millis(i64::try_from(since.as_millis()).ok()?))
}

#[cfg(test)]
pub(super) mod tests;
