//! Commands as values: what is sent, what it does to the server, how long it may take, and how its reply is read.
//! Sans-IO: a command can be sealed and its reply read without the client of this crate.

mod bans;
mod jails;
mod server;

pub use bans::{
    ban, banned, banned_by_jail, banned_in, banned_with_times, is_banned, unban, unban_all, unban_everywhere,
};
pub use jails::{actions, jail_setting, jail_status, jail_status_short};
pub use server::{database_file, jail_list, ping, stats, version};

use crate::codec::{Arg, EncodeError, Value, encode};
use crate::frame;
use crate::reply::ReplyError;

/// What a command does to the server. Decides what is known when its reply is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing: asking again is harmless.
    Read,
    /// It changes something, perhaps even though no reply arrives.
    Change,
}

/// How long the reply may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Patience {
    /// The server answers from memory.
    Ordinary,
    /// The server runs the jail's actions first, for each address.
    Actions,
}

/// A command and how to read its reply.
#[derive(Debug, Clone)]
pub struct Command<T> {
    args: Vec<Arg>,
    effect: Effect,
    patience: Patience,
    parse: fn(&Value) -> Result<T, ReplyError>,
}

impl<T> Command<T> {
    fn read<A: Into<Arg>>(
        args: impl IntoIterator<Item = A>,
        parse: fn(&Value) -> Result<T, ReplyError>,
    ) -> Self {
        let args = args.into_iter().map(Into::into).collect();
        Self { args, effect: Effect::Read, patience: Patience::Ordinary, parse }
    }

    fn change(args: Vec<Arg>, parse: fn(&Value) -> Result<T, ReplyError>) -> Self {
        Self { args, effect: Effect::Change, patience: Patience::Actions, parse }
    }

    /// The elements that are sent.
    pub fn args(&self) -> &[Arg] {
        &self.args
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
            Some("get" | "set" | "status") => words.as_slice(),
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

/// Any command, for what has no method of its own. Nothing in it is checked but the end marker: the server evaluates
/// texts given as times as Python code, and takes paths of Python files as actions. Never pass on what a user typed.
pub fn raw(args: Vec<Arg>) -> Command<Value> {
    Command::change(args, |value| Ok(value.clone()))
}
