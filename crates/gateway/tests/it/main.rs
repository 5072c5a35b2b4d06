//! The ways out: the adapter against a real fail2ban, HTTP against servers of loopback, name servers, and files of places.

#![expect(clippy::expect_used, reason = "a test that fails may panic, in its helpers too")]

mod atlas;
mod control;
mod downloads;
mod ignoring;
mod notify;
mod odd_server;
mod outgoing;
mod rdns;
