//! Events as lines of a table (RFC 4180). What attackers wrote must not become a formula when the file is opened in a
//! spreadsheet.

use std::borrow::Cow;

use actix_web::web::Bytes;
use csv::{Terminator, WriterBuilder};

use crate::wire::event::{Event, EventKind};
use crate::wire::{Network, Origin};

const COLUMNS: [&str; 17] = [
    "id",
    "ban",
    "kind",
    "occurred_at",
    "jail",
    "ip",
    "country",
    "network",
    "network_name",
    "origin",
    "by",
    "reason",
    "banned_at",
    "expires_at",
    "bantime",
    "ban_count",
    "failures",
];

/// Writes events, after the names of the columns if they are the first.
pub(super) fn write(events: impl Iterator<Item = Event>, is_first: bool) -> Result<Bytes, csv::Error> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    if is_first {
        writer.write_record(COLUMNS)?;
    }
    for event in events {
        writer.write_record(cells(event).iter().map(String::as_str))?;
    }
    let written = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    Ok(written.into())
}

/// In the order of the columns. Texts that are not BanGUI's own are made harmless; numbers and times need it not.
fn cells(event: Event) -> [String; 17] {
    let (asn, network_name) =
        event.network.map(|Network { asn, name }| (asn, name.unwrap_or_default())).unwrap_or_default();
    let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    let text = |text: Option<String>| text.map(|text| harmless(&text).into_owned()).unwrap_or_default();
    [
        event.id.to_string(),
        event.ban.to_string(),
        match event.kind {
            EventKind::Ban => "ban".to_owned(),
            EventKind::Unban => "unban".to_owned(),
        },
        event.occurred_at,
        harmless(&event.jail).into_owned(),
        harmless(&event.ip).into_owned(),
        event.country,
        asn,
        harmless(&network_name).into_owned(),
        match event.origin {
            Origin::Detected => "detected".to_owned(),
            Origin::Manual => "manual".to_owned(),
            Origin::Restored => "restored".to_owned(),
            Origin::Expired => "expired".to_owned(),
        },
        text(event.by),
        text(event.reason),
        event.banned_at,
        event.expires_at.unwrap_or_default(),
        event.bantime.to_string(),
        number(event.ban_count),
        number(event.failures),
    ]
}

/// Puts an apostrophe before a text that a spreadsheet would take for a formula.
fn harmless(text: &str) -> Cow<'_, str> {
    let starts = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if text.starts_with(starts) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn what_begins_like_a_formula_becomes_text() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        for text in ["", "203.0.113.7", "a=b", "2001:db8::1", "'=1", " =1"] {
            assert_eq!(harmless(text), text);
        }
    }
}
