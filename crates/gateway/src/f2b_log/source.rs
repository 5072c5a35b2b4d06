//! One file of the log, and how far it was read.

use std::path::Path;

use bangui_domain::model::{LogEntry, Timestamp};

use super::line::read;
use super::lines::Lines;
use super::moment::{Clock, DAY_MILLIS, DISORDER_MILLIS};
use super::{LogFileError, LogFileProblem, LogTally};
use crate::zone::Zone;

/// Lines that could not be understood, of which the places are kept.
const PLACES: usize = 5;

/// A file, and its next entry.
pub(super) struct Source {
    name: String,
    /// `None` at its end.
    lines: Option<Lines>,
    clock: Clock,
    turn: Timestamp,
    next: Option<LogEntry>,
    /// Its lines, and those that fail2ban wrote.
    count: u64,
    of_fail2ban: u64,
    /// Its lines that tell of bans and are not understood, and what was understood.
    unclear: u64,
    entries: u64,
}

impl Source {
    pub(super) fn open(path: &Path, now: Timestamp) -> Result<Self, LogFileError> {
        let name = path.display().to_string();
        let lines = Lines::open(path)
            .map_err(|reason| LogFileError { file: name.clone(), reason: LogFileProblem::Closed(reason) })?;
        let written_at = [lines.written_at(), named_day(path)].into_iter().flatten().fold(now, Ord::min);
        Ok(Self {
            name,
            lines: Some(lines),
            clock: Clock::new(written_at),
            turn: Timestamp::from_millis(i64::MIN),
            next: None,
            count: 0,
            of_fail2ban: 0,
            unclear: 0,
            entries: 0,
        })
    }

    /// Where the next entry belongs among those of other files: at its time, or at that of the one before it.
    pub(super) fn turn(&self) -> Timestamp {
        self.turn
    }

    /// The next entry.
    pub(super) fn next(&self) -> Option<&LogEntry> {
        self.next.as_ref()
    }

    /// Takes the next entry out.
    pub(super) fn take(&mut self) -> Option<LogEntry> {
        self.next.take()
    }

    /// Reads on to the next entry; answers what is wrong where the file ends, if something is.
    pub(super) fn advance(
        &mut self,
        zone: &Zone,
        now: Timestamp,
        tally: &mut LogTally,
    ) -> Option<LogFileError> {
        let problem = self.read_on(zone, now, tally)?;
        Some(LogFileError { file: self.name.clone(), reason: problem })
    }

    fn read_on(&mut self, zone: &Zone, now: Timestamp, tally: &mut LogTally) -> Option<LogFileProblem> {
        while self.next.is_none() {
            let lines = self.lines.as_mut()?;
            let line = match lines.next_line() {
                Ok(Some(line)) => line,
                Ok(None) => return self.end(tally),
                Err(error) => {
                    self.lines = None;
                    return Some(LogFileProblem::Torn(error));
                }
            };
            let before = self.clock.yearless();
            let read = read(&line, &mut self.clock, zone);
            tally.yearless += self.clock.yearless() - before;
            let count = lines.number();
            tally.lines += count - self.count;
            self.count = count;
            if read.is_fail2bans {
                self.of_fail2ban += 1;
                tally.of_fail2ban += 1;
            }
            if read.is_unclear {
                self.unclear += 1;
                tally.unclear += 1;
                if tally.places.len() < PLACES {
                    tally.places.push((self.name.clone(), count));
                }
            }
            if let Some(entry) = read.entry {
                self.queue(entry, now);
            }
        }
        None
    }

    /// A clock that runs ahead must not hold up what comes behind it, nor one that was set back.
    fn queue(&mut self, entry: LogEntry, now: Timestamp) {
        let is_ahead = entry.at.millis_since(now) > DAY_MILLIS;
        let is_set_back = entry.at.millis_since(self.turn) < -DISORDER_MILLIS;
        if is_set_back {
            self.turn = entry.at;
        } else if !is_ahead {
            self.turn = self.turn.max(entry.at);
        }
        self.entries += 1;
        self.next = Some(entry);
    }

    fn end(&mut self, tally: &mut LogTally) -> Option<LogFileProblem> {
        self.lines = None;
        match (self.count, self.of_fail2ban) {
            (0, _) if self.name == "-" => Some(LogFileProblem::Nothing),
            (0, _) => {
                tally.empty.push(self.name.clone());
                None
            }
            (count, 0) => Some(LogFileProblem::Foreign(count)),
            _ if self.entries == 0 && self.unclear > 0 => Some(LogFileProblem::Unclear(self.unclear)),
            _ => None,
        }
    }
}

/// The end of the day in a name that logrotate's `dateext` made: `fail2ban.log-20260501.gz`. No line is younger, but for the
/// zone that the name is of.
fn named_day(path: &Path) -> Option<Timestamp> {
    let name = path.file_name()?.to_str()?.replace('-', "");
    let digits = name
        .as_bytes()
        .windows(8)
        .find(|eight| eight.starts_with(b"20") && eight.iter().all(u8::is_ascii_digit))?;
    let digits = std::str::from_utf8(digits).ok()?;
    let (year, rest) = digits.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2)?;
    let local = format!("{year}-{month}-{day} 23:59:59").parse::<fail2ban_client::LocalDateTime>().ok()?;
    Some(Timestamp::from_secs(local.seconds_since_1970()))
}
