//! Bans whose end a log does not tell: nobody makes one up, and the next ban is another one.

use bangui_domain::model::{BanTime, LogSaid, LogWord, Timestamp};
use bangui_domain::ports::HistoryKeeper;
use bangui_domain::service::Logbook;
use bangui_persistence::Db;
use bangui_test_support::both_databases;

use super::{at, counts, import, jail, line, said, story, until_later};
use crate::bans::active;

async fn story_of(db: &Db, id: &str) -> Vec<String> {
    let mut story = story(db).await;
    story.retain(|event| event.contains(id));
    story
}

both_databases!(the_end_of_a_ban_that_was_not_over_comes_with_a_later_log, |test| async move {
    let db = test.db();
    let week = BanTime::Seconds(604_800);
    for (id, length) in [("192.0.2.1", BanTime::Permanent), ("192.0.2.2", week)] {
        let first = [
            said(0, LogSaid::Configuring(jail("sshd"))),
            said(1, LogSaid::BanTime(length)),
            said(2, LogSaid::Configured),
            line(10_000, id, LogWord::Ban),
        ];
        let grown: Vec<_> = first.iter().cloned().chain([line(86_400_000, id, LogWord::Unban)]).collect();
        assert_eq!(import(db, &first, until_later(), false).await.0, counts(1, 0, 0, 0));
        let began = format!("10 ban {id} detected {}", length.as_fail2ban());
        assert_eq!(story_of(db, id).await, std::slice::from_ref(&began), "nobody has seen it end");
        assert_eq!(import(db, &grown, until_later(), false).await.0, counts(0, 0, 1, 1));
        let ended = format!("86400 unban {id} manual {}", length.as_fail2ban());
        assert_eq!(story_of(db, id).await, [began, ended]);
        assert_eq!(import(db, &grown, until_later(), false).await.0, counts(0, 0, 1, 0));
    }
    assert!(active(db, "sshd").await.is_empty());
    assert!(db.check_history().await.unwrap().wrong_days.is_empty());
});

both_databases!(a_ban_whose_end_is_in_no_log_does_not_hide_the_next, |test| async move {
    let db = test.db();
    let settings = [
        said(0, LogSaid::Configuring(jail("sshd"))),
        said(1, LogSaid::BanTime(BanTime::Permanent)),
        said(2, LogSaid::Configured),
    ];
    let year = 31_536_000_000;
    for (millis, new) in [(1_000_000, 1), (1_000_000, 0), (year, 1), (year, 0), (1_000_000, 0), (2 * year, 1)]
    {
        let mut log = settings.to_vec();
        log.push(line(millis, "192.0.2.1", LogWord::Ban));
        let imported = import(db, &log, Logbook::new(at(0).plus_millis(3 * year)), false).await.0;
        assert_eq!(imported, counts(new, 0, 1 - new, 0), "{millis}");
    }
    assert_eq!(story(db).await.len(), 3);
});

both_databases!(an_account_that_begins_at_the_last_failure_is_that_of_the_ban_alone, |test| async move {
    let db = test.db();
    let log = [
        said(0, LogSaid::Configuring(jail("sshd"))),
        said(1, LogSaid::BanTime(BanTime::Permanent)),
        said(2, LogSaid::Configured),
        line(700_000, "192.0.2.1", LogWord::Found(at(695))),
        line(702_500, "192.0.2.1", LogWord::Ban),
    ];
    assert_eq!(import(db, &log, until_later(), false).await.0, counts(1, 0, 0, 0));
    assert_eq!(import(db, &log[4..], until_later(), false).await.0, counts(0, 0, 1, 0));
});

both_databases!(a_ban_until_the_end_of_the_calendar_does_not_end_as_it_begins, |test| async move {
    let (db, fence) = (test.db(), test.lead().await);
    // 9999-06-01T00:00:00Z.
    let never = Timestamp::from_secs(253_383_811_200);
    let log = [
        line(1_200_200, "192.0.2.3", LogWord::Ban),
        line(1_200_300, "192.0.2.3", LogWord::Increase(9, Some(never))),
        line(90_000_000, "192.0.2.4", LogWord::Found(at(90_000))),
    ];
    assert_eq!(import(db, &log, until_later(), false).await.0, counts(1, 0, 0, 0));
    let story = story(db).await;
    assert!(matches!(&*story, [begun] if begun.starts_with("1200 ban 192.0.2.3 detected 25")), "{story:?}");
    // It is in force for nobody, so that it goes when its time has come.
    assert_eq!(db.prune_bans(fence, at(1_000_000)).await.unwrap(), 1);
    assert!(db.check_history().await.unwrap().wrong_days.is_empty());
});
