//! The adapter against a real fail2ban, and the atlas over files of places, and name servers.

#![expect(clippy::expect_used, reason = "a test that fails may panic, in its helpers too")]

mod atlas;
mod control;
mod rdns;
