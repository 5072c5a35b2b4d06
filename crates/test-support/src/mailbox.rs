//! A mail server of loopback that keeps what it is sent: what mail is tested against. It speaks as much of SMTP as a client
//! needs that sends one message for each connection.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

/// A message that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mail {
    /// How the client called itself.
    pub hello: String,
    /// What came behind `AUTH PLAIN`, in base 64.
    pub auth: Option<String>,
    /// Where it is from, as the envelope says.
    pub from: String,
    /// To whom it is, as the envelope says.
    pub to: Vec<String>,
    /// Head and body.
    pub text: String,
}

/// What a session speaks through.
pub trait Connection: Read + Write {}

impl<T: Read + Write> Connection for T {}

/// The server. Its thread ends with the test's process.
#[derive(Clone)]
pub struct Mailbox {
    address: SocketAddr,
    kept: Arc<Mutex<Vec<Mail>>>,
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Mailbox {
    /// Takes everything, or answers `refusal` (such as `550 no`) to each recipient.
    pub fn start(refusal: Option<&'static str>) -> io::Result<Self> {
        Self::behind(refusal, |stream| Box::new(stream))
    }

    /// Takes everything, once a client has asked for TLS, which `wrap` makes of the socket. Nothing but that is heard before.
    pub fn upgrading(
        wrap: impl Fn(TcpStream) -> Box<dyn Connection> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        Self::serve(move |stream, kept| session(BufReader::new(wrap(asked_for_tls(stream)?)), None, kept))
    }

    /// The same behind whatever `wrap` makes of a socket.
    pub fn behind(
        refusal: Option<&'static str>,
        wrap: impl Fn(TcpStream) -> Box<dyn Connection> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        Self::serve(move |stream, kept| {
            let mut lines = BufReader::new(wrap(stream));
            say(lines.get_mut(), "220 mailbox.test")?;
            session(lines, refusal, kept)
        })
    }

    fn serve(
        talk: impl Fn(TcpStream, &Mutex<Vec<Mail>>) -> io::Result<()> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let kept: Arc<Mutex<Vec<Mail>>> = Arc::default();
        let (keeping, talk) = (Arc::clone(&kept), Arc::new(talk));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (keeping, talk) = (Arc::clone(&keeping), Arc::clone(&talk));
                // A client that goes away is no concern of the server.
                std::thread::spawn(move || drop(talk(stream, &keeping)));
            }
        });
        Ok(Self { address, kept })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// All that was taken.
    pub fn mails(&self) -> Vec<Mail> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Greets, offers TLS and nothing else, and hands the socket out when it is asked for.
fn asked_for_tls(stream: TcpStream) -> io::Result<TcpStream> {
    let mut lines = BufReader::new(stream);
    say(lines.get_mut(), "220 mailbox.test")?;
    loop {
        match hear(&mut lines)?.to_ascii_uppercase().as_str() {
            "STARTTLS" => {
                say(lines.get_mut(), "220 go on")?;
                return Ok(lines.into_inner());
            }
            hello if hello.starts_with("EHLO") => say(lines.get_mut(), "250-mailbox.test\r\n250 STARTTLS")?,
            _ => say(lines.get_mut(), "530 not without TLS")?,
        }
    }
}

fn session(
    mut lines: BufReader<Box<dyn Connection>>,
    refusal: Option<&str>,
    kept: &Mutex<Vec<Mail>>,
) -> io::Result<()> {
    let mut mail = Mail::default();
    loop {
        let line = hear(&mut lines)?;
        let (verb, rest) = line.split_once([' ', ':']).unwrap_or((line.as_str(), ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => {
                rest.clone_into(&mut mail.hello);
                say(lines.get_mut(), "250-mailbox.test\r\n250-AUTH PLAIN\r\n250 8BITMIME")?;
            }
            "AUTH" => {
                mail.auth = rest.split_whitespace().nth(1).map(str::to_owned);
                say(lines.get_mut(), "235 welcome")?;
            }
            "MAIL" => {
                mail.from = address(rest);
                say(lines.get_mut(), "250 ok")?;
            }
            "RCPT" => {
                mail.to.push(address(rest));
                say(lines.get_mut(), refusal.unwrap_or("250 ok"))?;
            }
            "DATA" => {
                say(lines.get_mut(), "354 go on")?;
                loop {
                    let line = hear(&mut lines)?;
                    if line == "." {
                        break;
                    }
                    mail.text.push_str(line.strip_prefix('.').unwrap_or(&line));
                    mail.text.push('\n');
                }
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(std::mem::take(&mut mail));
                say(lines.get_mut(), "250 taken as 4711")?;
            }
            "QUIT" => return say(lines.get_mut(), "221 bye"),
            _ => say(lines.get_mut(), "250 ok")?,
        }
    }
}

fn address(text: &str) -> String {
    text.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}

fn hear(lines: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if lines.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn say(stream: &mut impl Write, text: &str) -> io::Result<()> {
    stream.write_all(format!("{text}\r\n").as_bytes())?;
    stream.flush()
}
