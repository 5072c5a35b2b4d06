//! The crate through its public door, over small in-memory stores and under a clock that the test sets.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod accounts;
mod logins;
mod memory;
mod own;
mod processes;
mod sessions;
mod throttle;
mod tries;
