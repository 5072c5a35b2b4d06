//! A mail server of loopback that keeps what it is sent: what mail is tested against. It speaks as much of SMTP as a client
//! needs that sends one message for each connection.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

/// A message that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mail {
    /// What came behind `AUTH PLAIN`, in base 64.
    pub auth: Option<String>,
    /// Where it is from, as the envelope says.
    pub from: String,
    /// To whom it is, as the envelope says.
    pub to: Vec<String>,
    /// Head and body.
    pub text: String,
}

/// Makes a connection of a socket: TLS, or nothing.
type Wrap = dyn Fn(TcpStream) -> Box<dyn Connection> + Send + Sync;

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

    /// The same behind whatever `wrap` makes of a socket.
    pub fn behind(
        refusal: Option<&'static str>,
        wrap: impl Fn(TcpStream) -> Box<dyn Connection> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let kept: Arc<Mutex<Vec<Mail>>> = Arc::default();
        let (keeping, wrap): (_, Arc<Wrap>) = (Arc::clone(&kept), Arc::new(wrap));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (keeping, wrap) = (Arc::clone(&keeping), Arc::clone(&wrap));
                // A client that goes away is no concern of the server.
                std::thread::spawn(move || drop(session(wrap(stream), refusal, &keeping)));
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

fn session(stream: Box<dyn Connection>, refusal: Option<&str>, kept: &Mutex<Vec<Mail>>) -> io::Result<()> {
    let mut lines = BufReader::new(stream);
    let mut mail = Mail::default();
    say(&mut lines, "220 mailbox.test")?;
    loop {
        let line = hear(&mut lines)?;
        let (verb, rest) = line.split_once([' ', ':']).unwrap_or((line.as_str(), ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => say(&mut lines, "250-mailbox.test\r\n250-AUTH PLAIN\r\n250 8BITMIME")?,
            "AUTH" => {
                mail.auth = rest.split_whitespace().nth(1).map(str::to_owned);
                say(&mut lines, "235 welcome")?;
            }
            "MAIL" => {
                mail.from = address(rest);
                say(&mut lines, "250 ok")?;
            }
            "RCPT" => {
                mail.to.push(address(rest));
                say(&mut lines, refusal.unwrap_or("250 ok"))?;
            }
            "DATA" => {
                say(&mut lines, "354 go on")?;
                loop {
                    let line = hear(&mut lines)?;
                    if line == "." {
                        break;
                    }
                    mail.text.push_str(line.strip_prefix('.').unwrap_or(&line));
                    mail.text.push('\n');
                }
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(std::mem::take(&mut mail));
                say(&mut lines, "250 taken as 4711")?;
            }
            "QUIT" => return say(&mut lines, "221 bye"),
            _ => say(&mut lines, "250 ok")?,
        }
    }
}

fn address(text: &str) -> String {
    text.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}

fn hear(lines: &mut BufReader<Box<dyn Connection>>) -> io::Result<String> {
    let mut line = String::new();
    if lines.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn say(lines: &mut BufReader<Box<dyn Connection>>, text: &str) -> io::Result<()> {
    let stream = lines.get_mut();
    stream.write_all(format!("{text}\r\n").as_bytes())?;
    stream.flush()
}
