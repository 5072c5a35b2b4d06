//! A private, real fail2ban: own configuration, socket, log and database in one directory, and actions that do
//! nothing, so that no firewall is ever touched. Knows fail2ban's programs and files, not its socket protocol.
//!
//! The programs are those that the path finds first: the machine's own, or those of another release, which
//! `cargo xtask test servers` puts in front.

mod builder;
mod config;
mod error;
mod lab;
pub mod lines;
mod process;
mod spec;

pub use builder::Builder;
pub use error::LabError;
pub use lab::Fail2ban;
pub use spec::{Filter, JailSpec};

use std::path::PathBuf;

/// The configuration that Debian ships with the fail2ban on the path: the machine's own, or the one that
/// `BANGUI_TEST_FAIL2BAN_CONFIG` names. To be copied, never to be run or changed.
pub fn stock_config() -> PathBuf {
    std::env::var_os("BANGUI_TEST_FAIL2BAN_CONFIG").map_or_else(|| "/etc/fail2ban".into(), PathBuf::from)
}
