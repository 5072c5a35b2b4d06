//! Tests of the client through its public door: recorded replies, random and hostile bytes, a scripted server, and a
//! real fail2ban.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a helper of the tests fails as they do"
)]

mod absent;
mod blocking;
mod bulk_faults;
mod cut;
mod differential;
mod evaluated;
mod example;
mod examples;
mod fake_server;
mod faults;
mod golden;
mod hostile;
mod linear;
mod live;
mod live_actions;
mod live_bans;
mod live_check;
mod live_filters;
mod live_growth;
mod live_jails;
mod live_logs;
mod live_many;
mod live_reload;
mod live_reload_back;
mod live_reload_lost;
mod live_restart;
mod live_server;
mod live_spans;
mod live_spellings;
mod live_stock;
mod model;
mod random;
mod reconnect;
mod recorded;
mod sent;
mod streams;
mod transcript;
mod tries;
