//! Replies that list bans.

use std::ops::Deref;

use super::fields::{self, ReplyError, wrong};
use super::status::addressable;
use crate::codec::{Text, Value};
use crate::types::{BanId, BanIdError, JailName, LocalDateTime};

/// What a jail bans, as far as it can be read. Looks like the list of its bans.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BanList {
    /// The bans, first to end first.
    pub bans: Vec<BanTicket>,
    /// The lines that could not be read: a ban each.
    pub unreadable: Vec<ReplyError>,
}

impl Deref for BanList {
    type Target = [BanTicket];

    fn deref(&self) -> &[BanTicket] {
        &self.bans
    }
}

impl IntoIterator for BanList {
    type Item = BanTicket;
    type IntoIter = std::vec::IntoIter<BanTicket>;

    fn into_iter(self) -> Self::IntoIter {
        self.bans.into_iter()
    }
}

impl<'a> IntoIterator for &'a BanList {
    type Item = &'a BanTicket;
    type IntoIter = std::slice::Iter<'a, BanTicket>;

    fn into_iter(self) -> Self::IntoIter {
        self.bans.iter()
    }
}

/// One ban with its times, as `get JAIL banip --with-time` lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BanTicket {
    /// The server's text for what is banned: an address, a network, or any text from a log line.
    pub id: Text,
    /// When the ban began, in the server's zone.
    pub start: LocalDateTime,
    /// How long it lasts, in seconds; -1 is for ever. A ban without a length of its own shows the jail's present
    /// one, so that changing the jail changes this.
    pub bantime_secs: i128,
    /// When it ends, in the server's zone; the end of the year 9999 for a permanent one.
    pub end: LocalDateTime,
}

impl BanTicket {
    /// Whether the ban never ends.
    pub fn is_permanent(&self) -> bool {
        self.bantime_secs < 0
    }

    /// The id by which the ban can be lifted.
    ///
    /// # Errors
    /// The text cannot be sent as an id.
    pub fn ban_id(&self) -> Result<BanId, BanIdError> {
        BanId::try_from(&self.id)
    }

    /// Reads `ID␠⇥START + BANTIME = END` from its right end, since the id may hold anything.
    fn parse(line: &Text) -> Option<Self> {
        const TIME: usize = 19;
        let bytes = line.as_wtf8();
        let (rest, end) = bytes.split_at_checked(bytes.len().checked_sub(TIME)?)?;
        let rest = rest.strip_suffix(b" = ")?;
        let plus = rest.iter().rposition(|byte| *byte == b'+')?;
        let (rest, bantime) = rest.split_at_checked(plus)?;
        let bantime = bantime.strip_prefix(b"+ ")?;
        let rest = rest.strip_suffix(b" ")?;
        let (rest, start) = rest.split_at_checked(rest.len().checked_sub(TIME)?)?;
        let id = rest.strip_suffix(b" \t")?;
        let digits = bantime.strip_prefix(b"-").unwrap_or(bantime);
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let time = |bytes| std::str::from_utf8(bytes).ok()?.parse().ok();
        Some(Self {
            id: Text::from_wtf8(id)?,
            start: time(start)?,
            bantime_secs: std::str::from_utf8(bantime).ok()?.parse().ok()?,
            end: time(end)?,
        })
    }
}

/// The lines of the list. One that cannot be read costs itself alone.
pub(crate) fn tickets(value: &Value) -> Result<BanList, ReplyError> {
    let lines = fields::sequence(value)?;
    let mut list = BanList { bans: Vec::with_capacity(lines.len()), unreadable: Vec::new() };
    for line in lines {
        match line.as_text().and_then(BanTicket::parse) {
            Some(ticket) => list.bans.push(ticket),
            None => list.unreadable.push(wrong("a ban with its times", line)),
        }
    }
    Ok(list)
}

/// `[{jail: [id, …]}, …]`. A jail whose entry cannot be read is left out, and logged.
pub(crate) fn banned_by_jail(value: &Value) -> Result<Vec<(JailName, Vec<Text>)>, ReplyError> {
    let mut jails = Vec::new();
    for entry in fields::sequence(value)? {
        for (name, ids) in entry.as_dict().ok_or_else(|| wrong("bans by jail", entry))? {
            let Some(jail) = addressable(&fields::text(name)?) else { continue };
            match fields::ids(ids) {
                Ok(ids) => jails.push((jail, ids)),
                Err(error) => tracing::warn!(%jail, %error, "the bans of a jail cannot be read"),
            }
        }
    }
    Ok(jails)
}

/// `[[jail, …], …]`, one list per id that was asked for.
pub(crate) fn jails_per_id(value: &Value) -> Result<Vec<Vec<JailName>>, ReplyError> {
    let per_id = fields::sequence(value)?.iter();
    per_id.map(|jails| Ok(fields::texts(jails)?.iter().filter_map(addressable).collect())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Option<BanTicket> {
        BanTicket::parse(&line.into())
    }

    #[test]
    fn times_are_read_from_the_right() {
        let tail = " \t2026-11-23 16:27:13 + 600 = 2026-11-23 16:37:13";
        for id in
            ["192.0.2.44", "2001:db8::/32", "('abc', 'joe')", "", "a + 5 = b", tail, "evil<F2B_END_COMMAND>x"]
        {
            let ticket = parse(&format!("{id}{tail}")).unwrap();
            assert_eq!(ticket.id, id);
            assert_eq!(ticket.bantime_secs, 600);
            assert_eq!(ticket.end.seconds_since_1970() - ticket.start.seconds_since_1970(), 600);
        }
    }

    #[test]
    fn a_line_that_cannot_be_read_costs_itself_alone() {
        let good = "192.0.2.1 \t2026-11-23 16:27:13 + 600 = 2026-11-23 16:37:13";
        let lines = [good, "192.0.2.2 is not to be read", good].map(|line| Value::Str(line.into()));
        let lines = lines.into_iter().chain([Value::Int(7)]).collect();
        let list = tickets(&Value::List(lines)).unwrap();
        assert_eq!(list.len(), 2);
        let told: Vec<_> = list.unreadable.iter().map(|line| line.got.as_str()).collect();
        assert_eq!(told, ["the text \"192.0.2.2 is not to be read\"", "the number 7"]);
        tickets(&Value::Int(1)).unwrap_err();
    }

    #[test]
    fn an_id_that_cannot_be_read_costs_itself_alone() {
        let text = |text: &str| Value::Str(text.into());
        let ids = Value::from(vec![text("192.0.2.1"), Value::None, text("192.0.2.2")]);
        assert_eq!(fields::ids(&ids).unwrap(), ["192.0.2.1", "192.0.2.2"]);
        let by_jail = |jail: &str, ids| Value::Dict([(text(jail), ids)].into());
        let none = Value::from(Vec::<Value>::new());
        let all =
            Value::from(vec![by_jail("a", ids.clone()), by_jail("b", Value::Int(7)), by_jail("c", none)]);
        let read = banned_by_jail(&all).unwrap();
        let read: Vec<_> = read.iter().map(|(jail, ids)| (jail.as_str(), ids.len())).collect();
        assert_eq!(read, [("a", 2), ("c", 0)]);
        fields::ids(&Value::Int(7)).unwrap_err();
    }

    #[test]
    fn permanent_and_broken_lines() {
        let ticket = parse("192.0.2.1 \t2026-11-23 16:27:13 + -1 = 9999-12-31 23:59:59").unwrap();
        assert!(ticket.is_permanent());
        for number in ["9223372036854775807", "99999999999999999999", "68719476736000000000"] {
            let line = format!("192.0.2.1 \t2026-11-23 16:27:13 + {number} = 9999-12-31 23:59:59");
            assert_eq!(parse(&line).unwrap().bantime_secs.to_string(), number);
        }
        for line in [
            "",
            "192.0.2.1",
            "192.0.2.1 2026-11-23 16:27:13 + 600 = 2026-11-23 16:37:13",
            "192.0.2.1 \t2026-11-23 16:27:13 + 6e2 = 2026-11-23 16:37:13",
            "192.0.2.1 \t2026-11-23 16:27:13 + 600 = 2026-11-23 16:37:1é",
            "192.0.2.1 \t2026-11-23 16:27:13 + +5 = 2026-11-23 16:37:13",
        ] {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
