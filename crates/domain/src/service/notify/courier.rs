//! Sends messages that wait, again and again with growing pauses, until they are taken or given up.

use std::sync::Arc;

use crate::ServiceError;
use crate::model::notify::{Answer, Outcome, Waiting};
use crate::model::{Fence, Timestamp};
use crate::ports::{Clock, Messenger, Outbox, Undelivered};

/// Messages that are sent at one time, each through another channel.
const AT_ONCE: u16 = 8;
/// Tries until a message is given up: about an hour and a half.
const TRIES: u32 = 10;
/// The pause behind the first try that failed, in seconds; it doubles with each.
const FIRST_PAUSE: u32 = 10;
/// The longest pause, in seconds.
const LONGEST_PAUSE: u32 = 3_600;
/// The longest that a receiver may ask for, in seconds.
const LONGEST_WAIT: u32 = 6 * 3_600;
/// Tries in a row in which BanGUI itself has ended, until a message is given up: it may be what ends it.
const CRASHES: u32 = 3;
/// How long the log of deliveries is kept, in seconds.
const KEPT: i64 = 30 * 24 * 3_600;

/// Sends what waits.
pub struct Courier {
    outbox: Arc<dyn Outbox>,
    messenger: Arc<dyn Messenger>,
    clock: Arc<dyn Clock>,
}

impl Courier {
    /// Sends from `outbox` through `messenger`.
    pub fn new(outbox: Arc<dyn Outbox>, messenger: Arc<dyn Messenger>, clock: Arc<dyn Clock>) -> Self {
        Self { outbox, messenger, clock }
    }

    /// What is due now, each for another channel: may be sent side by side.
    pub async fn due(&self) -> Result<Vec<Waiting>, ServiceError> {
        Ok(self.outbox.due(self.clock.now(), AT_ONCE).await?)
    }

    /// Tries to send one message, and writes down that it does and what came of it. A process that dies in between leaves it
    /// waiting: it is sent again, under the same number, unless that has happened three times in a row.
    pub async fn send(&self, fence: Fence, waiting: &Waiting) -> Result<Outcome, ServiceError> {
        let outcome = match (&waiting.channel, &waiting.digest) {
            (None, _) => given_up("the channel was deleted".to_owned()),
            // The messages behind it go on.
            (_, None) => given_up("what was to be sent cannot be read from the database".to_owned()),
            (Some(_), _) if waiting.unfinished >= CRASHES => given_up(format!(
                "BanGUI has ended {CRASHES} times in the middle of sending this message, and does not try it again"
            )),
            (Some(channel), Some(digest)) => {
                self.outbox.begin(fence, waiting.id).await?;
                let number = waiting.id.0.to_string();
                match self.messenger.send(channel, &number, digest).await {
                    Ok(answer) => Outcome::Sent(answer),
                    Err(undelivered) => after(waiting.tries, undelivered, self.clock.now()),
                }
            }
        };
        self.outbox.settle(fence, waiting.id, &outcome, self.clock.now()).await?;
        Ok(outcome)
    }

    /// Forgets a part of what is too old to be looked at; whether there may be more.
    pub async fn forget(&self, fence: Fence) -> Result<bool, ServiceError> {
        Ok(self.outbox.forget(fence, self.clock.now().plus_secs(-KEPT)).await? > 0)
    }
}

fn given_up(text: String) -> Outcome {
    Outcome::GivenUp(Answer { status: None, text })
}

/// What follows from a try that failed, `tried` others before it.
fn after(tried: u32, undelivered: Undelivered, now: Timestamp) -> Outcome {
    let Undelivered { answer, may_pass, retry_after_secs } = undelivered;
    if !may_pass || tried.saturating_add(1) >= TRIES {
        return Outcome::GivenUp(answer);
    }
    let doubled = 1_u32.checked_shl(tried).unwrap_or(u32::MAX);
    let pause = FIRST_PAUSE.saturating_mul(doubled).min(LONGEST_PAUSE);
    let pause = retry_after_secs.map_or(pause, |asked| asked.min(LONGEST_WAIT).max(pause));
    Outcome::Again(answer, now.plus_secs(i64::from(pause)))
}

#[cfg(test)]
mod tests {
    use super::{Answer, Outcome, Timestamp, Undelivered, after};

    fn pause(tried: u32, may_pass: bool, retry_after_secs: Option<u32>) -> Option<i64> {
        let now = Timestamp::from_secs(1_700_000_000);
        let undelivered = Undelivered { answer: Answer::default(), may_pass, retry_after_secs };
        match after(tried, undelivered, now) {
            Outcome::Again(_, at) => Some(at.millis_since(now) / 1_000),
            Outcome::GivenUp(_) => None,
            Outcome::Sent(_) => panic!("it was not"),
        }
    }

    #[test]
    fn pauses_grow_and_end() {
        let pauses: Vec<_> = (0..10).map(|tried| pause(tried, true, None)).collect();
        let wanted = [10, 20, 40, 80, 160, 320, 640, 1280, 2560].map(Some);
        assert_eq!((&pauses[..9], pauses[9]), (&wanted[..], None));
        assert_eq!(pause(0, false, None), None);
    }

    #[test]
    fn a_receiver_is_waited_for_within_reason() {
        assert_eq!(pause(0, true, Some(120)), Some(120));
        assert_eq!(pause(3, true, Some(1)), Some(80));
        assert_eq!(pause(0, true, Some(u32::MAX)), Some(6 * 3_600));
        assert_eq!(pause(0, false, Some(5)), None);
    }
}
