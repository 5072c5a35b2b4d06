//! The services against a scripted fail2ban and a real SQLite store, under a clock that tests set.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that fails may panic, in its helpers too"
)]

mod allow;
mod bans;
mod catch_up;
mod clocks;
mod fake;
mod faults;
mod feed;
mod gaps;
mod history;
mod ignoring;
mod observe;
mod restart;
mod runtime;
mod spelling;
mod untimed;
mod world;
mod zones;
