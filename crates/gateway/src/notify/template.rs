//! Templates that users write. A template is a program: it can ask for more memory, time or stack than there is, and work
//! within a filter cannot be stopped from outside. So each one is rendered in a process of its own with hard limits, and what
//! happens to that process happens to nobody else.

mod process;
mod render;
mod syntax;

use std::collections::BTreeMap;

use bangui_domain::model::Timestamp;
use bangui_domain::model::notify::{Digest, Note};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::clean::piece;
use super::wording;

pub use process::TemplateProcess;
pub(super) use process::Unrendered;
pub use render::render_template;

/// The longest body that a template may make, in bytes.
const BODY_BYTES: usize = 64 * 1024;

/// What the process that renders is asked, as JSON on its standard input. It answers with one byte that says what follows
/// ([`TEXT`] or [`PROBLEM`]) and a text.
#[derive(Debug, Serialize, Deserialize)]
struct Order {
    template: String,
    /// Whether what is made is to be JSON.
    json: bool,
    context: Value,
}

/// The answer is what the template makes.
const TEXT: u8 = b'+';
/// The answer is what is wrong with the template.
const PROBLEM: u8 = b'-';

/// What templates are given, which is also what programs get as JSON.
pub(super) fn context(digest: &Digest) -> Value {
    let lines = wording::lines(digest);
    json!({
        "title": wording::title(digest),
        "text": lines.join("\n"),
        "lines": lines,
        "rule": piece(&digest.rule),
        "count": digest.count,
        "since": rfc3339(digest.since),
        "until": rfc3339(digest.until),
        "throttled": digest.throttled,
        "jails": named(&digest.jails),
        "countries": named(&digest.countries),
        "notes": digest.notes.iter().map(note).collect::<Vec<_>>(),
    })
}

fn named(counts: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    counts.iter().map(|(name, count)| (piece(name), *count)).collect()
}

fn note(note: &Note) -> Value {
    match note {
        Note::Ban { ip, jail, country, origin, at, bantime, bans, failures, by, reason } => json!({
            "kind": "ban", "ip": piece(ip), "jail": piece(jail), "country": country, "origin": origin,
            "at": rfc3339(*at), "bantime": bantime, "bans": bans, "failures": failures,
            "by": by.as_deref().map(piece), "reason": reason.as_deref().map(piece),
        }),
        Note::Unusual { bans, minutes, usual_hundredths } => {
            let (whole, part) = (usual_hundredths / 100, usual_hundredths % 100);
            json!({ "kind": "unusual", "bans": bans, "minutes": minutes, "usual": format!("{whole}.{part:02}") })
        }
        Note::Offline { since, reason } => {
            json!({ "kind": "offline", "since": rfc3339(*since), "reason": piece(reason) })
        }
        Note::Online { since, at } => {
            json!({ "kind": "online", "since": rfc3339(*since), "at": rfc3339(*at) })
        }
        Note::Silent { jail, hours } => json!({ "kind": "silent", "jail": piece(jail), "hours": hours }),
        Note::Test { by } => json!({ "kind": "test", "by": piece(by) }),
    }
}

fn rfc3339(at: Timestamp) -> Option<String> {
    jiff::Timestamp::from_second(at.as_secs()).ok().map(|at| at.to_string())
}
