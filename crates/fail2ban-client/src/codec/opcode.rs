//! The opcodes of pickle that are read, and how far each one's argument reaches, by which the scanner steps over
//! them. Opcodes that name something outside of the reply are not among them.

/// What follows an opcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Argument {
    /// A fixed number of bytes.
    Fixed(usize),
    /// A length of this many bytes, little-endian, and then that many bytes.
    Counted(usize),
    /// One line of any length.
    Line,
    /// Two lines: names, each within [`LINE_MAX`].
    TwoLines,
    /// Nothing: the pickle is over.
    Stop,
}

pub(super) const MARK: u8 = b'(';
pub(super) const STOP: u8 = b'.';
pub(super) const POP: u8 = b'0';
pub(super) const POP_MARK: u8 = b'1';
pub(super) const DUP: u8 = b'2';
pub(super) const NONE: u8 = b'N';
pub(super) const NEWTRUE: u8 = 0x88;
pub(super) const NEWFALSE: u8 = 0x89;
pub(super) const INT: u8 = b'I';
pub(super) const BININT: u8 = b'J';
pub(super) const BININT1: u8 = b'K';
pub(super) const BININT2: u8 = b'M';
pub(super) const LONG: u8 = b'L';
pub(super) const LONG1: u8 = 0x8a;
pub(super) const LONG4: u8 = 0x8b;
pub(super) const FLOAT: u8 = b'F';
pub(super) const BINFLOAT: u8 = b'G';
pub(super) const UNICODE: u8 = b'V';
pub(super) const SHORT_BINUNICODE: u8 = 0x8c;
pub(super) const BINUNICODE: u8 = b'X';
pub(super) const BINUNICODE8: u8 = 0x8d;
pub(super) const STRING: u8 = b'S';
pub(super) const SHORT_BINSTRING: u8 = b'U';
pub(super) const BINSTRING: u8 = b'T';
pub(super) const SHORT_BINBYTES: u8 = b'C';
pub(super) const BINBYTES: u8 = b'B';
pub(super) const BINBYTES8: u8 = 0x8e;
pub(super) const BYTEARRAY8: u8 = 0x96;
pub(super) const EMPTY_LIST: u8 = b']';
pub(super) const LIST: u8 = b'l';
pub(super) const APPEND: u8 = b'a';
pub(super) const APPENDS: u8 = b'e';
pub(super) const EMPTY_DICT: u8 = b'}';
pub(super) const DICT: u8 = b'd';
pub(super) const SETITEM: u8 = b's';
pub(super) const SETITEMS: u8 = b'u';
pub(super) const EMPTY_TUPLE: u8 = b')';
pub(super) const TUPLE: u8 = b't';
pub(super) const TUPLE1: u8 = 0x85;
pub(super) const TUPLE2: u8 = 0x86;
pub(super) const TUPLE3: u8 = 0x87;
pub(super) const EMPTY_SET: u8 = 0x8f;
pub(super) const ADDITEMS: u8 = 0x90;
pub(super) const FROZENSET: u8 = 0x91;
pub(super) const MEMOIZE: u8 = 0x94;
pub(super) const PUT: u8 = b'p';
pub(super) const BINPUT: u8 = b'q';
pub(super) const LONG_BINPUT: u8 = b'r';
pub(super) const GET: u8 = b'g';
pub(super) const BINGET: u8 = b'h';
pub(super) const LONG_BINGET: u8 = b'j';
pub(super) const STACK_GLOBAL: u8 = 0x93;
pub(super) const GLOBAL: u8 = b'c';
pub(super) const REDUCE: u8 = b'R';
pub(super) const NEWOBJ: u8 = 0x81;
pub(super) const NEWOBJ_EX: u8 = 0x92;
pub(super) const BUILD: u8 = b'b';
pub(super) const PROTO: u8 = 0x80;
pub(super) const FRAME: u8 = 0x95;

/// The longest name of a module or class, and the longest line that holds a number other than an integer.
pub(super) const LINE_MAX: usize = 1024;

/// The argument of an opcode; `None` for one that is refused.
pub(super) fn argument(opcode: u8) -> Option<Argument> {
    Some(match opcode {
        STOP => Argument::Stop,
        MARK | POP | POP_MARK | DUP | NONE | NEWTRUE | NEWFALSE | EMPTY_LIST | LIST | APPEND | APPENDS
        | EMPTY_DICT | DICT | SETITEM | SETITEMS | EMPTY_TUPLE | TUPLE | TUPLE1 | TUPLE2 | TUPLE3
        | EMPTY_SET | ADDITEMS | FROZENSET | MEMOIZE | STACK_GLOBAL | REDUCE | NEWOBJ | NEWOBJ_EX | BUILD => {
            Argument::Fixed(0)
        }
        PROTO | BININT1 | BINPUT | BINGET => Argument::Fixed(1),
        BININT2 => Argument::Fixed(2),
        BININT | LONG_BINPUT | LONG_BINGET => Argument::Fixed(4),
        BINFLOAT | FRAME => Argument::Fixed(8),
        LONG1 | SHORT_BINUNICODE | SHORT_BINSTRING | SHORT_BINBYTES => Argument::Counted(1),
        LONG4 | BINUNICODE | BINSTRING | BINBYTES => Argument::Counted(4),
        BINUNICODE8 | BINBYTES8 | BYTEARRAY8 => Argument::Counted(8),
        INT | LONG | FLOAT | STRING | UNICODE | PUT | GET => Argument::Line,
        GLOBAL => Argument::TwoLines,
        _ => return None,
    })
}

/// Reads a little-endian number of up to eight bytes.
pub(super) fn little_endian(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

/// Whether a pickle may begin so: with a protocol from 0 to 5, or as protocols 0 and 1 do, with any opcode. An
/// incomplete head passes.
pub(super) fn head_is_pickle(bytes: &[u8]) -> bool {
    match *bytes {
        [] | [PROTO] => true,
        [PROTO, version, ..] => version <= 5,
        [opcode, ..] => argument(opcode).is_some(),
    }
}

/// The first bytes for a message.
pub(super) fn head(bytes: &[u8]) -> String {
    bytes.iter().take(24).flat_map(|byte| byte.escape_ascii()).map(char::from).collect()
}
