//! Requests in pickle protocol 2 without memo and frames, which every fail2ban reads: Python 2.7 to today's. Texts
//! that the server would evaluate as code are not this file's business: it writes what it is given.

use super::error::EncodeError;
use super::text::Text;

const MAX_DEPTH: usize = 16;

/// An element of a request.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Arg {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A `float`.
    Float(f64),
    /// A `str`.
    Str(Text),
    /// A `list`.
    List(Vec<Arg>),
    /// A `dict`.
    Dict(Vec<(Arg, Arg)>),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Str(text.into())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Str(text.into())
    }
}

impl From<Text> for Arg {
    fn from(text: Text) -> Self {
        Self::Str(text)
    }
}

impl From<i64> for Arg {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Arg {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

/// Encodes a command, whose first element is its name, as one pickle.
///
/// # Errors
/// The arguments are nested beyond use, or a text has more than 4 GiB.
pub fn encode(command: &[Arg]) -> Result<Vec<u8>, EncodeError> {
    let mut out = vec![0x80, 0x02];
    list(command, 0, &mut out)?;
    out.push(b'.');
    Ok(out)
}

fn list(items: &[Arg], depth: usize, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    out.push(b']');
    if items.is_empty() {
        return Ok(());
    }
    out.push(b'(');
    for item in items {
        one(item, depth + 1, out)?;
    }
    out.push(b'e');
    Ok(())
}

fn one(arg: &Arg, depth: usize, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    if depth > MAX_DEPTH {
        return Err(EncodeError::TooDeep { max: MAX_DEPTH });
    }
    match arg {
        Arg::None => out.push(b'N'),
        Arg::Bool(value) => out.push(if *value { 0x88 } else { 0x89 }),
        Arg::Int(number) => {
            if let Ok(short) = i32::try_from(*number) {
                out.push(b'J');
                out.extend_from_slice(&short.to_le_bytes());
            } else {
                out.extend_from_slice(&[0x8a, 8]);
                out.extend_from_slice(&number.to_le_bytes());
            }
        }
        Arg::Float(number) => {
            out.push(b'G');
            out.extend_from_slice(&number.to_be_bytes());
        }
        Arg::Str(text) => {
            let bytes = text.as_wtf8();
            let length = u32::try_from(bytes.len()).map_err(|_| EncodeError::TooLong {
                length: bytes.len(),
                max: usize::try_from(u32::MAX).unwrap_or(usize::MAX),
            })?;
            out.push(b'X');
            out.extend_from_slice(&length.to_le_bytes());
            out.extend_from_slice(bytes);
        }
        Arg::List(items) => list(items, depth, out)?,
        Arg::Dict(entries) => {
            out.push(b'}');
            if !entries.is_empty() {
                out.push(b'(');
                for (key, value) in entries {
                    one(key, depth + 1, out)?;
                    one(value, depth + 1, out)?;
                }
                out.push(b'u');
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_of_a_jail_byte_for_byte() {
        assert_eq!(
            encode(&["status".into(), "sshd".into()]).unwrap(),
            b"\x80\x02](X\x06\0\0\0statusX\x04\0\0\0sshde."
        );
        assert_eq!(encode(&[]).unwrap(), b"\x80\x02].");
    }

    #[test]
    fn nesting_beyond_use_is_refused() {
        let deep = (0..40).fold(Arg::None, |inner, _| Arg::List(vec![inner]));
        assert_eq!(encode(&[deep]), Err(EncodeError::TooDeep { max: 16 }));
    }
}
