//! What a row says, in every form in which fail2ban writes it.

use bangui_domain::model::Timestamp;
use bangui_domain::ports::HistoryCursor;

use super::Fixture;

async fn values(fixture: &Fixture) -> Vec<(String, Option<i64>, Option<u32>, Option<u32>)> {
    let page = fixture.read(HistoryCursor::default(), 500).await;
    page.rows.into_iter().map(|row| (row.id.to_string(), row.bantime, row.ban_count, row.failures)).collect()
}

#[tokio::test]
async fn every_field_is_read() {
    let mut fixture = Fixture::new();
    fixture.ban("2001:db8::1", 1_700_000_000);
    let page = fixture.read(HistoryCursor::default(), 500).await;
    let row = &page.rows[0];
    assert_eq!((row.rowid, row.jail.as_str(), row.id.as_str()), (1, "sshd", "2001:db8::1"));
    assert_eq!(row.banned_at, Timestamp::from_secs(1_700_000_000));
    assert_eq!((row.bantime, row.ban_count, row.failures), (Some(600), Some(1), Some(3)));
    assert_eq!(page.cursor, HistoryCursor { rowid: 1, timeofban: 1_700_000_000 });
    assert!(!page.more);
}

#[tokio::test]
async fn lengths_may_be_real_unknown_or_for_ever() {
    let mut fixture = Fixture::new();
    for (ip, bantime) in [("a", "600.35"), ("b", "-1"), ("c", "-2"), ("d", "0"), ("e", "-1.0")] {
        fixture
            .file
            .execute(&format!("INSERT INTO bans VALUES ('sshd', '{ip}', 1700000000, {bantime}, 2, NULL)"));
    }
    let lengths: Vec<_> = values(&fixture).await.into_iter().map(|(_, bantime, ..)| bantime).collect();
    assert_eq!(lengths, [Some(600), Some(-1), None, Some(0), Some(-1)]);
}

#[tokio::test]
async fn failures_are_read_from_any_form_of_data() {
    let mut fixture = Fixture::new();
    let data = [
        (r#"CAST('{"matches": [["a", "b", "c"], "d"], "failures": 7, "user": "x"}' AS BLOB)"#, Some(7)),
        (r#"'{"failures": 0}'"#, Some(0)),
        (r#"'{"matches": ["\ud83d"], "failures": 2}'"#, Some(2)),
        (r#"'{"failures": "4"}'"#, Some(4)),
        (r#"'{"failures": 5.0}'"#, Some(5)),
        (r"'{}'", None),
        (r"'not json'", None),
        (r#"'{"failures": "many"}'"#, None),
        (r#"'{"failures": -1}'"#, None),
        ("x'ff00'", None),
        ("NULL", None),
    ];
    for (number, (text, _)) in data.iter().enumerate() {
        fixture
            .file
            .execute(&format!("INSERT INTO bans VALUES ('sshd', '{number}', 1700000000, 600, 1, {text})"));
    }
    let read = values(&fixture).await;
    for (row, (text, failures)) in read.iter().zip(data) {
        assert_eq!(row.3, failures, "{text}");
    }
    assert_eq!(read.len(), data.len(), "odd data does not hide the ban");
}

#[tokio::test]
async fn a_database_of_version_2_knows_no_lengths() {
    let mut fixture = Fixture::version_2();
    fixture.file.execute("INSERT INTO bans VALUES ('sshd', '192.0.2.1', 1700000000, '{\"failures\": 5}')");
    assert_eq!(values(&fixture).await, [("192.0.2.1".to_owned(), None, None, Some(5))]);
}

#[tokio::test]
async fn odd_rows_are_left_out_and_do_not_stop_the_rest() {
    let mut fixture = Fixture::new();
    fixture.file.execute(
        "INSERT INTO bans VALUES ('', '192.0.2.1', 1700000000, 600, 1, NULL), \
         ('-h', '192.0.2.2', 1700000000, 600, 1, NULL), \
         (CAST(x'ff' AS TEXT), '192.0.2.3', 1700000000, 600, 1, NULL), \
         ('sshd', NULL, 1700000000, 600, 1, NULL), \
         ('sshd', CAST(x'c328' AS TEXT), 1700000000, 600, 1, NULL), \
         ('sshd', '192.0.2.9', 'no time', 600, 1, NULL), \
         ('sshd', 'user name', 1700000001, 600, -7, NULL)",
    );
    let mut cursor = HistoryCursor::default();
    let rows = fixture.drain(&mut cursor, 500).await;
    assert_eq!(super::ids(&rows), ["192.0.2.2", "user name"]);
    assert_eq!(rows[1].ban_count, None);
    assert_eq!(cursor, HistoryCursor { rowid: 7, timeofban: 1_700_000_001 });
}

#[tokio::test]
async fn matched_lines_are_read_from_any_form_of_data_and_within_bounds() {
    let mut fixture = Fixture::new();
    let long = "x".repeat(1_000_000);
    let many: Vec<String> = (0..40).map(|n| format!("\"line {n}\"")).collect();
    let data = [
        (
            r#"{"matches": [["Nov 26 ", "12:00:00", " sshd: no"], "plain <b>\u0007\u202e"], "failures": 7}"#
                .to_owned(),
            2,
        ),
        (r#"{"matches": ["half \ud83d of a pair", 5, null, {"a": 1}], "failures": 2}"#.to_owned(), 1),
        (format!("{{\"matches\": [{}], \"failures\": 3}}", many.join(", ")), 20),
        (format!("{{\"matches\": [\"{long}\"], \"failures\": 4}}"), 1),
        (r#"{"matches": "text", "failures": 5}"#.to_owned(), 1),
        (r#"{"matches": [], "failures": 6}"#.to_owned(), 0),
        ("not json".to_owned(), 0),
    ];
    for (number, (text, _)) in data.iter().enumerate() {
        let text = text.replace('\'', "''");
        fixture
            .file
            .execute(&format!("INSERT INTO bans VALUES ('sshd', '{number}', 1700000000, 600, 1, '{text}')"));
    }
    let rows = fixture.read(HistoryCursor::default(), 500).await.rows;
    for (row, (text, lines)) in rows.iter().zip(&data) {
        let found = row.matches.as_ref().map_or(0, |matches| matches.lines.len());
        assert_eq!(found, *lines, "{}", &text[..text.len().min(100)]);
    }
    let lines = |row: usize| rows[row].matches.clone().unwrap();
    assert_eq!(lines(0).lines, ["Nov 26 12:00:00 sshd: no", "plain <b>\u{7}\u{202e}"]);
    assert!(lines(1).lines[0].starts_with("half \u{FFFD}"), "{:?}", lines(1));
    assert_eq!(
        (lines(2).lines[0].as_str(), lines(2).lines[19].as_str(), lines(2).cut),
        ("line 20", "line 39", true)
    );
    assert_eq!((lines(3).lines[0].len(), lines(3).cut, rows[3].failures), (1_024, true, Some(4)));
}
