//! What can be wrong with a reply, and with a request before it is sent.

use thiserror::Error;

use super::limits::Limit;

/// Why bytes are not a reply that this crate reads.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The first bytes are not the head of a pickle of protocol 0 to 5.
    #[error("it is not a pickle: it begins with {head:?}")]
    NotPickle {
        /// The first bytes, as text with escapes.
        head: String,
    },
    /// An opcode that no reply needs: it would refer to something outside of it, or does not exist.
    #[error("unsupported opcode 0x{opcode:02x} at byte {offset}")]
    Opcode {
        /// The opcode.
        opcode: u8,
        /// Where it stands.
        offset: usize,
    },
    /// The bytes end before the pickle does.
    #[error("it ends in the middle, after {length} bytes")]
    Truncated {
        /// How many bytes there were.
        length: usize,
    },
    /// Bytes follow the pickle that do not belong to it.
    #[error("{count} bytes follow after its end")]
    Trailing {
        /// How many.
        count: usize,
    },
    /// Opcodes that do not fit together: no program wrote this.
    #[error("it contradicts itself at byte {offset}: {what}")]
    Broken {
        /// Where.
        offset: usize,
        /// What does not fit.
        what: &'static str,
    },
    /// A value that contains itself.
    #[error("a value contains itself")]
    Cyclic,
    /// More than the limits allow.
    #[error("it has more than {max} {limit}")]
    Limit {
        /// Which limit.
        limit: Limit,
        /// Its value.
        max: u64,
    },
}

impl DecodeError {
    pub(crate) fn limit(limit: Limit, max: usize) -> Self {
        Self::Limit { limit, max: u64::try_from(max).unwrap_or(u64::MAX) }
    }
}

/// Why a request is not sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The server would take what follows the marker for a request of its own, and run it.
    #[error(
        "an argument contains the protocol's end marker <F2B_END_COMMAND>; the server would split the request there"
    )]
    Marker,
    /// Longer than the limit.
    #[error("the request has {length} bytes, the limit is {max}")]
    TooLong {
        /// Its length.
        length: usize,
        /// The limit.
        max: usize,
    },
    /// Lists within lists beyond any use.
    #[error("the arguments are nested more than {max} deep")]
    TooDeep {
        /// The limit.
        max: usize,
    },
}
