//! Commands as values: what is sent, what it does to the server, how long it may take, and how its reply is read.
//! Sans-IO: a command can be sealed and its reply read without the client of this crate.
//!
//! One function for each command, grouped by area; [`catalogue`] lists them all. [`Client`](crate::Client) and
//! `blocking::Client` have a method of the same name for each. Where one command alone would be a trap, such as [`ban`]
//! of many addresses at once, the method does more.

#[macro_use]
mod table;

mod actions;
mod bans;
mod database;
mod filters;
mod info;
mod jails;
mod logs;
mod sequence;
mod server;
mod statistics;

pub use actions::*;
pub use bans::*;
pub use database::*;
pub use filters::*;
pub use info::{Area, Info, Since, catalogue};
pub use jails::*;
pub use logs::*;
pub use sequence::{Sequence, SequenceError};
pub use server::*;
pub use statistics::*;

use crate::codec::{Arg, EncodeError, Value, encode};
use crate::frame;
use crate::reply::ReplyError;

/// What a command does to the server. Decides what happens when its reply is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing.
    Read,
    /// It changes something, and doing it twice is the same as doing it once: the reply included.
    Idempotent,
    /// It changes something, and doing it twice may be something else.
    Change,
}

/// How long the reply may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Patience {
    /// The server answers from memory.
    Ordinary,
    /// The server runs a jail's actions first, or joins its threads.
    Actions,
}

/// A command and how to read its reply.
#[derive(Debug, Clone)]
pub struct Command<T> {
    args: Vec<Arg>,
    info: Option<&'static Info>,
    effect: Effect,
    patience: Patience,
    parse: fn(&Value) -> Result<T, ReplyError>,
}

impl<T> Command<T> {
    /// The elements that are sent.
    pub fn args(&self) -> &[Arg] {
        &self.args
    }

    /// Its entry in the [`catalogue`]; `None` for [`raw`] ones.
    pub fn info(&self) -> Option<&'static Info> {
        self.info
    }

    /// What the command does to the server.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// How long its reply may take.
    pub fn patience(&self) -> Patience {
        self.patience
    }

    /// The bytes to send, end marker included.
    ///
    /// # Errors
    /// The request is longer than `max`, or a text in it contains the end marker.
    pub fn seal(&self, max: usize) -> Result<Vec<u8>, EncodeError> {
        frame::seal(encode(&self.args)?, max)
    }

    /// Reads the value of a successful reply.
    ///
    /// # Errors
    /// It is not what this command answers.
    pub fn parse(&self, value: &Value) -> Result<T, ReplyError> {
        (self.parse)(value)
    }

    /// The command without its long tail, for messages and logs: `set sshd banip`.
    pub fn name(&self) -> String {
        let words: Vec<String> = self.args.iter().take(3).map_while(word).collect();
        let shown = match words.first().map(String::as_str) {
            Some("get" | "set" | "multi-set" | "status") => words.as_slice(),
            _ => words.get(..1).unwrap_or_default(),
        };
        shown.join(" ")
    }
}

fn word(arg: &Arg) -> Option<String> {
    match arg {
        Arg::Str(text) => Some(text.to_lossy().chars().take(64).collect()),
        _ => None,
    }
}

/// A question whose answer another function reads.
pub(crate) fn read_raw(args: Vec<Arg>) -> Command<Value> {
    Command {
        args,
        info: None,
        effect: Effect::Read,
        patience: Patience::Ordinary,
        parse: |value| Ok(value.clone()),
    }
}

/// Any command, for what has no function of its own. Nothing in it is checked but the end marker: the server evaluates
/// texts given as times as Python code, and takes paths of Python files as actions. Never pass on what a user typed. A
/// `reload` whose stream fails on any command deletes every jail that it concerns, and one without a stream deletes
/// all of them: `Client::reload_jail` is the way that cannot.
pub fn raw(args: Vec<Arg>) -> Command<Value> {
    Command {
        args,
        info: None,
        effect: Effect::Change,
        patience: Patience::Actions,
        parse: |value| Ok(value.clone()),
    }
}
