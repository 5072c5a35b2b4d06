//! What a crash, an editor and a packer make of lines.

use std::io::{Cursor, ErrorKind};

use super::{KEPT, Lines};
use crate::f2b_log::packed::tests::gzip;

/// All lines, those that are cut with an ellipsis, and the error that ended them.
pub(in crate::f2b_log) fn lines(bytes: impl Into<Vec<u8>>) -> (Vec<String>, Option<ErrorKind>) {
    let mut lines = Lines::new(Cursor::new(bytes.into())).expect("a beginning");
    let mut found = Vec::new();
    loop {
        match lines.next_line() {
            Ok(Some(line)) => {
                let end = if line.is_cut { "…" } else { "" };
                found.push(format!("{}{end}", String::from_utf8_lossy(line.bytes)));
            }
            Ok(None) => return (found, None),
            Err(error) => return (found, Some(error.kind())),
        }
    }
}

#[test]
fn lines_come_without_their_ends_and_the_last_without_one_is_cut() {
    assert_eq!(lines("a\r\n\nb").0, ["a", "", "b…"]);
    assert_eq!(lines("a\n").0, ["a"]);
    assert!(lines("").0.is_empty());
}

#[test]
fn a_long_line_is_cut_and_the_next_one_is_whole() {
    let mut text = vec![b'x'; 1 << 20];
    text.extend_from_slice(b"\nnext\n");
    let (found, _) = lines(text);
    assert_eq!((found.len(), found[0].len(), found[1].as_str()), (2, KEPT + "…".len(), "next"));
}

#[test]
fn what_a_crash_fills_with_nul_bytes_divides_lines() {
    let mut text = b"one\ntwo and ha".to_vec();
    text.extend(vec![0; 3 << 20]);
    text.extend_from_slice(b"three\n\0\0\0four\n\0\0\n");
    assert_eq!(lines(text).0, ["one", "two and ha…", "three", "four", ""]);
    // A file that was cut to nothing while it was written begins with a hole.
    let mut lines = Lines::new(Cursor::new([vec![0; 70_000], b"one\n\ntwo\n".to_vec()].concat())).unwrap();
    let mut numbers = Vec::new();
    while lines.next_line().unwrap().is_some() {
        numbers.push(lines.number());
    }
    assert_eq!(numbers, [1, 2, 3]);
}

#[test]
fn utf_16_is_read_with_its_mark_and_without_one() {
    let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    for marked in ["\u{feff}2026 é\r\nb\r\n", "2026 é\r\nb\r\n"] {
        assert_eq!(lines(little(marked)).0, ["2026 é", "b"], "{marked:?}");
        assert_eq!(lines(big(marked)).0, ["2026 é", "b"], "{marked:?}");
        assert_eq!(lines(gzip(&little(marked))).0, ["2026 é", "b"], "{marked:?}");
    }
}

#[test]
fn entries_of_the_journal_are_lines_and_their_bytes_forge_none() {
    let mut text = b"__CURSOR=s=1;i=1\n__REALTIME_TIMESTAMP=1714564800123456\nMESSAGE=[sshd] Ban 192.0.2.7\n\
        SYSLOG_IDENTIFIER=fail2ban\n\n__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1714564801000000\n_COMM=web\nMESSAGE\n"
        .to_vec();
    let forged = b"x\n\n__REALTIME_TIMESTAMP=1714564802000000\nSYSLOG_IDENTIFIER=fail2ban\nMESSAGE=[sshd] Ban 192.0.2.8\n\n";
    text.extend_from_slice(&u64::try_from(forged.len()).unwrap().to_le_bytes());
    text.extend_from_slice(forged);
    text.extend_from_slice(b"\n_PID=1\n\n");
    assert_eq!(lines(text).0, ["1714564800.123456 - fail2ban: [sshd] Ban 192.0.2.7", ""]);
}
