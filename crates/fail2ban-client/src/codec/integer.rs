//! Integers of more than 64 bits: decimal digits to two's complement and back. Both take time with the square of the
//! length, which is why the length is limited.

use std::fmt::Write as _;

use super::value::Value;

/// The longest integer in bytes of two's complement: 4931 digits. Python refuses to print one of more than 4300.
pub(super) const BYTES_MAX: usize = 2048;

/// The longest integer in decimal digits, with sign and suffix.
pub(super) const DIGITS_MAX: usize = 4935;

/// As many digits as a limb takes at once.
const CHUNK: usize = 19;
const CHUNK_BASE: u64 = 10_000_000_000_000_000_000;

/// Two's complement, least significant byte first, as an integer; nothing is zero.
pub(super) fn small(bytes: &[u8]) -> Option<i64> {
    let filler = if is_negative(bytes) { 0xff } else { 0 };
    if bytes.len() > 8 {
        return None;
    }
    let mut whole = [filler; 8];
    for (to, from) in whole.iter_mut().zip(bytes) {
        *to = *from;
    }
    Some(i64::from_le_bytes(whole))
}

/// How many bytes of two's complement hold the number; the rest repeats the sign.
pub(super) fn significant(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let [.., below, sign] = *rest
        && ((sign == 0 && below < 0x80) || (sign == 0xff && below >= 0x80))
    {
        rest = rest.split_last().map_or(rest, |(_, rest)| rest);
    }
    rest.len()
}

fn is_negative(bytes: &[u8]) -> bool {
    bytes.last().is_some_and(|byte| *byte >= 0x80)
}

/// Decimal digits, perhaps with a sign; `None` where it is anything else.
pub(super) fn from_decimal(text: &[u8]) -> Option<Value> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?;
    if let Ok(number) = text.parse() {
        return Some(Value::Int(number));
    }
    let mut limbs: Vec<u64> = Vec::with_capacity(digits.len() / CHUNK + 2);
    let (head, chunks) = digits.as_rchunks::<CHUNK>();
    for chunk in std::iter::once(head).chain(chunks.iter().map(<[u8; CHUNK]>::as_slice)) {
        let mut carry = chunk.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        for limb in &mut limbs {
            (*limb, carry) = limb.carrying_mul(CHUNK_BASE, carry);
        }
        if carry > 0 {
            limbs.push(carry);
        }
    }
    // Room for the sign.
    limbs.push(0);
    if negative {
        negate(&mut limbs);
    }
    let mut bytes: Vec<u8> = limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect();
    bytes.truncate(significant(&bytes));
    Some(small(&bytes).map_or_else(|| Value::BigInt(bytes.into()), Value::Int))
}

/// The decimal digits of two's complement.
pub(super) fn to_decimal(bytes: &[u8]) -> String {
    let negative = is_negative(bytes);
    let filler = if negative { 0xff } else { 0 };
    let mut limbs: Vec<u64> = bytes
        .chunks(8)
        .map(|chunk| {
            let mut whole = [filler; 8];
            for (to, from) in whole.iter_mut().zip(chunk) {
                *to = *from;
            }
            u64::from_le_bytes(whole)
        })
        .collect();
    if negative {
        negate(&mut limbs);
    }
    let mut chunks = Vec::with_capacity(limbs.len() + 1);
    while limbs.last() == Some(&0) {
        limbs.pop();
    }
    while !limbs.is_empty() {
        let mut rest = 0;
        for limb in limbs.iter_mut().rev() {
            let wide = (u128::from(rest) << 64) | u128::from(*limb);
            // Both are below 2^64: the rest is less than the base.
            *limb = u64::try_from(wide / u128::from(CHUNK_BASE)).unwrap_or(u64::MAX);
            rest = u64::try_from(wide % u128::from(CHUNK_BASE)).unwrap_or(u64::MAX);
        }
        chunks.push(rest);
        while limbs.last() == Some(&0) {
            limbs.pop();
        }
    }
    let mut out = String::from(if negative { "-" } else { "" });
    let mut chunks = chunks.iter().rev();
    out.push_str(&chunks.next().unwrap_or(&0).to_string());
    for chunk in chunks {
        // Writing to a String does not fail.
        let _ = write!(out, "{chunk:0CHUNK$}");
    }
    out
}

fn negate(limbs: &mut [u64]) {
    let mut carry = true;
    for limb in limbs {
        (*limb, carry) = (!*limb).overflowing_add(u64::from(carry));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_there_and_back() {
        let nines = "9".repeat(4932);
        for text in [
            "9223372036854775808",
            "-9223372036854775809",
            "18446744073709551616",
            "340282366920938463463374607431768211456",
            "-340282366920938463463374607431768211456",
            "10000000000000000000000000000000000000000",
            &nines,
            &format!("-{nines}"),
        ] {
            let value = from_decimal(text.as_bytes()).unwrap();
            assert!(matches!(value, Value::BigInt(_)), "{text}");
            assert_eq!(value.to_decimal().unwrap(), text);
        }
        for (text, number) in [("0", 0), ("-0", 0), ("+7", 7), ("000000000000000000000000000007", 7)] {
            assert_eq!(from_decimal(text.as_bytes()), Some(Value::Int(number)));
        }
        for text in ["9223372036854775807", "-9223372036854775808"] {
            assert_eq!(from_decimal(text.as_bytes()).unwrap().as_int(), text.parse().ok());
        }
        for text in ["", "-", "1_000", " 1", "0x10", "1L", "--1"] {
            assert_eq!(from_decimal(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn as_few_bytes_as_hold_the_number() {
        for (bytes, length) in [
            (&[][..], 0),
            (&[0], 1),
            (&[0, 0, 0], 1),
            (&[0xff, 0xff], 1),
            (&[0x80, 0], 2),
            (&[0x80, 0xff, 0xff], 1),
            (&[0x7f, 0xff], 2),
        ] {
            assert_eq!(significant(bytes), length, "{bytes:?}");
        }
    }
}
