//! Attacks as they may happen to a fail2ban that is restarted now and then, and how its log and its socket tell of them.

use std::collections::BTreeSet;

use bangui_domain::model::{BanId, BanTime, LogEntry, LogSaid, LogWord, Origin};
use bangui_domain::ports::{BanRecord, EndRecord};
use proptest::prelude::*;

use super::{moment, said};
use crate::bans::{at, ban, end, jail};

/// How long bans last unless they are made longer.
const USUAL: i64 = 600;
/// When the first ban can begin: the log has told failures for long enough by then.
const FIRST: i64 = 2_000;

/// One ban that happens.
#[derive(Debug, Clone)]
pub(super) struct Ban {
    pub(super) jail: &'static str,
    pub(super) ip: String,
    /// Seconds.
    pub(super) begin: i64,
    pub(super) length: i64,
    /// How many milliseconds fail2ban took to ban after the failure; by hand if it was none.
    found: Option<i64>,
    /// When somebody lifted it, in milliseconds.
    lifted: Option<i64>,
}

/// When fail2ban was not there: stopped and started, in milliseconds.
type Away = (i64, i64);

/// What happens.
#[derive(Debug, Clone)]
pub(super) struct Happening {
    pub(super) bans: Vec<Ban>,
    away: Vec<Away>,
}

impl Ban {
    /// When fail2ban acted, in milliseconds.
    fn acted(&self) -> i64 {
        self.begin * 1_000 + self.found.unwrap_or(130)
    }

    fn due(&self) -> i64 {
        (self.begin + self.length) * 1_000
    }

    fn over(&self) -> i64 {
        self.lifted.unwrap_or(self.due())
    }

    fn id(&self) -> BanId {
        BanId::from_reported(self.ip.as_str())
    }

    /// As the list or the database of fail2ban tell it, with its end.
    pub(super) fn told(&self) -> (BanRecord, EndRecord) {
        let (mut seen, mut over) =
            (ban(self.jail, &self.ip, self.begin), end(self.jail, &self.ip, self.begin));
        seen.ban.origin = if self.found.is_some() { Origin::Detected } else { Origin::Manual };
        seen.ban.bantime = BanTime::from_fail2ban(self.length);
        seen.ban.ban_count = (self.length != USUAL).then_some(2);
        over.bantime = seen.ban.bantime;
        over.ban_count = seen.ban.ban_count;
        over.at = at(0).plus_millis(self.over());
        over.origin = if self.lifted.is_some() { Origin::Manual } else { Origin::Expired };
        (seen, over)
    }
}

impl Happening {
    /// The whole log. Nothing is banned or lifted while fail2ban is away.
    pub(super) fn log(&self) -> Vec<LogEntry> {
        let mut log = vec![said(1, LogSaid::Address(jail("sshd"), id("203.0.113.9"), LogWord::Found(at(0))))];
        let starts = self.away.iter().map(|(_, start)| *start);
        for start in [0].into_iter().chain(starts) {
            for name in ["sshd", "nginx"] {
                log.push(said(start + 1, LogSaid::Configuring(jail(name))));
                log.push(said(start + 1, LogSaid::BanTime(BanTime::from_fail2ban(USUAL))));
                log.push(said(start + 1, LogSaid::Configured));
            }
        }
        for (stop, _) in &self.away {
            log.extend(["sshd", "nginx"].map(|name| said(stop + 300, LogSaid::Stopped(jail(name)))));
        }
        for ban in &self.bans {
            let mut tell = |millis: i64, word: LogWord| {
                log.push(said(millis, LogSaid::Address(jail(ban.jail), ban.id(), word)));
            };
            if ban.found.is_some() {
                tell(ban.begin * 1_000, LogWord::Found(at(ban.begin)));
            }
            tell(ban.acted(), LogWord::Ban);
            if ban.length != USUAL {
                tell(ban.acted() + 1, LogWord::Increase(2, Some(at(ban.begin + ban.length))));
            }
            let mut is_told_over = false;
            for (stop, start) in &self.away {
                if (ban.acted()..ban.over()).contains(stop) {
                    tell(*stop, LogWord::Unban);
                    is_told_over |= ban.over() <= *start;
                    if ban.over() > *start {
                        tell(start + 20, LogWord::Restore);
                    }
                }
            }
            if !is_told_over {
                tell(ban.over() + if ban.lifted.is_some() { 0 } else { 700 }, LogWord::Unban);
            }
        }
        log.sort_by_key(moment);
        log
    }
}

fn id(text: &str) -> BanId {
    BanId::from_reported(text)
}

/// What a ban is made of: the pause before it, which address, how it comes about, how long, and when it is lifted.
type Draw = (i64, u8, Option<i64>, bool, Option<i64>);

pub(super) fn happening() -> impl Strategy<Value = Happening> {
    let found = prop_oneof![3 => (1..1_500_i64).prop_map(Some), 1 => Just(None)];
    let lifted = prop_oneof![3 => Just(None), 1 => (2_000..500_000_i64).prop_map(Some)];
    let pause = prop_oneof![2 => 3..20_i64, 3 => 20..2_000_i64];
    let draws = prop::collection::vec((pause, 0..6_u8, found, any::<bool>(), lifted), 1..20);
    let away = prop::collection::vec((FIRST..20_000_i64, 2..1_500_i64), 0..3);
    (draws, away).prop_map(|(draws, away)| arrange(&draws, &away))
}

fn arrange(draws: &[Draw], away: &[(i64, i64)]) -> Happening {
    let mut stops: Vec<Away> = Vec::new();
    for (stop, secs) in away.iter().copied().collect::<BTreeSet<_>>() {
        if stops.last().is_none_or(|(_, start)| stop * 1_000 > start + 5_000) {
            stops.push((stop * 1_000 + 400, (stop + secs) * 1_000 + 400));
        }
    }
    let is_away =
        |millis: i64| stops.iter().any(|(stop, start)| (stop - 2_500..start + 2_500).contains(&millis));
    let mut free = [FIRST; 6];
    let mut bans = Vec::new();
    for (pause, number, found, longer, lifted) in draws {
        let place = usize::from(*number);
        let length = if *longer { 3_000 } else { USUAL };
        let begin = free[place] + pause;
        let mut ban = Ban {
            jail: if number.is_multiple_of(2) { "sshd" } else { "nginx" },
            ip: format!("192.0.2.{}", number / 2),
            begin,
            length,
            found: *found,
            lifted: None,
        };
        // What is lifted by hand right before a stop cannot be told from what the stop lifts.
        let is_clear = |at: i64| !is_away(at) && !is_away(at + 62_000) && at < ban.due() - 2_500;
        ban.lifted = lifted.map(|after| ban.acted() + after).filter(|at| is_clear(*at));
        free[place] = ban.over() / 1_000 + 1;
        // fail2ban bans nothing while it is away; nor does a test ask what it lifts in the very moment of a stop.
        if !is_away(ban.begin * 1_000) && !is_away(ban.acted()) {
            bans.push(ban);
        }
    }
    Happening { bans, away: stops }
}
