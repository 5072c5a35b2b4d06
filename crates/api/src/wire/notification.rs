//! Notifications: channels, rules, and the log of deliveries.

pub(crate) mod channel;
pub(crate) mod delivery;
pub(crate) mod order;
pub(crate) mod rule;
