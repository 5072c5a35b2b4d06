//! The opcode machine: reads one pickle into a [`Value`]. Nothing on the wire is looked up or called; the one call
//! that is understood is `str(x)`, in which fail2ban wraps addresses.

use std::sync::Arc;

use super::arena::{Id, Kind, Node, Recipe};
use super::error::DecodeError;
use super::limits::{Limit, Limits};
use super::machine::Machine;
use super::opcode::{self as op, Argument};
use super::repr;
use super::text::Text;
use super::value::{Class, Value};

/// Decodes one complete pickle, from its head to its STOP.
///
/// # Errors
/// It is not a pickle of the kind that fail2ban sends, or costs more than the limits allow. Never panics, whatever
/// the bytes are.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Value, DecodeError> {
    if bytes.len() > limits.reply_bytes {
        return Err(DecodeError::limit(Limit::ReplyBytes, limits.reply_bytes));
    }
    if bytes.is_empty() || !op::head_is_pickle(bytes) {
        return Err(DecodeError::NotPickle { head: op::head(bytes) });
    }
    let mut machine = Machine::new(bytes, limits);
    let root = machine.run()?;
    machine.arena.build(root, limits)
}

impl Machine<'_> {
    fn run(&mut self) -> Result<Id, DecodeError> {
        let mut rest = self.bytes;
        loop {
            self.offset = self.bytes.len() - rest.len();
            let (&code, tail) = rest.split_first().ok_or_else(|| self.truncated())?;
            let argument =
                op::argument(code).ok_or(DecodeError::Opcode { opcode: code, offset: self.offset })?;
            let (data, after) = match argument {
                Argument::Stop if !tail.is_empty() => {
                    return Err(DecodeError::Trailing { count: tail.len() });
                }
                Argument::Stop => return self.finish(),
                Argument::Fixed(length) => self.cut(tail, length)?,
                Argument::Counted(width) => {
                    let (count, tail) = self.cut(tail, width)?;
                    let count = usize::try_from(op::little_endian(count)).map_err(|_| self.truncated())?;
                    self.cut(tail, count)?
                }
                Argument::TwoLines => {
                    let (module, tail) = self.line(tail)?;
                    let (name, tail) = self.line(tail)?;
                    self.class(&Text::from_bytes_escaped(module), &Text::from_bytes_escaped(name))?;
                    rest = tail;
                    continue;
                }
            };
            rest = after;
            self.step(code, data)?;
        }
    }

    fn step(&mut self, code: u8, data: &[u8]) -> Result<(), DecodeError> {
        match code {
            op::PROTO | op::FRAME => Ok(()),
            op::MARK => self.mark(),
            op::NONE => self.leaf(Value::None),
            op::NEWTRUE => self.leaf(Value::Bool(true)),
            op::NEWFALSE => self.leaf(Value::Bool(false)),
            op::BININT1 | op::BININT2 => self.leaf(Value::Int(self.number(data)?)),
            op::BININT | op::LONG1 => self.leaf(signed(data)),
            op::BINFLOAT => {
                let bytes: [u8; 8] = data.try_into().map_err(|_| self.truncated())?;
                self.leaf(Value::Float(f64::from_be_bytes(bytes)))
            }
            op::SHORT_BINUNICODE | op::BINUNICODE => {
                let text = Text::from_wtf8(data).ok_or_else(|| self.broken("a text is not UTF-8"))?;
                self.leaf(Value::Str(text))
            }
            op::SHORT_BINSTRING | op::BINSTRING => self.leaf(Value::Str(Text::from_bytes_escaped(data))),
            op::SHORT_BINBYTES | op::BINBYTES => self.leaf(Value::Bytes(Arc::from(data))),
            op::BYTEARRAY8 => self.leaf(Value::ByteArray(Arc::from(data))),
            op::EMPTY_LIST => self.seq(Kind::List, Vec::new()),
            op::EMPTY_DICT => self.seq(Kind::Dict, Vec::new()),
            op::EMPTY_SET => self.seq(Kind::Set, Vec::new()),
            op::EMPTY_TUPLE => self.seq(Kind::Tuple, Vec::new()),
            op::TUPLE1 => self.tuple(1),
            op::TUPLE2 => self.tuple(2),
            op::TUPLE3 => self.tuple(3),
            op::TUPLE => {
                let items = self.since_mark()?;
                self.seq(Kind::Tuple, items)
            }
            op::FROZENSET => {
                let items = self.since_mark()?;
                self.seq(Kind::FrozenSet, items)
            }
            op::APPEND => {
                let item = self.pop()?;
                self.grow(&[item], Kind::List)
            }
            op::APPENDS => {
                let items = self.since_mark()?;
                self.grow(&items, Kind::List)
            }
            op::ADDITEMS => {
                let items = self.since_mark()?;
                self.grow(&items, Kind::Set)
            }
            op::SETITEM => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.grow(&[key, value], Kind::Dict)
            }
            op::SETITEMS => {
                let items = self.since_mark()?;
                self.grow(&items, Kind::Dict)
            }
            op::MEMOIZE => self.remember(self.memo_used),
            op::BINPUT | op::LONG_BINPUT => self.remember(self.index(data)?),
            op::BINGET | op::LONG_BINGET => {
                let id = self.memo.get(self.index(data)?).copied().flatten();
                let id = id.ok_or_else(|| self.broken("a reference to nothing"))?;
                self.stack.push(id);
                Ok(())
            }
            op::STACK_GLOBAL => {
                let (name, module) = (self.pop_text()?, self.pop_text()?);
                self.class(&module, &name)
            }
            op::REDUCE => self.reduce(),
            op::BUILD => self.set_state(),
            _ => Err(DecodeError::Opcode { opcode: code, offset: self.offset }),
        }
    }

    fn finish(&mut self) -> Result<Id, DecodeError> {
        let root = self.pop()?;
        if self.stack.is_empty() && self.marks.is_empty() {
            Ok(root)
        } else {
            Err(self.broken("values are left over at its end"))
        }
    }

    /// `str(x)` becomes its text; every other call stays a recipe.
    fn reduce(&mut self) -> Result<(), DecodeError> {
        let (args, callable) = (self.pop()?, self.pop()?);
        let class = match self.arena.leaf(callable) {
            Some(Value::Class(class)) => Arc::clone(class),
            _ => return Err(self.broken("a call of something that is no class")),
        };
        if is_str(&class)
            && let Some(Node::Seq(Kind::Tuple, parts)) = self.arena.get(args)
            && let &[only] = parts.as_slice()
        {
            if let Some(Value::Str(_)) = self.arena.leaf(only) {
                self.stack.push(only);
                return Ok(());
            }
            if let Some(text) = self.tuple_repr(only) {
                return self.leaf(Value::Str(text.into()));
            }
        }
        let recipe = Recipe { class, args, items: Vec::new(), entries: Vec::new(), state: None };
        self.node(Node::Object(Box::new(recipe)))
    }

    fn tuple_repr(&self, id: Id) -> Option<String> {
        let Some(Node::Seq(Kind::Tuple, parts)) = self.arena.get(id) else { return None };
        let items: Option<Vec<Value>> = parts.iter().map(|&part| self.arena.leaf(part).cloned()).collect();
        repr::tuple(&items?)
    }

    fn set_state(&mut self) -> Result<(), DecodeError> {
        let state = self.pop()?;
        let target = self.top()?;
        match self.arena.get_mut(target) {
            Some(Node::Object(recipe)) => {
                recipe.state = Some(state);
                Ok(())
            }
            _ => Err(self.broken("attributes for something that is no object")),
        }
    }

    /// Adds parts to the container, or to the object, on top of the stack.
    fn grow(&mut self, parts: &[Id], wanted: Kind) -> Result<(), DecodeError> {
        if wanted == Kind::Dict && !parts.len().is_multiple_of(2) {
            return Err(self.broken("a key without a value"));
        }
        let target = self.top()?;
        let held = match self.arena.get_mut(target) {
            Some(Node::Seq(kind, held)) if *kind == wanted => held,
            Some(Node::Object(recipe)) if wanted == Kind::Dict => &mut recipe.entries,
            Some(Node::Object(recipe)) => &mut recipe.items,
            _ => return Err(self.broken("parts for something that is no container")),
        };
        held.extend_from_slice(parts);
        Ok(())
    }

    fn class(&mut self, module: &Text, name: &Text) -> Result<(), DecodeError> {
        if module.as_wtf8().len() > op::LINE_MAX || name.as_wtf8().len() > op::LINE_MAX {
            return Err(DecodeError::limit(Limit::NameBytes, op::LINE_MAX));
        }
        self.leaf(Value::Class(Arc::new(Class { module: module.clone(), name: name.clone() })))
    }
}

fn is_str(class: &Class) -> bool {
    class.name == "str" && (class.module == "builtins" || class.module == "__builtin__")
}

/// An integer in two's complement, least significant byte first.
fn signed(data: &[u8]) -> Value {
    if data.len() > 8 {
        return Value::BigInt(Arc::from(data));
    }
    let filler = if data.last().is_some_and(|byte| byte & 0x80 != 0) { 0xff } else { 0 };
    let mut bytes = [filler; 8];
    for (to, from) in bytes.iter_mut().zip(data) {
        *to = *from;
    }
    Value::Int(i64::from_le_bytes(bytes))
}
