//! Finds the end of a pickle in bytes that arrive in pieces, by stepping over opcodes. Allocates nothing, looks at
//! each opcode once, and skips texts unread: an end marker inside a text is not seen.

use super::error::DecodeError;
use super::limits::{Limit, Limits};
use super::opcode::{self, Argument};

/// Steps through one pickle. The answer does not depend on how the bytes were cut into pieces.
#[derive(Debug, Clone)]
pub struct Scanner {
    /// Where the next opcode stands, or will stand when more bytes are there.
    next: usize,
    /// Up to where the line was searched for its end that the opcode at `next` has as its argument.
    searched: usize,
    limit: usize,
}

impl Scanner {
    /// A scanner for one reply within these limits.
    pub fn new(limits: &Limits) -> Self {
        Self { next: 0, searched: 0, limit: limits.honoured_bytes() }
    }

    /// Looks at all bytes of the reply that have arrived so far. Answers the length of the pickle once its STOP is
    /// there, else `None`: call again with the same bytes and more.
    ///
    /// # Errors
    /// It is no pickle, has an opcode that no reply needs, or is longer than the limit.
    pub fn scan(&mut self, bytes: &[u8]) -> Result<Option<usize>, DecodeError> {
        if !opcode::head_is_pickle(bytes) {
            return Err(DecodeError::NotPickle { head: opcode::head(bytes) });
        }
        loop {
            if self.next >= self.limit {
                return Err(DecodeError::limit(Limit::ReplyBytes, self.limit));
            }
            let Some(tail) = bytes.get(self.next..) else { return Ok(None) };
            let Some((&code, rest)) = tail.split_first() else { return Ok(None) };
            let argument =
                opcode::argument(code).ok_or(DecodeError::Opcode { opcode: code, offset: self.next })?;
            let length = match argument {
                Argument::Stop => return Ok(Some(self.next + 1)),
                Argument::Fixed(length) => length,
                Argument::Counted(width) => {
                    let Some(count) = rest.get(..width) else { return Ok(None) };
                    let count = usize::try_from(opcode::little_endian(count)).unwrap_or(usize::MAX);
                    count.saturating_add(width)
                }
                Argument::Line => {
                    let start = self.searched.max(self.next + 1);
                    let unread = bytes.get(start..).unwrap_or_default();
                    let Some(end) = unread.iter().position(|byte| *byte == b'\n') else {
                        self.searched = bytes.len();
                        if bytes.len() >= self.limit {
                            return Err(DecodeError::limit(Limit::ReplyBytes, self.limit));
                        }
                        return Ok(None);
                    };
                    start + end - self.next
                }
                Argument::TwoLines => match two_lines(rest) {
                    Some(length) => length,
                    None if rest.len() > 2 * opcode::LINE_MAX => {
                        return Err(DecodeError::limit(Limit::NameBytes, opcode::LINE_MAX));
                    }
                    None => return Ok(None),
                },
            };
            self.next = self.next.saturating_add(1).saturating_add(length);
        }
    }
}

/// The length of two lines, line ends included.
fn two_lines(bytes: &[u8]) -> Option<usize> {
    let mut ends = bytes.iter().take(2 * opcode::LINE_MAX).enumerate().filter(|(_, byte)| **byte == b'\n');
    ends.nth(1).map(|(place, _)| place + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PONG: &[u8] = b"\x80\x05\x95\x0c\0\0\0\0\0\0\0K\0\x8c\x04pong\x94\x86\x94.";

    #[test]
    fn finds_the_end_byte_by_byte() {
        let mut scanner = Scanner::new(&Limits::default());
        for cut in 0..PONG.len() {
            assert_eq!(scanner.scan(&PONG[..cut]), Ok(None), "{cut}");
        }
        assert_eq!(scanner.scan(PONG), Ok(Some(PONG.len())));
    }

    #[test]
    fn an_announced_length_beyond_the_limit_is_refused_before_it_arrives() {
        let mut scanner = Scanner::new(&Limits::default());
        let error = scanner.scan(b"\x80\x05\x96\xff\xff\xff\xff\xff\xff\xff\xffabc").unwrap_err();
        assert!(matches!(error, DecodeError::Limit { limit: Limit::ReplyBytes, .. }), "{error}");
    }

    #[test]
    fn text_that_is_no_pickle_is_told_from_its_first_byte() {
        let error = Scanner::new(&Limits::default()).scan(b"HTTP/1.1 400 Bad").unwrap_err();
        assert_eq!(error.to_string(), "it is not a pickle: it begins with \"HTTP/1.1 400 Bad\"");
    }

    #[test]
    fn an_endless_name_is_refused() {
        let mut bytes = b"\x80\x02c".to_vec();
        bytes.resize(3000, b'x');
        let error = Scanner::new(&Limits::default()).scan(&bytes).unwrap_err();
        assert!(matches!(error, DecodeError::Limit { limit: Limit::NameBytes, .. }), "{error}");
    }
}
