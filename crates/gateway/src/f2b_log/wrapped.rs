//! Lines of fail2ban's that others keep as entries with fields: a container's log (`json-file`) and the journal (`-o json`,
//! `-o export`). Each becomes a line as syslog would have it.

use std::borrow::Cow;
use std::io::{self, BufRead, Cursor, Read};

use serde::Deserialize;

/// What is kept of a field, in bytes.
const KEPT: usize = 8_192;
/// What an entry of `journalctl -o export` begins with.
const EXPORT: &[u8] = b"__CURSOR=";

/// What is of use in an entry.
#[derive(Debug, Default, Deserialize)]
struct Entry {
    /// A container's.
    #[serde(default)]
    log: Option<String>,
    #[serde(default)]
    time: Option<String>,
    /// The journal's.
    #[serde(default, rename = "__REALTIME_TIMESTAMP")]
    micros: Option<String>,
    #[serde(default, rename = "SYSLOG_IDENTIFIER")]
    tag: Option<String>,
    #[serde(default, rename = "_COMM")]
    program: Option<String>,
    /// A list of bytes where it is no text: then the entry is left out.
    #[serde(default, rename = "MESSAGE")]
    message: Option<serde_json::Value>,
}

impl Entry {
    fn line(&self) -> Option<String> {
        if let Some(log) = &self.log {
            return Some(format!("{} {}", self.time.as_deref().unwrap_or_default(), log.trim_end()));
        }
        let micros = self.micros.as_deref()?;
        let (secs, fraction) = micros.split_at_checked(micros.len().checked_sub(6)?)?;
        let tag: String = self.tag.as_deref().or(self.program.as_deref())?.split_whitespace().collect();
        Some(format!("{secs}.{fraction} - {tag}: {}", self.message.as_ref()?.as_str()?))
    }
}

/// The line that an entry in JSON holds; any other line as it is.
pub(super) fn unwrapped(line: &str) -> Cow<'_, str> {
    if !line.starts_with('{') {
        return Cow::Borrowed(line);
    }
    let entry: Option<Entry> = serde_json::from_str(line).ok();
    entry.and_then(|entry| entry.line()).map_or(Cow::Borrowed(line), Cow::Owned)
}

/// Reads entries of `journalctl -o export` as lines. A field may hold any bytes, and is as long as it says.
pub(super) struct Export<R> {
    from: R,
    line: Cursor<Vec<u8>>,
}

impl<R: BufRead> Export<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, line: Cursor::default() }
    }

    /// The next entry as a line; an empty one where it has no text. `None` behind the last.
    fn entry(&mut self) -> io::Result<Option<Vec<u8>>> {
        let (mut entry, mut some) = (Entry::default(), false);
        while let Some(field) = self.bytes_to(b'\n')? {
            some = true;
            if field.is_empty() {
                break;
            }
            let text = String::from_utf8_lossy(&field);
            let Some((name, value)) = text.split_once('=') else {
                self.skip_binary()?;
                continue;
            };
            let value = || Some(value.to_owned());
            match name {
                "__REALTIME_TIMESTAMP" => entry.micros = value(),
                "SYSLOG_IDENTIFIER" => entry.tag = value(),
                "_COMM" => entry.program = value(),
                "MESSAGE" => entry.message = value().map(serde_json::Value::String),
                _ => {}
            }
        }
        Ok(some.then(|| {
            let mut line = entry.line().unwrap_or_default().into_bytes();
            line.push(b'\n');
            line
        }))
    }

    /// The bytes up to `end`, and no more than are kept; `None` behind the last.
    fn bytes_to(&mut self, end: u8) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        let kept = u64::try_from(KEPT).unwrap_or(u64::MAX);
        if self.from.by_ref().take(kept).read_until(end, &mut bytes)? == 0 {
            return Ok(None);
        }
        if bytes.last() == Some(&end) {
            bytes.pop();
        } else {
            self.from.skip_until(end)?;
        }
        Ok(Some(bytes))
    }

    /// A field that is no text: its length in eight bytes, its value, and the end of a line.
    fn skip_binary(&mut self) -> io::Result<()> {
        let mut length = [0; 8];
        self.from.read_exact(&mut length)?;
        let length = u64::from_le_bytes(length).saturating_add(1);
        io::copy(&mut self.from.by_ref().take(length), &mut io::sink())?;
        Ok(())
    }
}

impl Export<io::Empty> {
    /// Whether a file that begins like this is such an export.
    pub(super) fn reads(beginning: &[u8]) -> bool {
        beginning.starts_with(EXPORT)
    }
}

impl<R: BufRead> Read for Export<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.line.read(into)?;
            if read > 0 || into.is_empty() {
                return Ok(read);
            }
            match self.entry()? {
                Some(line) => self.line = Cursor::new(line),
                None => return Ok(0),
            }
        }
    }
}
