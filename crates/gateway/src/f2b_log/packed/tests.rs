//! Files of every packer, whole, in several parts, torn, and made to grow.

use std::io::{Cursor, ErrorKind, Read as _, Write as _};

use bzip2::write::BzEncoder;
use flate2::write::GzEncoder;
use lzma_rust2::{XzOptions, XzWriter};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use super::unpack;
use crate::f2b_log::lines::tests::lines;

pub(in crate::f2b_log) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = BzEncoder::new(Vec::new(), bzip2::Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = XzWriter::new(Vec::new(), XzOptions::with_preset(6)).expect("options");
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

type Packer = fn(&[u8]) -> Vec<u8>;
const PACKERS: [(&str, Packer); 4] = [("gzip", gzip), ("bzip2", bzip2), ("xz", xz), ("zstd", zstd)];

#[test]
fn parts_of_a_file_are_one_file_and_a_torn_one_is_an_error() {
    for (name, pack) in PACKERS {
        let mut bytes = pack(b"one\n");
        bytes.extend(pack(b"two\n"));
        assert_eq!(lines(bytes.clone()), (vec!["one".to_owned(), "two".to_owned()], None), "{name}");
        bytes.truncate(bytes.len() - 6);
        let (found, error) = lines(bytes);
        assert!(error.is_some(), "{name}");
        assert_eq!(found.first().map(String::as_str), Some("one"), "{name}");
    }
}

#[test]
fn what_real_packers_have_made_is_read() {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/logs/rotated");
    let rest = lines(std::fs::read(format!("{fixtures}-rest.log")).unwrap());
    assert_eq!(rest.0.len(), 3);
    for name in ["bz2", "xz", "zst"] {
        assert_eq!(lines(std::fs::read(format!("{fixtures}.log.{name}")).unwrap()), rest, "{name}");
    }
}

#[test]
fn what_a_zstd_file_has_beside_its_frames_is_left_out_and_checksums_are_compared() {
    let mut bytes = b"\x50\x2a\x4d\x18\x03\0\0\0abc".to_vec();
    bytes.extend(zstd(b"one\n"));
    assert_eq!(lines(bytes.clone()).0, ["one"]);
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    assert_eq!(lines(bytes).1, Some(ErrorKind::InvalidData));
    assert_eq!(lines(b"\x50\x2a\x4d\x18\xff\xff\xff\xffabc".to_vec()).1, Some(ErrorKind::UnexpectedEof));
}

#[test]
fn what_asks_for_more_memory_than_anybody_needs_is_refused() {
    let mut greedy = xz(b"one\n");
    // The dictionary of the block: 4 GiB, with the checksum of the header made anew.
    let at = 12;
    let size = (usize::from(greedy[at]) + 1) * 4;
    let property = greedy[at..at + size].iter().position(|byte| *byte == 0x21).expect("LZMA2") + at + 2;
    greedy[property] = 40;
    let mut crc = flate2::Crc::new();
    crc.update(&greedy[at..at + size - 4]);
    greedy[at + size - 4..at + size].copy_from_slice(&crc.sum().to_le_bytes());
    let (found, error) = lines(greedy);
    assert!(found.is_empty() && error == Some(ErrorKind::OutOfMemory), "{found:?} {error:?}");
    // A frame with a window of 1 GiB.
    let (found, error) = lines(b"\x28\xb5\x2f\xfd\x00\xa0\x01\0\0".to_vec());
    assert!(found.is_empty() && error == Some(ErrorKind::InvalidData), "{found:?} {error:?}");
}

#[test]
fn one_byte_at_a_time_says_what_a_file_is_too() {
    struct Slow(Cursor<Vec<u8>>);
    impl std::io::Read for Slow {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let room = into.len().min(1);
            self.0.read(&mut into[..room])
        }
    }
    for (name, pack) in PACKERS {
        let slow = std::io::BufReader::with_capacity(1, Slow(Cursor::new(pack(b"one\n"))));
        let mut text = String::new();
        unpack(slow).unwrap().bytes.read_to_string(&mut text).unwrap();
        assert_eq!(text, "one\n", "{name}");
    }
}

#[test]
fn what_is_not_unpacked_here_is_named() {
    for (bytes, what) in
        [(&b"PK\x03\x04\x14\0"[..], "zip"), (b"\x04\x22\x4d\x18\x64", "lz4"), (b"LPKSHHRH\0", "journalctl")]
    {
        let error = unpack(bytes).map(|_| ()).expect_err("not read");
        assert!(error.to_string().contains(what), "{error}");
    }
}

#[test]
fn the_time_within_gzip_is_that_of_the_file_before() {
    let dated = flate2::GzBuilder::new().mtime(1_700_000_000).write(Vec::new(), flate2::Compression::fast());
    let bytes = dated.finish().unwrap();
    assert_eq!(
        unpack(Cursor::new(bytes)).unwrap().written_at.map(bangui_domain::model::Timestamp::as_secs),
        Some(1_700_000_000)
    );
    assert_eq!(unpack(Cursor::new(gzip(b""))).unwrap().written_at, None);
}
