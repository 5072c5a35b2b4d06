//! A client of fail2ban's socket: typed commands over one connection, without Python.
//!
//! fail2ban's server listens on a Unix socket and speaks Python's pickle. This crate has its own bounded decoder, in
//! which nothing on the wire is ever looked up or called, and an encoder for the little that the server needs.
//!
//! ```no_run
//! use fail2ban_client::{Client, JailName};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), fail2ban_client::Error> {
//!     let client = Client::new(Client::DEFAULT_SOCKET);
//!     for jail in client.jails().await? {
//!         let status = client.status_short(&jail).await?;
//!         println!("{jail}: {} banned", status.counters.currently_banned);
//!     }
//!     for ticket in client.banned_with_times(&JailName::new("sshd")?).await? {
//!         println!("{} until {}", ticket.id, ticket.end);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Two layers
//! [`Client`] is the async client on tokio. Below it lies a part without any input or output, usable from every
//! runtime: [`command`] makes requests and reads replies, [`frame`] cuts replies out of a stream, [`codec`] decodes
//! and encodes.
//!
//! # Features
//!
//! | feature | what it adds |
//! |---|---|
//! | `client` (default) | [`Client`], on tokio |
//! | `blocking` | the same client for programs without a runtime |
//! | `fake` | a scripted server with faults, and a recorder, for tests |
//!
//! # Where to look
//! - [`command::catalogue`] lists every command; each has a function in [`command`] and a method of the clients.
//! - [`Client::ban_many`] and [`Client::unban_many`] take any number of addresses, and tell what became of each.
//! - [`Client::check_jail`] and [`Client::reload_jail`] take a [`JailStream`], the configuration of one jail.
//! - [`Connector`] brings another stream than a Unix socket; [`Client::connection`] tells when the connection goes and
//!   comes.
//! - [`Options`] and [`Limits`] hold what may be set.
//!
//! # Security
//! Whoever may connect to the socket is root on fail2ban's host: the server unpickles requests and evaluates times as
//! code. Therefore [`Address`], [`JailName`] and [`BanId`] hold nothing that the server would take for something else,
//! every encoded request is searched for the end marker, and no text is sent where the server evaluates it.
//! [`Client::raw`] checks none of this but the marker.
//!
//! # Lost replies
//! The server carries out a command even when the client has gone. A command that changes something and whose reply
//! is lost gives [`Error::OutcomeUnknown`]: read the state, then decide.

#![forbid(unsafe_code)]

pub mod codec;
pub mod command;
pub mod frame;

#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "client")]
mod client;
mod error;
#[cfg(feature = "fake")]
pub mod fake;
mod reply;
mod stream;
mod types;

#[cfg(feature = "client")]
pub use client::{
    Bulk, ByteStream, Client, Connecting, ConnectionState, ConnectionWatch, Connector, Options, Progress,
    ReloadOptions, Reloaded, Snapshot, UnixConnector, connect_with,
};
pub use codec::{Limits, Text};
pub use error::Error;
pub use reply::{
    BanList, BanTicket, BantimeIncrement, DatePattern, Entry, FlushedLog, JailCounters, JailSettings,
    JailStats, JailStatus, Outcome, Refusal, ReplyError, Report, ServerException, ServerSettings,
    SettingError, outcome,
};
pub use stream::{
    Difference, JailCheck, JailStream, Missing, Problem, ReloadFault, ReloadRefusal, Restored, StreamError,
    StreamFault, Unchecked, Weapon,
};
pub use types::{
    ActionInfo, ActionMethod, ActionName, ActionNameError, ActionProperty, Address, AddressError, AllowIpv6,
    AllowIpv6Error, Argument, Arguments, Backend, BackendError, BanId, BanIdError, Bantime, BantimeFactor,
    BantimeFormula, BantimeMultipliers, GrowthError, HostName, IgnoreCache, IgnoreCacheError, IgnoreEntry,
    IgnoreEntryError, JailName, JailNameError, JournalMatch, JournalMatchError, LocalDateTime,
    LocalDateTimeError, LogFile, LogFormat, LogFormatError, LogLevel, LogLevelError, LogOptions, LogPosition,
    LogTarget, LogTargetError, PythonFile, Reported, RootCommand, ServerPath, ServerPathError, Standstill,
    StandstillError, SyslogFacility, SyslogFacilityError, SyslogSocket, UseDns, UseDnsError, Version,
};

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
