//! The catalogue of commands: what each is called on the wire and in this crate, and which versions have it.

use std::fmt;

use crate::types::Version;

/// What a command is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Area {
    /// The server as a whole.
    Server,
    /// Its sqlite database.
    Database,
    /// Counters.
    Statistics,
    /// Which jails there are, and starting and stopping them.
    Jails,
    /// Bans.
    Bans,
    /// How failures are found, counted and ignored.
    Filters,
    /// Log files and journals.
    Logs,
    /// Actions and their properties.
    Actions,
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Server => "server",
            Self::Database => "database",
            Self::Statistics => "statistics",
            Self::Jails => "jails",
            Self::Bans => "bans",
            Self::Filters => "filters",
            Self::Logs => "log paths and journals",
            Self::Actions => "actions",
        })
    }
}

/// The version of fail2ban from which on a command exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Since {
    /// 0.11.2, the oldest that this crate is tested with: every command without another version.
    V0_11_2,
    /// 1.0.
    V1_0,
    /// 1.1.0.
    V1_1,
    /// 1.1.1.
    V1_1_1,
}

impl Since {
    /// Every value, oldest first.
    pub const ALL: [Self; 4] = [Self::V0_11_2, Self::V1_0, Self::V1_1, Self::V1_1_1];

    /// Whether a server of this version has it. A version that is no number is taken for a recent one.
    pub fn includes(self, version: &Version) -> bool {
        let numbers = version.numbers();
        numbers.is_empty() || numbers.as_slice() >= self.numbers()
    }

    fn numbers(self) -> &'static [u32] {
        match self {
            Self::V0_11_2 => &[0, 11, 2],
            Self::V1_0 => &[1, 0],
            Self::V1_1 => &[1, 1],
            Self::V1_1_1 => &[1, 1, 1],
        }
    }
}

impl fmt::Display for Since {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::V0_11_2 => "0.11.2",
            Self::V1_0 => "1.0",
            Self::V1_1 => "1.1.0",
            Self::V1_1_1 => "1.1.1",
        })
    }
}

/// One command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Info {
    /// What it is about.
    pub area: Area,
    /// How it is written on the wire, variable parts in capitals: `set JAIL banip ADDRESS…`.
    pub syntax: &'static str,
    /// The function in [`command`](crate::command) that makes it.
    pub function: &'static str,
    /// The method of both clients which sends it: just this, or more where this alone would be a trap.
    pub method: &'static str,
    /// From when on servers have it.
    pub since: Since,
}

/// Every command of this crate, area by area.
pub fn catalogue() -> impl Iterator<Item = &'static Info> {
    let first = [
        super::server::COMMANDS,
        super::database::COMMANDS,
        super::statistics::COMMANDS,
        super::jails::COMMANDS,
        super::bans::COMMANDS,
    ];
    let last = [super::logs::COMMANDS, super::actions::COMMANDS];
    first.into_iter().chain(super::filters::COMMANDS).chain(last).flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_command_stands_once() {
        let mut functions = BTreeSet::new();
        for info in catalogue() {
            assert!(functions.insert(info.function), "{info:?}");
        }
    }

    #[test]
    fn versions() {
        for (version, includes) in [
            ("0.11.1", [false, false, false, false]),
            ("0.11.2", [true, false, false, false]),
            ("1.0.2", [true, true, false, false]),
            ("1.1.0", [true, true, true, false]),
            ("1.1.1", [true, true, true, true]),
            ("1.1.2.dev1", [true, true, true, true]),
            ("strange", [true, true, true, true]),
        ] {
            assert_eq!(Since::ALL.map(|since| since.includes(&Version::new(version))), includes, "{version}");
        }
    }
}
