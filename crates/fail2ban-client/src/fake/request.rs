//! A request as a fake server sees it.

use crate::codec::{DecodeError, Limits, Value, decode};
use crate::frame::END;

/// A request that has arrived, with its end marker.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    connection: u64,
    bytes: Vec<u8>,
    args: Vec<Value>,
    words: Vec<String>,
}

impl Request {
    pub(super) fn decode(connection: u64, bytes: &[u8]) -> Result<Self, DecodeError> {
        let pickle = bytes.strip_suffix(END).unwrap_or(bytes);
        let value = decode(pickle, &Limits::default())?;
        let args = value.as_sequence().map_or_else(|| vec![value.clone()], <[Value]>::to_vec);
        let words = args.iter().map(word).collect();
        Ok(Self { connection, bytes: bytes.to_vec(), args, words })
    }

    /// The how manieth connection it came over, from 1 on.
    pub fn connection(&self) -> u64 {
        self.connection
    }

    /// What was sent, end marker included.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The elements of the command.
    pub fn args(&self) -> &[Value] {
        &self.args
    }

    /// The elements as texts: numbers and bools as Python prints them, what has parts by its
    /// [description](Value::describe).
    pub fn words(&self) -> Vec<&str> {
        self.words.iter().map(String::as_str).collect()
    }
}

fn word(value: &Value) -> String {
    match value {
        Value::None => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}"),
        Value::Str(text) => text.to_string(),
        other => other.describe(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Arg, encode};

    #[test]
    fn words() {
        let args =
            ["set".into(), Arg::Int(-3), Arg::Float(2.0), Arg::Bool(true), Arg::None, Arg::List(vec![])];
        let request = Request::decode(1, &[encode(&args).unwrap(), END.to_vec()].concat()).unwrap();
        assert_eq!(request.words(), ["set", "-3", "2.0", "True", "None", "a list of 0"]);
        assert_eq!(request.args()[1], Value::Int(-3));
        assert!(Request::decode(1, END).is_err());
    }
}
