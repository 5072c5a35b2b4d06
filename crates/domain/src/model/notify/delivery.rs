//! What became of messages.

use super::{Channel, ChannelId, Digest, RuleId};
use crate::model::{Cursor, Limit, Timestamp};

/// The row number of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryId(pub i64);

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// It is to be sent, for the first time or again.
    Waiting,
    /// The receiver has taken it.
    Sent,
    /// It was given up.
    Failed,
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Sent, Self::Failed];

    /// The word used in the API and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A message on its way through one channel, or at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its number.
    pub id: DeliveryId,
    /// The rule's name when it was made.
    pub rule: String,
    /// The channel's name when it was made.
    pub channel: String,
    /// What it tells.
    pub digest: Digest,
    /// How far it has come.
    pub state: DeliveryState,
    /// Tries so far.
    pub tries: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it is tried next; `None` when it has ended.
    pub next_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// What came of the last try.
    pub answer: Option<Answer>,
}

/// What a receiver said, or why it said nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The status of its answer (HTTP's or SMTP's).
    pub status: Option<u16>,
    /// How its answer begins, or what went wrong. Hostile text; holds no secret of the channel.
    pub text: String,
}

/// A message for channels, to be written down with the state that it follows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deliveries {
    /// The rule.
    pub rule: RuleId,
    /// Which of its messages it is: together with rule and channel it is written once.
    pub message: i64,
    /// Through which channels.
    pub channels: Vec<ChannelId>,
    /// What it tells.
    pub digest: Digest,
    /// When it was made, which is when it is tried first.
    pub created_at: Timestamp,
}

/// A delivery that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its number.
    pub id: DeliveryId,
    /// The channel as it is now; `None` if it is gone.
    pub channel: Option<Channel>,
    /// What it tells; `None` if what is stored of it cannot be read.
    pub digest: Option<Digest>,
    /// Tries so far.
    pub tries: u32,
    /// Tries that were begun one after the other, and of whose outcome nobody has heard: BanGUI has ended in the middle.
    pub unfinished: u32,
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has taken it.
    Sent(Answer),
    /// It is tried again then, and nothing goes through the channel before.
    Again(Answer, Timestamp),
    /// It is given up.
    GivenUp(Answer),
}

/// Which deliveries are wanted, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryQuery {
    /// Only in this state.
    pub state: Option<DeliveryState>,
    /// How many.
    pub limit: Limit,
    /// Behind this one.
    pub after: Option<Cursor>,
}
