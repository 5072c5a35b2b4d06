//! Proves the harness on the real programs.

#[cfg(feature = "fail2ban")]
mod fail2ban;
