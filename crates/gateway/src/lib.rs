//! BanGUI's way out to other programs and what they leave on this machine: fail2ban, through its socket, where the adapter
//! speaks the domain's language on one side and the client's on the other; the mount that the socket lies in; files of
//! places, and fail2ban's own log; name servers; other servers over HTTP; messages to people. Knows no database and no web server.

mod atlas;
mod convert;
mod downloads;
mod f2b_log;
mod fail2ban;
mod ignoring;
mod lists;
mod logs;
mod meter;
mod mount;
mod notify;
mod outgoing;
mod rdns;
mod rules;
mod zone;

pub use atlas::{FileAtlas, PlaceFile, PlaceFileError, PlacePath};
pub use downloads::DbipLite;
pub use f2b_log::{Fail2banLog, LogFileError, LogFileProblem, LogTally};
pub use fail2ban::Fail2banControl;
pub use meter::CommandMeter;
pub use mount::SocketMount;
pub use notify::{Postman, TemplateProcess, render_template};
pub use outgoing::{
    Names, Outgoing, OutgoingError, OutgoingRequest, OutgoingResponse, OutgoingSettings, SystemNames,
};
pub use rdns::{NameServers, NameServersError};
pub use zone::{UnknownZone, Zone};
