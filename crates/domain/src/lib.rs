//! The centre of BanGUI: what a jail, a ban and an event are (`model`), what the outside has to provide
//! (`ports`), and what BanGUI does with them (`service`). Knows no database, no web server, no socket.

pub mod error;
pub mod model;
pub mod ports;
pub mod service;

pub use error::{ErrorKind, FieldError, ServiceError, chain};
