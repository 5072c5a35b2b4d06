//! Writes an archive.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::format::{FORMAT, FORMAT_VERSION, Head, Mark, hex, rows};
use super::{ArchiveError, Contents, Item, Snapshot};
use crate::db::DbKind;

/// Writes one archive to `W`.
pub struct ArchiveWriter<W: Write> {
    out: GzEncoder<W>,
    hash: Sha256,
    contents: Contents,
}

impl<W: Write> ArchiveWriter<W> {
    /// Writes all of `snapshot`, and gives back what it was written to, not yet flushed. `version` is that of this BanGUI,
    /// `created_at` the time in RFC 3339.
    pub fn write(
        out: W,
        mut snapshot: Snapshot,
        version: &str,
        created_at: &str,
    ) -> Result<(W, Contents), ArchiveError> {
        let out = GzEncoder::new(out, Compression::fast());
        let mut writer = Self { out, hash: Sha256::new(), contents: Contents::default() };
        let database = match snapshot.kind() {
            DbKind::Sqlite => "sqlite",
            DbKind::Postgres => "postgres",
        };
        writer.mark(&Head {
            format: FORMAT.to_owned(),
            format_version: FORMAT_VERSION,
            bangui: version.to_owned(),
            schema: snapshot.schema().to_owned(),
            database: database.to_owned(),
            created_at: created_at.to_owned(),
        })?;
        snapshot.read(&mut |item| writer.item(item))?;
        let end = Mark::End { rows: rows(&writer.contents), sha256: hex(std::mem::take(&mut writer.hash)) };
        writer.mark(&end)?;
        let Self { out, contents, .. } = writer;
        Ok((out.finish().map_err(ArchiveError::Write)?, contents))
    }

    fn item(&mut self, item: Item<'_>) -> Result<(), ArchiveError> {
        match item {
            Item::Table(table, columns) => {
                self.contents.table(table);
                self.mark(&Mark::Table { table: table.to_owned(), columns: columns.to_vec() })
            }
            Item::Row(line) => {
                self.contents.row();
                self.line(line)
            }
        }
    }

    fn mark(&mut self, mark: &impl Serialize) -> Result<(), ArchiveError> {
        let line = serde_json::to_string(mark).map_err(|error| ArchiveError::Write(error.into()))?;
        self.line(&line)
    }

    fn line(&mut self, line: &str) -> Result<(), ArchiveError> {
        for part in [line.as_bytes(), b"\n"] {
            self.hash.update(part);
            self.out.write_all(part).map_err(ArchiveError::Write)?;
        }
        Ok(())
    }
}
