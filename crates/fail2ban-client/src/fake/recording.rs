//! What was said over connections, as a value and as lines of text. Knows not who recorded it.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use thiserror::Error;

use super::reply::Reply;
use super::request::Request;
use crate::frame::{CLOSE, END};

/// The first line of the text form.
const HEAD: &str = "fail2ban exchanges 1";

/// One request and what came back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exchange {
    /// The how manieth connection it went over, from 1 on.
    pub connection: u64,
    /// What was sent, end marker included. A good-bye is one, too.
    pub request: Vec<u8>,
    /// What came back, end marker included; less, where the connection ended before.
    pub reply: Vec<u8>,
}

impl Exchange {
    /// The words of the command, as [`Request::words`]; none for a good-bye, and for what is no command.
    pub fn words(&self) -> Vec<String> {
        let request = Request::decode(self.connection, &self.request);
        request
            .map_or_else(|_| Vec::new(), |request| request.words().iter().map(ToString::to_string).collect())
    }

    /// The reply as it came. Where it had no end, the connection had one.
    pub(super) fn into_reply(self) -> Reply {
        let whole = self.reply.ends_with(END);
        let reply = Reply::bytes(self.reply);
        if whole { reply } else { reply.then_close() }
    }
}

/// What was said, request by request. Written as text and read again, it can be kept beside a test; it holds all that
/// was sent, addresses too.
///
/// ```
/// use fail2ban_client::{Client, fake::{Recording, Reply, Server}};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::answering(|_| Reply::text("pong"))?;
/// Client::new(server.socket()).ping().await?;
/// let text = server.recording().to_string();
///
/// let again = Server::replaying(&text.parse::<Recording>()?)?;
/// Client::new(again.socket()).ping().await?;
/// # Ok(())
/// # }
/// ```
///
/// # The text form
/// A line for each exchange: the connection's number, the request and the reply in hexadecimal, with blanks between; a
/// `-` for no bytes. Lines that begin with `#` are for readers: each exchange is preceded by its words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recording {
    exchanges: Vec<Exchange>,
}

impl Recording {
    /// The exchanges, in the order in which the requests came.
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// The words of each command, in order. Good-byes are left out.
    pub fn commands(&self) -> Vec<Vec<String>> {
        self.exchanges.iter().map(Exchange::words).filter(|words| !words.is_empty()).collect()
    }
}

impl fmt::Display for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEAD}")?;
        for exchange in &self.exchanges {
            writeln!(f, "# {:?}", exchange.words())?;
            writeln!(f, "{} {} {}", exchange.connection, Hex(&exchange.request), Hex(&exchange.reply))?;
        }
        Ok(())
    }
}

struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("-");
        }
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A text that is no recording.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line} of the recording is not {expected}")]
pub struct RecordingError {
    /// The line, from 1 on.
    pub line: usize,
    /// What should stand there.
    pub expected: &'static str,
}

impl FromStr for Recording {
    type Err = RecordingError;

    fn from_str(text: &str) -> Result<Self, RecordingError> {
        let mut lines = text.lines().enumerate();
        if lines.next().is_none_or(|(_, line)| line != HEAD) {
            return Err(RecordingError { line: 1, expected: "\"fail2ban exchanges 1\"" });
        }
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let expected = "a connection's number, a request and a reply in hexadecimal";
        let read = |(place, line)| exchange(line).ok_or(RecordingError { line: place + 1, expected });
        Ok(Self { exchanges: lines.map(read).collect::<Result<_, _>>()? })
    }
}

fn exchange(line: &str) -> Option<Exchange> {
    let mut parts = line.split(' ');
    let (connection, request, reply) = (parts.next()?.parse().ok()?, parts.next()?, parts.next()?);
    let (request, reply) = (from_hex(request)?, from_hex(reply)?);
    parts.next().is_none().then_some(Exchange { connection, request, reply })
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if text == "-" {
        return Some(Vec::new());
    }
    let digits: Vec<u32> = text.chars().map(|digit| digit.to_digit(16)).collect::<Option<_>>()?;
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| u8::try_from(high * 16 + low).ok()).collect()
}

/// A recording that is being made, shared by those who add to it.
#[derive(Debug, Clone, Default)]
pub(super) struct Tape {
    recording: Arc<Mutex<Recording>>,
}

impl Tape {
    pub(super) fn recording(&self) -> Recording {
        self.lock().clone()
    }

    /// Adds a request; answers its place, for the reply.
    pub(super) fn request(&self, connection: u64, request: &[u8]) -> usize {
        let exchanges = &mut self.lock().exchanges;
        exchanges.push(Exchange { connection, request: request.to_vec(), reply: Vec::new() });
        exchanges.len() - 1
    }

    pub(super) fn reply(&self, place: usize, bytes: &[u8]) {
        if let Some(exchange) = self.lock().exchanges.get_mut(place) {
            exchange.reply.extend_from_slice(bytes);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Recording> {
        self.recording.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Cuts the first request off, end marker included. As servers do it: wherever the marker stands.
pub(super) fn cut_request(buffer: &mut Vec<u8>) -> Option<Vec<u8>> {
    let place = buffer.windows(END.len()).position(|window| window == END)?;
    let rest = buffer.split_off(place + END.len());
    Some(std::mem::replace(buffer, rest))
}

/// Whether a request is a good-bye.
pub(super) fn is_farewell(request: &[u8]) -> bool {
    request.strip_suffix(END).is_some_and(|body| body == CLOSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form() {
        let tape = Tape::default();
        let place = tape.request(1, b"\x80\x02](X\x04\0\0\0pinge.<F2B_END_COMMAND>");
        tape.reply(place, b"\x80");
        tape.reply(place, b"\x05");
        tape.request(2, &[CLOSE.as_slice(), END].concat());
        let recording = tape.recording();
        let text = recording.to_string();
        assert_eq!(text.lines().nth(1), Some("# [\"ping\"]"));
        assert_eq!(text.parse::<Recording>().unwrap(), recording);
        assert_eq!(recording.commands(), [["ping"]]);
        for (text, line) in [
            ("", 1),
            ("fail2ban exchanges 2\n", 1),
            ("fail2ban exchanges 1\n\n1 80 8", 3),
            ("fail2ban exchanges 1\n1 80", 2),
            ("fail2ban exchanges 1\n1 80 80 80", 2),
            ("fail2ban exchanges 1\nx 80 80", 2),
            ("fail2ban exchanges 1\n1 8é 80", 2),
        ] {
            assert_eq!(text.parse::<Recording>().unwrap_err().line, line, "{text}");
        }
    }

    #[test]
    fn requests_are_cut_at_every_marker() {
        let mut buffer = b"a<F2B_END_COMMAND>b<F2B_END_COMMAND>c".to_vec();
        assert_eq!(cut_request(&mut buffer).unwrap(), b"a<F2B_END_COMMAND>");
        assert_eq!(cut_request(&mut buffer).unwrap(), b"b<F2B_END_COMMAND>");
        assert_eq!(cut_request(&mut buffer), None);
        assert_eq!(buffer, b"c");
    }
}
