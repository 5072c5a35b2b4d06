//! Makes the tree from the table of nodes: refuses loops, bounds the depth and what following every reference would
//! cost, each before it takes memory. Nothing here recurses, and each container is built once.

use std::sync::Arc;

use super::arena::{Arena, Id, Kind, LOST, Node, count, place};
use super::error::DecodeError;
use super::limits::{Limit, Limits};
use super::text::Text;
use super::value::{Class, Object, Value};

/// What a reader of a value meets.
#[derive(Clone, Copy)]
struct Cost {
    nodes: u64,
    bytes: u64,
    height: usize,
}

impl Cost {
    const ONE: Self = Self { nodes: 1, bytes: 0, height: 1 };

    fn add(&mut self, part: Self) {
        self.nodes = self.nodes.saturating_add(part.nodes);
        self.bytes = self.bytes.saturating_add(part.bytes);
        self.height = self.height.max(part.height + 1);
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

struct Built {
    value: Value,
    cost: Cost,
}

/// A container on the way from the root to what is being built.
struct Step {
    id: Id,
    node: Node,
    next: usize,
    cost: Cost,
    /// Whether all parts so far are texts of the reply.
    only_texts: bool,
}

pub(super) struct Builder {
    arena: Arena,
    texts: Arc<String>,
    classes: Vec<Arc<Class>>,
    built: Vec<Built>,
}

impl Builder {
    pub(super) fn new(mut arena: Arena, reply: Vec<u8>) -> Result<Self, DecodeError> {
        let texts = Arc::new(only_texts(reply, &mut arena)?);
        let classes = std::mem::take(&mut arena.classes);
        let mut builder = Self { arena, texts, classes: Vec::new(), built: Vec::new() };
        builder.classes = classes
            .into_iter()
            .map(|(module, name, _)| builder.class(module, name))
            .collect::<Result<_, _>>()?;
        Ok(builder)
    }

    fn class(&self, module: Id, name: Id) -> Result<Arc<Class>, DecodeError> {
        let text = |id| match self.value(id) {
            Some(Value::Str(text)) => Ok(text),
            _ => Err(LOST),
        };
        Ok(Arc::new(Class { module: text(module)?, name: text(name)? }))
    }

    /// Builds the tree below `root`.
    pub(super) fn build(mut self, root: Id) -> Result<Value, DecodeError> {
        let mut path: Vec<Step> = Vec::new();
        let mut inner = Some(root);
        loop {
            if let Some(id) = inner.take() {
                let node = self.arena.get(id).ok_or(LOST)?;
                if !node.is_container() {
                    self.leaf_cost(node).check(&self.arena.limits)?;
                    return self.leaf(node).ok_or(LOST);
                }
                if path.len() >= self.arena.limits.honoured_depth() {
                    return Err(DecodeError::limit(Limit::Depth, self.arena.limits.honoured_depth()));
                }
                self.set(id, Node::Open)?;
                path.push(Step { id, node, next: 0, cost: Cost::ONE, only_texts: true });
            }
            let Some(step) = path.last_mut() else { return Err(LOST) };
            inner = self.walk(step)?;
            if inner.is_some() {
                continue;
            }
            let (id, cost) = (step.id, step.cost);
            let value = self.assemble(step.node, step.only_texts)?;
            path.pop();
            if path.is_empty() {
                return Ok(value);
            }
            self.set(id, Node::Built(count(self.built.len())))?;
            self.built.push(Built { value, cost });
        }
    }

    /// Adds up the cost of the parts; stops at one that must be built before.
    fn walk(&self, step: &mut Step) -> Result<Option<Id>, DecodeError> {
        let parts = self.arena.parts_of(step.node).get(step.next..).unwrap_or_default();
        for &part in parts {
            // An object may lack a part.
            if let Some(node) = self.arena.get(part) {
                step.only_texts &= matches!(node, Node::Text(_));
                match node {
                    Node::Open => return Err(DecodeError::Cyclic),
                    Node::Built(own) => step.cost.add(self.built.get(place(own)).ok_or(LOST)?.cost),
                    node if node.is_container() => return Ok(Some(part)),
                    leaf => step.cost.add(self.leaf_cost(leaf)),
                }
                step.cost.check(&self.arena.limits)?;
            }
            step.next += 1;
        }
        step.cost.check(&self.arena.limits)?;
        Ok(None)
    }

    fn set(&mut self, id: Id, node: Node) -> Result<(), DecodeError> {
        *self.arena.nodes.get_mut(place(id)).ok_or(LOST)? = node;
        Ok(())
    }

    fn leaf_cost(&self, node: Node) -> Cost {
        let bytes = match node {
            Node::Text(span) => u64::from(span.len()),
            Node::Made(own) => {
                let bytes = match self.arena.made.get(place(own)) {
                    Some(Value::Str(text)) => text.as_wtf8().len(),
                    Some(Value::Bytes(bytes) | Value::ByteArray(bytes) | Value::BigInt(bytes)) => bytes.len(),
                    _ => 0,
                };
                u64::try_from(bytes).unwrap_or(u64::MAX)
            }
            _ => 0,
        };
        Cost { bytes, ..Cost::ONE }
    }

    /// The value of a container all of whose parts are built.
    fn assemble(&self, node: Node, only_texts: bool) -> Result<Value, DecodeError> {
        let parts = self.arena.parts_of(node);
        // What the walk has passed has a value.
        let take = |&id: &Id| self.value(id).unwrap_or(Value::None);
        // Without a choice among kinds each is written at once to where it stays.
        let text = |&id: &Id| match self.arena.get(id) {
            Some(Node::Text(span)) => Value::Str(Text::part(&self.texts, span.start, span.end)),
            _ => Value::None,
        };
        Ok(match node {
            Node::Seq(Kind::Dict, _) | Node::Grown(Kind::Dict, _) => {
                let pairs = parts.as_chunks::<2>().0.iter();
                Value::Dict(pairs.map(|[key, value]| (take(key), take(value))).collect())
            }
            Node::Seq(kind, _) | Node::Grown(kind, _) => {
                let items = if parts.is_empty() {
                    Arc::default()
                } else if only_texts {
                    parts.iter().map(text).collect()
                } else {
                    parts.iter().map(take).collect()
                };
                match kind {
                    Kind::Tuple => Value::Tuple(items),
                    Kind::Set => Value::Set(items),
                    Kind::FrozenSet => Value::FrozenSet(items),
                    Kind::List | Kind::Dict => Value::List(items),
                }
            }
            Node::Object(class, _) => self.object(class, parts)?,
            _ => return Err(LOST),
        })
    }

    fn object(&self, class: u32, parts: &[Id]) -> Result<Value, DecodeError> {
        let &[args, keywords, state, items, entries] = parts else { return Err(LOST) };
        Ok(Value::Object(Arc::new(Object {
            class: Arc::clone(self.classes.get(place(class)).ok_or(LOST)?),
            args: self.value(args).ok_or(LOST)?,
            keywords: self.value(keywords),
            state: self.value(state),
            items: match self.value(items) {
                Some(Value::List(items)) => items,
                _ => Arc::default(),
            },
            entries: match self.value(entries) {
                Some(Value::Dict(entries)) => entries,
                _ => Arc::default(),
            },
        })))
    }

    /// The value of a node that is built or has no parts.
    #[inline]
    fn value(&self, id: Id) -> Option<Value> {
        match self.arena.get(id)? {
            Node::Built(own) => Some(self.built.get(place(own))?.value.clone()),
            node => self.leaf(node),
        }
    }

    #[inline]
    fn leaf(&self, node: Node) -> Option<Value> {
        Some(match node {
            Node::Text(span) => Value::Str(Text::part(&self.texts, span.start, span.end)),
            Node::None => Value::None,
            Node::Bool(value) => Value::Bool(value),
            Node::Int(number) => Value::Int(number),
            Node::Float(number) => Value::Float(number),
            Node::Made(own) => self.arena.made.get(place(own))?.clone(),
            Node::Class(own) => Value::Class(Arc::clone(self.classes.get(place(own))?)),
            Node::Seq(..) | Node::Grown(..) | Node::Object(..) | Node::Open | Node::Built(_) => return None,
        })
    }
}

/// Makes one text of the reply, in which the texts stand where they stood and all else is zeros: what is UTF-8 as a
/// whole is so between zeros. Texts with surrogates become values of their own.
fn only_texts(mut reply: Vec<u8>, arena: &mut Arena) -> Result<String, DecodeError> {
    let mut kept = 0;
    for node in &arena.nodes {
        if let Node::Text(span) = *node {
            reply.get_mut(kept..place(span.start)).unwrap_or_default().fill(0);
            kept = place(span.end);
        }
    }
    reply.get_mut(kept..).unwrap_or_default().fill(0);
    reply = match String::from_utf8(reply) {
        Ok(texts) => return Ok(texts),
        Err(error) => error.into_bytes(),
    };
    for node in &mut arena.nodes {
        let Node::Text(span) = *node else { continue };
        let bytes = reply.get_mut(span.range()).unwrap_or_default();
        if std::str::from_utf8(bytes).is_ok() {
            continue;
        }
        let broken = DecodeError::Broken { offset: place(span.start), what: "a text is not UTF-8" };
        let text = Text::from_wtf8(bytes).ok_or(broken)?;
        bytes.fill(0);
        *node = Node::Made(count(arena.made.len()));
        arena.made.push(Value::Str(text));
    }
    String::from_utf8(reply).map_err(|_| LOST)
}
