//! Replies made to keep the decoder busy: a little of the wire that asks for much work again and again. Each is read,
//! or refused, within a deadline that work in proportion to its length meets with ease, and any more never does.

use std::sync::mpsc;
use std::time::Duration;

use fail2ban_client::Limits;
use fail2ban_client::codec::{DecodeError, Limit, Scanner, Value};

use crate::transcript::decode_within;

/// As often as the parts below are repeated: megabytes of wire.
const TIMES: usize = 200_000;

/// Generous, where the square of the length would take hours.
const DEADLINE: Duration = Duration::from_mins(2);

fn in_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(work()));
    receiver.recv_timeout(DEADLINE).unwrap()
}

/// A pickle with a part that is repeated.
fn repeated(head: &[u8], part: &[u8], tail: &[u8]) -> Vec<u8> {
    [head, &part.repeat(TIMES), tail].concat()
}

fn read(bytes: Vec<u8>) -> Result<Value, DecodeError> {
    in_time(move || {
        let scanned = Scanner::new(&Limits::default()).scan(&bytes);
        assert_eq!(scanned, Ok(Some(bytes.len())));
        decode_within(bytes, &Limits::default())
    })
}

fn refused(bytes: Vec<u8>) -> Limit {
    match read(bytes) {
        Err(DecodeError::Limit { limit, .. }) => limit,
        other => panic!("{other:?}"),
    }
}

/// A list of 200,000, remembered as 0.
fn long_list() -> Vec<u8> {
    [&b"\x80\x04]\x94("[..], &b"N".repeat(200_000), b"e"].concat()
}

/// A text of 200,000 bytes, remembered as 0.
fn long_text() -> Vec<u8> {
    [&b"\x80\x04X\x40\x0d\x03\0"[..], &b"x".repeat(200_000), b"\x94"].concat()
}

#[test]
fn the_same_again_and_again() {
    for (head, part, tail) in [
        (&b"\x80\x04]"[..], &b"(e"[..], &b"."[..]), // parts, of which there are none
        (b"\x80\x04]", b"Na", b"."),                // parts one by one
        (b"\x80\x04]", b"N\x85a", b"."),            // with tuples in between
        (b"\x80\x04]]", b"(NNe", b"\x86."),         // parts two by two
        (b"\x80\x04]\x94]\x94", b"h\0Na0h\x01Na0", b"\x86."), // two lists in turn
        (b"\x80\x04N", b"20", b"."),                // copies, thrown away
        (b"\x80\x04N", b"(1", b"."),                // groups, thrown away
        (b"\x80\x04N", b"(0", b"."),
        (b"\x80\x04N", b"(NNN1", b"."),
        (b"\x80\x04cm\nn\n)R", b"}b", b"."),  // attributes, replaced
        (b"\x80\x04cm\nn\n)R", b"NNs", b"."), // entries of an object
        (b"\x80\x04N", b"q\0", b"."),         // remembered, in the same place
        (b"\x80\x04(", b"V\\u20ac\n", b"t."), // lines with escapes
    ] {
        let pickle = repeated(head, part, tail);
        read(pickle).unwrap_or_else(|error| panic!("{part:?}: {error}"));
    }
}

#[test]
fn a_long_list_again_and_again() {
    // In tuples that are thrown away, and in the text that is made of one.
    read([long_list(), repeated(b"", b"h\0\x850", b".")].concat()).unwrap();
    assert_eq!(refused([long_list(), repeated(b"(", b"h\0", b"t\x86.")].concat()), Limit::ExpandedNodes);
    let set = [long_list(), repeated(b"cbuiltins\nset\n\x94", b"h\x01h\0\x85R0", b"0.")].concat();
    assert_eq!(refused(set), Limit::ExpandedNodes);
    let tuple = [&b"\x80\x04("[..], &b"N".repeat(200_000), b"t\x94"].concat();
    let repr = [tuple, repeated(b"cbuiltins\nstr\n\x94", b"h\x01h\0\x85R0", b"0.")].concat();
    assert_eq!(refused(repr), Limit::ExpandedBytes);
}

#[test]
fn a_long_text_again_and_again() {
    // What is its own text costs nothing.
    read([long_text(), repeated(b"cbuiltins\nstr\n\x94", b"h\x01h\0\x85R0", b"0.")].concat()).unwrap();
    let repr =
        [long_text(), repeated(b"cbuiltins\nstr\n\x94h\0\x85\x94", b"h\x01h\x02\x85R0", b"00.")].concat();
    assert_eq!(refused(repr), Limit::ExpandedBytes);
    let latin = b"c_codecs\nencode\n\x94\x8c\x06latin1\x94";
    let encoded = [long_text(), repeated(latin, b"h\x01h\0h\x02\x86R0", b"00.")].concat();
    assert_eq!(refused(encoded), Limit::ExpandedBytes);
    let tuple = [long_text(), repeated(b"(", b"h\0", b"t\x86.")].concat();
    assert_eq!(refused(tuple), Limit::ExpandedBytes);
}

#[test]
fn long_numbers() {
    let digits = [b"L", "9".repeat(4931).as_bytes(), b"L\n"].concat();
    let pickle = [b"(".to_vec(), digits.repeat(200), b"t.".to_vec()].concat();
    let value = read(pickle).unwrap();
    assert_eq!(value.as_sequence().unwrap()[199].to_decimal().unwrap(), "9".repeat(4931));
    for line in ["L", "I"] {
        let longer = format!("{line}{}\n.", "9".repeat(1_000_000));
        assert_eq!(refused(longer.into_bytes()), Limit::IntegerBytes);
    }
    for head in [&b"\x80\x02\x8b\x01\x08\0\0"[..], b"\x80\x02\x8b\0\0\x10\0"] {
        let length = if head[3] == 1 { 2049 } else { 1 << 20 };
        assert_eq!(refused([head, &vec![1; length], b"."].concat()), Limit::IntegerBytes);
    }
}

#[test]
fn a_long_line_in_small_pieces() {
    let mut line = b"V".to_vec();
    line.resize(4 << 20, b'x');
    line.extend_from_slice(b"\n.");
    in_time(move || {
        let mut scanner = Scanner::new(&Limits::default());
        for end in (0..line.len()).step_by(16) {
            assert_eq!(scanner.scan(&line[..end]), Ok(None));
        }
        assert_eq!(scanner.scan(&line), Ok(Some(line.len())));
        // A line that never ends meets the limit when it does, and not later.
        let limits = Limits::default().with_reply_bytes(1 << 20);
        let error = Scanner::new(&limits).scan(&line[..1 << 20]).unwrap_err();
        assert!(matches!(error, DecodeError::Limit { limit: Limit::ReplyBytes, .. }), "{error}");
    });
}

#[test]
fn texts_that_are_no_utf8_among_many() {
    let pickle = repeated(b"\x80\x04(", b"\x8c\x03\xed\xb3\xbf\x8c\x01x", b"t.");
    let value = read(pickle).unwrap();
    let [lone, plain, ..] = value.as_sequence().unwrap() else { panic!() };
    assert_eq!((lone.as_str(), plain.as_str()), (None, Some("x")));
    let error = read(repeated(b"\x80\x04(", b"\x8c\x01x", b"\x8c\x01\xfft.")).unwrap_err();
    assert_eq!(error, DecodeError::Broken { offset: 3 + 3 * TIMES + 2, what: "a text is not UTF-8" });
}
