//! The opcodes whose arguments are lines of text: nearly all that protocol 0 has, and the class names of protocols 0
//! to 3.

use super::arena::{Id, Node};
use super::error::DecodeError;
use super::integer;
use super::limits::Limit;
use super::literal;
use super::machine::Machine;
use super::opcode as op;
use super::text::Text;
use super::value::Value;

impl Machine<'_> {
    pub(super) fn line_opcode(&mut self, code: u8) -> Result<(), DecodeError> {
        match code {
            op::INT => self.int_line(),
            op::LONG => {
                let line = self.line()?;
                self.decimal(line.strip_suffix(b"L").unwrap_or(line))
            }
            op::FLOAT => {
                let line = self.line()?;
                let number = self.short(line)?.parse();
                self.push(Node::Float(number.map_err(|_| self.broken("a number that is none"))?))
            }
            op::STRING => {
                let line = self.line()?;
                let bytes = literal::string(line);
                let bytes = bytes.ok_or_else(|| self.broken("a byte string that is none"))?;
                self.push_made(Value::Str(Text::from_bytes_escaped(&bytes)))
            }
            op::UNICODE => self.unicode_line(),
            op::PUT => {
                let index = self.index_line()?;
                self.remember(index)
            }
            op::GET => {
                let index = self.index_line()?;
                self.recall(index)
            }
            op::GLOBAL => {
                let (module, name) = (self.name_line()?, self.name_line()?);
                self.class(module, name)
            }
            _ => Err(DecodeError::Opcode { opcode: code, offset: self.offset }),
        }
    }

    /// `01` and `00` are the bools of protocols 0 and 1.
    fn int_line(&mut self) -> Result<(), DecodeError> {
        match self.line()? {
            b"00" => self.push(Node::Bool(false)),
            b"01" => self.push(Node::Bool(true)),
            digits => self.decimal(digits),
        }
    }

    fn decimal(&mut self, digits: &[u8]) -> Result<(), DecodeError> {
        if digits.len() > integer::DIGITS_MAX {
            return Err(DecodeError::limit(Limit::IntegerBytes, integer::BYTES_MAX));
        }
        match integer::from_decimal(digits) {
            Some(Value::Int(number)) => self.push(Node::Int(number)),
            Some(Value::BigInt(bytes)) if bytes.len() > integer::BYTES_MAX => {
                Err(DecodeError::limit(Limit::IntegerBytes, integer::BYTES_MAX))
            }
            Some(value) => self.push_made(value),
            None => Err(self.broken("an integer that is none")),
        }
    }

    fn unicode_line(&mut self) -> Result<(), DecodeError> {
        let line = self.line()?;
        let text = literal::raw_unicode_escape(line).and_then(|bytes| Text::from_wtf8(&bytes));
        self.push_made(Value::Str(text.ok_or_else(|| self.broken("a text with an escape that is none"))?))
    }

    fn index_line(&mut self) -> Result<usize, DecodeError> {
        let line = self.line()?;
        self.short(line)?.parse().map_err(|_| self.broken("a memo entry that is no number"))
    }

    fn short<'a>(&self, line: &'a [u8]) -> Result<&'a str, DecodeError> {
        let text = std::str::from_utf8(line).ok().filter(|text| text.len() <= op::LINE_MAX);
        text.ok_or_else(|| self.broken("a number that is none"))
    }

    /// Python 2 allows any bytes in a name.
    fn name_line(&mut self) -> Result<Id, DecodeError> {
        let line = self.line()?;
        if line.len() > op::LINE_MAX {
            return Err(DecodeError::limit(Limit::NameBytes, op::LINE_MAX));
        }
        self.push_made(Value::Str(Text::from_bytes_escaped(line)))?;
        self.pop()
    }
}
