//! BanGUI's test harness. Each part is behind a cargo feature, so that a crate builds only what its tests need.
//! A dev-dependency only: no part of it is linked into the server.

#[cfg(feature = "db")]
pub mod db;
#[cfg(feature = "dns")]
pub mod dns;
#[cfg(feature = "fail2ban")]
pub mod fail2ban;
#[cfg(feature = "receiver")]
pub mod mailbox;
#[cfg(feature = "places")]
pub mod places;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "receiver")]
pub mod receiver;
