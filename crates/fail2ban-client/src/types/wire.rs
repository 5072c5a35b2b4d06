//! How the types of this crate stand in a request: all as texts.

use super::{Address, Backend, BanId, JailName};
use crate::codec::Arg;

impl From<&JailName> for Arg {
    fn from(jail: &JailName) -> Self {
        Self::from(jail.as_str())
    }
}

impl From<&BanId> for Arg {
    fn from(id: &BanId) -> Self {
        Self::from(id.as_str())
    }
}

impl From<&Address> for Arg {
    fn from(address: &Address) -> Self {
        Self::from(address.to_string())
    }
}

impl From<&Backend> for Arg {
    fn from(backend: &Backend) -> Self {
        Self::from(backend.to_string())
    }
}
