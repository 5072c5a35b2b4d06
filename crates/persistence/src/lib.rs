//! BanGUI's storage: one [`Db`] over SQLite and PostgreSQL that implements the domain's ports, and the reader of
//! fail2ban's own database. Each query is written once for both. Knows no web server and no jobs.

mod allow;
pub mod archive;
mod audit;
mod bans;
mod catalog;
mod clock;
mod connection;
mod db;
mod error;
mod fail2ban_db;
mod fault;
mod foreign;
mod history;
mod inspect;
mod lease;
mod location;
mod migrate;
mod notices;
mod notify;
mod places;
mod runtime;
mod schema;
mod sessions;
mod text;
mod tries;
mod users;

pub use bans::{Imported, LogZone};
pub use connection::prepare_sqlite_file;
pub use db::{Db, DbKind, DbOptions};
pub use error::DbError;
pub use fail2ban_db::Fail2banDb;
pub use history::{HistoryCheck, Mended};
pub use inspect::{Inspection, Schema};
pub use location::{UrlExposure, sqlite_file};
pub use migrate::MigrateReport;
pub use notices::NoticeListener;

// Linked for their features alone: one bundled SQLite, shared with sqlx, and one bundled libpq.
use libsqlite3_sys as _;
use pq_sys as _;
