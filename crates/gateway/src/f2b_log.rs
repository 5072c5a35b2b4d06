//! fail2ban's own log as files: several at once, compressed or not, in one order of time. Knows what a line says, not what it
//! means for the history.

mod file;
mod header;
mod line;
mod moment;

use std::path::PathBuf;

use bangui_domain::model::{LogEntry, Timestamp};
use thiserror::Error;

use self::file::Lines;
use self::line::{Read, read};
use self::moment::Clock;
use crate::zone::Zone;

/// Lines that could not be understood, of which the places are kept.
const PLACES: usize = 5;

/// A file that cannot be read, or not to its end.
#[derive(Debug, Error)]
#[error("{file}: {reason}")]
pub struct LogFileError {
    file: String,
    reason: std::io::Error,
}

/// What was read, in numbers.
#[derive(Debug, Clone, Default)]
pub struct LogTally {
    /// Lines.
    pub lines: u64,
    /// Lines that tell of bans and could not be understood.
    pub unclear: u64,
    /// Where the first of these are: file and line.
    pub places: Vec<(String, u64)>,
}

/// fail2ban's log in one or several files, which may overlap. Those that are compressed (gzip) are read as what they hold.
pub struct Fail2banLog {
    sources: Vec<Source>,
    zone: Zone,
    tally: LogTally,
    failures: Vec<LogFileError>,
}

/// A file, and its next entry.
struct Source {
    name: String,
    lines: Lines,
    clock: Clock,
    /// Where the next entry belongs: its time, or that of the one before if a clock was set back in between.
    turn: Timestamp,
    next: Option<LogEntry>,
}

impl Fail2banLog {
    /// Opens the files; `-` is standard input. `zone` is the time zone of fail2ban. Blocks, as all reading does.
    pub fn open(files: &[PathBuf], zone: Zone) -> Result<Self, LogFileError> {
        let mut log = Self { sources: Vec::new(), zone, tally: LogTally::default(), failures: Vec::new() };
        for path in files {
            let name = path.display().to_string();
            let lines = Lines::open(path).map_err(|reason| LogFileError { file: name.clone(), reason })?;
            log.sources.push(Source {
                name,
                lines,
                clock: Clock::default(),
                turn: Timestamp::from_millis(i64::MIN),
                next: None,
            });
        }
        for place in 0..log.sources.len() {
            log.advance(place);
        }
        Ok(log)
    }

    /// The next entry in the order of time, each file's own order kept; `None` at the end of all. A file that cannot be read on
    /// counts as ended, and as one of [`Fail2banLog::failures`].
    pub fn next_entry(&mut self) -> Option<LogEntry> {
        let waiting = self.sources.iter().enumerate().filter(|(_, source)| source.next.is_some());
        let (place, _) = waiting.min_by_key(|(_, source)| source.turn)?;
        let entry = self.sources.get_mut(place)?.next.take();
        self.advance(place);
        entry
    }

    /// What was read so far.
    pub fn tally(&self) -> &LogTally {
        &self.tally
    }

    /// The files that could not be read to their end.
    pub fn failures(&self) -> &[LogFileError] {
        &self.failures
    }

    /// Reads on in a file to its next entry.
    fn advance(&mut self, place: usize) {
        let Some(source) = self.sources.get_mut(place) else { return };
        while source.next.is_none() {
            let line = match source.lines.next_line() {
                Ok(Some(line)) => line,
                Ok(None) => return,
                Err(reason) => {
                    self.failures.push(LogFileError { file: source.name.clone(), reason });
                    return;
                }
            };
            self.tally.lines += 1;
            match read(line, &mut source.clock, &self.zone) {
                Read::Entry(entry) => {
                    source.turn = source.turn.max(entry.at);
                    source.next = Some(entry);
                }
                Read::Other => {}
                Read::Unclear => {
                    self.tally.unclear += 1;
                    if self.tally.places.len() < PLACES {
                        self.tally.places.push((source.name.clone(), source.lines.number()));
                    }
                }
            }
        }
    }
}
