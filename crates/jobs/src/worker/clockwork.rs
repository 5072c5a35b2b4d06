//! An apalis backend that is nothing but a clock: a task each time its pause is over, none stored, and none
//! made while the worker is busy.

use std::convert::Infallible;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use apalis::prelude::{Backend, Identity, RandomId, Task, TaskBuilder, TaskId, WorkerContext};
use apalis_core::backend::BackendConfig;
use apalis_core::backend::finalize::Ephemeral;
use tokio::time::{Interval, MissedTickBehavior};

/// The number of a tick.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tick(#[expect(dead_code, reason = "for the log of apalis alone")] i64);

/// Ticks with a pause.
#[derive(Debug)]
pub(super) struct Clockwork {
    interval: Interval,
    ticks: i64,
}

impl Clockwork {
    /// The first tick comes at once.
    pub(super) fn new(pause: Duration) -> Self {
        let mut interval = tokio::time::interval(pause);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { interval, ticks: 0 }
    }
}

impl Backend for Clockwork {
    type Task = Task<Tick>;
    type Error = Infallible;

    fn poll_ready(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        worker: &WorkerContext,
    ) -> Poll<Option<Result<Self::Task, Infallible>>> {
        loop {
            ready!(self.interval.poll_tick(cx));
            if worker.has_pending_tasks() {
                continue;
            }
            self.ticks = self.ticks.saturating_add(1);
            let id = TaskId::from_string(RandomId::default());
            return Poll::Ready(Some(Ok(TaskBuilder::new(Tick(self.ticks)).task_id(id).build())));
        }
    }

    fn poll_close(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }
}

impl BackendConfig for Clockwork {
    type Args = Tick;
    type Id = RandomId;
    type Kind = Ephemeral;
    type Config = ();
    type Layer = Identity;

    fn config(&self) -> &() {
        &()
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> Identity {
        Identity::new()
    }
}
