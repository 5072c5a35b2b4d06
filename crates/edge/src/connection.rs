//! What is known of one connection: whether the client or the server is at work, and since when the client has kept the
//! server waiting.

use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::task::AtomicWaker;
use tokio::time::Instant;

use crate::HEAD;

/// One connection, as its stream, its requests and the [door](crate::Door) share it.
#[derive(Debug)]
pub struct Connection {
    state: Mutex<State>,
    task: AtomicWaker,
    encrypted: bool,
}

#[derive(Debug)]
struct State {
    /// Since when a head is waited for, and when its first byte came; `None` while a request is served.
    head: Option<(Instant, Option<Instant>)>,
    /// Since when more of a body is waited for.
    body: Option<Instant>,
    /// Since when the client takes too little of an answer. What is left of one may still be taken when the next head is
    /// waited for.
    answer: Option<Instant>,
    /// The client sends no more.
    silent: bool,
    /// Its slot is given to another.
    dropped: bool,
}

impl Connection {
    /// One that begins now, by TLS or not.
    pub(crate) fn new(encrypted: bool) -> Self {
        let state = State {
            head: Some((Instant::now(), None)),
            body: None,
            answer: None,
            silent: false,
            dropped: false,
        };
        Self { state: Mutex::new(state), task: AtomicWaker::new(), encrypted }
    }

    /// Whether it is encrypted by this server.
    pub fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// A request has been read and is served.
    pub(crate) fn begin_request(&self) {
        self.lock().head = None;
    }

    /// The next head is waited for: the request is answered, or a handshake is over. The task of the connection is
    /// woken, since what it waited for was something else.
    pub(crate) fn await_head(&self) {
        {
            let mut state = self.lock();
            state.head = Some((Instant::now(), None));
            state.body = None;
        }
        self.task.wake();
    }

    /// Bytes have come.
    pub(crate) fn heard(&self) {
        if let Some((_, first @ None)) = &mut self.lock().head {
            *first = Some(Instant::now());
        }
    }

    /// Whether neither a request is served nor a part of one has come.
    pub(crate) fn is_idle(&self) -> bool {
        matches!(self.lock().head, Some((_, None)))
    }

    /// When the client has taken too long for a head; `None` while a request is served, and while the client still reads the
    /// last answer. More bytes give it no more time.
    pub(crate) fn head_deadline(&self) -> Option<Instant> {
        let state = self.lock();
        if state.answer.is_some() {
            return None;
        }
        state.head.map(|(since, first)| first.unwrap_or(since) + HEAD)
    }

    /// Whether more of a body is waited for.
    pub(crate) fn await_body(&self, waits: bool) {
        mark(&mut self.lock().body, waits);
    }

    /// Whether the client takes too little of an answer. When it has taken all, the time for the next head begins, and the
    /// task of the connection is woken to watch it.
    pub(crate) fn await_reader(&self, waits: bool) {
        {
            let mut state = self.lock();
            mark(&mut state.answer, waits);
            let (false, Some((since, first))) = (waits, &mut state.head) else { return };
            let now = Instant::now();
            *since = now;
            *first = first.map(|_| now);
        }
        self.task.wake();
    }

    /// The client sends no more; it may still read.
    pub(crate) fn falls_silent(&self) {
        self.lock().silent = true;
    }

    /// Whether the client sends no more.
    pub(crate) fn is_silent(&self) -> bool {
        self.lock().silent
    }

    /// Since when the client has kept the server waiting, if it does.
    pub(crate) fn waiting_since(&self) -> Option<Instant> {
        let state = self.lock();
        [state.head.map(|(since, _)| since), state.body, state.answer].into_iter().flatten().min()
    }

    /// Ends it as soon as its task has noticed.
    pub(crate) fn drop_soon(&self) {
        self.lock().dropped = true;
        self.task.wake();
    }

    /// Whether it has to end.
    pub(crate) fn is_dropped(&self) -> bool {
        self.lock().dropped
    }

    /// The task that works on it.
    pub(crate) fn task(&self) -> &AtomicWaker {
        &self.task
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn mark(since: &mut Option<Instant>, waits: bool) {
    if waits {
        since.get_or_insert_with(Instant::now);
    } else {
        *since = None;
    }
}
