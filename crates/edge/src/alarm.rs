//! A moment at which a task is woken.

use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::{Instant, Sleep, sleep_until};

/// Wakes the task that has set it last.
#[derive(Default)]
pub(crate) struct Alarm(Option<Pin<Box<Sleep>>>);

impl Alarm {
    /// Whether `at` has passed; otherwise the task is woken then.
    pub(crate) fn rings(&mut self, at: Instant, context: &mut Context<'_>) -> bool {
        let sleep = match &mut self.0 {
            Some(sleep) => {
                if sleep.deadline() != at {
                    sleep.as_mut().reset(at);
                }
                sleep
            }
            empty => empty.insert(Box::pin(sleep_until(at))),
        };
        matches!(sleep.as_mut().poll(context), Poll::Ready(()))
    }
}
