//! Records the made-up history as it is recorded while BanGUI runs: a ban first, and its end later, in another batch.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bangui_domain::model::{ActiveBan, BanId, BanKey, BanTime, JailName, Origin, ServerId, Timestamp};
use bangui_domain::ports::{BanBatch, BanRecord, BanStore, EndRecord};

use crate::attack::{ADDRESSES, Dice, END, JAILS, LENGTH, address};
use crate::open;

/// Events of a batch.
const BATCH: usize = 5_000;

pub(crate) async fn fill(url: &str, events: u32) {
    let db = open(url).await;
    let bans = events / 2;
    let addresses = (events / 1_000_000).max(1) * ADDRESSES;
    let mut dice = Dice(42);
    let (mut told, mut spent) = (0, Duration::ZERO);
    let (mut fresh, mut ends) = (Vec::new(), Waiting::default());
    let mut clock = Clock::new(bans);
    for number in 0..bans {
        let at = clock.next(&mut dice);
        fresh.push(ban(&mut dice, addresses, at));
        let last = number + 1 == bans;
        if fresh.len() + ends.due(at) < BATCH && !last {
            continue;
        }
        let batch = BanBatch {
            server: ServerId::local(),
            fence: None,
            seen_at: Timestamp::from_secs(at),
            ends: ends.take(at),
            bans: std::mem::take(&mut fresh),
            cursor: None,
        };
        for seen in &batch.bans {
            ends.add(seen);
        }
        let start = Instant::now();
        told += db.record(&batch).await.unwrap().events.len();
        spent += start.elapsed();
    }
    println!("events {told} events");
    println!("ingest {:.0} events/s", told as f64 / spent.as_secs_f64());
}

/// Nights are busier than days, and some hours are storms.
struct Clock {
    step: f64,
    passed: f64,
    at: i64,
}

impl Clock {
    fn new(bans: u32) -> Self {
        Self { step: LENGTH as f64 / f64::from(bans), passed: 0.0, at: END - LENGTH }
    }

    fn next(&mut self, dice: &mut Dice) -> i64 {
        let storm = (self.at / 3_600).rem_euclid(97) == 0;
        let pace = if storm { 0.2 } else { 1.0 + 0.8 / 96.0 };
        self.passed += self.step * pace * (0.5 + dice.below(1_000) as f64 / 1_000.0);
        self.at = END - LENGTH + self.passed as i64;
        self.at
    }
}

/// The ends of bans that were recorded, by their length, in the order of their times.
#[derive(Default)]
struct Waiting(Vec<(BanTime, VecDeque<BanKey>)>);

impl Waiting {
    fn add(&mut self, seen: &BanRecord) {
        let place = self.0.iter().position(|(bantime, _)| *bantime == seen.ban.bantime);
        let place = place.unwrap_or_else(|| {
            self.0.push((seen.ban.bantime, VecDeque::new()));
            self.0.len() - 1
        });
        self.0[place].1.push_back(seen.ban.key.clone());
    }

    fn due(&self, now: i64) -> usize {
        let over = |bantime: &BanTime, key: &BanKey| {
            bantime.end(key.banned_at).unwrap() <= Timestamp::from_secs(now)
        };
        self.0.iter().map(|(bantime, keys)| keys.partition_point(|key| over(bantime, key))).sum()
    }

    fn take(&mut self, now: i64) -> Vec<EndRecord> {
        let mut ends = Vec::new();
        for (bantime, keys) in &mut self.0 {
            while let Some(at) = keys.front().map(|key| bantime.end(key.banned_at).unwrap())
                && at <= Timestamp::from_secs(now)
            {
                let key = keys.pop_front().unwrap();
                let origin = Origin::Expired;
                ends.push(EndRecord {
                    key,
                    bantime: *bantime,
                    ban_count: None,
                    at,
                    origin,
                    by: None,
                    reason: None,
                });
            }
        }
        ends
    }
}

fn ban(dice: &mut Dice, addresses: u32, at: i64) -> BanRecord {
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
    let by = manual.then(|| "alice".to_owned());
    let ban = ActiveBan {
        key,
        bantime,
        ban_count: Some(1 + dice.skewed(12)),
        origin: if manual { Origin::Manual } else { Origin::Detected },
        reason: by.clone().map(|_| "scans".into()),
        by,
    };
    BanRecord { ban, failures: Some(5), in_force: true, place: Some(place), matches: None }
}
