//! The values of one reply while it is read. Containers may still grow after others refer to them, and may even refer
//! to themselves. A value is a place in a table; texts and bytes are places in the reply. Knows no opcode.

use super::error::DecodeError;
use super::limits::{Limit, Limits};
use super::value::Value;

/// The place of a node.
pub(super) type Id = u32;

/// No node.
pub(super) const NOTHING: Id = Id::MAX;

/// Bytes of the reply.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Span {
    pub(super) fn len(self) -> u32 {
        self.end - self.start
    }

    pub(super) fn range(self) -> std::ops::Range<usize> {
        place(self.start)..place(self.end)
    }
}

/// The parts of a container, side by side in the table of parts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Parts {
    pub(super) start: u32,
    pub(super) length: u32,
}

impl Parts {
    fn range(self) -> std::ops::Range<usize> {
        place(self.start)..place(self.start) + place(self.length)
    }
}

/// Which container it is; a dict has keys and values in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    List,
    Tuple,
    Dict,
    Set,
    FrozenSet,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Node {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    /// UTF-8 in the reply, not yet checked; surrogates may stand in it.
    Text(Span),
    /// Any other value without parts: bytes, a huge integer, a text with surrogates.
    Made(u32),
    Class(u32),
    Seq(Kind, Parts),
    /// A container that has grown twice; its parts are a list of their own.
    Grown(Kind, u32),
    /// An object: its class, and where its parts begin, of which there are [`OBJECT_PARTS`].
    Object(u32, u32),
    /// While building: a container that is being built.
    Open,
    /// While building: a container that is built.
    Built(u32),
}

impl Node {
    /// Whether it may have parts.
    pub(super) fn is_container(self) -> bool {
        matches!(self, Self::Seq(..) | Self::Grown(..) | Self::Object(..))
    }
}

/// The parts of an object: arguments, keyword arguments, state, a list of items, a dict of entries. Any but the first
/// may be [`NOTHING`].
pub(super) const OBJECT_PARTS: u32 = 5;
const STATE: u32 = 2;
const ITEMS: u32 = 3;
const ENTRIES: u32 = 4;

/// A call that is carried out instead of being kept as an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    Str,
    Bytes,
    ByteArray,
    Set,
    FrozenSet,
    /// `_codecs.encode`.
    Encode,
}

#[derive(Debug)]
pub(super) struct Arena {
    pub(super) limits: Limits,
    pub(super) nodes: Vec<Node>,
    pub(super) parts: Vec<Id>,
    pub(super) grown: Vec<Vec<Id>>,
    pub(super) made: Vec<Value>,
    /// Module, name, and what a call does.
    pub(super) classes: Vec<(Id, Id, Option<Known>)>,
    /// How many parts were ever given to containers.
    given: usize,
}

/// A place that the decoder gave out itself is always there; the error keeps the codec free of panics.
pub(super) const LOST: DecodeError = DecodeError::Broken { offset: 0, what: "a part is missing" };

impl Arena {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            nodes: Vec::new(),
            parts: Vec::new(),
            grown: Vec::new(),
            made: Vec::new(),
            classes: Vec::new(),
            given: 0,
        }
    }

    pub(super) fn get(&self, id: Id) -> Option<Node> {
        self.nodes.get(place(id)).copied()
    }

    pub(super) fn push(&mut self, node: Node) -> Result<Id, DecodeError> {
        let max = self.limits.honoured_nodes();
        if self.nodes.len() >= max {
            return Err(DecodeError::limit(Limit::Nodes, max));
        }
        let id = count(self.nodes.len());
        self.nodes.push(node);
        Ok(id)
    }

    pub(super) fn push_made(&mut self, value: Value) -> Result<Id, DecodeError> {
        let id = self.push(Node::Made(count(self.made.len())))?;
        self.made.push(value);
        Ok(id)
    }

    pub(super) fn push_class(
        &mut self,
        module: Id,
        name: Id,
        known: Option<Known>,
    ) -> Result<Id, DecodeError> {
        let id = self.push(Node::Class(count(self.classes.len())))?;
        self.classes.push((module, name, known));
        Ok(id)
    }

    pub(super) fn push_seq(&mut self, kind: Kind, ids: &[Id]) -> Result<Id, DecodeError> {
        let parts = self.give(ids)?;
        self.push(Node::Seq(kind, parts))
    }

    /// An object that has no state and no items yet.
    pub(super) fn push_object(&mut self, class: u32, args: Id, keywords: Id) -> Result<Id, DecodeError> {
        let parts = self.give(&[args, keywords, NOTHING, NOTHING, NOTHING])?;
        self.push(Node::Object(class, parts.start))
    }

    /// The parts of a container, or none.
    pub(super) fn parts_of(&self, node: Node) -> &[Id] {
        let found = match node {
            Node::Seq(_, parts) => self.parts.get(parts.range()),
            Node::Grown(_, place_) => self.grown.get(place(place_)).map(Vec::as_slice),
            Node::Object(_, start) => self.parts.get(Parts { start, length: OBJECT_PARTS }.range()),
            _ => None,
        };
        found.unwrap_or_default()
    }

    fn give(&mut self, ids: &[Id]) -> Result<Parts, DecodeError> {
        self.count_given(ids.len())?;
        let start = count(self.parts.len());
        self.parts.extend_from_slice(ids);
        Ok(Parts { start, length: count(ids.len()) })
    }

    /// Every part costs its container a place, whether or not it is new.
    pub(super) fn count_given(&mut self, parts: usize) -> Result<(), DecodeError> {
        self.given = self.given.saturating_add(parts);
        let max = self.limits.honoured_parts();
        if self.given > max {
            return Err(DecodeError::limit(Limit::ExpandedNodes, max));
        }
        Ok(())
    }

    /// Adds parts to a container of this kind, or to an object. `false` where it is neither.
    pub(super) fn grow(&mut self, target: Id, wanted: Kind, ids: &[Id]) -> Result<bool, DecodeError> {
        let grown = match self.get(target).ok_or(LOST)? {
            Node::Seq(kind, parts) if kind == wanted => {
                if parts.length == 0 {
                    Node::Seq(kind, self.give(ids)?)
                } else if ids.is_empty() {
                    return Ok(true);
                } else {
                    self.count_given(ids.len())?;
                    let own = [self.parts.get(parts.range()).unwrap_or_default(), ids].concat();
                    self.grown.push(own);
                    Node::Grown(kind, count(self.grown.len() - 1))
                }
            }
            Node::Grown(kind, own) if kind == wanted => {
                self.count_given(ids.len())?;
                self.grown.get_mut(place(own)).ok_or(LOST)?.extend_from_slice(ids);
                return Ok(true);
            }
            Node::Object(_, start) => return self.grow_object(start, wanted, ids),
            _ => return Ok(false),
        };
        *self.nodes.get_mut(place(target)).ok_or(LOST)? = grown;
        Ok(true)
    }

    fn grow_object(&mut self, start: u32, wanted: Kind, ids: &[Id]) -> Result<bool, DecodeError> {
        let (part, kind) = if wanted == Kind::Dict { (ENTRIES, Kind::Dict) } else { (ITEMS, Kind::List) };
        let held = self.parts.get(place(start + part)).copied().ok_or(LOST)?;
        if held != NOTHING {
            return self.grow(held, kind, ids);
        }
        let held = self.push_seq(kind, ids)?;
        self.set_part(start + part, held)?;
        Ok(true)
    }

    /// Sets the state of an object. `false` where it is none.
    pub(super) fn set_state(&mut self, target: Id, state: Id) -> Result<bool, DecodeError> {
        let Some(Node::Object(_, start)) = self.get(target) else { return Ok(false) };
        self.set_part(start + STATE, state)?;
        Ok(true)
    }

    fn set_part(&mut self, part: u32, id: Id) -> Result<(), DecodeError> {
        *self.parts.get_mut(place(part)).ok_or(LOST)? = id;
        Ok(())
    }
}

/// A place in a table as an index.
pub(super) fn place(id: u32) -> usize {
    usize::try_from(id).unwrap_or(usize::MAX)
}

/// A length as a place. The limits keep every table and the reply below what a place can name.
pub(super) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
