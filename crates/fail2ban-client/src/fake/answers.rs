//! Where the answers come from: a function, a table, a recording, or a script for each connection.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use super::recording::{Exchange, Recording};
use super::reply::Reply;
use super::request::Request;

/// Fixed answers. What it does not know, it refuses as fail2ban refuses a command that it does not have.
///
/// ```
/// use fail2ban_client::{Client, fake::{Answers, Reply, Server}};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let answers = Answers::new()
///     .when(["version"], Reply::text("1.1.0"))
///     .when(["get", "sshd", "actions"], Reply::value(["nftables", "mail"]));
/// let server = Server::fixed(answers)?;
/// let client = Client::new(server.socket());
/// assert_eq!(client.actions(&"sshd".parse()?).await?, ["nftables", "mail"]);
/// assert!(client.ping().await.is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Answers {
    replies: HashMap<Vec<String>, Reply>,
}

impl Answers {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers a command of just these [words](Request::words), as often as it comes.
    #[must_use]
    pub fn when<'a>(mut self, words: impl IntoIterator<Item = &'a str>, reply: Reply) -> Self {
        self.replies.insert(words.into_iter().map(ToOwned::to_owned).collect(), reply);
        self
    }

    pub(super) fn answer(&self, request: &Request) -> Reply {
        let words: Vec<String> = request.words().into_iter().map(ToOwned::to_owned).collect();
        self.replies.get(&words).cloned().unwrap_or_else(Reply::invalid_command)
    }
}

/// What happens on one connection: each request gets the next reply, whatever it asks. Behind the last one the next
/// request is taken, and the connection closed.
#[derive(Debug, Clone)]
pub struct Script {
    pub(super) replies: Option<VecDeque<Reply>>,
}

impl Script {
    /// These replies, in this order.
    pub fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self { replies: Some(replies.into_iter().collect()) }
    }

    /// The server closes the connection as soon as it is made.
    pub fn closed_at_once() -> Self {
        Self { replies: None }
    }
}

pub(super) type Handler = Box<dyn FnMut(&Request) -> Reply + Send>;

/// What the server does with connections.
pub(super) enum Plan {
    Handler(Arc<Mutex<Handler>>),
    Scripts(VecDeque<Script>),
}

/// Who answers on one connection.
pub(super) enum Answerer {
    Handler(Arc<Mutex<Handler>>),
    Script(VecDeque<Reply>),
}

impl Plan {
    pub(super) fn handler(handler: Handler) -> Self {
        Self::Handler(Arc::new(Mutex::new(handler)))
    }

    /// Whether no connection is served any more.
    pub(super) fn is_over(&self) -> bool {
        matches!(self, Self::Scripts(scripts) if scripts.is_empty())
    }

    /// Who answers on the next connection; `None` where it is closed at once.
    pub(super) fn next(&mut self) -> Option<Answerer> {
        match self {
            Self::Handler(handler) => Some(Answerer::Handler(Arc::clone(handler))),
            Self::Scripts(scripts) => scripts.pop_front()?.replies.map(Answerer::Script),
        }
    }
}

impl Answerer {
    pub(super) fn answer(&mut self, connection: u64, bytes: &[u8]) -> Reply {
        match self {
            Self::Script(replies) => replies.pop_front().unwrap_or_else(Reply::hang_up),
            Self::Handler(handler) => match Request::decode(connection, bytes) {
                // One that panicked on one connection answers on the others.
                Ok(request) => handler.lock().unwrap_or_else(PoisonError::into_inner)(&request),
                Err(error) => Reply::error_text(format!("ERROR: {error}")),
            },
        }
    }
}

/// Answers each request with the first reply to the same bytes that was not played yet.
pub(super) fn replay(recording: &Recording) -> Handler {
    let mut left: Vec<Exchange> = recording.exchanges().to_vec();
    Box::new(move |request| match left.iter().position(|exchange| exchange.request == request.bytes()) {
        Some(place) => left.remove(place).into_reply(),
        None => {
            Reply::error_text(format!("ERROR: the recording has no further answer to {:?}", request.words()))
        }
    })
}
