//! Python's `repr` of a tuple of texts and numbers: the spelling under which the server lists a ban whose id has
//! several parts.

use std::fmt::Write as _;

use super::text::Text;
use super::value::Value;

/// The `repr` of a tuple, where all its elements are texts, integers, bools or None.
pub(crate) fn tuple(items: &[Value]) -> Option<String> {
    let mut out = String::from("(");
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            out.push_str(", ");
        }
        match item {
            Value::Str(text) => quoted(text, &mut out),
            Value::Int(_) | Value::BigInt(_) => out.push_str(&item.to_decimal()?),
            Value::Bool(true) => out.push_str("True"),
            Value::Bool(false) => out.push_str("False"),
            Value::None => out.push_str("None"),
            _ => return None,
        }
    }
    out.push_str(if items.len() == 1 { ",)" } else { ")" });
    Some(out)
}

/// Single quotes, unless the text has some and no double quotes.
fn quoted(text: &Text, out: &mut String) {
    let has = |wanted| text.scalars().any(|scalar| scalar == Ok(wanted));
    let quote = if has('\'') && !has('"') { '"' } else { '\'' };
    out.push(quote);
    for scalar in text.scalars() {
        let (code, character) = match scalar {
            Ok(character) => (u32::from(character), Some(character)),
            Err(surrogate) => (u32::from(surrogate), None),
        };
        match character {
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some(character) if character == quote => {
                out.push('\\');
                out.push(character);
            }
            Some(character) if printable(character) => out.push(character),
            _ => {
                // Writing to a String does not fail.
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push(quote);
}

/// Python and Rust hold the same general categories for printable. Rust also escapes combining marks, but not
/// behind another character.
fn printable(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_control();
    }
    let mut pair = String::from("a");
    pair.push(character);
    pair.escape_debug().eq(pair.chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(items: &[&str]) -> String {
        tuple(&items.iter().map(|&item| Value::Str(item.into())).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn is_spelled_as_python_spells_it() {
        // Expected values: python3 -c 'print(repr(…))'
        assert_eq!(of(&["abc", "joe"]), "('abc', 'joe')");
        assert_eq!(of(&["one"]), "('one',)");
        assert_eq!(of(&["it's", "a \"b\"", "it's \"b\""]), r#"("it's", 'a "b"', 'it\'s "b"')"#);
        assert_eq!(of(&["a\\b\n\r\t\0\u{7f}"]), r"('a\\b\n\r\t\x00\x7f',)");
        assert_eq!(
            of(&["é\u{301}\u{a0}\u{200b}\u{e000}\u{1f600}"]),
            "('é\u{301}\\xa0\\u200b\\ue000\u{1f600}',)"
        );
        let lone = Value::Str(Text::from_wtf8(b"\xed\xb3\xbf").unwrap());
        assert_eq!(
            tuple(&[lone, Value::Int(-3), Value::None, Value::Bool(true)]).unwrap(),
            r"('\udcff', -3, None, True)"
        );
        assert_eq!(tuple(&[]).unwrap(), "()");
        assert_eq!(tuple(&[Value::Float(1.0)]), None);
    }
}
