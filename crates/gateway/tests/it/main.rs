//! The adapter against a real fail2ban.

#![expect(clippy::expect_used, reason = "a test that fails may panic, in its helpers too")]

mod control;
