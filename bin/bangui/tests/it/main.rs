//! The binary as an operator meets it: real processes, a real fail2ban, real HTTP on loopback.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that fails may panic, in its helpers too"
)]

mod fail2ban;
mod faults;
mod live;
mod outage;
mod postgres;
mod replicas;
mod server;
mod sessions;
mod startup;
