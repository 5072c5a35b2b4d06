//! A log that was read in another time zone than fail2ban's own, against what BanGUI has seen for itself.

use bangui_domain::model::{LogWord, ServerId};
use bangui_persistence::LogZone;
use bangui_test_support::both_databases;

use super::{at, ban, end, line, record, until_later};

both_databases!(a_log_that_was_read_in_another_zone_is_noticed, |test| async move {
    let db = test.db();
    for number in 0..8 {
        let id = format!("192.0.2.{number}");
        record(db, vec![ban("sshd", &id, number * 700)], vec![end("sshd", &id, number * 700)]).await;
    }
    let times = async |off: i64, tells_failures: bool| {
        let mut book = until_later();
        for number in 0..8 {
            let (id, millis) = (format!("192.0.2.{number}"), (number * 700 + off) * 1_000);
            if tells_failures {
                book.read(line(millis + 200, &id, LogWord::Found(at(0).plus_millis(millis))));
            }
            book.read(line(millis + 4_500, &id, LogWord::Ban));
            book.read(line(millis + 601_000, &id, LogWord::Unban));
        }
        // Nobody has seen these.
        for number in 0..100 {
            book.read(line(9_000_000 + number, &format!("198.51.100.{number}"), LogWord::Ban));
        }
        let mut times = LogZone::default();
        for batch in book.finish().chunks(7) {
            times.add(db.compare_log(&ServerId::local(), batch).await.unwrap());
        }
        times.minutes_off()
    };
    for tells_failures in [true, false] {
        assert_eq!(times(0, tells_failures).await, None, "they are the same");
        assert_eq!(times(3_600, tells_failures).await, Some((60, 8)));
        assert_eq!(times(-34_200, tells_failures).await, Some((-570, 8)));
        assert_eq!(times(1_234, tells_failures).await, None, "zones do not differ so");
        assert_eq!(times(30 * 3_600, tells_failures).await, None);
    }
});
