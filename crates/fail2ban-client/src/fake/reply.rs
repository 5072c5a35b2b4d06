//! What a fake server answers to one request, and what goes wrong with it on its way.

use std::sync::Arc;
use std::time::Duration;

use super::pickle::pickle;
use crate::codec::{Class, Object, Value};
use crate::frame::END;

/// An answer to one request: first what it says, then how it goes wrong, if it does.
///
/// ```
/// use std::time::Duration;
/// use fail2ban_client::fake::Reply;
///
/// let fine = Reply::value([("Number of jail", "1")]);
/// let late = Reply::text("pong").after(Duration::from_secs(1));
/// let torn = Reply::text("pong").in_pieces_of(1).cut_after(10);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    pub(super) bytes: Vec<u8>,
    pub(super) delay: Duration,
    /// How many bytes are sent at once; zero sends all.
    pub(super) piece: usize,
    pub(super) then: Then,
}

/// What becomes of the connection behind a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// It serves the next request.
    Serve,
    /// It stays, and nothing more is answered.
    Mute,
    /// The server closes it.
    Close,
}

impl Reply {
    /// A success with this value: `(0, value)` on the wire.
    pub fn value(value: impl Into<Value>) -> Self {
        Self::pickled(&(0, value.into()).into())
    }

    /// A success with this text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::value(text.into())
    }

    /// A refusal by an exception of this class: `(1, name(args…))` on the wire.
    pub fn exception(module: &str, name: &str, args: impl IntoIterator<Item = Value>) -> Self {
        Self::pickled(&(1, object(module, name, args.into_iter().collect())).into())
    }

    /// The refusal of a command that concerns a jail which is not there.
    pub fn unknown_jail(jail: &str) -> Self {
        Self::exception("fail2ban.exceptions", "UnknownJailException", [jail.into()])
    }

    /// The refusal of a command that the server does not have.
    pub fn invalid_command() -> Self {
        Self::exception("builtins", "Exception", ["Invalid command".into()])
    }

    /// A bare text without the usual pair around it. Servers send such when they cannot read a request or cannot
    /// write its answer, and then it begins with `ERROR: `.
    pub fn error_text(text: impl Into<String>) -> Self {
        Self::pickled(&text.into().into())
    }

    /// These very bytes. A whole reply is a pickle and the [end marker](END).
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), delay: Duration::ZERO, piece: 0, then: Then::Serve }
    }

    /// No answer, to this request and to all further ones on the connection, which stays open.
    pub fn silence() -> Self {
        Self { then: Then::Mute, ..Self::bytes([]) }
    }

    /// No answer, and the connection is closed.
    pub fn hang_up() -> Self {
        Self::bytes([]).then_close()
    }

    fn pickled(value: &Value) -> Self {
        Self::bytes([pickle(value).as_slice(), END].concat())
    }

    /// What is sent.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Waits before it is sent. Other connections are served meanwhile.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Sends this many bytes at a time, at least one, with a pause of a millisecond between: also the end marker
    /// comes in pieces.
    #[must_use]
    pub fn in_pieces_of(mut self, bytes: usize) -> Self {
        self.piece = bytes.max(1);
        self
    }

    /// Sends the first bytes and closes the connection.
    #[must_use]
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.bytes.truncate(bytes);
        self.then = Then::Close;
        self
    }

    /// Sends the first bytes, and nothing more on a connection that stays open.
    #[must_use]
    pub fn stall_after(mut self, bytes: usize) -> Self {
        self.bytes.truncate(bytes);
        self.then = Then::Mute;
        self
    }

    /// Sends these bytes directly behind the reply: garbage, or a second reply that nobody asked for.
    #[must_use]
    pub fn followed_by(mut self, bytes: &[u8]) -> Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// Closes the connection behind the reply.
    #[must_use]
    pub fn then_close(mut self) -> Self {
        self.then = Then::Close;
        self
    }
}

/// A ban id as servers send it in lists: no text, but a call of `builtins.str` that makes one.
///
/// ```
/// use fail2ban_client::fake::{Reply, ban_id};
///
/// let banned = Reply::value(["192.0.2.1", "2001:db8::7"].map(ban_id));
/// ```
pub fn ban_id(id: &str) -> Value {
    object("builtins", "str", Arc::new([id.into()]))
}

fn object(module: &str, name: &str, args: Arc<[Value]>) -> Value {
    Value::Object(Arc::new(Object {
        class: Arc::new(Class { module: module.into(), name: name.into() }),
        args: Value::Tuple(args),
        keywords: None,
        state: None,
        items: Arc::new([]),
        entries: Arc::new([]),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_servers_send_it() {
        let ids = Reply::value(["192.0.2.1", "2001:db8::1"].map(ban_id));
        let wanted =
            b"K\0]\x94(\x8c\x08builtins\x94\x8c\x03str\x94\x93\x94\x8c\x09192.0.2.1\x94\x85\x94R\x94h\x03\
            \x8c\x0b2001:db8::1\x94\x85\x94R\x94e\x86\x94.<F2B_END_COMMAND>";
        assert_eq!(ids.as_bytes()[11..], wanted[..]);
        let refused = Reply::unknown_jail("nojail");
        let wanted =
            b"K\x01\x8c\x13fail2ban.exceptions\x94\x8c\x14UnknownJailException\x94\x93\x94\x8c\x06nojail\x94\
            \x85\x94R\x94\x86\x94.<F2B_END_COMMAND>";
        assert_eq!(refused.as_bytes()[11..], wanted[..]);
    }
}
