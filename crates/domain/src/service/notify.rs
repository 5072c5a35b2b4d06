//! Telling people what happens: [`Notifications`] is what users set up, [`Notifier`] turns what happens into messages, and
//! [`Courier`] sends them.

mod checks;
mod courier;
mod judge;
mod notifier;
mod order;
mod setup;

pub use courier::Courier;
pub use notifier::{Notifier, NotifierParts};
pub use order::{ChannelOrder, WayOrder};
pub use setup::{Notifications, TestResult};
