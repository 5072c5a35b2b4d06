//! Workers over real queues, on both databases.

mod world;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::model::{Fence, JobRun, JobRunState, JobTrigger};
use bangui_domain::ports::Clock;
use bangui_test_support::both_databases;
use bangui_test_support::db::{SqliteFile, TestDb};
use tokio_util::sync::CancellationToken;

use self::world::{Behaviour, PATIENCE, Still, TRIES, Told, World, eventually, lease};
use super::{work_clock, work_queue};
use crate::job::{Job, JobError, JobSpec, When};
use crate::lead::lead;
use crate::lease::Role;
use crate::schedule::Table;

both_databases!(a_tick_runs_once_however_often_it_is_queued, |test: TestDb| async move {
    let world = World::new(&test).await;
    let job = Told::queued(Behaviour::Succeed);
    let worker = world.work(&job);
    for tick in [1, 1, 2, 2, 1] {
        world.push(tick).await;
    }
    eventually("both ticks to run", || job.runs() == 2).await;
    world.push(2).await;
    world.push(3).await;
    eventually("the third tick to run", || job.runs() == 3).await;
    assert_eq!(job.fenced.load(Ordering::SeqCst), 3);
    assert_eq!(world.counted(), [3, 0, 0]);
    world.stop.cancel();
    tokio::time::timeout(PATIENCE, worker).await.expect("the worker stops").expect("without a panic");

    let runs = world.runs().await;
    let due: Vec<i64> = runs.iter().map(|run| run.due_at.as_secs()).collect();
    assert_eq!(due, [1, 2, 3]);
    for run in runs {
        assert_eq!((run.state, run.attempts, run.max_attempts), (JobRunState::Done, 1, TRIES), "{run:?}");
        assert_eq!((run.started_at, run.error), (Some(Still.now()), None));
        assert_eq!(run.trigger, JobTrigger::Schedule);
        assert!(run.took_millis.is_some() && run.id.is_some());
    }
    assert_eq!(world.bench.storage.pending().await.expect("the queue").get("told"), None);
    assert_eq!(world.bench.storage.prune().await.expect("nothing is old"), 0);
    let days = "8 * 24 * 3600";
    if test.url().starts_with("postgres") {
        test.execute(&format!("UPDATE apalis.jobs SET done_at = done_at - make_interval(secs => {days})"));
        assert_eq!(world.bench.storage.prune().await.expect("all three are old"), 3);
    } else {
        let mut file = SqliteFile::open(&world.dir.path().join("jobs.db"));
        file.execute(&format!("UPDATE Jobs SET done_at = done_at - {days}"));
        assert_eq!(world.bench.storage.prune().await.expect("all three are old"), 3);
    }
    world.bench.storage.close().await;
});

both_databases!(a_try_that_failed_is_followed_by_another_after_a_pause, |test: TestDb| async move {
    let world = World::new(&test).await;
    let job = Told::queued(Behaviour::FailOnce);
    let worker = world.work(&job);
    world.push(1).await;
    let waiting = world.run_that("the first try to fail", |run| run.state == JobRunState::Retrying).await;
    assert_eq!((waiting.attempts, waiting.error.as_deref()), (1, Some("not yet")));
    let done = world.run_that("the second to work", |run| run.state == JobRunState::Done).await;
    assert_eq!((done.attempts, done.error, done.id), (2, None, waiting.id));
    assert_eq!(job.runs(), 2);
    assert_eq!(world.counted(), [1, 1, 0]);
    world.end(worker).await;
});

both_databases!(panics_and_time_outs_are_failed_tries_and_the_last_one_ends_it, |test: TestDb| async move {
    let words = [
        (Behaviour::Fail, "never"),
        (Behaviour::Panic, "it panicked: as told"),
        (Behaviour::Hang, "it took longer than 1 s"),
    ];
    for (tick, (behaviour, error)) in (1..).zip(words) {
        let world = World::new(&test).await;
        let job = Told::queued(behaviour);
        let worker = world.work(&job);
        world.push(tick).await;
        eventually("all tries", || job.runs() == TRIES).await;
        let wanted = |run: &JobRun| run.state == JobRunState::Failed && run.error.as_deref() == Some(error);
        let found = tokio::time::timeout(PATIENCE, async {
            while !world.runs().await.iter().any(wanted) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        assert!(found.await.is_ok(), "{error}: {:?}", world.runs().await);
        assert_eq!(job.runs(), TRIES, "no try is left");
        assert_eq!(world.counted(), [0, 1, 1]);
        assert!(!world.bench.storage.pending().await.expect("the queue").contains_key("told"));
        world.end(worker).await;
    }
});

both_databases!(a_failure_that_will_not_pass_is_not_tried_again, |test: TestDb| async move {
    let world = World::new(&test).await;
    let job = Told::queued(Behaviour::FailForGood);
    let worker = world.work(&job);
    world.push(1).await;
    let run = world.run_that("the run to fail", |run| run.state == JobRunState::Failed).await;
    assert_eq!((run.attempts, run.error.as_deref(), job.runs()), (1, Some("never ever"), 1));
    assert_eq!(world.counted(), [0, 0, 1]);
    world.end(worker).await;
});

both_databases!(
    what_a_dead_process_left_is_tried_again_until_it_has_killed_enough,
    |test: TestDb| async move {
        let world = World::new(&test).await;
        let killer = Told::queued(Behaviour::Hang);
        world.push(1).await;
        for death in 1..=TRIES {
            let worker = world.work(&killer);
            eventually("the job to run", || killer.runs() == death).await;
            // As the process ends that runs it: nothing is written down any more.
            worker.abort();
            drop(worker.await);
            let ours = world.fence();
            for stale in [ours, Fence(ours.0 - 1)] {
                let taken = world.bench.storage.take_over(stale).await.expect("the queue");
                assert_eq!(taken, 0, "a holder touches what older ones have begun, and nothing else");
            }
            let next = Fence(ours.0 + 1);
            assert_eq!(world.bench.storage.take_over(next).await.expect("the queue"), 1);
            let run = world.runs().await.remove(0);
            let left = if death < TRIES { JobRunState::Retrying } else { JobRunState::Failed };
            assert_eq!((run.state, run.attempts), (left, death), "{run:?}");
            assert_eq!(
                run.error.as_deref(),
                Some("the process that ran it has ended, or has lost the scheduler lock")
            );
        }
        let next = Fence(world.fence().0 + 1);
        assert_eq!(world.bench.storage.take_over(next).await.expect("the queue"), 0);
        let worker = world.work(&killer);
        world.push(2).await;
        eventually("the next tick, which is another run", || killer.runs() == TRIES + 1).await;
        world.end(worker).await;
    }
);

both_databases!(
    what_an_older_holder_begins_after_it_has_lost_the_lock_is_taken_over_as_well,
    |test: TestDb| async move {
        let world = World::new(&test).await;
        let killer = Told::queued(Behaviour::Hang);
        let older = Fence(world.fence().0 - 1);
        let begin = async |times| {
            let job: Arc<dyn Job> = Arc::<Told>::clone(&killer);
            let worker = tokio::spawn(work_queue(job, older, world.bench.clone(), world.stop.clone()));
            eventually("the job to run", || killer.runs() == times).await;
            worker.abort();
            drop(worker.await);
        };
        world.push(1).await;
        begin(1).await;
        let table = Table::new(&[]).expect("no job has a wrong time");
        let leading = tokio::spawn(lead(Vec::new(), table, world.bench.clone(), world.stop.clone()));
        let given_up = |run: &JobRun| run.state == JobRunState::Retrying && run.attempts == 1;
        world.run_that("the first take-over", given_up).await;
        begin(2).await;
        world.run_that("the next one", |run| run.state == JobRunState::Failed && run.attempts == 2).await;
        world.end(leading).await;
    }
);

both_databases!(a_run_that_does_not_end_in_time_is_given_back_at_a_stop, |test: TestDb| async move {
    struct Slow(AtomicU32);

    #[async_trait]
    impl Job for Slow {
        fn spec(&self) -> JobSpec {
            let (when, timeout) = (When::Cron("* * * * * *"), Duration::from_mins(10));
            JobSpec { name: "told", about: "takes long", when, max_attempts: TRIES, timeout }
        }

        async fn run(&self, _: Option<Fence>) -> Result<(), JobError> {
            self.0.fetch_add(1, Ordering::SeqCst);
            std::future::pending().await
        }
    }

    let world = World::new(&test).await;
    let slow = Arc::new(Slow(AtomicU32::new(0)));
    let job: Arc<dyn Job> = Arc::<Slow>::clone(&slow);
    let worker = tokio::spawn(work_queue(job, world.fence(), world.bench.clone(), world.stop.clone()));
    world.push(1).await;
    eventually("the job to run", || slow.0.load(Ordering::SeqCst) == 1).await;
    let run = world.run_that("the run to show", |run| run.state == JobRunState::Running).await;
    assert_eq!((run.attempts, run.took_millis, run.error), (1, None, None));
    world.stop.cancel();
    tokio::time::timeout(PATIENCE, worker).await.expect("the worker stops").expect("without a panic");
    let run = world.runs().await.remove(0);
    assert_eq!((run.state, run.attempts), (JobRunState::Waiting, 0), "as if never begun: {run:?}");
    world.bench.storage.close().await;
});

both_databases!(an_unqueued_job_leaves_no_trace_but_its_count, |test: TestDb| async move {
    let world = World::new(&test).await;
    let job = Told::new(When::Every(Duration::from_millis(10)), Behaviour::FailOnce);
    let dyn_job: Arc<dyn Job> = Arc::<Told>::clone(&job);
    let every = Duration::from_millis(10);
    let worker = tokio::spawn(work_clock(dyn_job, every, world.bench.clone(), world.stop.clone()));
    eventually("some ticks", || job.runs() >= 3).await;
    assert!(world.runs().await.is_empty());
    world.stop.cancel();
    tokio::time::timeout(PATIENCE, worker).await.expect("the worker stops").expect("without a panic");
    let tally = world.bench.watch.jobs()[0].clone();
    assert_eq!((tally.job.as_str(), tally.runs, tally.failed), ("told", u64::from(job.runs()), 1));
    assert_eq!(world.counted(), [tally.runs - 1, 0, 1]);
    assert_eq!(tally.last.error, None);
    assert_eq!(tally.last_failure.and_then(|failure| failure.error).as_deref(), Some("not yet"));
    world.bench.storage.close().await;
});

both_databases!(one_process_leads_and_hands_over, |test: TestDb| async move {
    let first = lease(&test, "one").await;
    let second = lease(&test, "two").await;
    assert!(first.fence().is_some() && second.fence().is_none());
    let Role::Standby(Some(seen)) = second.role() else { panic!("{:?}", second.role()) };
    assert_eq!(seen.holder, *first.holder());

    let stop = CancellationToken::new();
    stop.cancel();
    first.keep(stop).await;
    assert_eq!(first.fence(), None);
    let third = lease(&test, "three").await;
    assert!(third.fence() > seen.fence.into(), "the token grows");
});
