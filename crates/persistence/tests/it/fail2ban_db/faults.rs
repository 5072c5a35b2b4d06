//! Files that cannot be read say which and why; a busy one says so in time.

use bangui_domain::ports::{Fail2banHistory, HistoryCursor, HistoryError};
use bangui_persistence::Fail2banDb;
use bangui_test_support::db::SqliteFile;

use super::Fixture;

async fn fault(path: &std::path::Path) -> HistoryError {
    Fail2banDb::default().read(path.to_str().unwrap(), HistoryCursor::default(), 10).await.unwrap_err()
}

#[tokio::test]
async fn what_cannot_be_read_is_named_with_its_reason() {
    let directory = tempfile::tempdir().unwrap();
    let text = directory.path().join("text");
    std::fs::write(&text, "no database ".repeat(1_000)).unwrap();
    let empty = directory.path().join("empty");
    std::fs::write(&empty, "").unwrap();
    for (path, part) in [
        (directory.path().join("missing"), "No such file"),
        (directory.path().to_owned(), "not a file"),
        (text.join("below"), "Not a directory"),
        (text.clone(), "not a database"),
        (empty.clone(), "no such table"),
    ] {
        let error = fault(&path).await;
        let told = error.to_string();
        assert!(matches!(error, HistoryError::Unreadable { .. }), "{told}");
        assert!(told.contains(part) && told.contains(path.to_str().unwrap()), "{told}");
    }
    assert!(!directory.path().join("missing").exists(), "reading made a file");
    assert_eq!(std::fs::metadata(&empty).unwrap().len(), 0);
}

#[tokio::test]
async fn a_damaged_file_is_named() {
    let mut fixture = Fixture::new();
    for number in 0..500 {
        fixture.ban(&format!("ip{number}"), 1_700_000_000);
    }
    let copy = fixture.directory.path().join("damaged");
    let mut bytes = std::fs::read(fixture.path()).unwrap();
    bytes[4096..].fill(0xA5);
    std::fs::write(&copy, bytes).unwrap();
    let error = fault(&copy).await;
    assert!(
        matches!(&error, HistoryError::Unreadable { reason, .. } if reason.contains("malformed")),
        "{error:?}"
    );
}

#[tokio::test]
async fn odd_characters_in_the_path_are_no_syntax() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a b?mode=rw#%41.sqlite3");
    let fixture = Fixture::new();
    std::fs::copy(fixture.path(), &path).unwrap();
    assert!(super::read(&path, HistoryCursor::default(), 10).await.rows.is_empty());
}

#[tokio::test]
async fn a_writer_that_holds_on_makes_it_busy_and_nothing_worse() {
    let mut fixture = Fixture::new();
    fixture.ban("192.0.2.1", 1_700_000_000);
    let mut writer = SqliteFile::open(&fixture.path());
    writer.execute("BEGIN EXCLUSIVE");
    assert_eq!(fault(&fixture.path()).await, HistoryError::Busy);
    writer.execute("COMMIT");
    assert_eq!(fixture.read(HistoryCursor::default(), 10).await.rows.len(), 1);
}
