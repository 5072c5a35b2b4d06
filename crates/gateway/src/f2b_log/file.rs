//! The lines of one file, compressed or not. A line of any length takes a bounded part of memory.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

/// What is kept of a line, in bytes: more than any line has that tells of a ban.
const KEPT: usize = 4_096;
/// What every gzip file begins with.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Reads lines one by one.
pub(super) struct Lines {
    from: Box<dyn BufRead + Send>,
    line: Vec<u8>,
    number: u64,
}

impl Lines {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if path.as_os_str() == "-" {
            return Self::new(BufReader::new(io::stdin()));
        }
        let file = File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        Self::new(BufReader::new(file))
    }

    pub(super) fn new(mut from: impl BufRead + Send + 'static) -> io::Result<Self> {
        let from: Box<dyn BufRead + Send> = if from.fill_buf()?.starts_with(&GZIP) {
            Box::new(BufReader::new(MultiGzDecoder::new(from)))
        } else {
            Box::new(from)
        };
        Ok(Self { from, line: Vec::new(), number: 0 })
    }

    /// The next line without its end, cut if it is too long; `None` behind the last.
    pub(super) fn next_line(&mut self) -> io::Result<Option<&[u8]>> {
        self.line.clear();
        let kept = u64::try_from(KEPT).unwrap_or(u64::MAX);
        let mut some = self.from.by_ref().take(kept).read_until(b'\n', &mut self.line)? > 0;
        if some && self.line.last() != Some(&b'\n') {
            some |= self.from.skip_until(b'\n')? > 0;
        }
        if !some {
            return Ok(None);
        }
        self.number += 1;
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
        }
        if self.line.last() == Some(&b'\r') {
            self.line.pop();
        }
        Ok(Some(&self.line))
    }

    /// The number of the last line, from 1.
    pub(super) fn number(&self) -> u64 {
        self.number
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::{KEPT, Lines};

    fn lines(bytes: Vec<u8>) -> (Vec<Vec<u8>>, Option<std::io::ErrorKind>) {
        let mut lines = Lines::new(std::io::Cursor::new(bytes)).expect("a beginning");
        let mut found = Vec::new();
        loop {
            match lines.next_line() {
                Ok(Some(line)) => found.push(line.to_vec()),
                Ok(None) => return (found, None),
                Err(error) => return (found, Some(error.kind())),
            }
        }
    }

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).expect("memory");
        encoder.finish().expect("memory")
    }

    #[test]
    fn lines_come_without_their_ends_and_the_last_without_one() {
        assert_eq!(lines(b"a\r\n\nb\xff".to_vec()).0, [b"a".to_vec(), b"".to_vec(), b"b\xff".to_vec()]);
        assert_eq!(lines(Vec::new()).0, Vec::<Vec<u8>>::new());
    }

    #[test]
    fn a_long_line_is_cut_and_the_next_one_is_whole() {
        let mut text = vec![b'x'; 1 << 20];
        text.extend_from_slice(b"\nnext\n");
        let (found, _) = lines(text);
        assert_eq!((found.len(), found[0].len(), found[1].as_slice()), (2, KEPT, b"next".as_slice()));
    }

    #[test]
    fn members_of_a_compressed_file_are_one_file_and_a_torn_one_is_an_error() {
        let mut bytes = packed(b"one\n");
        bytes.extend(packed(b"two\n"));
        assert_eq!(lines(bytes.clone()), (vec![b"one".to_vec(), b"two".to_vec()], None));
        bytes.truncate(bytes.len() - 6);
        let (found, error) = lines(bytes);
        assert_eq!(error, Some(std::io::ErrorKind::UnexpectedEof));
        assert_eq!(found[0], b"one");
    }
}
