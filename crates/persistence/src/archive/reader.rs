//! Reads an archive, and trusts nothing of it before its end has been seen.

use std::io::{BufRead, BufReader, ErrorKind, Read};

use flate2::bufread::GzDecoder;
use sha2::{Digest, Sha256};

use super::format::{FORMAT, FORMAT_VERSION, Head, MAX_LINE, Mark, hex, rows};
use super::row::{Column, checked};
use super::{ArchiveError, Contents, Item, Take};
use crate::migrate::known;

/// How much is read from the file at a time.
const BUFFER: usize = 256 << 10;

/// Reads one archive.
pub struct ArchiveReader {
    /// What the file is called in messages.
    name: String,
    lines: BufReader<GzDecoder<Box<dyn BufRead + Send>>>,
    hash: Sha256,
    head: Head,
}

impl ArchiveReader {
    /// Reads the head. Refuses what is no archive, and one of a newer BanGUI.
    pub fn open(name: &str, file: impl Read + Send + 'static) -> Result<Self, ArchiveError> {
        let file: Box<dyn BufRead + Send> = Box::new(BufReader::with_capacity(BUFFER, file));
        let mut lines = BufReader::with_capacity(BUFFER, GzDecoder::new(file));
        let line = next_line(&mut lines).map_err(|why| unfit(name, &why))?;
        let head: Head = serde_json::from_slice(&line)
            .map_err(|_| unfit(name, "it is a gzip file, and not an archive of BanGUI"))?;
        if head.format != FORMAT {
            return Err(unfit(name, "it is not an archive of BanGUI"));
        }
        let mut reader = Self { name: name.to_owned(), lines, hash: Sha256::new(), head };
        reader.note(&line);
        if reader.head.format_version != FORMAT_VERSION {
            return Err(reader.newer(format!("version {} of the format", reader.head.format_version)));
        }
        if !known()?.contains(&reader.head.schema) {
            return Err(reader.newer(format!("the migration {}", reader.head.schema)));
        }
        Ok(reader)
    }

    /// What the file is called in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The last migration of the database that was archived.
    pub fn schema(&self) -> &str {
        &self.head.schema
    }

    /// When it was made, in RFC 3339.
    pub fn created_at(&self) -> &str {
        &self.head.created_at
    }

    /// The version of the BanGUI that made it.
    pub fn version(&self) -> &str {
        &self.head.bangui
    }

    /// Reads it to its end. What was taken is right only if this succeeds.
    pub fn read(mut self, take: Take<'_>) -> Result<Contents, ArchiveError> {
        let mut contents = Contents::default();
        let mut columns: Vec<Column> = Vec::new();
        loop {
            let line = next_line(&mut self.lines).map_err(|why| self.unfit(&why))?;
            if line.starts_with(b"[") {
                self.note(&line);
                let row = checked(&line, &columns).map_err(|why| self.unfit(&damaged(&why)))?;
                contents.row();
                take(Item::Row(&row))?;
                continue;
            }
            match serde_json::from_slice(&line) {
                Ok(Mark::Table { table, columns: named }) => {
                    self.note(&line);
                    contents.table(&table);
                    columns = named;
                    take(Item::Table(&table, &columns))?;
                }
                Ok(Mark::End { rows: told, sha256 }) => {
                    if told != rows(&contents) || sha256 != hex(std::mem::take(&mut self.hash)) {
                        return Err(self.unfit(&damaged("its content is not what its end tells")));
                    }
                    self.nothing_follows()?;
                    return Ok(contents);
                }
                Err(error) => return Err(self.unfit(&damaged(&error.to_string()))),
            }
        }
    }

    /// Counts a line into the hash that the end tells.
    fn note(&mut self, line: &[u8]) {
        self.hash.update(line);
        self.hash.update(b"\n");
    }

    fn nothing_follows(&mut self) -> Result<(), ArchiveError> {
        let mut byte = [0];
        let inside = self.lines.read(&mut byte).map_err(|error| self.unfit(&unread(&error)))?;
        let behind =
            self.lines.get_mut().get_mut().read(&mut byte).map_err(|error| self.unfit(&unread(&error)))?;
        if inside + behind == 0 { Ok(()) } else { Err(self.unfit(&damaged("something follows its end"))) }
    }

    fn newer(&self, what: String) -> ArchiveError {
        ArchiveError::Newer { name: self.name.clone(), version: self.head.bangui.clone(), what }
    }

    fn unfit(&self, why: &str) -> ArchiveError {
        unfit(&self.name, why)
    }
}

fn unfit(name: &str, why: &str) -> ArchiveError {
    ArchiveError::Unfit { name: name.to_owned(), why: why.to_owned() }
}

fn damaged(why: &str) -> String {
    format!("it is damaged ({why}); use another archive")
}

/// The next line, without its end, or why there is none.
fn next_line(lines: &mut impl BufRead) -> Result<Vec<u8>, String> {
    let mut line = Vec::new();
    lines.take(MAX_LINE).read_until(b'\n', &mut line).map_err(|error| unread(&error))?;
    if line.pop() == Some(b'\n') {
        return Ok(line);
    }
    if u64::try_from(line.len()).is_ok_and(|length| length + 1 == MAX_LINE) {
        return Err(damaged("a line of it has no end"));
    }
    Err("it has no end: it was cut off, or is still being written; use another archive".to_owned())
}

fn unread(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::UnexpectedEof => {
            "it has no end: it was cut off, or is still being written; use another archive".to_owned()
        }
        ErrorKind::InvalidInput if error.to_string().contains("gzip header") => {
            "it is not an archive of BanGUI (no gzip file)".to_owned()
        }
        ErrorKind::InvalidInput | ErrorKind::InvalidData => damaged(&error.to_string()),
        _ => format!("it cannot be read: {error}"),
    }
}
