//! Makes a believable history and asks it what the pages ask: `history fill URL EVENTS` and `history ask URL`, in a release
//! build, each in a process of its own. `cargo xtask bench --only history` runs both on both databases. Prints lines of
//! `name value unit`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    reason = "a measurement prints, and ends where it fails"
)]

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::{Duration, Instant};

use bangui_domain::model::{
    ActiveBan, Asn, BanId, BanKey, BanTime, Choice, Country, CountryCode, Dimension, EventKind, EventQuery,
    HistoryFilter, JailName, Limit, Network, Origin, Period, Place, ServerId, Target, Timestamp,
};
use bangui_domain::ports::{BanBatch, BanRecord, BanStore, EndRecord, History};
use bangui_persistence::{Db, DbOptions};

/// 2026-01-01, where the history ends. It begins two years before.
const END: i64 = 1_767_225_600;
const LENGTH: i64 = 2 * 365 * 86_400;
/// Different addresses for each million of events.
const ADDRESSES: u32 = 40_000;
const JAILS: [(&str, u32); 5] =
    [("sshd", 62), ("nginx-http-auth", 15), ("postfix-sasl", 12), ("recidive", 3), ("wordpress", 8)];
const COUNTRIES: [&str; 20] = [
    "CN", "US", "RU", "IN", "BR", "NL", "VN", "DE", "KR", "ID", "SG", "HK", "FR", "GB", "TW", "IR", "UA",
    "BG", "ZA", "LU",
];

/// A small generator of its own, so that each run makes the same history.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit.max(1)
    }

    /// Few are met often, most rarely.
    fn skewed(&mut self, limit: u32) -> u32 {
        let even = self.below(1 << 30) as f64 / f64::from(1 << 30);
        ((even * even) * f64::from(limit)) as u32
    }
}

/// An address by its number, one in twelve of IPv6; and where it is, always the same.
fn address(number: u32) -> (String, Place) {
    let mixed = number.wrapping_mul(2_654_435_761);
    let place = |mixed: u32| {
        let mut dice = Dice(u64::from(mixed) + 1);
        dice.roll();
        let asn = 1 + dice.skewed(9_000);
        let code = COUNTRIES[usize::try_from(dice.skewed(20)).unwrap().min(19)];
        let network = Asn::new(asn + 64_512)
            .map(|asn| Network { asn, name: Some(format!("Network {asn} of somebody")) });
        Place { country: Country::Known(CountryCode::parse(code).unwrap()), network }
    };
    if number.is_multiple_of(12) {
        let bits = 0x2001_0db8_u128 << 96 | u128::from(mixed) << 64 | u128::from(number);
        return (Ipv6Addr::from_bits(bits).to_string(), place(mixed));
    }
    (Ipv4Addr::from_bits(0x0100_0000 + mixed % 0xdc00_0000).to_string(), place(mixed))
}

async fn open(url: &str) -> Db {
    let db = Db::connect(url, &DbOptions { create: true, ..DbOptions::default() }).await.unwrap();
    db.migrate().await.unwrap();
    db
}

async fn fill(url: &str, events: u32) {
    let db = open(url).await;
    let bans = events / 2;
    let addresses = (events / 1_000_000).max(1) * ADDRESSES;
    let mut dice = Dice(42);
    let mut at = END - LENGTH;
    let (mut batch_bans, mut batch_ends, mut told) = (Vec::new(), Vec::new(), 0);
    let mut spent = Duration::ZERO;
    let step = LENGTH as f64 / f64::from(bans);
    let mut clock = 0.0;
    for number in 0..bans {
        // Nights are busier than days, and some hours are storms.
        let storm = (at / 3_600).rem_euclid(97) == 0;
        clock +=
            step * if storm { 0.2 } else { 1.0 + 0.8 / 96.0 } * (0.5 + dice.below(1_000) as f64 / 1_000.0);
        at = END - LENGTH + clock as i64;
        let (ip, place) = address(dice.skewed(addresses));
        let mut sort = dice.below(100) as u32;
        let (jail, _) = JAILS
            .iter()
            .find(|(_, share)| {
                let found = sort < *share;
                sort = sort.saturating_sub(*share);
                found
            })
            .unwrap();
        let bantime = BanTime::Seconds([600, 3_600, 86_400][usize::try_from(dice.skewed(3)).unwrap().min(2)]);
        let key = BanKey {
            jail: JailName::parse(jail).unwrap(),
            id: BanId::from_reported(ip),
            banned_at: Timestamp::from_secs(at),
        };
        let manual = dice.below(2_000) == 0;
        let origin = if manual { Origin::Manual } else { Origin::Detected };
        let by = manual.then(|| "alice".to_owned());
        let ended = key.banned_at;
        let ban = ActiveBan {
            key: key.clone(),
            bantime,
            ban_count: Some(1 + dice.skewed(12)),
            origin,
            reason: by.clone().map(|_| "scans".into()),
            by,
        };
        batch_bans.push(BanRecord {
            ban,
            failures: Some(5),
            in_force: false,
            place: Some(place),
            matches: None,
        });
        let origin = Origin::Expired;
        let at = bantime.end(ended).unwrap();
        batch_ends.push(EndRecord { key, bantime, ban_count: None, at, origin, by: None, reason: None });
        if batch_bans.len() == 2_500 || number + 1 == bans {
            let batch = BanBatch {
                server: ServerId::local(),
                fence: None,
                seen_at: Timestamp::from_secs(END),
                bans: std::mem::take(&mut batch_bans),
                ends: std::mem::take(&mut batch_ends),
                cursor: None,
            };
            let start = Instant::now();
            told += db.record(&batch).await.unwrap().events.len();
            spent += start.elapsed();
        }
    }
    println!("events {told} events");
    println!("ingest {:.0} events/s", told as f64 / spent.as_secs_f64());
}

/// The 99th of a hundred, and the middle, in milliseconds; and the first.
struct Times(Vec<f64>);

impl Times {
    fn print(mut self, name: &str) {
        let first = self.0[0];
        self.0.sort_by(f64::total_cmp);
        let at = |share: usize| self.0[(self.0.len() * share / 100).min(self.0.len() - 1)];
        println!("{name} {first:.2} {:.2} {:.2} ms", at(50), at(99));
    }
}

async fn times<T>(rounds: usize, mut work: impl AsyncFnMut() -> T) -> Times {
    let mut all = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let start = Instant::now();
        std::hint::black_box(work().await);
        all.push(start.elapsed().as_secs_f64() * 1_000.0);
    }
    Times(all)
}

fn status(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

async fn ask(url: &str, rounds: usize) {
    let db = open(url).await;
    println!("memory-before {} KiB", status("VmRSS"));
    let all = HistoryFilter::of(ServerId::local());
    let period = |days: i64| Period {
        since: Timestamp::from_secs(END - days * 86_400),
        until: Timestamp::from_secs(END),
    };
    let bounds = |days: i64, buckets: i64| -> Vec<Timestamp> {
        (0..=buckets)
            .map(|n| Timestamp::from_secs(END - days * 86_400 + n * days * 86_400 / buckets))
            .collect()
    };
    let sshd = HistoryFilter {
        jails: Choice { any_of: vec![JailName::parse("sshd").unwrap()], none_of: vec![] },
        ..all.clone()
    };
    let nl = HistoryFilter {
        countries: Choice { any_of: vec!["NL".parse().unwrap(), "DE".parse().unwrap()], none_of: vec![] },
        ..all.clone()
    };
    let rare = HistoryFilter {
        countries: Choice { any_of: vec!["LU".parse().unwrap()], none_of: vec![] },
        ..sshd.clone()
    };
    let net = HistoryFilter {
        targets: Choice { any_of: vec!["1.0.0.0/8".parse().unwrap()], none_of: vec![] },
        ..all.clone()
    };
    let text = HistoryFilter { texts: vec!["alice".to_owned()], ..all.clone() };
    for (days, name) in [(1, "1d"), (7, "7d"), (30, "30d"), (365, "1y"), (731, "all")] {
        let buckets = if days == 1 { 96 } else { 120 };
        for (filter, with) in
            [(&all, ""), (&sshd, "+jail"), (&nl, "+country"), (&rare, "+rare"), (&net, "+net")]
        {
            let label = |question: &str| format!("{question}/{name}{with}");
            times(rounds, async || db.totals(filter, period(days)).await.unwrap())
                .await
                .print(&label("totals"));
            let edges = bounds(days, buckets);
            times(rounds, async || db.timeline(filter, &edges, Dimension::Jail, 8).await.unwrap())
                .await
                .print(&label("timeline"));
            for (by, what) in [
                (Dimension::Address, "addresses"),
                (Dimension::Network, "networks"),
                (Dimension::Country, "countries"),
                (Dimension::Jail, "jails"),
            ] {
                times(rounds, async || db.top(filter, period(days), by, 10).await.unwrap())
                    .await
                    .print(&label(what));
            }
            times(rounds, async || db.offenders(filter, period(days), 10).await.unwrap())
                .await
                .print(&label("offenders"));
        }
    }
    for (filter, with) in
        [(&all, ""), (&sshd, "+jail"), (&nl, "+country"), (&rare, "+rare"), (&net, "+net"), (&text, "+text")]
    {
        let query = EventQuery {
            limit: Limit::new(200).unwrap(),
            ..EventQuery { filter: (*filter).clone(), ..EventQuery::of(ServerId::local()) }
        };
        times(rounds, async || db.find_events(&query).await.unwrap()).await.print(&format!("list{with}"));
        let deep = EventQuery { until: Some(Timestamp::from_secs(END - LENGTH / 2)), ..query.clone() };
        times(rounds, async || db.find_events(&deep).await.unwrap())
            .await
            .print(&format!("list-of-old{with}"));
        let ends = EventQuery {
            filter: HistoryFilter { kind: Some(EventKind::Unban), ..(*filter).clone() },
            ..query
        };
        times(rounds, async || db.find_events(&ends).await.unwrap())
            .await
            .print(&format!("list-of-ends{with}"));
    }
    let worst = db.top(&all, period(731), Dimension::Address, 1).await.unwrap();
    let bangui_domain::model::Group::Address(id, _) = worst.rows[0].group.clone() else {
        unreachable!("asked by address")
    };
    let worst = id.target().unwrap();
    let usual = Target::parse(&address(20_011).0).unwrap();
    for (target, name) in [(worst, "the-worst"), (usual, "a-usual-one")] {
        times(rounds, async || db.address(&ServerId::local(), &target).await.unwrap())
            .await
            .print(&format!("address/{name}"));
        let filter =
            HistoryFilter { targets: Choice { any_of: vec![target], none_of: vec![] }, ..all.clone() };
        let query = EventQuery { filter, ..EventQuery::of(ServerId::local()) };
        times(rounds, async || db.find_events(&query).await.unwrap())
            .await
            .print(&format!("address-list/{name}"));
    }
    println!("memory-now {} KiB", status("VmRSS"));
    println!("memory-peak {} KiB", status("VmHWM"));
}

#[tokio::main(worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["fill", url, events] => fill(url, events.parse().unwrap()).await,
        ["ask", url, rounds] => ask(url, rounds.parse().unwrap()).await,
        _ => println!("history fill URL EVENTS | history ask URL ROUNDS"),
    }
}
