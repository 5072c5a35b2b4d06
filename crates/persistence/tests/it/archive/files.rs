//! Archives that were cut off, damaged or made up: never taken for whole.

use std::io::{Read, Write};

use bangui_persistence::DbKind;
use bangui_persistence::archive::ArchiveError;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::{archive, connect, full, source, verify};
use bangui_test_support::db::Place;

fn lines(bytes: &[u8]) -> Vec<String> {
    let mut text = String::new();
    GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn zipped(text: &str) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(text.as_bytes()).unwrap();
    out.finish().unwrap()
}

fn why(bytes: Vec<u8>) -> String {
    match verify(bytes) {
        Err(error @ ArchiveError::Unfit { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_archive_that_lacks_any_part_is_refused() {
    let whole = archive(full(DbKind::Sqlite).url());
    assert!(verify(whole.clone()).unwrap().rows() > 0);
    for length in 0..whole.len() {
        let told = why(whole[..length].to_vec());
        assert!(told.contains("cut off") || length == 0, "{length}: {told}");
    }
    let mut longer = whole;
    longer.push(0);
    assert!(why(longer).contains("something follows"));
}

#[test]
fn a_flipped_bit_is_noticed_or_changes_nothing() {
    let whole = archive(full(DbKind::Sqlite).url());
    let text = lines(&whole);
    let mut noticed = 0;
    for at in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        match verify(flipped.clone()) {
            // Some bits of gzip's mean nothing.
            Ok(_) => assert_eq!(lines(&flipped), text, "the byte {at}"),
            Err(_) => noticed += 1,
        }
    }
    assert!(noticed > whole.len() - 20, "{noticed} of {}", whole.len());
}

#[test]
fn what_is_no_archive_is_told_so() {
    let line = |text: &str| zipped(&format!("{text}\n"));
    let head = "{\"format\":\"bangui-archive\",\"format_version\":1,\"bangui\":\"9.9.9\",\"schema\":\"0001\",\
                \"database\":\"sqlite\",\"created_at\":\"2023-11-14T22:13:20Z\"}";
    assert!(why(b"SQLite format 3\0 and so on".to_vec()).contains("no gzip file"));
    assert!(why(zipped("hello\n")).contains("not an archive"));
    assert!(why(line(&head.replace("bangui-archive", "another"))).contains("not an archive"));
    assert!(why(zipped(head)).contains("cut off"));
    assert!(why(line(head)).contains("cut off"));
    assert!(why(line(&format!("{head}\n{{\"rows\":{{}},\"sha256\":\"00\"}}"))).contains("damaged"));
    assert!(why(line(&format!("{head}\n[1]"))).contains("damaged"));
    assert!(why(line(&format!("{head}\nhello"))).contains("damaged"));
    for (old, new, named) in [
        ("\"format_version\":1", "\"format_version\":2", "version 2 of the format"),
        ("\"schema\":\"0001\"", "\"schema\":\"9999\"", "the migration 9999"),
    ] {
        let newer = verify(line(&head.replace(old, new))).unwrap_err();
        assert!(matches!(&newer, ArchiveError::Newer { .. }), "{newer:?}");
        let told = newer.to_string();
        assert!(told.contains(named) && told.contains("9.9.9"), "{told}");
    }
}

#[test]
fn a_line_without_end_is_given_up() {
    let head = lines(&archive(full(DbKind::Sqlite).url())).remove(0);
    let long = format!("{head}\n[\"{}", "a".repeat(64 << 20));
    assert!(why(zipped(&long)).contains("no end"));
}

/// An archive with these lines and the right end for them.
fn sealed(lines: &[String], rows: &str) -> Vec<u8> {
    use sha2::Digest as _;
    let text: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    let hash = sha2::Sha256::digest(text.as_bytes());
    let hash: Vec<String> = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    zipped(&format!("{text}{{\"rows\":{rows},\"sha256\":\"{}\"}}\n", hash.concat()))
}

#[tokio::test]
async fn a_made_up_archive_with_a_right_end_is_refused_by_what_is_in_it() {
    let mut whole = lines(&archive(Place::of_schema(DbKind::Sqlite, "0001").url()));
    let end = whole.pop().unwrap();
    let counts = "{\"servers\":1,\"settings\":1}";
    assert!(end.contains(counts), "{end}");
    let refused = async |lines: Vec<String>, counts: &str, part: &str| {
        for kind in [DbKind::Sqlite, DbKind::Postgres] {
            let place = Place::new(kind);
            let db = connect(&place).await;
            let error = db.load(source(sealed(&lines, counts)), false, None).await.unwrap_err();
            assert!(error.to_string().to_lowercase().contains(part), "{error}");
            assert!(!db.judge_target(false).await.unwrap(), "nothing was made");
        }
    };
    let with = |old: &str, new: &str| -> Vec<String> {
        let lines: Vec<String> = whole.iter().map(|line| line.replace(old, new)).collect();
        assert_ne!(lines, whole);
        lines
    };
    refused(whole[..3].to_vec(), "{\"servers\":1}", "lacks the table settings").await;
    refused(
        with("\"table\":\"settings\"", "\"table\":\"sessions\""),
        "{\"servers\":1,\"sessions\":1}",
        "sessions",
    )
    .await;
    refused(with("\"name\":\"value\"", "\"name\":\"wert\""), counts, "other columns").await;
    refused(
        with("\"history_rowid\",\"type\":\"integer\"", "\"history_rowid\",\"type\":\"text\""),
        counts,
        "other columns",
    )
    .await;
    refused(with("\"local\",41", "\"local\",\"41\""), counts, "history_rowid").await;
    refused(with("\"local\",41", "\"local\",null"), counts, "check").await;
}
