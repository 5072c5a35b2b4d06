//! The storage through its public door, every test on both databases.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a test builds on fails as it does"
)]

mod allow;
mod archive;
mod audit;
mod bans;
mod connect;
mod fail2ban_db;
mod history;
mod lease;
mod migrate;
mod notices;
mod notify;
mod places;
mod runtime;
mod sessions;
mod tries;
mod upgrade;
mod users;
