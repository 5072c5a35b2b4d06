//! Asks the made-up history what the routes of the API ask: with the period before, what is usual, and what the largest
//! groups leave out.

use std::sync::Arc;

use bangui_domain::model::{
    Choice, Dimension, EventKind, EventQuery, Group, HistoryFilter, JailName, Limit, Period, ServerId,
    Target, Timestamp,
};
use bangui_domain::ports::{BanStore, Clock};
use bangui_domain::service::{HistoryService, Watch};
use bangui_persistence::Db;

use crate::attack::{END, LENGTH, address};
use crate::open;
use crate::times::{status, times};

/// It is asked when it ends.
struct AtTheEnd;

impl Clock for AtTheEnd {
    fn now(&self) -> Timestamp {
        Timestamp::from_secs(END)
    }

    fn uptime(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }
}

/// A filter, and what it is called.
type Named = (&'static str, HistoryFilter);

/// What is asked, and how often.
struct Asked {
    db: Arc<Db>,
    history: HistoryService,
    rounds: usize,
}

pub(crate) async fn ask(url: &str, rounds: usize) {
    let db = Arc::new(open(url).await);
    let clock = Arc::new(AtTheEnd);
    let watch = Arc::new(Watch::new(Arc::clone(&clock) as Arc<dyn Clock>));
    let history = HistoryService::new(ServerId::local(), Arc::clone(&db) as _, watch, clock);
    let asked = Asked { db, history, rounds };
    println!("memory-before {} KiB", status("VmRSS"));
    let filters = filters();
    // The longest first: its first answer finds nothing in memory.
    for (days, name) in [(731, "all"), (365, "1y"), (30, "30d"), (7, "7d"), (1, "1d")] {
        for filter in &filters {
            asked.counts(days, name, filter).await;
        }
    }
    let text =
        ("+text", HistoryFilter { texts: vec!["alice".to_owned()], ..HistoryFilter::of(ServerId::local()) });
    for filter in filters.iter().chain([&text]) {
        asked.lists(filter).await;
    }
    asked.addresses().await;
    println!("memory-now {} KiB", status("VmRSS"));
    println!("memory-peak {} KiB", status("VmHWM"));
}

fn filters() -> [Named; 5] {
    let all = HistoryFilter::of(ServerId::local());
    let sshd = HistoryFilter { jails: any_of(&[JailName::parse("sshd").unwrap()]), ..all.clone() };
    let countries =
        HistoryFilter { countries: any_of(&["NL".parse().unwrap(), "DE".parse().unwrap()]), ..all.clone() };
    let rare = HistoryFilter { countries: any_of(&["LU".parse().unwrap()]), ..sshd.clone() };
    let net = HistoryFilter { targets: any_of(&["1.0.0.0/8".parse().unwrap()]), ..all.clone() };
    [("", all), ("+jail", sshd), ("+country", countries), ("+rare", rare), ("+net", net)]
}

fn any_of<T: Clone>(wanted: &[T]) -> Choice<T> {
    Choice { any_of: wanted.to_vec(), none_of: vec![] }
}

fn last(days: i64) -> Period {
    Period { since: Timestamp::from_secs(END - days * 86_400), until: Timestamp::from_secs(END) }
}

impl Asked {
    async fn counts(&self, days: i64, name: &str, (with, filter): &Named) {
        let (history, rounds, period) = (&self.history, self.rounds, last(days));
        let label = |question: &str| format!("{question}/{name}{with}");
        times(rounds, async || history.totals(filter, period).await.unwrap()).await.print(&label("totals"));
        let buckets = if days == 1 { 96 } else { 120 };
        let edges: Vec<Timestamp> = (0..=buckets)
            .map(|n| Timestamp::from_secs(END - days * 86_400 + n * days * 86_400 / buckets))
            .collect();
        times(rounds, async || history.timeline(filter, &edges, Dimension::Jail, 8).await.unwrap())
            .await
            .print(&label("timeline"));
        for (by, what) in [
            (Dimension::Address, "addresses"),
            (Dimension::Network, "networks"),
            (Dimension::Country, "countries"),
            (Dimension::Jail, "jails"),
        ] {
            times(rounds, async || history.top(filter, period, by, 10).await.unwrap())
                .await
                .print(&label(what));
        }
        times(rounds, async || history.offenders(filter, period, 10).await.unwrap())
            .await
            .print(&label("offenders"));
    }

    async fn lists(&self, (with, filter): &Named) {
        let query = EventQuery {
            limit: Limit::new(200).unwrap(),
            ..EventQuery { filter: filter.clone(), ..EventQuery::of(ServerId::local()) }
        };
        let deep = EventQuery { until: Some(Timestamp::from_secs(END - LENGTH / 2)), ..query.clone() };
        let filter = HistoryFilter { kind: Some(EventKind::Unban), ..filter.clone() };
        let ends = EventQuery { filter, ..query.clone() };
        for (query, name) in [(query, "list"), (deep, "list-of-old"), (ends, "list-of-ends")] {
            times(self.rounds, async || self.db.find_events(&query).await.unwrap())
                .await
                .print(&format!("{name}{with}"));
        }
    }

    async fn addresses(&self) {
        let all = HistoryFilter::of(ServerId::local());
        let worst = self.history.top(&all, last(731), Dimension::Address, 1).await.unwrap();
        let Group::Address(id, _) = worst.rows[0].row.group.clone() else { unreachable!("asked by address") };
        let usual = Target::parse(&address(20_011).0).unwrap();
        for (target, name) in [(id.target().unwrap(), "the-worst"), (usual, "a-usual-one")] {
            times(self.rounds, async || self.history.address(&target).await.unwrap())
                .await
                .print(&format!("address/{name}"));
            let filter = HistoryFilter { targets: any_of(&[target]), ..all.clone() };
            let query = EventQuery { filter, ..EventQuery::of(ServerId::local()) };
            times(self.rounds, async || self.db.find_events(&query).await.unwrap())
                .await
                .print(&format!("address-list/{name}"));
        }
    }
}
