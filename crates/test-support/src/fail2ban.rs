//! A private, real fail2ban: own configuration, socket, log and database in one directory, and actions that do
//! nothing, so that no firewall is ever touched. Knows fail2ban's programs and files, not its socket protocol.

mod config;
mod error;
mod lab;
pub mod lines;
mod process;
mod spec;

pub use error::LabError;
pub use lab::{Builder, Fail2ban};
pub use spec::{Filter, JailSpec};
