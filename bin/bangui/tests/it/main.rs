//! The binary as an operator meets it: real processes, a real fail2ban, real HTTP on loopback.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that fails may panic, in its helpers too"
)]

mod allowlist;
mod command;
mod compose;
mod data;
mod doctor;
mod edge;
mod fail2ban;
mod faults;
mod files;
mod foreign;
mod health;
mod import;
#[path = "../harness/lab.rs"]
mod lab;
mod listening;
mod live;
mod logs;
mod metrics;
mod mounts;
mod notifications;
mod odd_ids;
mod odd_jails;
mod outage;
mod places;
mod postgres;
mod proxies;
mod replicas;
#[path = "../harness/server.rs"]
mod server;
mod sessions;
mod startup;
mod stopping;
mod templates;
#[path = "../harness/tls.rs"]
mod tls;
mod upgrade;
mod versions;
mod zones;
