//! fail2ban's own log as files: several at once, compressed or not, in one order of time. Knows what a line says, not what it
//! means for the history.

mod header;
mod line;
mod lines;
mod moment;
mod packed;
mod record;
mod source;
mod stamp;
mod torn;
mod wrapped;
mod zstd;

use std::collections::HashSet;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use bangui_domain::model::{LogEntry, Timestamp};
use thiserror::Error;

use self::source::Source;
use crate::zone::Zone;

/// A file of which not everything was imported.
#[derive(Debug, Error)]
#[error("{file}: {reason}")]
pub struct LogFileError {
    /// The file as it was named.
    pub file: String,
    /// Why.
    pub reason: LogFileProblem,
}

/// Why not everything of a file was imported.
#[derive(Debug, Error)]
pub enum LogFileProblem {
    /// It cannot be opened.
    #[error("it cannot be opened: {0}")]
    Closed(std::io::Error),
    /// It cannot be read to its end: it was cut off, is damaged, or packed in a way that is not read.
    #[error("it cannot be read to its end: {0}")]
    Torn(std::io::Error),
    /// It has lines, and fail2ban wrote none of them.
    #[error("none of its {0} lines is fail2ban's")]
    Foreign(u64),
    /// It tells of bans, and nothing of it is understood, such as times that are none.
    #[error("none of its {0} lines that tell of bans is understood")]
    Unclear(u64),
    /// It is standard input, and nothing came.
    #[error("nothing came from standard input")]
    Nothing,
}

/// What was read, in numbers.
#[derive(Debug, Clone, Default)]
pub struct LogTally {
    /// Lines.
    pub lines: u64,
    /// Those that fail2ban wrote.
    pub of_fail2ban: u64,
    /// Lines that tell of bans and could not be understood.
    pub unclear: u64,
    /// Where the first of these are: file and line.
    pub places: Vec<(String, u64)>,
    /// Lines whose time has no year, so that it was taken from when the file was written.
    pub yearless: u64,
    /// Files without any line.
    pub empty: Vec<String>,
}

/// fail2ban's log in one or several files, which may overlap. Those that are compressed (gzip, bzip2, xz, zstd) are read as
/// what they hold.
pub struct Fail2banLog {
    sources: Vec<Source>,
    zone: Zone,
    now: Timestamp,
    tally: LogTally,
    failures: Vec<LogFileError>,
}

impl Fail2banLog {
    /// Opens the files; `-` is standard input. One that cannot be read is one of [`Fail2banLog::failures`], and the others are
    /// read. `zone` is the time zone of fail2ban. Blocks, as all reading does.
    pub fn open(files: &[PathBuf], zone: Zone, now: Timestamp) -> Self {
        let mut log =
            Self { sources: Vec::new(), zone, now, tally: LogTally::default(), failures: Vec::new() };
        let mut known = HashSet::new();
        for path in files {
            // One file under two names is one.
            if !known.insert(identity(path)) {
                continue;
            }
            match Source::open(path, now) {
                Ok(source) => log.sources.push(source),
                Err(failure) => log.failures.push(failure),
            }
        }
        for at in 0..log.sources.len() {
            log.advance(at);
        }
        log
    }

    /// The next entry in the order of time, each file's own order kept; `None` at the end of all. What several files tell in
    /// the same words of the same moment is told once.
    pub fn next_entry(&mut self) -> Option<LogEntry> {
        let waiting = self.sources.iter().enumerate().filter(|(_, source)| source.next().is_some());
        let (first, _) = waiting.min_by_key(|(_, source)| source.turn())?;
        let entry = self.sources.get_mut(first)?.take()?;
        self.advance(first);
        for at in (0..self.sources.len()).filter(|at| *at != first) {
            let is_same = self.sources.get(at).and_then(Source::next) == Some(&entry);
            if is_same && self.sources.get_mut(at).and_then(Source::take).is_some() {
                self.advance(at);
            }
        }
        Some(entry)
    }

    /// What was read so far.
    pub fn tally(&self) -> &LogTally {
        &self.tally
    }

    /// The files of which not everything was imported.
    pub fn failures(&self) -> &[LogFileError] {
        &self.failures
    }

    /// Reads on in a file to its next entry.
    fn advance(&mut self, at: usize) {
        let Some(source) = self.sources.get_mut(at) else { return };
        if let Some(failure) = source.advance(&self.zone, self.now, &mut self.tally) {
            self.failures.push(failure);
        }
    }
}

/// What tells files apart: their place on the disk, or else their name.
fn identity(path: &Path) -> (u64, u64, Option<PathBuf>) {
    match std::fs::metadata(path) {
        Ok(found) if found.is_file() => (found.dev(), found.ino(), None),
        _ => (0, 0, Some(path.to_owned())),
    }
}

#[cfg(test)]
mod tests;
