//! A fake fail2ban for tests: it answers as it is told, goes wrong in the ways in which servers and networks do, and
//! records what was said. Feature `fake`.
//!
//! - [`Server::answering`] takes a function from [`Request`] to [`Reply`], [`Server::fixed`] a table of [`Answers`],
//!   [`Server::scripted`] a [`Script`] for each connection, [`Server::replaying`] a [`Recording`].
//! - A [`Reply`] may be [late](Reply::after), [in pieces](Reply::in_pieces_of), [cut](Reply::cut_after),
//!   [stalled](Reply::stall_after), [never sent](Reply::silence), or [anything at all](Reply::bytes).
//!   [`Server::kill`], [`Server::stop`] and [`Server::cut`] do to the whole server what happens to servers.
//! - [`Server::recording`] tells what came; [`Recorder`] records what a client says to a real server.
//!
//! Only the wire is that of fail2ban: what a command means, and what its reply looks like, the test says.

mod answers;
mod connection;
mod directory;
mod pickle;
mod pipe;
mod recorder;
mod recording;
mod reply;
mod request;
mod server;
mod work;

pub use answers::{Answers, Script};
pub use recorder::Recorder;
pub use recording::{Exchange, Recording, RecordingError};
pub use reply::{Reply, ban_id};
pub use request::Request;
pub use server::Server;
