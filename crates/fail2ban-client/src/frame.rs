//! Framing, sans-IO: what stands between requests and replies on the socket. A reply ends where its pickle does and
//! the end marker follows, never at the first marker: a ban id taken from a log line may contain one.

use bytes::{Buf as _, Bytes, BytesMut};

use crate::codec::{DecodeError, EncodeError, Limit, Limits, Scanner};

/// Ends every request and every reply.
pub const END: &[u8; 17] = b"<F2B_END_COMMAND>";

/// As a request: the server closes the connection.
pub const CLOSE: &[u8; 19] = b"<F2B_CLOSE_COMMAND>";

/// Puts the end marker behind an encoded request.
///
/// # Errors
/// The marker would stand anywhere else as well, or the request is longer than `max`.
pub fn seal(mut pickle: Vec<u8>, max: usize) -> Result<Vec<u8>, EncodeError> {
    let body = pickle.len();
    pickle.extend_from_slice(END);
    if pickle.len() > max {
        return Err(EncodeError::TooLong { length: pickle.len(), max });
    }
    // The whole buffer is searched, not each argument: the marker may arise from neighbours.
    match find_end(&pickle) {
        Some(place) if place == body => Ok(pickle),
        _ => Err(EncodeError::Marker),
    }
}

fn find_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(END.len()).position(|window| window == END)
}

/// Collects bytes from the socket and cuts replies out of them.
#[derive(Debug)]
pub struct ReplyReader {
    buffer: BytesMut,
    scanner: Scanner,
    limits: Limits,
}

impl ReplyReader {
    /// A reader within these limits.
    pub fn new(limits: Limits) -> Self {
        Self { buffer: BytesMut::new(), scanner: Scanner::new(&limits), limits }
    }

    /// Adds bytes that have arrived, in pieces of any length.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Where to read the next bytes to, at the end of what is there.
    pub fn buffer_mut(&mut self) -> &mut BytesMut {
        &mut self.buffer
    }

    /// How many bytes have arrived that are not yet cut out.
    pub fn pending(&self) -> usize {
        self.buffer.len()
    }

    /// The pickle of the next reply, once it is complete with its marker. A long one is not copied; a short one is,
    /// so that it does not keep the whole buffer in memory.
    ///
    /// # Errors
    /// It is no pickle, the marker does not follow it, or it is longer than the limit. The connection is of no more
    /// use then.
    pub fn next_reply(&mut self) -> Result<Option<Bytes>, DecodeError> {
        let Some(length) = self.scanner.scan(&self.buffer)? else { return Ok(None) };
        let Some(whole) = length.checked_add(END.len()).filter(|whole| *whole <= self.limits.reply_bytes)
        else {
            return Err(DecodeError::limit(Limit::ReplyBytes, self.limits.reply_bytes));
        };
        let tail = self.buffer.get(length..whole.min(self.buffer.len())).unwrap_or_default();
        if !END.starts_with(tail) {
            return Err(DecodeError::Broken { offset: length, what: "the end marker does not follow" });
        }
        if tail.len() < END.len() {
            return Ok(None);
        }
        self.scanner = Scanner::new(&self.limits);
        let reply = if length < self.buffer.capacity() / 2 {
            // A view would keep more than twice its own length in memory.
            let reply = Bytes::copy_from_slice(self.buffer.get(..length).unwrap_or_default());
            self.buffer.advance(whole);
            reply
        } else {
            let mut reply = self.buffer.split_to(whole);
            if self.buffer.is_empty() {
                // What is left of the allocation goes with the reply.
                self.buffer = BytesMut::new();
            }
            reply.truncate(length);
            reply.freeze()
        };
        Ok(Some(reply))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::encode;

    const PONG: &[u8] = b"\x80\x05\x95\x0c\0\0\0\0\0\0\0K\0\x8c\x04pong\x94\x86\x94.";

    #[test]
    fn the_marker_cannot_be_smuggled_in() {
        let sealed = |parts: &[&str]| {
            let args: Vec<_> = parts.iter().map(|&part| part.into()).collect();
            seal(encode(&args).unwrap(), 1 << 20)
        };
        assert_eq!(sealed(&["set", "lab1", "x<F2B_END_COMMAND>(lp0\n."]), Err(EncodeError::Marker));
        assert_eq!(sealed(&["<F2B_END_COMMAND>"]), Err(EncodeError::Marker));
        // A prefix of the marker at the end of an argument is harmless: another opcode follows.
        assert!(sealed(&["echo", "<F2B_END_COMMAND", ">"]).is_ok());
        assert!(seal(vec![b'x'; 100], 116).is_err());
    }

    #[test]
    fn two_replies_in_one_read_and_a_marker_cut_in_two() {
        let mut stream = Vec::new();
        for _ in 0..2 {
            stream.extend_from_slice(PONG);
            stream.extend_from_slice(END);
        }
        for cut in 0..stream.len() {
            let mut reader = ReplyReader::new(Limits::default());
            let mut replies = Vec::new();
            for piece in [&stream[..cut], &stream[cut..]] {
                reader.push(piece);
                while let Some(reply) = reader.next_reply().unwrap() {
                    replies.push(reply);
                }
            }
            assert_eq!(replies, [PONG, PONG], "{cut}");
            assert_eq!(reader.pending(), 0);
        }
    }

    #[test]
    fn something_else_behind_the_pickle_is_an_error_at_once() {
        let mut reader = ReplyReader::new(Limits::default());
        reader.push(PONG);
        reader.push(b"<F2B_EX");
        assert!(matches!(reader.next_reply(), Err(DecodeError::Broken { .. })));
    }

    #[test]
    fn the_limit_counts_the_marker() {
        let whole = PONG.len() + END.len();
        for (limit, fits) in [(whole, true), (whole - 1, false)] {
            let mut reader = ReplyReader::new(Limits::default().with_reply_bytes(limit));
            reader.push(PONG);
            reader.push(END);
            assert_eq!(reader.next_reply().is_ok(), fits);
        }
    }
    #[test]
    fn a_long_reply_is_not_copied_and_a_short_one_does_not_keep_the_buffer() {
        let mut reader = ReplyReader::new(Limits::default());
        let mut long = b"\x80\x05X\x00\x00\x10\x00".to_vec();
        long.resize(long.len() + (1 << 20), b'x');
        long.push(b'.');
        reader.buffer_mut().reserve(long.len() + END.len());
        let place = reader.buffer_mut().as_ptr();
        reader.push(&long);
        reader.push(END);
        let reply = reader.next_reply().unwrap().unwrap();
        assert_eq!(reply, long);
        assert_eq!(reply.as_ptr(), place);
        // Nor is it when the decoder takes it over.
        let pickle = Vec::from(reply);
        assert_eq!(pickle.as_ptr(), place);

        reader.buffer_mut().reserve(64 << 10);
        let place = reader.buffer_mut().as_ptr();
        reader.push(PONG);
        reader.push(END);
        let reply = reader.next_reply().unwrap().unwrap();
        assert_eq!(reply, PONG);
        assert_ne!(reply.as_ptr(), place);
        reader.buffer_mut().reserve(64 << 10);
        assert_eq!(reader.buffer_mut().as_ptr(), place);
    }
}
