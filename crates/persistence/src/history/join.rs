//! Joins what the history holds twice: addresses that stood under several spellings. Whoever joins makes the packs anew in
//! the same transaction.

mod addresses;
mod rows;

pub(crate) use self::addresses::join_spellings;

/// What was joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Mended {
    /// Addresses that stood under another spelling than the canonical one.
    pub spellings: u64,
    /// Bans that were there a second time.
    pub bans: u64,
}
