//! Values that a caller gives or gets, each of which cannot hold what it must not.

mod address;
mod backend;
mod ban_id;
mod jail_name;
mod local_time;
mod spelling;
mod version;
mod wire;

pub use address::{Address, AddressError};
pub use backend::{Backend, BackendError};
pub use ban_id::{BanId, BanIdError};
pub use jail_name::{JailName, JailNameError};
pub use local_time::{LocalDateTime, LocalDateTimeError};
pub use version::Version;
