//! The API as the server builds it, over a real SQLite database and a scripted fail2ban, under a clock that
//! stands still until a test moves it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod addresses;
mod allowlist;
mod bans;
mod document;
mod error_codes;
mod events;
mod export;
mod fail2ban;
mod gate;
mod guard;
mod health;
mod history;
mod jails;
mod jobs;
mod log;
mod logins;
mod metrics;
mod notifications;
mod numbers;
mod past;
mod places;
mod problems;
mod questions;
mod server;
mod sessions;
mod stream;
mod world;
