//! One kept-alive HTTP/1.1 connection on loopback, as little of it as measuring needs: it sends bytes, reads an answer that
//! tells its length, and says how far a request came that got none. Knows nothing of retries and of what is asked.

use std::fmt;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// More than any line of our own server's answers.
const LINE: u64 = 8192;
/// More than any body that is asked for here.
const BODY: usize = 1 << 20;

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    /// Its status.
    pub(super) status: u16,
    /// Whether the server wants no more requests on this connection.
    pub(super) closes: bool,
    /// Its body.
    pub(super) body: Vec<u8>,
}

/// Why a request has no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// Nobody listens there: nothing was sent.
    Refused,
    /// The server closed the connection before the first byte of an answer.
    Closed,
    /// Anything else.
    Other(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "the connection was refused",
            Self::Closed => "the connection was closed before any answer",
            Self::Other(why) => why,
        })
    }
}

/// An open connection.
pub(super) struct Connection(BufReader<TcpStream>);

impl Connection {
    /// Connects; `patience` holds for this and for each wait afterwards.
    pub(super) fn open(address: SocketAddr, patience: Duration) -> Result<Self, Failure> {
        let opened = TcpStream::connect_timeout(&address, patience).and_then(|stream| {
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(patience))?;
            stream.set_write_timeout(Some(patience))?;
            Ok(stream)
        });
        match opened {
            Ok(stream) => Ok(Self(BufReader::new(stream))),
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Err(Failure::Refused),
            Err(error) => Err(Failure::Other(format!("cannot connect: {error}"))),
        }
    }

    /// Whether the server has neither closed it nor sent anything unasked.
    pub(super) fn is_idle(&self) -> bool {
        let stream = self.0.get_ref();
        let looked = stream.set_nonblocking(true).and_then(|()| {
            let seen = stream.peek(&mut [0]);
            stream.set_nonblocking(false)?;
            seen
        });
        self.0.buffer().is_empty() && looked.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }

    /// Sends a request and reads the answer.
    pub(super) fn ask(&mut self, request: &[u8]) -> Result<Answer, Failure> {
        self.0.get_mut().write_all(request).map_err(|error| unanswered(&error))?;
        loop {
            match self.0.fill_buf() {
                Ok([]) => return Err(Failure::Closed),
                Ok(_) => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(unanswered(&error)),
            }
        }
        self.answer().map_err(|error| Failure::Other(format!("the answer broke off: {error}")))
    }

    fn answer(&mut self) -> io::Result<Answer> {
        let mut line = String::new();
        self.line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| malformed("no status", &line))?;
        let (mut length, mut closes) = (None, false);
        loop {
            self.line(&mut line)?;
            let Some((name, value)) = line.split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().ok().filter(|length| *length <= BODY);
            } else if name.eq_ignore_ascii_case("connection") {
                closes = value.trim().eq_ignore_ascii_case("close");
            }
        }
        if !line.is_empty() {
            return Err(malformed("no header", &line));
        }
        let mut body = vec![0; length.ok_or_else(|| malformed("no usable content-length", ""))?];
        self.0.read_exact(&mut body)?;
        Ok(Answer { status, closes, body })
    }

    /// Reads a line without its end.
    fn line(&mut self, line: &mut String) -> io::Result<()> {
        line.clear();
        self.0.by_ref().take(LINE).read_line(line)?;
        let text = line.strip_suffix("\r\n").ok_or_else(|| malformed("no whole line", line))?;
        line.truncate(text.len());
        Ok(())
    }
}

fn malformed(what: &str, line: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{what} in {line:?}"))
}

fn unanswered(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => Failure::Closed,
        _ => Failure::Other(format!("no answer: {error}")),
    }
}

/// The bytes of a GET request, with a session's cookie or without.
pub(super) fn get(path: &str, cookie: Option<&str>) -> Vec<u8> {
    let cookie = cookie.map(|cookie| format!("Cookie: {cookie}\r\n")).unwrap_or_default();
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{cookie}\r\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    const PATIENCE: Duration = Duration::from_secs(30);

    /// Answers one connection's requests with these bytes, one after another, and closes it.
    fn server(answers: &'static [&'static str]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let mut stream = BufReader::new(listener.accept().unwrap().0);
            for answer in answers {
                let mut line = String::new();
                while line != "\r\n" {
                    line.clear();
                    stream.read_line(&mut line).unwrap();
                }
                stream.get_mut().write_all(answer.as_bytes()).unwrap();
            }
        });
        address
    }

    #[test]
    fn a_connection_is_used_again_until_the_server_closes_it() {
        let address = server(&[
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
            "HTTP/1.1 503 No\r\ncontent-length: 0\r\nConnection: Close\r\n\r\n",
        ]);
        let mut connection = Connection::open(address, PATIENCE).unwrap();
        let answer = connection.ask(&get("/", None)).unwrap();
        assert_eq!((answer.status, answer.closes, answer.body.as_slice()), (200, false, b"hi".as_slice()));
        assert!(connection.is_idle());
        let answer = connection.ask(&get("/", Some("a=b"))).unwrap();
        assert_eq!((answer.status, answer.closes), (503, true));
        while connection.is_idle() {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(matches!(connection.ask(&get("/", None)), Err(Failure::Closed)));
        assert!(matches!(Connection::open(address, PATIENCE), Err(Failure::Refused)));
    }

    #[test]
    fn an_answer_that_breaks_off_is_told_from_none() {
        let mut connection =
            Connection::open(server(&["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi"]), PATIENCE).unwrap();
        assert!(matches!(connection.ask(&get("/", None)), Err(Failure::Other(_))));
    }
}
