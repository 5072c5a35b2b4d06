//! BanGUI's way out to other programs. Today that is fail2ban, through its socket; the adapter here speaks the
//! domain's language on one side and the client's on the other. Knows no database and no web server.

mod convert;
mod fail2ban;
mod zone;

pub use fail2ban::Fail2banControl;
pub use zone::{UnknownZone, Zone};
