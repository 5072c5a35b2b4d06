//! The opcode machine's loop: what each binary opcode does. Nothing on the wire is looked up or called.

use std::sync::Arc;

use super::arena::{Arena, Id, Kind, NOTHING, Node, Parts};
use super::build::Builder;
use super::error::DecodeError;
use super::integer;
use super::limits::{Limit, Limits};
use super::machine::Machine;
use super::opcode as op;
use super::text::Text;
use super::value::Value;

/// Decodes one complete pickle of protocol 0 to 5, from its head to its STOP. Its buffer is taken over, and the texts
/// of the value are parts of it: a `Vec<u8>`, and `Bytes` that nobody else holds, are not copied; a slice is.
///
/// Everything that Python's pickler writes for None, bools, numbers, texts, bytes, lists, tuples, dicts and sets
/// becomes the same value here; of integers those of at most 2048 bytes. Objects of all other classes stay
/// [`Value::Object`]. Where a protocol spells a plain value as a call (`set([1])`, `_codecs.encode('a', 'latin1')`, and
/// fail2ban its addresses as `str(…)`), it becomes the plain value.
///
/// # Errors
/// It is no such pickle, refers to something outside of itself, or costs more than the limits allow. Never panics,
/// whatever the bytes are; takes time in proportion to the bytes and to what the limits allow.
pub fn decode(pickle: impl Into<Vec<u8>>, limits: &Limits) -> Result<Value, DecodeError> {
    let pickle = pickle.into();
    if pickle.len() > limits.honoured_bytes() {
        return Err(DecodeError::limit(Limit::ReplyBytes, limits.honoured_bytes()));
    }
    if pickle.is_empty() || !op::head_is_pickle(&pickle) {
        return Err(DecodeError::NotPickle { head: op::head(&pickle) });
    }
    let (arena, root) = Machine::new(&pickle, limits).run()?;
    Builder::new(arena, pickle)?.build(root)
}

impl Machine<'_> {
    /// Reads up to STOP. What only the reading needs, stack and memo, is given back before the tree is built.
    fn run(mut self) -> Result<(Arena, Id), DecodeError> {
        loop {
            self.offset = self.next;
            let code = self.byte()?;
            match code {
                op::STOP => return self.finish(),
                op::MEMOIZE => self.remember(self.memo_used)?,
                op::SHORT_BINUNICODE => {
                    let text = self.counted::<1>()?;
                    self.push_text(text.len())?;
                }
                op::BINGET => {
                    let index = usize::from(self.byte()?);
                    self.recall(index)?;
                }
                op::TUPLE1 => self.tuple(1)?,
                op::REDUCE => self.reduce()?,
                _ => self.step(code)?,
            }
        }
    }

    fn step(&mut self, code: u8) -> Result<(), DecodeError> {
        match code {
            op::PROTO => self.byte().map(drop),
            op::FRAME => self.fixed::<8>().map(drop),
            op::MARK => self.mark(),
            op::POP => self.discard(),
            op::POP_MARK => {
                let height = self.unmark()?;
                self.stack.truncate(height);
                Ok(())
            }
            op::DUP => self.refer(self.top()?),
            op::EMPTY_LIST => self.empty(Kind::List),
            op::EMPTY_DICT => self.empty(Kind::Dict),
            op::EMPTY_SET => self.empty(Kind::Set),
            op::EMPTY_TUPLE => self.empty(Kind::Tuple),
            op::TUPLE2 => self.tuple(2),
            op::TUPLE3 => self.tuple(3),
            op::TUPLE => self.group(Kind::Tuple),
            op::LIST => self.group(Kind::List),
            op::DICT => self.group(Kind::Dict),
            op::FROZENSET => self.group(Kind::FrozenSet),
            op::APPEND => self.grow_by(Kind::List, 1),
            op::SETITEM => self.grow_by(Kind::Dict, 2),
            op::APPENDS => self.grow_by_group(Kind::List),
            op::ADDITEMS => self.grow_by_group(Kind::Set),
            op::SETITEMS => self.grow_by_group(Kind::Dict),
            op::BINPUT => {
                let index = usize::from(self.byte()?);
                self.remember(index)
            }
            op::LONG_BINPUT => {
                let index = self.index()?;
                self.remember(index)
            }
            op::LONG_BINGET => {
                let index = self.index()?;
                self.recall(index)
            }
            op::STACK_GLOBAL => self.class_from_stack(),
            op::NEWOBJ => {
                let args = self.pop()?;
                self.new_object(args, NOTHING)
            }
            op::NEWOBJ_EX => {
                let (keywords, args) = (self.pop()?, self.pop()?);
                self.new_object(args, keywords)
            }
            op::BUILD => {
                let (state, target) = (self.pop()?, self.top()?);
                if self.arena.set_state(target, state)? {
                    Ok(())
                } else {
                    Err(self.broken("attributes for something that is no object"))
                }
            }
            _ => self.leaf(code),
        }
    }

    /// The opcodes of values that have no parts.
    fn leaf(&mut self, code: u8) -> Result<(), DecodeError> {
        let node = match code {
            op::NONE => Node::None,
            op::NEWTRUE => Node::Bool(true),
            op::NEWFALSE => Node::Bool(false),
            op::BININT1 => Node::Int(i64::from(self.byte()?)),
            op::BININT2 => Node::Int(i64::from(u16::from_le_bytes(self.fixed()?))),
            op::BININT => Node::Int(i64::from(i32::from_le_bytes(self.fixed()?))),
            op::BINFLOAT => Node::Float(f64::from_be_bytes(self.fixed()?)),
            op::LONG1 => return self.counted::<1>().and_then(|bytes| self.integer(bytes)),
            op::LONG4 => return self.counted::<4>().and_then(|bytes| self.integer(bytes)),
            op::BINUNICODE => return self.counted::<4>().and_then(|bytes| self.push_text(bytes.len())),
            op::BINUNICODE8 => return self.counted::<8>().and_then(|bytes| self.push_text(bytes.len())),
            op::SHORT_BINSTRING => return self.counted::<1>().and_then(|bytes| self.old_string(bytes)),
            op::BINSTRING => return self.counted::<4>().and_then(|bytes| self.old_string(bytes)),
            op::SHORT_BINBYTES => return self.counted::<1>().and_then(|bytes| self.push_bytes(bytes)),
            op::BINBYTES => return self.counted::<4>().and_then(|bytes| self.push_bytes(bytes)),
            op::BINBYTES8 => return self.counted::<8>().and_then(|bytes| self.push_bytes(bytes)),
            op::BYTEARRAY8 => {
                let bytes = self.counted::<8>()?;
                return self.push_made(Value::ByteArray(Arc::from(bytes)));
            }
            _ => return self.line_opcode(code),
        };
        self.push(node)
    }

    fn finish(mut self) -> Result<(Arena, Id), DecodeError> {
        if self.next < self.bytes.len() {
            return Err(DecodeError::Trailing { count: self.bytes.len() - self.next });
        }
        let root = self.pop()?;
        if self.is_empty() {
            Ok((self.arena, root))
        } else {
            Err(self.broken("values are left over at its end"))
        }
    }

    fn empty(&mut self, kind: Kind) -> Result<(), DecodeError> {
        self.push(Node::Seq(kind, Parts::default()))
    }

    fn grow_by_group(&mut self, wanted: Kind) -> Result<(), DecodeError> {
        let height = self.unmark()?;
        self.grow(wanted, height)
    }

    /// An integer in two's complement, least significant byte first.
    fn integer(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        if bytes.len() > integer::BYTES_MAX {
            return Err(DecodeError::limit(Limit::IntegerBytes, integer::BYTES_MAX));
        }
        let bytes = bytes.get(..integer::significant(bytes)).unwrap_or_default();
        match integer::small(bytes) {
            Some(number) => self.push(Node::Int(number)),
            None => self.push_made(Value::BigInt(Arc::from(bytes))),
        }
    }

    fn push_bytes(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        self.push_made(Value::Bytes(Arc::from(bytes)))
    }

    /// Python 2's `str`, which may hold any bytes.
    pub(super) fn old_string(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        if std::str::from_utf8(bytes).is_ok() {
            return self.push_text(bytes.len());
        }
        self.push_made(Value::Str(Text::from_bytes_escaped(bytes)))
    }
}
