//! Notices that fail2ban hangs: that it was asked and does not answer, long before the connection's own time limit. And that
//! it answers, and no poll of it succeeds. Counts ticks and compares no clocks, so that neither a clock that is set nor a
//! process that was stopped makes it wrong.

use std::sync::Arc;
use std::time::Duration;

use bangui_domain::service::Watch;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::job::observe_bans;
use crate::lease::TTL;

/// How often it is looked whether a question still has no answer.
const TICK: Duration = Duration::from_secs(1);
/// How many ticks a question may stay open. fail2ban serves one command at a time, about 5 ms for each address of a ban:
/// a list of a thousand addresses keeps it for 5 s, and that is no reason for an alarm.
const TICKS: u32 = 8;

/// After how many intervals without a poll that succeeds fail2ban counts as not watched.
const POLLS: u32 = 3;
/// How long a process that does not hold the scheduler lock waits for another to poll: as long as it takes to see that the
/// holder is dead, and to do its work.
const HANDOVER: Duration = Duration::from_secs(TTL.as_secs() + 5);

/// Tells `watch` when fail2ban has not answered for [`TICKS`], and when no poll has succeeded or come further for [`POLLS`]
/// times `interval`, until `stop`: for [`TICKS`] at least, and for [`HANDOVER`] at least where another process polls. `leads`
/// says whether this process holds the scheduler lock, so that it polls itself.
pub(crate) async fn patience(
    watch: Arc<Watch>,
    interval: Duration,
    leads: impl Fn() -> bool,
    stop: CancellationToken,
) {
    let ticks_of = |time: Duration| u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
    let most = ticks_of(interval * POLLS).max(TICKS);
    let most_of_others = most.max(ticks_of(HANDOVER));
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut question, mut ticks) = (None, 0);
    let (mut polls, mut idle) = ((0, 0), 0_u32);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        // A long poll, as the first one is where much is banned, succeeds late and shows by its steps that it will.
        let polled = (watch.polls(), watch.poll_progress());
        // While fail2ban is away, nothing can succeed; a poll has as much time again once it is back.
        let waits = polled == polls && watch.state().is_online();
        idle = if waits { idle.saturating_add(1) } else { 0 };
        polls = polled;
        if idle >= if leads() { most } else { most_of_others } {
            watch.unpolled(observe_bans::NAME);
        }
        let unanswered = watch.unanswered();
        ticks = if unanswered == question { ticks + 1 } else { 0 };
        question = unanswered;
        if let Some(number) = question
            && ticks == TICKS
        {
            watch.hangs(number, TICK.as_secs() * u64::from(TICKS));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use bangui_domain::model::{Fail2banState, JobPulse, OutageCode, Probe, ProblemCode, Timestamp};
    use bangui_domain::ports::Clock;
    use bangui_domain::service::Watch;
    use tokio_util::sync::CancellationToken;

    use super::{HANDOVER, POLLS, TICK, TICKS, TTL, patience};

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp::from_secs(1_700_000_000)
        }

        fn uptime(&self) -> std::time::Duration {
            std::time::Duration::from_secs(1_000)
        }
    }

    fn probe() -> Probe {
        Probe {
            version: "1.0.2".to_owned(),
            latency_micros: 100,
            jails: 1,
            database_file: None,
            purge_age_secs: None,
            rules: Arc::default(),
            logs: Arc::default(),
            unreadable: Arc::default(),
        }
    }

    /// tokio's clock is paused and jumps to the next timer only when nothing else is left to do.
    #[tokio::test(start_paused = true)]
    async fn what_is_answered_late_is_no_hang_and_what_is_not_answered_is() {
        let watch = Arc::new(Watch::new(Arc::new(Still)));
        let stop = CancellationToken::new();
        let waiting = tokio::spawn(patience(Arc::clone(&watch), TICK * 100, || true, stop.clone()));
        watch.online(probe());
        for _ in 0..3 {
            watch.polled();
            let slow = watch.ask();
            tokio::time::sleep(TICK * (TICKS - 1)).await;
            drop(slow);
        }
        assert!(watch.state().is_online(), "each was answered");

        let mut told = watch.subscribe();
        let question = watch.ask();
        tokio::time::sleep(TICK * (TICKS + 2)).await;
        let state = watch.state();
        assert!(matches!(&*state, Fail2banState::Offline { since, .. } if *since == Still.now()));
        assert_eq!(state.outage().map(|outage| outage.code), Some(OutageCode::TimedOut));
        assert!(told.try_recv().is_ok(), "whoever watches the live stream is told");
        tokio::time::sleep(TICK * TICKS).await;
        assert!(told.try_recv().is_err(), "once");

        drop(question);
        watch.online(probe());
        tokio::time::sleep(TICK * TICKS * 2).await;
        assert!(watch.state().is_online(), "nobody asks: nobody waits");
        stop.cancel();
        waiting.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_answers_and_is_not_polled_is_a_problem_until_it_is_polled() {
        let watch = Arc::new(Watch::new(Arc::new(Still)));
        let stop = CancellationToken::new();
        let interval = TICK * 5;
        let leads = Arc::new(AtomicBool::new(true));
        let leading = Arc::clone(&leads);
        let waiting = tokio::spawn(patience(
            Arc::clone(&watch),
            interval,
            move || leading.load(Ordering::SeqCst),
            stop.clone(),
        ));
        let codes = || watch.problems().iter().map(|it| it.code).collect::<Vec<_>>();
        tokio::time::sleep(interval * POLLS * 2).await;
        assert_eq!(codes(), [], "fail2ban was not there");
        watch.online(probe());
        for _ in 0..3 {
            tokio::time::sleep(interval * (POLLS - 1)).await;
            watch.polled();
        }
        assert_eq!(codes(), []);
        let failed = JobPulse { started_at: Still.now(), took_millis: 1, error: Some("disk full".into()) };
        watch.ran("observe_bans", failed);
        for _ in 0..30 {
            tokio::time::sleep(TICK).await;
            watch.answered();
        }
        assert_eq!(codes(), [ProblemCode::Unpolled], "whatever the probe says");
        assert!(watch.problems()[0].detail.contains("disk full"));
        watch.polled();
        assert_eq!(codes(), []);

        // The first poll may have many lists to read. One that fails has come no further than those before.
        for failing in [false, true] {
            for _ in 0..if failing { 3 } else { 1 } {
                watch.poll_begins();
                for _ in 0..10 {
                    tokio::time::sleep(interval).await;
                    watch.stepped();
                    if !failing {
                        assert_eq!(codes(), [], "it goes on");
                    }
                }
            }
            assert_eq!(codes().len(), usize::from(failing));
            watch.polled();
        }

        leads.store(false, Ordering::SeqCst);
        tokio::time::sleep(TTL + TICK).await;
        assert_eq!(codes(), [], "the holder of the lock has died: another takes over");
        tokio::time::sleep(HANDOVER).await;
        assert_eq!(codes(), [ProblemCode::Unpolled], "nobody polls");
        stop.cancel();
        waiting.await.unwrap();
    }
}
