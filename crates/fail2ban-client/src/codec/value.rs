//! A decoded reply as a tree of values. Shared parts are shared in memory; the decoder's limits bound what following
//! every reference costs, and how deep the tree is.

use std::sync::Arc;

use super::integer;
use super::text::Text;

/// A Python value. Cheap to clone: what it consists of is shared.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An integer of at most 64 bits.
    Int(i64),
    /// A longer integer: its bytes in two's complement, least significant first, as few as hold it. At most 2048;
    /// [`Value::to_decimal`] gives its digits.
    BigInt(Arc<[u8]>),
    /// A `float`.
    Float(f64),
    /// A `str`, or what the server made one of by `str(…)`.
    Str(Text),
    /// `bytes`.
    Bytes(Arc<[u8]>),
    /// `bytearray`.
    ByteArray(Arc<[u8]>),
    /// A `list`.
    List(Arc<[Value]>),
    /// A `tuple`.
    Tuple(Arc<[Value]>),
    /// A `dict`, in the order of the wire; a key may come twice.
    Dict(Arc<[(Value, Value)]>),
    /// A `set`, in the order of the wire; an element may come twice.
    Set(Arc<[Value]>),
    /// A `frozenset`, in the order of the wire; an element may come twice.
    FrozenSet(Arc<[Value]>),
    /// A class or function, by name alone.
    Class(Arc<Class>),
    /// What a class or function was called with, instead of the call.
    Object(Arc<Object>),
}

/// The name of a Python class or function. Nothing is ever looked up by it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Class {
    /// The module: `builtins`, `fail2ban.exceptions`.
    pub module: Text,
    /// The name in it: `str`, `UnknownJailException`.
    pub name: Text,
}

/// An object, as the recipe by which Python would make it.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// What would be called.
    pub class: Arc<Class>,
    /// The arguments of the call, a tuple.
    pub args: Value,
    /// Its arguments by name, as a rule a dict, where there may be any.
    pub keywords: Option<Value>,
    /// The attributes set afterwards, where there are any.
    pub state: Option<Value>,
    /// Elements appended afterwards.
    pub items: Arc<[Value]>,
    /// Keys and values set afterwards.
    pub entries: Arc<[(Value, Value)]>,
}

impl Value {
    /// The text of a `str`.
    pub fn as_text(&self) -> Option<&Text> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a `str` without lone surrogates.
    pub fn as_str(&self) -> Option<&str> {
        self.as_text().and_then(Text::as_str)
    }

    /// An integer; `True` and `False` are not.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// An integer of any size in decimal digits; `True` and `False` are not.
    pub fn to_decimal(&self) -> Option<String> {
        match self {
            Self::Int(number) => Some(number.to_string()),
            Self::BigInt(bytes) => Some(integer::to_decimal(bytes)),
            _ => None,
        }
    }

    /// The elements of a list or a tuple.
    pub fn as_sequence(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) | Self::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a dict.
    pub fn as_dict(&self) -> Option<&[(Self, Self)]> {
        match self {
            Self::Dict(entries) => Some(entries),
            _ => None,
        }
    }

    /// What it is, for messages: `a list of 3`, `the text "x"`.
    pub fn describe(&self) -> String {
        match self {
            Self::None => "None".to_owned(),
            Self::Bool(value) => format!("the bool {value}"),
            Self::Int(number) => format!("the number {number}"),
            Self::BigInt(bytes) => {
                let digits = integer::to_decimal(bytes);
                let shown: String = digits.chars().take(40).collect();
                let more = if shown.len() < digits.len() { "…" } else { "" };
                format!("the number {shown}{more}")
            }
            Self::Float(number) => format!("the number {number}"),
            Self::Str(text) => {
                let shown: String = text.to_lossy().chars().take(80).collect();
                format!("the text {shown:?}")
            }
            Self::Bytes(bytes) | Self::ByteArray(bytes) => format!("{} bytes", bytes.len()),
            Self::List(items) => format!("a list of {}", items.len()),
            Self::Tuple(items) => format!("a tuple of {}", items.len()),
            Self::Dict(entries) => format!("a dict of {}", entries.len()),
            Self::Set(items) | Self::FrozenSet(items) => format!("a set of {}", items.len()),
            Self::Class(class) => format!("the class {}.{}", class.module, class.name),
            Self::Object(object) => format!("an object of {}.{}", object.class.module, object.class.name),
        }
    }
}
