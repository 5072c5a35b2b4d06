//! The state of the opcode machine and its small moves: reading arguments, stack, marks and memo, each checked and
//! within limits. Knows no opcode.

use super::arena::{Arena, Id, Kind, LOST, NOTHING, Node, Span, count, place};
use super::error::DecodeError;
use super::limits::{Limit, Limits};
use super::opcode as op;
use super::text::Text;
use super::value::Value;

pub(super) struct Machine<'a> {
    pub(super) bytes: &'a [u8],
    /// Where the present opcode stands.
    pub(super) offset: usize,
    /// Where the next byte is read.
    pub(super) next: usize,
    pub(super) limits: &'a Limits,
    pub(super) arena: Arena,
    pub(super) stack: Vec<Id>,
    /// Heights of the stack at which a MARK stands.
    marks: Vec<usize>,
    /// The height at the last mark, below which nothing is taken.
    floor: usize,
    memo: Vec<Id>,
    /// How many entries the memo has.
    pub(super) memo_used: usize,
    /// Bytes that were spelled anew, beyond those that were read.
    respelled: u64,
}

impl<'a> Machine<'a> {
    pub(super) fn new(reply: &'a [u8], limits: &'a Limits) -> Self {
        Self {
            bytes: reply,
            offset: 0,
            next: 0,
            limits,
            arena: Arena::new(*limits),
            stack: Vec::new(),
            marks: Vec::new(),
            floor: 0,
            memo: Vec::new(),
            memo_used: 0,
            respelled: 0,
        }
    }

    /// The next bytes, as many as asked for.
    pub(super) fn fixed<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let bytes = self.bytes.get(self.next..).and_then(<[u8]>::first_chunk);
        let bytes = *bytes.ok_or_else(|| self.truncated())?;
        self.next += N;
        Ok(bytes)
    }

    pub(super) fn byte(&mut self) -> Result<u8, DecodeError> {
        self.fixed().map(|[byte]| byte)
    }

    /// The number of a memo entry in four bytes.
    pub(super) fn index(&mut self) -> Result<usize, DecodeError> {
        Ok(place(u32::from_le_bytes(self.fixed()?)))
    }

    /// The next bytes, of which the first so many say how many follow.
    #[inline]
    pub(super) fn counted<const WIDTH: usize>(&mut self) -> Result<&'a [u8], DecodeError> {
        let length = usize::try_from(op::little_endian(&self.fixed::<WIDTH>()?));
        let rest = self.bytes.get(self.next..).unwrap_or_default();
        let data = length.ok().and_then(|length| rest.get(..length)).ok_or_else(|| self.truncated())?;
        self.next += data.len();
        Ok(data)
    }

    /// The next line, without its end.
    pub(super) fn line(&mut self) -> Result<&'a [u8], DecodeError> {
        let rest = self.bytes.get(self.next..).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte == b'\n').ok_or_else(|| self.truncated())?;
        self.next += length + 1;
        Ok(rest.get(..length).unwrap_or_default())
    }

    pub(super) fn remember(&mut self, index: usize) -> Result<(), DecodeError> {
        let id = self.top()?;
        if index >= self.limits.memo {
            return Err(DecodeError::limit(Limit::Memo, self.limits.memo));
        }
        if index >= self.memo.len() {
            // Python counts, and needs a byte at least for each value: a leap beyond is a request for memory.
            if index > self.offset {
                return Err(self.broken("a memo entry out of order"));
            }
            self.memo.resize(index + 1, NOTHING);
        }
        if let Some(entry) = self.memo.get_mut(index) {
            self.memo_used += usize::from(*entry == NOTHING);
            *entry = id;
        }
        Ok(())
    }

    pub(super) fn recall(&mut self, index: usize) -> Result<(), DecodeError> {
        let id = self.memo.get(index).copied().filter(|id| *id != NOTHING);
        self.refer(id.ok_or_else(|| self.broken("a reference to nothing"))?)
    }

    /// Puts a value on the stack that is there already.
    pub(super) fn refer(&mut self, id: Id) -> Result<(), DecodeError> {
        let max = self.limits.honoured_parts();
        if self.stack.len() >= max {
            return Err(DecodeError::limit(Limit::ExpandedNodes, max));
        }
        self.stack.push(id);
        Ok(())
    }

    pub(super) fn mark(&mut self) -> Result<(), DecodeError> {
        if self.marks.len() >= self.limits.honoured_depth() {
            return Err(DecodeError::limit(Limit::Depth, self.limits.honoured_depth()));
        }
        self.marks.push(self.floor);
        self.floor = self.stack.len();
        Ok(())
    }

    /// Ends the group that began at the last mark: its values lie on the stack from the height that is returned.
    pub(super) fn unmark(&mut self) -> Result<usize, DecodeError> {
        let below =
            self.marks.pop().ok_or_else(|| self.broken("the end of a group that has no beginning"))?;
        Ok(std::mem::replace(&mut self.floor, below))
    }

    /// A container of the values since the last mark.
    pub(super) fn group(&mut self, kind: Kind) -> Result<(), DecodeError> {
        let height = self.unmark()?;
        self.gather(kind, height)
    }

    /// A tuple of the topmost values.
    pub(super) fn tuple(&mut self, length: usize) -> Result<(), DecodeError> {
        let height = self.stack.len().checked_sub(length).filter(|height| *height >= self.floor);
        self.gather(Kind::Tuple, height.ok_or_else(|| self.broken("a value is missing"))?)
    }

    fn gather(&mut self, kind: Kind, height: usize) -> Result<(), DecodeError> {
        let ids = self.stack.get(height..).unwrap_or_default();
        self.check_pairs(kind, ids.len())?;
        let id = self.arena.push_seq(kind, ids)?;
        self.stack.truncate(height);
        self.stack.push(id);
        Ok(())
    }

    /// Adds the values from this height to the container, or to the object, below them.
    pub(super) fn grow(&mut self, wanted: Kind, height: usize) -> Result<(), DecodeError> {
        let below = height.checked_sub(1).filter(|below| *below >= self.floor);
        let target = below.and_then(|below| self.stack.get(below)).copied();
        let target = target.ok_or_else(|| self.broken("a value is missing"))?;
        let ids = self.stack.get(height..).unwrap_or_default();
        self.check_pairs(wanted, ids.len())?;
        if !self.arena.grow(target, wanted, ids)? {
            return Err(self.broken("parts for something that is no container"));
        }
        self.stack.truncate(height);
        Ok(())
    }

    /// The same for the topmost values.
    pub(super) fn grow_by(&mut self, wanted: Kind, length: usize) -> Result<(), DecodeError> {
        let height = self.stack.len().checked_sub(length).ok_or_else(|| self.broken("a value is missing"))?;
        self.grow(wanted, height)
    }

    fn check_pairs(&self, kind: Kind, parts: usize) -> Result<(), DecodeError> {
        if kind == Kind::Dict && !parts.is_multiple_of(2) {
            return Err(self.broken("a key without a value"));
        }
        Ok(())
    }

    pub(super) fn push(&mut self, node: Node) -> Result<(), DecodeError> {
        let id = self.arena.push(node)?;
        self.stack.push(id);
        Ok(())
    }

    pub(super) fn push_made(&mut self, value: Value) -> Result<(), DecodeError> {
        let id = self.arena.push_made(value)?;
        self.stack.push(id);
        Ok(())
    }

    /// The text of so many bytes that was read last.
    #[inline]
    pub(super) fn push_text(&mut self, length: usize) -> Result<(), DecodeError> {
        self.push(Node::Text(Span { start: count(self.next - length), end: count(self.next) }))
    }

    /// The bytes of a text.
    pub(super) fn text(&self, node: Node) -> Option<&[u8]> {
        match node {
            Node::Text(span) => self.bytes.get(span.range()),
            Node::Made(own) => self.arena.made.get(place(own))?.as_text().map(Text::as_wtf8),
            _ => None,
        }
    }

    /// The topmost value of the present group.
    pub(super) fn pop(&mut self) -> Result<Id, DecodeError> {
        let id = self.top()?;
        self.stack.pop();
        Ok(id)
    }

    pub(super) fn top(&self) -> Result<Id, DecodeError> {
        let group = self.stack.get(self.floor..).unwrap_or_default();
        group.last().copied().ok_or_else(|| self.broken("a value is missing"))
    }

    /// Takes away the topmost value, or the mark where one is on top.
    pub(super) fn discard(&mut self) -> Result<(), DecodeError> {
        if self.stack.len() == self.floor {
            self.unmark()?;
        } else {
            self.pop()?;
        }
        Ok(())
    }

    /// Whether the stack is as empty as at the beginning.
    pub(super) fn is_empty(&self) -> bool {
        self.stack.is_empty() && self.marks.is_empty()
    }

    /// Accounts for spelling anew bytes that were read before, so that no reply has the same ones spelled for ever. It
    /// takes longer than following a reference.
    pub(super) fn respell(&mut self, bytes: usize) -> Result<(), DecodeError> {
        self.respelled = self.respelled.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        if self.respelled > self.limits.expanded_bytes / 16 {
            return Err(DecodeError::Limit { limit: Limit::ExpandedBytes, max: self.limits.expanded_bytes });
        }
        Ok(())
    }

    pub(super) fn node(&self, id: Id) -> Result<Node, DecodeError> {
        self.arena.get(id).ok_or(LOST)
    }

    pub(super) fn truncated(&self) -> DecodeError {
        DecodeError::Truncated { length: self.bytes.len() }
    }

    pub(super) fn broken(&self, what: &'static str) -> DecodeError {
        DecodeError::Broken { offset: self.offset, what }
    }
}
