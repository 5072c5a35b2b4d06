//! How much a reply may cost. Every limit is checked before memory is taken.

use std::fmt;

/// Limits on one reply. The defaults hold a million bans and refuse what no fail2ban sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of one reply, end marker included. Default 64 MiB, at most 4 GiB; 100,000 bans with times take 6.5 MB.
    pub reply_bytes: usize,
    /// Values in one reply. Default 4 million; a ban takes one or two.
    pub nodes: usize,
    /// Values within values. Default 64, at most [`Limits::MAX_DEPTH`]; the deepest reply that is known has 8.
    pub depth: usize,
    /// Entries in the memo by which a reply refers back to earlier values, and one more than the greatest number of
    /// one. Default 8 million; a ban takes three.
    pub memo: usize,
    /// Values that a reader would meet when it follows every reference, and places that containers have for their
    /// parts while the reply is read. Default 16 million.
    pub expanded_nodes: u64,
    /// Bytes of text that a reader would meet when it follows every reference, and sixteen times those that
    /// are spelled anew while the reply is read. Default 512 MiB.
    pub expanded_bytes: u64,
}

impl Limits {
    /// The greatest depth that is honoured, so that comparing, printing and dropping a value cannot exhaust the
    /// stack of a thread.
    pub const MAX_DEPTH: usize = 512;

    const COUNTED: usize = 0xffff_fff0;

    /// Sets the bytes of one reply.
    #[must_use]
    pub fn with_reply_bytes(mut self, bytes: usize) -> Self {
        self.reply_bytes = bytes;
        self
    }

    /// Sets the number of values in one reply.
    #[must_use]
    pub fn with_nodes(mut self, nodes: usize) -> Self {
        self.nodes = nodes;
        self
    }

    /// Sets the depth of values within values.
    #[must_use]
    pub fn with_depth(mut self, depth: usize) -> Self {
        self.depth = depth;
        self
    }

    /// Sets the number of memo entries.
    #[must_use]
    pub fn with_memo(mut self, entries: usize) -> Self {
        self.memo = entries;
        self
    }

    /// Sets what following every reference may cost, in values and in bytes of text.
    #[must_use]
    pub fn with_expanded(mut self, nodes: u64, bytes: u64) -> Self {
        self.expanded_nodes = nodes;
        self.expanded_bytes = bytes;
        self
    }

    /// The depth that is honoured.
    pub(crate) fn honoured_depth(&self) -> usize {
        self.depth.min(Self::MAX_DEPTH)
    }

    /// The bytes that are honoured: the decoder counts in 32 bits.
    pub(crate) fn honoured_bytes(&self) -> usize {
        self.reply_bytes.min(Self::COUNTED)
    }

    /// The values that are honoured.
    pub(crate) fn honoured_nodes(&self) -> usize {
        self.nodes.min(Self::COUNTED)
    }

    /// The places for parts that are honoured.
    pub(crate) fn honoured_parts(&self) -> usize {
        usize::try_from(self.expanded_nodes).unwrap_or(usize::MAX).min(Self::COUNTED)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            reply_bytes: 64 << 20,
            nodes: 4_000_000,
            depth: 64,
            memo: 8_000_000,
            expanded_nodes: 16_000_000,
            expanded_bytes: 512 << 20,
        }
    }
}

/// Which limit was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// [`Limits::reply_bytes`].
    ReplyBytes,
    /// [`Limits::nodes`].
    Nodes,
    /// [`Limits::depth`].
    Depth,
    /// [`Limits::memo`].
    Memo,
    /// [`Limits::expanded_nodes`].
    ExpandedNodes,
    /// [`Limits::expanded_bytes`].
    ExpandedBytes,
    /// The length of one name in a reply; fixed.
    NameBytes,
    /// The length of one integer; fixed, since the time to read and to print its digits grows with its square.
    IntegerBytes,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ReplyBytes => "bytes",
            Self::Nodes => "values",
            Self::Depth => "levels of nesting",
            Self::Memo => "memo entries",
            Self::ExpandedNodes => "values after following references",
            Self::ExpandedBytes => "bytes of text after following references",
            Self::NameBytes => "bytes of a name",
            Self::IntegerBytes => "bytes of an integer",
        })
    }
}
