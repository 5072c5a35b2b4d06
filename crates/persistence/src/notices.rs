//! Notices between processes on one PostgreSQL database, by NOTIFY: how they are sent, and how they are spelt. What
//! they mean is the domain's; SQLite has one process, so nothing is sent there.

mod listener;

use bangui_domain::model::{EventId, TokenHash, UserId};
use bangui_domain::ports::Notice;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::connection::AnyConnection;

pub use listener::NoticeListener;

/// The channel that all notices of a database go through.
const CHANNEL: &str = "bangui";
/// Hex digits of a token's hash.
const HASH_DIGITS: usize = 64;

/// Sends `notice` with the transaction that is open: it is heard when that is committed, and not if it is rolled back.
pub(crate) fn send(connection: &mut AnyConnection, notice: &Notice) -> Result<(), diesel::result::Error> {
    let AnyConnection::Postgres(postgres) = connection else { return Ok(()) };
    let Some(text) = spell(notice) else { return Ok(()) };
    diesel::sql_query("SELECT pg_notify($1, $2)")
        .bind::<Text, _>(CHANNEL)
        .bind::<Text, _>(text)
        .execute(postgres)?;
    Ok(())
}

/// The text of a notice; `None` for what a listener alone can say.
fn spell(notice: &Notice) -> Option<String> {
    match notice {
        Notice::Events(EventId(id)) => Some(format!("events {id}")),
        Notice::State => Some("state".to_owned()),
        Notice::SessionEnded(token) => Some(format!("session {}", token.as_str())),
        Notice::SessionsEnded(UserId(id)) => Some(format!("sessions {id}")),
        _ => None,
    }
}

/// The notice that a text spells; `None` for any other text.
fn read(text: &str) -> Option<Notice> {
    let number = |text: &str| text.parse().ok().filter(|id: &i64| id.to_string() == text);
    match text.split_once(' ') {
        None if text == "state" => Some(Notice::State),
        Some(("events", id)) => number(id).map(|id| Notice::Events(EventId(id))),
        Some(("sessions", id)) => number(id).map(|id| Notice::SessionsEnded(UserId(id))),
        Some(("session", hash)) if is_hash(hash) => {
            Some(Notice::SessionEnded(TokenHash::from_hex(hash.to_owned())))
        }
        _ => None,
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == HASH_DIGITS && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use bangui_domain::model::{EventId, TokenHash, UserId};
    use bangui_domain::ports::Notice;

    use super::{read, spell};

    #[test]
    fn every_notice_is_read_as_it_was_spelt() {
        for notice in [
            Notice::Events(EventId(i64::MAX)),
            Notice::State,
            Notice::SessionEnded(TokenHash::from_hex("0123456789abcdef".repeat(4))),
            Notice::SessionsEnded(UserId(1)),
        ] {
            assert_eq!(read(&spell(&notice).unwrap()), Some(notice));
        }
        assert_eq!(spell(&Notice::Missed), None);
    }

    #[test]
    fn any_other_text_is_no_notice() {
        let long = format!("session {}", "A".repeat(64));
        for text in [
            "",
            "state ",
            "state 1",
            "events",
            "events ",
            "events 1 2",
            "events +1",
            "events 01",
            "events 9223372036854775808",
            "sessions x",
            "session abc",
            &long,
            "missed",
            "shards 1",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}
