//! What a message says, in plain words and without marks of any receiver. Times are in UTC, since readers may be anywhere.

use bangui_domain::model::Timestamp;
use bangui_domain::model::notify::{Digest, Note};

use super::clean::piece;

/// What happened, in a few words.
pub(super) fn title(digest: &Digest) -> String {
    match digest.notes.as_slice() {
        [Note::Ban { ip, jail, .. }] if digest.count == 1 => {
            format!("{} banned by {}", piece(ip), piece(jail))
        }
        [note] if digest.count == 1 => sentence(note),
        notes if notes.iter().all(|note| matches!(note, Note::Ban { .. })) => {
            let by = match digest.jails.keys().collect::<Vec<_>>().as_slice() {
                [jail] => piece(jail),
                jails => format!("{} jails", jails.len()),
            };
            format!("{} bans by {by}", digest.count)
        }
        _ => format!("{} things happened", digest.count),
    }
}

/// What happened, a line for each thing.
pub(super) fn lines(digest: &Digest) -> Vec<String> {
    let mut lines: Vec<String> = digest.notes.iter().map(sentence).collect();
    let told = u64::try_from(digest.notes.len()).unwrap_or(u64::MAX);
    let untold = digest.count.saturating_sub(told);
    if untold > 0 {
        lines.push(format!("and {untold} more"));
    }
    if digest.jails.len() > 1 {
        lines.push(format!("By jail: {}", counts(digest.jails.iter())));
    }
    if untold > 0 && digest.countries.len() > 1 {
        lines.push(format!("By country: {}", counts(digest.countries.iter())));
    }
    if digest.throttled {
        lines.push(format!("Held back since {}: the rule sends only so often.", time(digest.since)));
    }
    lines
}

/// From whom it is.
pub(super) fn signature(digest: &Digest) -> String {
    format!("BanGUI, {}", piece(&digest.rule))
}

/// The largest first.
fn counts<'a>(counts: impl Iterator<Item = (&'a String, &'a u64)>) -> String {
    let mut counts: Vec<_> = counts.collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let parts: Vec<String> =
        counts.iter().take(10).map(|(name, count)| format!("{} {count}", piece(name))).collect();
    parts.join(", ")
}

fn sentence(note: &Note) -> String {
    match note {
        Note::Ban { ip, jail, country, origin, at, bantime, bans, failures, by, reason } => [
            format!("{} ({}) was banned by {}", piece(ip), piece(country), piece(jail)),
            format!(" {} at {}", length(*bantime), time(*at)),
            failures
                .filter(|count| *count > 0)
                .map_or_else(String::new, |count| format!(", after {}", number(u64::from(count), "failure"))),
            bans.filter(|count| *count > 1)
                .map_or_else(String::new, |count| format!(", its ban number {count}")),
            match by {
                Some(by) => format!(", by {}", piece(by)),
                None if origin == "manual" => ", by hand".to_owned(),
                None => String::new(),
            },
            reason.as_ref().map_or_else(String::new, |reason| format!(": {}", piece(reason))),
        ]
        .concat(),
        Note::Unusual { bans, minutes, usual_hundredths } => {
            let (whole, part) = (usual_hundredths / 100, usual_hundredths % 100);
            format!(
                "{} in {}, where {whole}.{part:02} are usual",
                number(*bans, "ban"),
                number(u64::from(*minutes), "minute")
            )
        }
        Note::Offline { since, reason } => {
            format!("fail2ban cannot be reached since {}: {}", time(*since), piece(reason))
        }
        Note::Online { since, at } => {
            let away = at.millis_since(*since).max(0) / 1_000;
            format!("fail2ban is back since {}; it was away {}", time(*at), length(away))
        }
        Note::Silent { jail, hours } => {
            format!("{} has banned nobody for {}", piece(jail), number(u64::from(*hours), "hour"))
        }
        Note::Test { by } => format!("A test of this channel, asked for by {}", piece(by)),
    }
}

/// `1 hour`, `2 hours`.
fn number(count: u64, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

/// `for 10 min`, `for ever`: in the largest unit that leaves nothing over.
fn length(secs: i64) -> String {
    if secs < 0 {
        return "for ever".to_owned();
    }
    let units = [(86_400, "d"), (3_600, "h"), (60, "min")];
    let unit = units.into_iter().find(|(unit, _)| secs >= *unit && secs % unit == 0);
    unit.map_or_else(|| format!("for {secs} s"), |(unit, name)| format!("for {} {name}", secs / unit))
}

/// `2026-11-26 11:07:48 UTC`.
pub(super) fn time(at: Timestamp) -> String {
    match jiff::Timestamp::from_second(at.as_secs()) {
        Ok(at) => at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        Err(_) => "a time outside of the calendar".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bangui_domain::model::Timestamp;
    use bangui_domain::model::notify::{Digest, Note};

    use super::{lines, title};

    const NOW: Timestamp = Timestamp::from_secs(1_795_458_708);

    fn of(notes: Vec<Note>) -> Digest {
        let count = u64::try_from(notes.len()).unwrap_or(0);
        Digest { notes, count, ..Digest::test("rule", "admin", NOW) }
    }

    #[test]
    fn one_thing_is_told_in_one_sentence() {
        for (note, wanted) in [
            (
                Note::Offline { since: NOW, reason: "no\nsocket".to_owned() },
                "fail2ban cannot be reached since 2026-11-23 18:31:48 UTC: no\u{FFFD}socket",
            ),
            (
                Note::Online { since: NOW.plus_secs(-3_600), at: NOW },
                "fail2ban is back since 2026-11-23 18:31:48 UTC; it was away for 1 h",
            ),
            (
                Note::Unusual { bans: 31, minutes: 60, usual_hundredths: 250 },
                "31 bans in 60 minutes, where 2.50 are usual",
            ),
            (Note::Silent { jail: "sshd".to_owned(), hours: 24 }, "sshd has banned nobody for 24 hours"),
            (Note::Test { by: "admin".to_owned() }, "A test of this channel, asked for by admin"),
        ] {
            let digest = of(vec![note]);
            assert_eq!((title(&digest).as_str(), lines(&digest)), (wanted, vec![wanted.to_owned()]));
        }
    }

    #[test]
    fn many_bans_are_counted() {
        let mut digest = Digest::example(NOW);
        assert_eq!(title(&digest), "3 bans by sshd");
        assert_eq!(
            lines(&digest),
            [
                "192.0.2.7 (NL) was banned by sshd for 10 min at 2026-11-23 18:30:48 UTC, after 5 failures",
                "2001:db8::7 (unknown) was banned by sshd for 10 min at 2026-11-23 18:31:18 UTC, after 5 failures, \
                 its ban number 4",
                "and 1 more",
                "By country: NL 2, unknown 1",
            ]
        );
        digest.jails = BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 2)]);
        digest.throttled = true;
        assert_eq!(title(&digest), "3 bans by 2 jails");
        assert!(lines(&digest).contains(&"By jail: b 2, a 1".to_owned()));
        assert!(
            lines(&digest).last().is_some_and(|last| last.contains("Held back since 2026-11-23 18:30:48"))
        );
    }

    #[test]
    fn who_asked_for_a_ban_and_why_is_told() {
        let Some(Note::Ban { ip, jail, country, at, .. }) = Digest::example(NOW).notes.into_iter().next()
        else {
            panic!("a ban")
        };
        let (origin, reason) = ("manual".to_owned(), Some("a\r\nb".to_owned()));
        let by = Some("alice".to_owned());
        let digest = of(vec![Note::Ban {
            ip,
            jail,
            country,
            origin,
            at,
            bantime: -1,
            bans: None,
            failures: Some(0),
            by,
            reason,
        }]);
        assert_eq!(title(&digest), "192.0.2.7 banned by sshd");
        let told = lines(&digest).remove(0);
        assert!(
            told.ends_with("for ever at 2026-11-23 18:30:48 UTC, by alice: a\u{FFFD}\u{FFFD}b"),
            "{told}"
        );
    }
}
