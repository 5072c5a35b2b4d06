//! Turns what happens into messages. Looks at the history from where it last stopped, so that neither a restart nor another
//! leader loses or repeats anything: where it stopped is written in one step with the messages.

use std::sync::Arc;
use std::time::Duration;

use super::judge::{USUAL_SECS, any_of, is_unusual, note, usual_hundredths, wants};
use crate::model::notify::{Condition, Deliveries, Note, NotifyState, Rule, RuleState};
use crate::model::{
    BanEvent, Choice, Fail2banState, Fence, HistoryFilter, JailName, Period, ServerId, Timestamp, Totals,
};
use crate::ports::{BanStore, Clock, History, Outbox, Progress, RuleStore};
use crate::service::Watch;
use crate::{ServiceError, chain};

/// Events looked at in one step.
const PAGE: u16 = 500;
/// Steps of one look.
const STEPS: usize = 20;
/// How often bans are counted for a rule, in milliseconds.
const COUNT_EVERY: i64 = 60_000;

/// Turns events and the state of fail2ban into messages.
pub struct Notifier {
    server: ServerId,
    rules: Arc<dyn RuleStore>,
    outbox: Arc<dyn Outbox>,
    events: Arc<dyn BanStore>,
    history: Arc<dyn History>,
    watch: Arc<Watch>,
    clock: Arc<dyn Clock>,
}

/// What a notifier looks at and writes to.
pub struct NotifierParts {
    /// The rules.
    pub rules: Arc<dyn RuleStore>,
    /// Where they stand, and the messages.
    pub outbox: Arc<dyn Outbox>,
    /// What was recorded.
    pub events: Arc<dyn BanStore>,
    /// What is counted.
    pub history: Arc<dyn History>,
    /// Whether fail2ban is there.
    pub watch: Arc<Watch>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Notifier {
    /// Watches `server`.
    pub fn new(server: ServerId, parts: NotifierParts) -> Self {
        let NotifierParts { rules, outbox, events, history, watch, clock } = parts;
        Self { server, rules, outbox, events, history, watch, clock }
    }

    /// Looks at everything that was recorded since the last look; how many messages it made. At the first look of all,
    /// nothing that happened before is news.
    pub async fn look(&self, fence: Fence) -> Result<usize, ServiceError> {
        let mut made: usize = 0;
        for _ in 0..STEPS {
            let (messages, is_last) = self.step(fence).await?;
            made = made.saturating_add(messages);
            if is_last {
                break;
            }
        }
        Ok(made)
    }

    async fn step(&self, fence: Fence) -> Result<(usize, bool), ServiceError> {
        let now = self.clock.now();
        let Some(before) = self.outbox.progress(&self.server).await? else {
            let seen = self.events.newest_event(&self.server).await?;
            let begin = Progress { seen, state: NotifyState::default() };
            self.outbox.advance(&self.server, fence, &begin, &[]).await?;
            return Ok((0, true));
        };
        let rules = self.rules.rules().await?;
        let page = self.events.events_after(&self.server, before.seen, PAGE).await?;
        let seen = page.last().map_or(before.seen, |last| last.id);
        let mut state = before.state.clone();
        state.rules.retain(|id, _| rules.iter().any(|rule| rule.id.0 == *id));
        let mut messages = Vec::new();
        for rule in &rules {
            let condition = &rule.spec.condition;
            let stand = state.rules.entry(rule.id.0).or_insert_with(|| RuleState::new(condition.clone()));
            if !rule.spec.enabled || stand.condition != *condition {
                stand.begin_anew(condition.clone());
            }
            if !rule.spec.enabled {
                continue;
            }
            if let Err(error) = self.weigh(rule, stand, &page, now).await {
                tracing::warn!(rule = %rule.spec.name, "a rule cannot be judged for now: {}", chain(&error));
            }
            if let Some(digest) = stand.due(&rule.spec, now) {
                let channels = rule.spec.channels.clone();
                let message = stand.messages;
                messages.push(Deliveries { rule: rule.id, message, channels, digest, created_at: now });
            }
        }
        let after = Progress { seen, state };
        if after != before {
            self.outbox.advance(&self.server, fence, &after, &messages).await?;
        }
        Ok((messages.len(), page.len() < usize::from(PAGE)))
    }

    /// Gathers what a rule waits for.
    async fn weigh(
        &self,
        rule: &Rule,
        stand: &mut RuleState,
        page: &[BanEvent],
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        match &rule.spec.condition {
            Condition::Bans { jails, countries, origins, least_bans } => {
                for event in page {
                    let country = event.place.country;
                    if !wants(event, country, jails, countries, origins) {
                        continue;
                    }
                    let bans = self.bans_of(event, *least_bans).await;
                    if bans.unwrap_or(1) >= u64::from(*least_bans) {
                        stand.gather(note(event, country, bans), now);
                    }
                }
            }
            Condition::Unusual { jails, minutes, factor, least_bans } => {
                if stand.is_to_count(now) {
                    let note = self.unusual(jails, *minutes, *factor, *least_bans, now).await?;
                    stand.tell_once(note, now);
                }
            }
            Condition::Offline { secs } => self.away(*secs, stand, now),
            Condition::Silent { jails, hours } => {
                let long_enough = now.millis_since(rule.created_at) >= hours_millis(*hours);
                if long_enough && self.watch.state().is_online() && stand.is_to_count(now) {
                    self.silent(jails, *hours, stand, now).await?;
                }
            }
        }
        Ok(())
    }

    /// How often an event's address has been banned, this time included: by fail2ban's count, or by the history where
    /// a rule asks for more than one.
    async fn bans_of(&self, event: &BanEvent, least_bans: u32) -> Option<u64> {
        let told = event.ban_count.map(u64::from);
        let Some(target) = event.key.id.target().filter(|_| least_bans > 1) else { return told };
        let targets = Choice { any_of: vec![target], none_of: Vec::new() };
        let filter = HistoryFilter { targets, ..HistoryFilter::of(self.server.clone()) };
        let until = event.occurred_at.plus_millis(1);
        let period = Period { since: Timestamp::from_millis(0), until };
        match self.history.totals(&filter, period).await {
            Ok(recorded) => Some(told.unwrap_or(1).max(recorded.bans)),
            Err(error) => {
                tracing::warn!(id = %event.key.id, "its earlier bans cannot be counted for a rule: {}", chain(&error));
                told
            }
        }
    }

    async fn unusual(
        &self,
        jails: &[JailName],
        minutes: u32,
        factor: u32,
        least_bans: u32,
        now: Timestamp,
    ) -> Result<Option<Note>, ServiceError> {
        let since = now.plus_secs(-i64::from(minutes).saturating_mul(60));
        let bans = self.count(jails, Period { since, until: now }).await?.bans;
        if bans < u64::from(least_bans.max(1)) {
            return Ok(None);
        }
        let week = self.count(jails, Period { since: since.plus_secs(-USUAL_SECS), until: since }).await?;
        let usual_hundredths = usual_hundredths(week.bans, week.first, since, minutes);
        let unusual = is_unusual(bans, usual_hundredths, factor, least_bans);
        Ok(unusual.then_some(Note::Unusual { bans, minutes, usual_hundredths }))
    }

    fn away(&self, secs: u32, stand: &mut RuleState, now: Timestamp) {
        match (&*self.watch.state(), stand.told) {
            (Fail2banState::Offline { since, outage, .. }, None)
                if self.watch.away_for().is_some_and(|away| away >= Duration::from_secs(secs.into())) =>
            {
                stand.told = Some(*since);
                stand.gather(Note::Offline { since: *since, reason: outage.detail.clone() }, now);
            }
            (Fail2banState::Online { since: at, .. }, Some(since)) => {
                stand.told = None;
                stand.gather(Note::Online { since, at: *at }, now);
            }
            _ => {}
        }
    }

    async fn silent(
        &self,
        jails: &[JailName],
        hours: u32,
        stand: &mut RuleState,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let period = Period { since: now.plus_millis(-hours_millis(hours)), until: now };
        for jail in jails {
            let name = jail.as_str();
            if self.count(std::slice::from_ref(jail), period).await?.bans > 0 {
                stand.silent.remove(name);
            } else if stand.silent.insert(name.to_owned()) {
                stand.gather(Note::Silent { jail: name.to_owned(), hours }, now);
            }
        }
        Ok(())
    }

    async fn count(&self, jails: &[JailName], period: Period) -> Result<Totals, ServiceError> {
        let filter = HistoryFilter { jails: any_of(jails), ..HistoryFilter::of(self.server.clone()) };
        Ok(self.history.totals(&filter, period).await?)
    }
}

fn hours_millis(hours: u32) -> i64 {
    i64::from(hours).saturating_mul(3_600_000)
}

impl RuleState {
    /// Forgets all but how many messages there were, and when the last was made.
    fn begin_anew(&mut self, condition: Condition) {
        let (messages, last_at) = (self.messages, self.last_at);
        *self = Self { messages, last_at, ..Self::new(condition) };
    }

    /// Whether it is time to count bans again; notes that they are.
    fn is_to_count(&mut self, now: Timestamp) -> bool {
        let is_time =
            self.counted_at.is_none_or(|counted| !(0..COUNT_EVERY).contains(&now.millis_since(counted)));
        if is_time {
            self.counted_at = Some(now);
        }
        is_time
    }

    /// Tells what holds now, unless that was told since it did not hold.
    fn tell_once(&mut self, note: Option<Note>, now: Timestamp) {
        match note {
            None => self.told = None,
            Some(note) if self.told.is_none() => {
                self.told = Some(now);
                self.gather(note, now);
            }
            Some(_) => {}
        }
    }
}
