//! The values of one reply while it is read: containers may still grow after others refer to them, and may even
//! refer to themselves. Building the tree at the end refuses loops, bounds its depth, and bounds what following every
//! reference would cost. Nothing here recurses.

use std::sync::Arc;

use super::error::DecodeError;
use super::limits::{Limit, Limits};
use super::value::{Class, Object, Value};

/// The place of a node.
pub(super) type Id = usize;

/// Which container a sequence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    List,
    Tuple,
    Dict,
    Set,
    FrozenSet,
}

#[derive(Debug)]
pub(super) enum Node {
    /// A value without parts.
    Leaf(Value),
    /// A container; a dict has keys and values in turn.
    Seq(Kind, Vec<Id>),
    /// An object: its class, and its parts in the order args, items, entries, state.
    Object(Box<Recipe>),
}

#[derive(Debug)]
pub(super) struct Recipe {
    pub(super) class: Arc<Class>,
    pub(super) args: Id,
    pub(super) items: Vec<Id>,
    pub(super) entries: Vec<Id>,
    pub(super) state: Option<Id>,
}

impl Node {
    fn part(&self, place: usize) -> Option<Id> {
        match self {
            Self::Leaf(_) => None,
            Self::Seq(_, parts) => parts.get(place).copied(),
            Self::Object(recipe) => {
                let (items, entries) = (recipe.items.len(), recipe.entries.len());
                match place.checked_sub(1) {
                    None => Some(recipe.args),
                    Some(n) if n < items => recipe.items.get(n).copied(),
                    Some(n) if n < items + entries => recipe.entries.get(n - items).copied(),
                    Some(n) if n == items + entries => recipe.state,
                    Some(_) => None,
                }
            }
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Arena {
    nodes: Vec<Node>,
}

/// How far a node is in the building.
enum Progress {
    Waiting,
    Open,
    Done(Built),
}

struct Built {
    value: Value,
    cost: Cost,
}

/// What a reader of a value meets.
#[derive(Clone, Copy, Default)]
struct Cost {
    nodes: u64,
    bytes: u64,
    height: usize,
}

impl Cost {
    fn of_leaf(value: &Value) -> Self {
        let bytes = match value {
            Value::Str(text) => text.as_wtf8().len(),
            Value::Bytes(bytes) | Value::ByteArray(bytes) | Value::BigInt(bytes) => bytes.len(),
            _ => 0,
        };
        Self { nodes: 1, bytes: u64::try_from(bytes).unwrap_or(u64::MAX), height: 1 }
    }

    fn add(&mut self, part: Self) {
        self.nodes = self.nodes.saturating_add(part.nodes);
        self.bytes = self.bytes.saturating_add(part.bytes);
        self.height = self.height.max(part.height.saturating_add(1));
    }

    fn check(self, limits: &Limits) -> Result<(), DecodeError> {
        if self.height > limits.honoured_depth() {
            return Err(DecodeError::limit(Limit::Depth, limits.honoured_depth()));
        }
        if self.nodes > limits.expanded_nodes {
            return Err(DecodeError::Limit { limit: Limit::ExpandedNodes, max: limits.expanded_nodes });
        }
        if self.bytes > limits.expanded_bytes {
            return Err(DecodeError::Limit { limit: Limit::ExpandedBytes, max: limits.expanded_bytes });
        }
        Ok(())
    }
}

/// A place that the decoder gave out itself is always there; the error keeps this file free of panics.
const LOST: DecodeError = DecodeError::Broken { offset: 0, what: "a part is missing" };

impl Arena {
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn push(&mut self, node: Node) -> Id {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    pub(super) fn get(&self, id: Id) -> Option<&Node> {
        self.nodes.get(id)
    }

    pub(super) fn get_mut(&mut self, id: Id) -> Option<&mut Node> {
        self.nodes.get_mut(id)
    }

    /// The value of a node without parts.
    pub(super) fn leaf(&self, id: Id) -> Option<&Value> {
        match self.get(id) {
            Some(Node::Leaf(value)) => Some(value),
            _ => None,
        }
    }

    /// Builds the tree below `root`.
    pub(super) fn build(&self, root: Id, limits: &Limits) -> Result<Value, DecodeError> {
        if let Some(value) = self.leaf(root) {
            return Ok(value.clone());
        }
        let mut progress: Vec<Progress> = Vec::with_capacity(self.nodes.len());
        progress.resize_with(self.nodes.len(), || Progress::Waiting);
        let mut path: Vec<Step> = vec![Step { id: root, next: 0 }];
        loop {
            if path.len() > limits.honoured_depth() {
                return Err(DecodeError::limit(Limit::Depth, limits.honoured_depth()));
            }
            let Some(step) = path.last_mut() else { return Err(LOST) };
            let (id, node) = (step.id, self.get(step.id).ok_or(LOST)?);
            *progress.get_mut(id).ok_or(LOST)? = Progress::Open;
            let mut inner = None;
            while let Some(part) = node.part(step.next) {
                step.next += 1;
                if self.leaf(part).is_some() {
                    continue;
                }
                match progress.get(part).ok_or(LOST)? {
                    Progress::Done(_) => {}
                    Progress::Open => return Err(DecodeError::Cyclic),
                    Progress::Waiting => {
                        inner = Some(part);
                        break;
                    }
                }
            }
            if let Some(part) = inner {
                path.push(Step { id: part, next: 0 });
                continue;
            }
            let built = self.assemble(node, &progress, limits)?;
            if id == root {
                return Ok(built.value);
            }
            *progress.get_mut(id).ok_or(LOST)? = Progress::Done(built);
            path.pop();
        }
    }

    fn assemble(&self, node: &Node, progress: &[Progress], limits: &Limits) -> Result<Built, DecodeError> {
        let mut cost = Cost { nodes: 1, bytes: 0, height: 1 };
        let mut take = |id: Id| -> Result<Value, DecodeError> {
            if let Some(value) = self.leaf(id) {
                cost.add(Cost::of_leaf(value));
                return Ok(value.clone());
            }
            match progress.get(id) {
                Some(Progress::Done(built)) => {
                    cost.add(built.cost);
                    Ok(built.value.clone())
                }
                _ => Err(LOST),
            }
        };
        let mut all = |ids: &[Id]| ids.iter().map(|&id| take(id)).collect::<Result<Arc<[Value]>, _>>();
        let value = match node {
            Node::Leaf(value) => value.clone(),
            Node::Seq(Kind::List, parts) => Value::List(all(parts)?),
            Node::Seq(Kind::Tuple, parts) => Value::Tuple(all(parts)?),
            Node::Seq(Kind::Set, parts) => Value::Set(all(parts)?),
            Node::Seq(Kind::FrozenSet, parts) => Value::FrozenSet(all(parts)?),
            Node::Seq(Kind::Dict, parts) => Value::Dict(pairs(&all(parts)?)),
            Node::Object(recipe) => Value::Object(Arc::new(Object {
                class: Arc::clone(&recipe.class),
                args: all(&[recipe.args])?.first().cloned().ok_or(LOST)?,
                items: all(&recipe.items)?,
                entries: pairs(&all(&recipe.entries)?),
                state: recipe.state.map(|id| all(&[id])).transpose()?.and_then(|one| one.first().cloned()),
            })),
        };
        cost.check(limits)?;
        Ok(Built { value, cost })
    }
}

struct Step {
    id: Id,
    next: usize,
}

/// Keys and values in turn become pairs; the decoder has checked that their number is even.
fn pairs(flat: &[Value]) -> Arc<[(Value, Value)]> {
    let (chunks, _) = flat.as_chunks::<2>();
    chunks.iter().map(|[key, value]| (key.clone(), value.clone())).collect()
}
