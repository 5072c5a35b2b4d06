//! Classes and calls. A call stays an object, but for the few by which Python spells plain values: nothing is looked
//! up, the names are compared.

use super::arena::{Id, Kind, Known, LOST, NOTHING, Node, Parts, place};
use super::error::DecodeError;
use super::limits::Limit;
use super::machine::Machine;
use super::opcode as op;
use super::repr;
use super::text::Text;
use super::value::Value;

impl Machine<'_> {
    pub(super) fn class_from_stack(&mut self) -> Result<(), DecodeError> {
        let (name, module) = (self.pop()?, self.pop()?);
        self.class(module, name)
    }

    /// A class by its names, which are texts.
    pub(super) fn class(&mut self, module: Id, name: Id) -> Result<(), DecodeError> {
        let known = known(self.name(module)?, self.name(name)?);
        let id = self.arena.push_class(module, name, known)?;
        self.stack.push(id);
        Ok(())
    }

    fn name(&self, id: Id) -> Result<&[u8], DecodeError> {
        let name = self.text(self.node(id)?).ok_or_else(|| self.broken("the name of a class is no text"))?;
        if name.len() > op::LINE_MAX {
            return Err(DecodeError::limit(Limit::NameBytes, op::LINE_MAX));
        }
        Ok(name)
    }

    /// `callable(*args)`.
    pub(super) fn reduce(&mut self) -> Result<(), DecodeError> {
        let (args, callable) = (self.pop()?, self.pop()?);
        let (class, parts) = self.class_and_args(callable, args)?;
        let known = self.arena.classes.get(place(class)).ok_or(LOST)?.2;
        if let Some(known) = known
            && let Some(result) = self.call(known, parts)?
        {
            self.stack.push(result);
            return Ok(());
        }
        self.object(class, args, NOTHING)
    }

    /// `class.__new__(class, *args, **keywords)`.
    pub(super) fn new_object(&mut self, args: Id, keywords: Id) -> Result<(), DecodeError> {
        let callable = self.pop()?;
        let (class, _) = self.class_and_args(callable, args)?;
        self.object(class, args, keywords)
    }

    fn object(&mut self, class: u32, args: Id, keywords: Id) -> Result<(), DecodeError> {
        let id = self.arena.push_object(class, args, keywords)?;
        self.stack.push(id);
        Ok(())
    }

    fn class_and_args(&self, callable: Id, args: Id) -> Result<(u32, Parts), DecodeError> {
        let Node::Class(class) = self.node(callable)? else {
            return Err(self.broken("a call of something that is no class"));
        };
        let Node::Seq(Kind::Tuple, parts) = self.node(args)? else {
            return Err(self.broken("a call with something that is no tuple"));
        };
        Ok((class, parts))
    }

    /// The result of a known call; `None` where it is called in a way that Python's pickler does not write.
    fn call(&mut self, known: Known, args: Parts) -> Result<Option<Id>, DecodeError> {
        let empty = || std::sync::Arc::<[u8]>::default();
        match (known, self.arena.parts_of(Node::Seq(Kind::Tuple, args))) {
            (Known::Str, &[only]) => match self.node(only)? {
                node if self.text(node).is_some() => Ok(Some(only)),
                Node::Seq(Kind::Tuple, parts) => self.tuple_repr(parts),
                _ => Ok(None),
            },
            (Known::Bytes, []) => self.arena.push_made(Value::Bytes(empty())).map(Some),
            (Known::ByteArray, []) => self.arena.push_made(Value::ByteArray(empty())).map(Some),
            (Known::ByteArray, &[bytes]) => match self.node(bytes)? {
                Node::Made(own) => match self.arena.made.get(place(own)) {
                    Some(Value::Bytes(bytes)) => {
                        let bytes = Value::ByteArray(bytes.clone());
                        self.arena.push_made(bytes).map(Some)
                    }
                    _ => Ok(None),
                },
                _ => Ok(None),
            },
            (Known::ByteArray, &[text, encoding]) => match self.latin1(text, encoding)? {
                Some(bytes) => self.arena.push_made(Value::ByteArray(bytes.into())).map(Some),
                None => Ok(None),
            },
            (Known::Encode, &[text, encoding]) => match self.latin1(text, encoding)? {
                Some(bytes) => self.arena.push_made(Value::Bytes(bytes.into())).map(Some),
                None => Ok(None),
            },
            (Known::Set, &[items]) => self.set_of(Kind::Set, items),
            (Known::FrozenSet, &[items]) => self.set_of(Kind::FrozenSet, items),
            (Known::Set, []) => self.arena.push_seq(Kind::Set, &[]).map(Some),
            (Known::FrozenSet, []) => self.arena.push_seq(Kind::FrozenSet, &[]).map(Some),
            _ => Ok(None),
        }
    }

    fn set_of(&mut self, kind: Kind, items: Id) -> Result<Option<Id>, DecodeError> {
        let node = self.node(items)?;
        if !matches!(node, Node::Seq(Kind::List | Kind::Tuple, _) | Node::Grown(Kind::List, _)) {
            return Ok(None);
        }
        let length = self.arena.parts_of(node).len();
        self.arena.count_given(length)?;
        let ids = self.arena.parts_of(node).to_vec();
        self.arena.push_seq(kind, &ids).map(Some)
    }

    /// The text in Latin-1, where it has no other character and where this is asked for.
    fn latin1(&mut self, text: Id, encoding: Id) -> Result<Option<Vec<u8>>, DecodeError> {
        let (text, encoding) = (self.node(text)?, self.node(encoding)?);
        if !matches!(self.text(encoding), Some(b"latin1" | b"latin-1")) {
            return Ok(None);
        }
        self.respell(self.text(text).map_or(0, <[u8]>::len))?;
        let text = self.text(text).and_then(|text| std::str::from_utf8(text).ok());
        Ok(text.and_then(|text| text.chars().map(|one| u8::try_from(one).ok()).collect()))
    }

    /// `str(('a', 1))`: Python's spelling of the tuple.
    fn tuple_repr(&mut self, parts: Parts) -> Result<Option<Id>, DecodeError> {
        let ids = self.arena.parts_of(Node::Seq(Kind::Tuple, parts)).to_vec();
        self.respell(ids.len())?;
        let mut items = Vec::with_capacity(ids.len());
        for id in ids {
            let node = self.node(id)?;
            self.respell(self.text(node).map_or(0, <[u8]>::len))?;
            items.push(match node {
                Node::None => Value::None,
                Node::Bool(value) => Value::Bool(value),
                Node::Int(number) => Value::Int(number),
                Node::Text(_) => match self.text(node).and_then(Text::from_wtf8) {
                    Some(text) => Value::Str(text),
                    None => return Err(self.broken("a text is not UTF-8")),
                },
                Node::Made(own) => self.arena.made.get(place(own)).ok_or(LOST)?.clone(),
                _ => return Ok(None),
            });
        }
        let Some(text) = repr::tuple(&items) else { return Ok(None) };
        self.respell(text.len())?;
        self.arena.push_made(Value::Str(text.into())).map(Some)
    }
}

fn known(module: &[u8], name: &[u8]) -> Option<Known> {
    match (module, name) {
        (b"_codecs", b"encode") => Some(Known::Encode),
        (b"builtins" | b"__builtin__", name) => match name {
            b"str" => Some(Known::Str),
            b"bytes" => Some(Known::Bytes),
            b"bytearray" => Some(Known::ByteArray),
            b"set" => Some(Known::Set),
            b"frozenset" => Some(Known::FrozenSet),
            _ => None,
        },
        _ => None,
    }
}
