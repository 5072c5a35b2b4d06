//! Periods, comparisons and proposals, over a history that is a list of bans.

mod book;

use std::sync::Arc;

use bangui_domain::ServiceError;
use bangui_domain::model::{
    Dimension, Gap, GapCause, Group, HistoryFilter, JailCounters, Period, ServerId, Timestamp,
};
use bangui_domain::ports::Clock;
use bangui_domain::service::{HistoryService, Since, Watch};

use self::book::{Ban, Book, DAY, NOW};
use crate::fake::name;

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp::from_secs(NOW)
    }

    fn uptime(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }
}

const SSHD: Ban = Ban { at: 0, jail: "sshd", ip: "203.0.113.7", network: Some(64_500) };
const NGINX: Ban = Ban { at: 0, jail: "nginx", ip: "198.51.100.9", network: None };

fn service(book: &Arc<Book>) -> HistoryService {
    let watch = Arc::new(Watch::new(Arc::new(Fixed)));
    watch.counted(vec![JailCounters {
        name: name("sshd-ddos"),
        currently_failed: 0,
        total_failed: 0,
        currently_banned: 0,
        total_banned: 0,
    }]);
    HistoryService::new(ServerId::local(), Arc::<Book>::clone(book), watch, Arc::new(Fixed))
}

fn days(since_ago: i64, until_ago: i64) -> Period {
    let ago = |days: i64| Timestamp::from_secs(NOW - days * DAY);
    Period { since: ago(since_ago), until: ago(until_ago) }
}

fn everything() -> HistoryFilter {
    HistoryFilter::of(ServerId::local())
}

#[tokio::test]
async fn a_period_ends_now_and_begins_a_week_before_unless_told_otherwise() {
    let book = Arc::new(Book::default());
    let service = service(&book);
    let period = async |since, until| service.period(since, until).await;
    assert_eq!(period(Since::Usual, None).await.expect("a period"), days(7, 0));
    assert_eq!(period(Since::Usual, Some(days(3, 0).since)).await.expect("a period"), days(10, 3));
    assert_eq!(period(Since::At(days(2, 0).since), None).await.expect("a period"), days(2, 0));

    let nothing = period(Since::Beginning, None).await.expect("a period of nothing");
    assert_eq!(nothing.until.millis_since(nothing.since), 1);
    book.add(40, 1, &SSHD);
    assert_eq!(period(Since::Beginning, None).await.expect("a period"), days(40, 0));

    for (since, until) in [(0, None), (-1, None), (3, Some(3)), (3, Some(4)), (99_999, None)] {
        let until = until.map(|ago| days(ago, 0).since);
        let error = period(Since::At(days(since, 0).since), until).await.expect_err("no period");
        assert!(matches!(&error, ServiceError::Invalid(fields) if fields[0].field == "since"), "{error}");
    }
}

#[tokio::test]
async fn what_is_usual_is_the_median_of_the_periods_that_were_watched() {
    let book = Arc::new(Book::default());
    let service = service(&book);
    let usual = async || {
        let compared = service.totals(&everything(), days(1, 0)).await.expect("totals");
        (compared.now.totals.bans, compared.before.totals.bans, compared.usual_bans)
    };
    assert_eq!(usual().await, (0, 0, None));
    book.add(1, 50, &SSHD);
    book.add(2, 4, &SSHD);
    book.add(3, 9, &SSHD);
    assert_eq!(usual().await, (50, 4, None), "two days do not tell");
    book.add(4, 5, &SSHD);
    assert_eq!(usual().await, (50, 4, Some(5)));
    book.add(5, 7, &NGINX);
    assert_eq!(usual().await, (50, 4, Some(6)), "between five and seven");
    book.add(30, 1_000, &SSHD);
    assert_eq!(usual().await, (50, 4, Some(4)), "days without a ban count as well: 4 9 5 7 0 0 0");

    let gap = |cause, period| Gap { period, cause };
    book.gaps.lock().expect("no test panics here").extend([
        gap(GapCause::Unwatched, days(8, 6)),
        gap(
            GapCause::Fail2banAway,
            Period { since: days(6, 0).since, until: days(6, 0).since.plus_secs(3_600) },
        ),
    ]);
    assert_eq!(usual().await, (50, 4, Some(5)), "4 9 5 7 0: two were not watched, one nearly all the time");
}

#[tokio::test]
async fn series_and_what_they_leave_out_are_all_bans() {
    let book = Arc::new(Book::default());
    let service = service(&book);
    book.add(2, 5, &SSHD);
    book.add(2, 1, &NGINX);
    book.add(1, 3, &NGINX);
    book.gaps
        .lock()
        .expect("no test panics here")
        .push(Gap { period: days(9, 1), cause: GapCause::Unwatched });
    let bounds = [days(2, 0).since, days(1, 0).since, days(0, 0).since];
    let answer = service.timeline(&everything(), &bounds, Dimension::Jail, 1).await.expect("a timeline");
    assert_eq!(answer.series, [(Group::Jail(name("sshd")), vec![5, 0])]);
    assert_eq!(answer.others, [1, 3]);
    assert_eq!(answer.gaps[0].period, days(2, 1), "cut to the period");
    let answer = service.timeline(&everything(), &bounds, Dimension::Network, 1).await.expect("a timeline");
    assert_eq!((answer.series[0].0.key().as_str(), &answer.others), ("AS64500", &vec![1, 3]));
}

#[tokio::test]
async fn every_row_is_compared_with_itself_before() {
    let book = Arc::new(Book::default());
    let service = service(&book);
    book.add(1, 5, &SSHD);
    book.add(1, 3, &NGINX);
    book.add(2, 2, &SSHD);
    book.add(2, 8, &NGINX);
    book.add(2, 9, &Ban { ip: "192.0.2.1", network: Some(64_501), ..NGINX });
    let top = async |by| {
        let ranking = service.top(&everything(), days(1, 0), by, 10).await.expect("a ranking");
        ranking.rows.iter().map(|row| (row.row.group.key(), row.row.bans, row.before)).collect::<Vec<_>>()
    };
    let rows =
        |first: &str, second: &str, before| vec![(first.to_owned(), 5, 2), (second.to_owned(), 3, before)];
    assert_eq!(top(Dimension::Jail).await, rows("sshd", "nginx", 17));
    assert_eq!(top(Dimension::Address).await, rows("203.0.113.7", "198.51.100.9", 8));
    assert_eq!(top(Dimension::Network).await, rows("AS64500", "unknown", 8));
    book.add(1, 1, &Ban { ip: "nobody", network: None, ..SSHD });
    book.add(2, 1, &Ban { ip: "nobody", network: None, ..SSHD });
    let odd = top(Dimension::Address).await;
    assert_eq!(odd[2], ("nobody".to_owned(), 1, 1), "what no filter can name");
    assert_eq!(odd[..2], rows("203.0.113.7", "198.51.100.9", 8)[..]);
}

#[tokio::test]
async fn proposals_come_from_the_history_and_from_fail2ban() {
    let book = Arc::new(Book::default());
    let service = service(&book);
    book.add(1, 2, &SSHD);
    book.add(1, 1, &NGINX);
    let texts = async |typed: &str| {
        let found = service.suggest(typed, usize::MAX).await.expect("proposals");
        assert!(found.items.len() <= 20 && found.to == typed.encode_utf16().count());
        found.items.into_iter().map(|item| item.text).collect::<Vec<_>>()
    };
    assert_eq!(texts("").await.len(), 8);
    assert_eq!(texts("x -s").await, Vec::<String>::new());
    assert_eq!(texts("x -c").await, ["-country:"]);
    assert_eq!(texts("s").await, ["since:"]);
    assert_eq!(texts("jail:").await, ["nginx", "sshd", "sshd-ddos"]);
    assert_eq!(texts("jail:sshd,ddos").await, ["sshd-ddos"]);
    assert_eq!(texts("country:nl").await, ["NL"]);
    assert_eq!(texts("country:nether").await, ["NL", "BQ"], "as a name, then as a word of one");
    assert_eq!(texts("country:carib").await, ["BQ"]);
    assert_eq!(
        texts("country:un").await[..3],
        ["unknown", "AE", "GB"],
        "by the code, then by a word of the name"
    );
    assert_eq!(texts("country:\"united k").await, ["GB"]);
    assert_eq!(texts("network:645").await, ["AS64500"]);
    assert_eq!(texts("asn:leiden").await, ["AS64500"]);
    assert_eq!(texts("network:as9").await, Vec::<String>::new());
    for typed in ["ip:", "ip:203", "ip:203.", "ip:203.0.11", "ip:203.0.113.", "ip:203.0.113.7"] {
        assert_eq!(texts(typed).await[0], "203.0.113.7", "{typed}");
    }
    assert_eq!(texts("ip:203.0.113.8").await, Vec::<String>::new());
    for odd in ["ip:2001:db8:", "ip:::", "ip:1.2.3.4.5.", "ip:é.", "ip:a:b:c:d:e:f:a:b:c:d:"] {
        assert_eq!(texts(odd).await, Vec::<String>::new(), "{odd}");
    }
    assert_eq!(texts("origin:de").await, ["detected"]);
    assert_eq!(texts("kind:").await, ["ban", "unban"]);
    assert_eq!(texts("since:7").await, ["7d"]);
}
