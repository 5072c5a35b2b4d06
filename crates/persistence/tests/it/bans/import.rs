//! What fail2ban's log tells beside everything else that tells of bans: each ban once, whatever the order.

mod history;
mod random;
mod unended;
mod zones;

use bangui_domain::model::{
    BanEvent, BanId, BanTime, EventId, LogEntry, LogSaid, LogWord, ServerId, Timestamp,
};
use bangui_domain::ports::BanStore;
use bangui_domain::service::Logbook;
use bangui_persistence::{Db, Imported};
use bangui_test_support::both_databases;

use super::{all_events, at, ban, end, jail, record};

/// A line of the log, so many milliseconds after the tests' clock began.
fn said(millis: i64, said: LogSaid) -> LogEntry {
    LogEntry { at: at(0).plus_millis(millis), said }
}

pub(super) fn line(millis: i64, ip: &str, word: LogWord) -> LogEntry {
    said(millis, LogSaid::Address(jail("sshd"), BanId::from_reported(ip), word))
}

/// Reads lines and imports what they tell, some bans at a time.
pub(super) async fn import(
    db: &Db,
    lines: &[LogEntry],
    mut book: Logbook,
    rehearse: bool,
) -> (Imported, u64) {
    for line in lines {
        book.read(line.clone());
    }
    let mut all = Imported::default();
    for batch in book.finish().chunks(7) {
        let part = db.import_log(&ServerId::local(), batch.to_vec(), rehearse).await.unwrap();
        all.add(part);
    }
    (all, book.left())
}

fn until_later() -> Logbook {
    Logbook::new(at(1_000_000))
}

/// The whole history in short, in the order of time: second, kind, address, origin and length.
async fn story(db: &Db) -> Vec<String> {
    let mut events = db.find_events(&all_events()).await.unwrap().items;
    events.reverse();
    events.iter().map(short).collect()
}

fn short(event: &BanEvent) -> String {
    let second = event.occurred_at.millis_since(at(0)).div_euclid(1_000);
    let (kind, origin) = (event.kind.as_str(), event.origin.as_str());
    format!("{second} {kind} {} {origin} {}", event.key.id, event.bantime.as_fail2ban())
}

fn counts(new: u64, restored: u64, known: u64, ends: u64) -> Imported {
    Imported { new, restored, known, ends }
}

/// A log of ten minutes of bans: one by a filter that ends in time, one by hand that is lifted, one over a restart.
fn a_log() -> Vec<LogEntry> {
    vec![
        said(0, LogSaid::Configuring(jail("sshd"))),
        said(1, LogSaid::BanTime(bangui_domain::model::BanTime::Seconds(600))),
        said(2, LogSaid::Configured),
        line(10, "203.0.113.1", LogWord::Found(at(0))),
        line(700_900, "192.0.2.1", LogWord::Found(at(700))),
        line(701_500, "192.0.2.1", LogWord::Ban),
        line(720_000, "192.0.2.2", LogWord::Ban),
        line(750_250, "192.0.2.2", LogWord::Unban),
        line(1_200_100, "192.0.2.3", LogWord::Found(at(1_200))),
        line(1_200_200, "192.0.2.3", LogWord::Ban),
        line(1_200_300, "192.0.2.3", LogWord::Increase(2, Some(at(4_800)))),
        line(1_301_100, "192.0.2.1", LogWord::Unban),
        line(1_400_000, "192.0.2.3", LogWord::Unban),
        said(1_400_100, LogSaid::Stopped(jail("sshd"))),
        said(1_500_000, LogSaid::Configuring(jail("sshd"))),
        said(1_500_000, LogSaid::Configured),
        line(1_500_100, "192.0.2.3", LogWord::Restore),
        line(4_800_900, "192.0.2.3", LogWord::Unban),
    ]
}

const ITS_STORY: [&str; 6] = [
    "700 ban 192.0.2.1 detected 600",
    "720 ban 192.0.2.2 manual 600",
    "750 unban 192.0.2.2 manual 600",
    "1200 ban 192.0.2.3 detected 3600",
    "1300 unban 192.0.2.1 expired 600",
    "4800 unban 192.0.2.3 expired 3600",
];

both_databases!(a_log_becomes_history_once_and_is_no_news, |test| async move {
    let db = test.db();
    let newest = db.newest_event(&ServerId::local()).await.unwrap();
    assert_eq!(import(db, &a_log(), until_later(), true).await.0, counts(3, 0, 0, 0));
    assert!(story(db).await.is_empty(), "a rehearsal changes nothing");
    assert_eq!(import(db, &a_log(), until_later(), false).await.0, counts(3, 0, 0, 0));
    assert_eq!(story(db).await, ITS_STORY);
    assert_eq!(import(db, &a_log(), until_later(), false).await.0, counts(0, 0, 3, 0));
    assert_eq!(story(db).await, ITS_STORY);
    assert!(db.check_history().await.unwrap().wrong_days.is_empty());
    assert_eq!(db.newest_event(&ServerId::local()).await.unwrap(), newest);
    assert!(db.events_after(&ServerId::local(), EventId(0), 100).await.unwrap().is_empty());
    assert!(db.active(&ServerId::local(), &jail("sshd")).await.unwrap().is_empty());
});

both_databases!(a_clock_that_is_set_back_ends_no_ban_before_it_began, |test| async move {
    let db = test.db();
    let log = [
        said(0, LogSaid::Configuring(jail("sshd"))),
        said(0, LogSaid::BanTime(BanTime::from_fail2ban(600))),
        said(0, LogSaid::Configured),
        line(5_000_000, "192.0.2.1", LogWord::Ban),
        // An hour back.
        line(1_500_000, "192.0.2.1", LogWord::Unban),
        line(1_600_000, "192.0.2.2", LogWord::Ban),
        line(2_200_000, "192.0.2.2", LogWord::Unban),
    ];
    assert_eq!(import(db, &log, Logbook::new(at(10_000)), false).await.0, counts(2, 0, 0, 0));
    assert_eq!(
        story(db).await,
        [
            "1600 ban 192.0.2.2 detected 600",
            "2200 unban 192.0.2.2 expired 600",
            "5000 ban 192.0.2.1 detected 600",
            "5600 unban 192.0.2.1 expired 600",
        ]
    );
    assert!(db.check_history().await.unwrap().wrong_days.is_empty());
});

both_databases!(what_is_known_stays_and_what_happens_now_is_left_alone, |test| async move {
    let db = test.db();
    let (mut known, mut asked) = (ban("sshd", "192.0.2.1", 700), ban("sshd", "192.0.2.2", 720));
    known.failures = Some(5);
    asked.ban.by = Some("alice".to_owned());
    record(db, vec![known, asked], vec![end("sshd", "192.0.2.1", 700)]).await;
    let (imported, left) = import(db, &a_log(), Logbook::new(at(1_000)), false).await;
    assert_eq!((imported, left), (counts(0, 0, 2, 0), 1));
    // A ban in force keeps its end for whoever sees it.
    assert_eq!(
        story(db).await,
        [
            "700 ban 192.0.2.1 detected 600",
            "720 ban 192.0.2.2 detected 600",
            "1300 unban 192.0.2.1 expired 600"
        ]
    );
    let events = db.find_events(&all_events()).await.unwrap().items;
    assert!(events.iter().any(|event| event.by.as_deref() == Some("alice")));
    assert!(events.iter().any(|event| event.failures == Some(5)));
    assert_eq!(db.active(&ServerId::local(), &jail("sshd")).await.unwrap().len(), 1);
});

both_databases!(a_later_report_completes_an_imported_ban, |test| async move {
    let db = test.db();
    import(db, &a_log(), until_later(), false).await;
    // fail2ban's database rounds, and knows more.
    let mut stored = ban("sshd", "192.0.2.1", 701);
    (stored.failures, stored.in_force) = (Some(3), false);
    record(db, vec![stored], vec![end("sshd", "192.0.2.1", 701)]).await;
    assert_eq!(story(db).await, ITS_STORY);
    assert!(db.check_history().await.unwrap().wrong_days.is_empty());
});

both_databases!(ends_that_a_log_does_not_reach_are_told_where_they_are_sure, |test| async move {
    let db = test.db();
    // Without the length of a ban: the settings are in an older file.
    let log = a_log().split_off(3);
    let (first, second) = log.split_at(8);
    assert_eq!(import(db, first, until_later(), false).await.0, counts(3, 0, 0, 0));
    assert_eq!(
        story(db).await,
        [
            "700 ban 192.0.2.1 detected 0",
            "701 unban 192.0.2.1 expired 0",
            "720 ban 192.0.2.2 manual 30",
            "750 unban 192.0.2.2 expired 30",
            "1200 ban 192.0.2.3 detected 3600",
        ]
    );
    // The restored ban is the one that the first part could not end. Of the other one, whose length is not known, more may
    // stand between the parts.
    assert_eq!(import(db, second, until_later(), false).await.0, counts(0, 0, 1, 1));
    assert_eq!(import(db, &log, until_later(), false).await.0, counts(0, 0, 3, 1));
    assert_eq!(
        story(db).await,
        [
            "700 ban 192.0.2.1 detected 601",
            "720 ban 192.0.2.2 manual 30",
            "750 unban 192.0.2.2 expired 30",
            "1200 ban 192.0.2.3 detected 3600",
            "1301 unban 192.0.2.1 expired 601",
            "4800 unban 192.0.2.3 expired 3600",
        ]
    );
    assert_eq!(import(db, &log, until_later(), false).await.0, counts(0, 0, 3, 0));
    assert!(db.check_history().await.unwrap().wrong_days.is_empty());
});

both_databases!(a_ban_that_nobody_saw_begin_is_restored, |test| async move {
    let db = test.db();
    let log = a_log().split_off(14);
    assert_eq!(import(db, &log, until_later(), false).await.0, counts(0, 1, 0, 0));
    assert_eq!(story(db).await, ["1500 ban 192.0.2.3 restored 3300", "4800 unban 192.0.2.3 expired 3300"]);
    assert_eq!(import(db, &log, until_later(), false).await.0, counts(0, 0, 1, 0));
});

both_databases!(before_0_10_a_restored_ban_looked_like_another_one, |test| async move {
    let db = test.db();
    let mut log = a_log();
    log.insert(0, said(0, LogSaid::Started { tells_restored: false }));
    let restored = log.len() - 2;
    log[restored] = line(1_500_100, "192.0.2.3", LogWord::Ban);
    assert_eq!(import(db, &log, until_later(), false).await.0, counts(3, 0, 0, 0));
    assert_eq!(story(db).await, ITS_STORY);
});

/// The moment of an entry, for sorting.
fn moment(entry: &LogEntry) -> Timestamp {
    entry.at
}
