//! How words stand in the columns of the history, which holds them by the million: as small numbers.

use bangui_domain::model::Origin;
use bangui_domain::ports::StoreError;

use crate::fault::UnknownValue;

/// The number of an origin.
pub(crate) const fn origin_code(origin: Origin) -> u8 {
    match origin {
        Origin::Detected => 0,
        Origin::Manual => 1,
        Origin::Restored => 2,
        Origin::Expired => 3,
    }
}

/// The origin with this number.
pub(crate) fn origin(code: i32) -> Result<Origin, StoreError> {
    let found = Origin::ALL.into_iter().find(|origin| i32::from(origin_code(*origin)) == code);
    found.ok_or_else(|| UnknownValue { wanted: "an origin", value: code.to_string() }.into())
}

/// A number of an origin as packs hold it.
pub(crate) fn packed(code: i32) -> Result<u8, StoreError> {
    origin(code).map(origin_code)
}
