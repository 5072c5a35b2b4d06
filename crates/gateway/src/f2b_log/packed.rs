//! What a compressed file holds, told by its first bytes and not by its name: gzip, bzip2, xz and zstd, in one part or in
//! several. Unpacks while it is read, so that a file that grows without end takes no more memory than a small one.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use bangui_domain::model::Timestamp;
use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;

use super::zstd::ZstdReader;

/// The memory that an xz file may ask for, in KiB: twice what `xz -9` makes necessary.
const XZ_KIB: u32 = 128 << 10;
/// How many bytes say what a file is.
const BEGINNING: u64 = 16;

/// What files begin with that are not read here, and what they are.
const NOT_READ: [(&[u8], &str); 7] = [
    (b"PK\x03\x04", "a zip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x04\x22\x4d\x18", "compressed with lz4"),
    (b"LZIP", "compressed with lzip"),
    (b"\x1f\x9d", "compressed with compress"),
    (b"\x5d\x00\x00", "compressed with lzma"),
    (
        b"LPKSHHRH",
        "a file of the journal itself (what `journalctl -u fail2ban -o short-iso-precise` prints is read)",
    ),
];

/// Bytes, and when they were written, as far as that stands before them.
pub(super) struct Unpacked {
    pub(super) bytes: Box<dyn BufRead + Send>,
    pub(super) written_at: Option<Timestamp>,
}

/// The content of a file, compressed or not.
pub(super) fn unpack(from: impl BufRead + Send + 'static) -> io::Result<Unpacked> {
    let (beginning, from) = peek(from);
    let begins = |magic: &[u8]| beginning.starts_with(magic);
    if let Some((_, what)) = NOT_READ.iter().find(|(magic, _)| begins(magic)) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("it is {what}: unpack it first")));
    }
    let (gzip, xz) = (begins(b"\x1f\x8b"), begins(b"\xfd7zXZ\0"));
    let (bzip2, zstd) = (begins(b"BZh"), ZstdReader::reads(&beginning));
    let written_at = if gzip { gzip_time(&beginning) } else { None };
    let bytes: Box<dyn BufRead + Send> = if gzip {
        Box::new(BufReader::new(MultiGzDecoder::new(from)))
    } else if bzip2 {
        Box::new(BufReader::new(MultiBzDecoder::new(from)))
    } else if xz {
        Box::new(BufReader::new(XzReader::new_mem_limit(from, true, XZ_KIB)))
    } else if zstd {
        Box::new(BufReader::new(ZstdReader::new(from)))
    } else {
        Box::new(from)
    };
    Ok(Unpacked { bytes, written_at })
}

/// The first bytes, as many as say what a file is, though a pipe may give one at a time; and all bytes, these included. What
/// goes wrong with the first comes behind them.
pub(super) fn peek<R: BufRead>(mut from: R) -> (Vec<u8>, impl BufRead + use<R>) {
    let mut beginning = Vec::new();
    let error = from.by_ref().take(BEGINNING).read_to_end(&mut beginning).err();
    let all = Cursor::new(beginning.clone()).chain(Failing(error)).chain(from);
    (beginning, all)
}

/// Nothing, or an error that is told once.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

impl BufRead for Failing {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.0.take().map_or(Ok(&[]), Err)
    }

    fn consume(&mut self, _: usize) {}
}

/// When the file that gzip compressed was written, which stays where a copy has a time of its own.
fn gzip_time(beginning: &[u8]) -> Option<Timestamp> {
    let secs = u32::from_le_bytes(beginning.get(4..8)?.try_into().ok()?);
    (secs != 0).then(|| Timestamp::from_secs(secs.into()))
}

#[cfg(test)]
pub(super) mod tests;
