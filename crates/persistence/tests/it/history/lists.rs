//! Lists of events under any filter, page by page, against all events in order.

use bangui_domain::model::{EventKind, EventQuery, HistoryFilter, ServerId};
use bangui_domain::ports::BanStore;
use bangui_persistence::DbKind;
use bangui_test_support::db::TestDb;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::counting::{clear, filters, happenings, write};
use super::{all, wants};
use crate::bans::{at, limit};

pub(super) async fn compare(
    test: &TestDb,
    filter: HistoryFilter,
    since: Option<i64>,
    until: Option<i64>,
    rows: u16,
) {
    let mut wanted: Vec<_> = all(test.db())
        .await
        .into_iter()
        .filter(|event| wants(&filter, event))
        .filter(|event| since.is_none_or(|since| at(since) <= event.occurred_at))
        .filter(|event| until.is_none_or(|until| event.occurred_at < at(until)))
        .collect();
    wanted.sort_by_key(|event| std::cmp::Reverse((event.occurred_at, event.id)));
    let mut query = EventQuery {
        since: since.map(at),
        until: until.map(at),
        limit: limit(rows),
        filter,
        ..EventQuery::of(ServerId::local())
    };
    let mut found = Vec::new();
    loop {
        let page = test.db().find_events(&query).await.unwrap();
        assert!(page.items.len() <= usize::from(rows));
        found.extend(page.items);
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    assert_eq!(found, wanted, "{query:?}");

    // The other way: from the oldest on, and from any event on, each page newest first.
    let middle = wanted.get(wanted.len() / 2);
    for start in [None, middle, wanted.first()] {
        let newer =
            start.map_or(wanted.len(), |start| wanted.iter().position(|event| event.id == start.id).unwrap());
        query = EventQuery { newer: true, after: start.map(EventQuery::place), ..query };
        let mut found = Vec::new();
        loop {
            let page = test.db().find_events(&query).await.unwrap();
            assert!(page.items.len() <= usize::from(rows));
            assert_eq!(page.next, page.next.as_ref().and(page.items.first()).map(EventQuery::place));
            found.splice(0..0, page.items);
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
        assert_eq!(found, wanted[..newer], "{query:?}");
    }
}

fn any_list_is_the_history_filtered(kind: DbKind, cases: u32) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let test = runtime.block_on(TestDb::new(kind));
    let kinds = prop_oneof![Just(None), Just(Some(EventKind::Ban)), Just(Some(EventKind::Unban))];
    let edge = || prop::option::weighted(0.3, -200_000_i64..300_000);
    let questions = prop::collection::vec((filters(), kinds, edge(), edge(), 1_u16..9), 4);
    let outcome = runner.run(&(happenings(), questions), |(mut told, questions)| {
        runtime.block_on(async {
            clear(&test);
            // Many at one moment: numbers settle their order.
            let crowd = told.clone().into_iter().map(|one| one.at(1_000));
            told.extend(crowd.collect::<Vec<_>>());
            write(&test, &told).await;
            for (mut filter, kind, since, until, rows) in questions {
                filter.kind = kind;
                compare(&test, filter, since, until, rows).await;
            }
            compare(&test, HistoryFilter::of(ServerId::local()), None, None, 3).await;
        });
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn sqlite() {
    any_list_is_the_history_filtered(DbKind::Sqlite, 24);
}

#[test]
fn postgres() {
    any_list_is_the_history_filtered(DbKind::Postgres, 12);
}
