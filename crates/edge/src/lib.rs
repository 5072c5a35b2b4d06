//! Connections: how many are open, how long a client may keep the server waiting, and how they end. A client that is slow by
//! intent is told from one that has a slow line by a minimum of bytes in a time. Knows no route, no session and no setting.
//!
//! The web framework below has time limits for the first head of a connection, for idle ones and for the end of one. It has
//! none for a body, for a later head, for a reader that does not read, and for the rest of a body that nobody wants; and it
//! takes a connection for idle while the client still reads the end of an answer. So each connection is
//! [watched](connection::Connection) from its first byte to its last, in whichever state it is.

mod alarm;
mod connection;
mod descriptors;
mod door;
mod meter;
mod pace;
mod server;
mod track;
mod watched;

pub use connection::Connection;
pub use descriptors::{RESERVED, raise_limit};
pub use door::{Door, Limits};
pub use meter::ConnectionMeter;
pub use server::{Counted, Served, Socket, server};
pub use track::track;

use std::time::Duration;

/// How long a client may take for a TLS handshake, and for the head of a request from its first byte on; and how long a
/// connection may be open without any.
pub const HEAD: Duration = Duration::from_secs(10);
/// How long a body may take to begin, or to go on after a pause. Every KiB of it gives a second more, up to this.
pub const BODY: Duration = Duration::from_secs(10);
/// How long a client may take nothing of an answer. Every KiB that it takes gives a second more, up to this.
pub const ANSWER: Duration = Duration::from_secs(30);
/// How long the end of a connection may take, while the client reads why it ends.
const LINGER: Duration = Duration::from_secs(2);
