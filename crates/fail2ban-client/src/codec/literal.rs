//! The spellings of texts in the line opcodes of protocols 0 and 1. Pure functions on one line.

/// Python 2's `repr` of a byte string, with its quotes. `None` where it is none.
pub(super) fn string(line: &[u8]) -> Option<Vec<u8>> {
    let (&quote, rest) = line.split_first()?;
    let (&last, body) = rest.split_last()?;
    if !matches!(quote, b'\'' | b'"') || last != quote {
        return None;
    }
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let (&kind, after) = rest.split_first()?;
        rest = after;
        match kind {
            b'\\' | b'\'' | b'"' => out.push(kind),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'x' => {
                let (digits, after) = rest.split_at_checked(2)?;
                out.push(u8::try_from(hex(digits)?).ok()?);
                rest = after;
            }
            // Python's repr writes no other.
            _ => return None,
        }
    }
    Some(out)
}

/// Latin-1, in which other characters stand as `\u20ac` or `\U0001f600`: as UTF-8 with surrogates. `None` where an
/// escape is none.
pub(super) fn raw_unicode_escape(line: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let length = match (byte, rest.first()) {
            (b'\\', Some(b'u')) => 4,
            (b'\\', Some(b'U')) => 8,
            (b'\\', Some(&next)) => {
                // Whatever follows does not begin an escape.
                push(&mut out, u32::from(byte))?;
                push(&mut out, u32::from(next))?;
                rest = rest.split_first().map_or(rest, |(_, after)| after);
                continue;
            }
            _ => {
                push(&mut out, u32::from(byte))?;
                continue;
            }
        };
        let (_, digits) = rest.split_first()?;
        let (digits, after) = digits.split_at_checked(length)?;
        push(&mut out, hex(digits)?)?;
        rest = after;
    }
    Some(out)
}

fn push(out: &mut Vec<u8>, code: u32) -> Option<()> {
    if let Some(character) = char::from_u32(code) {
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        // A surrogate in three bytes; anything else is beyond the last character.
        let [low, high, 0, 0] = code.to_le_bytes() else { return None };
        out.extend_from_slice(&[
            0xe0 | (high >> 4),
            0x80 | ((high & 0x0f) << 2) | (low >> 6),
            0x80 | (low & 0x3f),
        ]);
    }
    Some(())
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |sum, digit| Some(sum.checked_mul(16)? | char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_strings_of_python_2() {
        assert_eq!(string(br#"'it\'s "x"\\\n\t\r\x00\xff'"#).unwrap(), b"it's \"x\"\\\n\t\r\0\xff");
        assert_eq!(string(br#""it's""#).unwrap(), b"it's");
        for line in [&b""[..], b"'", b"x", b"'x", b"'x\"", br"'\'", br"'\x1'", br"'\xgg'"] {
            assert_eq!(string(line), None, "{line:?}");
        }
    }

    #[test]
    fn texts_in_latin_1_with_escapes() {
        let text = |line: &[u8]| raw_unicode_escape(line);
        assert_eq!(text(b"a\xe9\\u20ac\\U0001f600\\u005c").unwrap(), "aé€😀\\".as_bytes());
        assert_eq!(text(b"\\udcff").unwrap(), b"\xed\xb3\xbf");
        assert_eq!(text(b"\\\\u0041\\x").unwrap(), br"\\u0041\x");
        assert_eq!(text(b"end\\").unwrap(), b"end\\");
        for line in [&b"\\u12"[..], b"\\u12g4", b"\\U00110000", b"\\Uffffffff"] {
            assert_eq!(text(line), None, "{line:?}");
        }
    }
}
