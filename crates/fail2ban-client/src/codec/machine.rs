//! The state of the opcode machine and its small moves: stack, marks and memo, each checked and within limits.

use super::arena::{Arena, Id, Kind, Node};
use super::error::DecodeError;
use super::limits::{Limit, Limits};
use super::opcode as op;
use super::text::Text;
use super::value::Value;

pub(super) struct Machine<'a> {
    pub(super) bytes: &'a [u8],
    /// Where the present opcode stands.
    pub(super) offset: usize,
    pub(super) limits: &'a Limits,
    pub(super) arena: Arena,
    pub(super) stack: Vec<Id>,
    /// Heights of the stack at which a MARK stands.
    pub(super) marks: Vec<usize>,
    pub(super) memo: Vec<Option<Id>>,
    pub(super) memo_used: usize,
}

impl<'a> Machine<'a> {
    pub(super) fn new(bytes: &'a [u8], limits: &'a Limits) -> Self {
        Self {
            bytes,
            offset: 0,
            limits,
            arena: Arena::default(),
            stack: Vec::new(),
            marks: Vec::new(),
            memo: Vec::new(),
            memo_used: 0,
        }
    }

    pub(super) fn remember(&mut self, index: usize) -> Result<(), DecodeError> {
        let id = self.top()?;
        if self.memo_used >= self.limits.memo {
            return Err(DecodeError::limit(Limit::Memo, self.limits.memo));
        }
        // Python counts from 0 or from 1 without gaps; a leap would be a request for memory.
        if index > self.memo.len() + 1 {
            return Err(self.broken("memo entries out of order"));
        }
        if index >= self.memo.len() {
            self.memo.resize(index + 1, None);
        }
        if let Some(entry) = self.memo.get_mut(index) {
            self.memo_used += usize::from(entry.is_none());
            *entry = Some(id);
        }
        Ok(())
    }

    pub(super) fn mark(&mut self) -> Result<(), DecodeError> {
        if self.marks.len() >= self.limits.honoured_depth() {
            return Err(DecodeError::limit(Limit::Depth, self.limits.honoured_depth()));
        }
        self.marks.push(self.stack.len());
        Ok(())
    }

    pub(super) fn since_mark(&mut self) -> Result<Vec<Id>, DecodeError> {
        let height =
            self.marks.pop().ok_or_else(|| self.broken("the end of a group that has no beginning"))?;
        if height > self.stack.len() {
            return Err(self.broken("a group that has lost its beginning"));
        }
        Ok(self.stack.split_off(height))
    }

    pub(super) fn tuple(&mut self, length: usize) -> Result<(), DecodeError> {
        let mut items = Vec::with_capacity(length);
        for _ in 0..length {
            items.push(self.pop()?);
        }
        items.reverse();
        self.seq(Kind::Tuple, items)
    }

    pub(super) fn seq(&mut self, kind: Kind, parts: Vec<Id>) -> Result<(), DecodeError> {
        self.node(Node::Seq(kind, parts))
    }

    pub(super) fn leaf(&mut self, value: Value) -> Result<(), DecodeError> {
        self.node(Node::Leaf(value))
    }

    pub(super) fn node(&mut self, node: Node) -> Result<(), DecodeError> {
        if self.arena.len() >= self.limits.nodes {
            return Err(DecodeError::limit(Limit::Nodes, self.limits.nodes));
        }
        let id = self.arena.push(node);
        self.stack.push(id);
        Ok(())
    }

    /// The topmost value of the present group.
    pub(super) fn pop(&mut self) -> Result<Id, DecodeError> {
        let floor = self.marks.last().copied().unwrap_or(0);
        if self.stack.len() <= floor {
            return Err(self.broken("a value is missing"));
        }
        self.stack.pop().ok_or_else(|| self.broken("a value is missing"))
    }

    pub(super) fn top(&self) -> Result<Id, DecodeError> {
        let floor = self.marks.last().copied().unwrap_or(0);
        self.stack
            .get(floor..)
            .and_then(<[Id]>::last)
            .copied()
            .ok_or_else(|| self.broken("a value is missing"))
    }

    pub(super) fn pop_text(&mut self) -> Result<Text, DecodeError> {
        let id = self.pop()?;
        match self.arena.leaf(id) {
            Some(Value::Str(text)) => Ok(text.clone()),
            _ => Err(self.broken("the name of a class is no text")),
        }
    }

    pub(super) fn index(&self, data: &[u8]) -> Result<usize, DecodeError> {
        usize::try_from(op::little_endian(data)).map_err(|_| self.broken("a memo entry out of reach"))
    }

    pub(super) fn number(&self, data: &[u8]) -> Result<i64, DecodeError> {
        i64::try_from(op::little_endian(data)).map_err(|_| self.broken("a number out of range"))
    }

    pub(super) fn cut(&self, bytes: &'a [u8], length: usize) -> Result<(&'a [u8], &'a [u8]), DecodeError> {
        bytes.split_at_checked(length).ok_or_else(|| self.truncated())
    }

    pub(super) fn line(&self, bytes: &'a [u8]) -> Result<(&'a [u8], &'a [u8]), DecodeError> {
        let end = bytes.iter().take(op::LINE_MAX + 1).position(|byte| *byte == b'\n');
        let (line, rest) = self.cut(bytes, end.ok_or_else(|| self.truncated())?)?;
        Ok((line, rest.split_first().map_or(rest, |(_, tail)| tail)))
    }

    pub(super) fn truncated(&self) -> DecodeError {
        DecodeError::Truncated { length: self.bytes.len() }
    }

    pub(super) fn broken(&self, what: &'static str) -> DecodeError {
        DecodeError::Broken { offset: self.offset, what }
    }
}
