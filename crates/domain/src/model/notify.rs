//! Being told: the channels that messages go through, the rules that say when, and what became of each message. Knows
//! no wire format of any receiver.

mod channel;
mod delivery;
mod digest;
mod rule;
mod state;
mod words;

pub use channel::{Channel, ChannelId, ChannelSpec, Email, MailSecurity, Preset, SecretText, Way, Webhook};
pub use delivery::{
    Answer, Deliveries, Delivery, DeliveryId, DeliveryQuery, DeliveryState, Outcome, Waiting,
};
pub use digest::{Digest, Note};
pub use rule::{Condition, Rule, RuleId, RuleSpec};
pub use state::{Gathered, NotifyState, RuleState};
