//! An address that comes again and again: it is counted from packs, where others are read as rows. The answers are the same.

use bangui_domain::model::{Choice, HistoryFilter, Origin, ServerId, Target};
use bangui_test_support::both_databases;

use super::{address, counting, lists, period, seen};
use crate::bans::{end, record};

const DAY: i64 = 86_400;

both_databases!(a_frequent_address_is_counted_as_any_other, |test| async move {
    let times: Vec<i64> = (0..1_300).map(|number| number * 173 - DAY).collect();
    for part in times.chunks(500) {
        let bans = part.iter().map(|at| seen("sshd", 1, *at, Origin::Detected));
        let others = part.iter().step_by(50).map(|at| seen("nginx", 2, *at, Origin::Manual));
        let ends = part.iter().step_by(3).map(|at| end("sshd", &address(1), *at));
        record(test.db(), bans.chain(others).collect(), ends.collect()).await;
    }
    let one: Target = address(1).parse().unwrap();
    let two: Target = address(2).parse().unwrap();
    for any_of in [vec![one], vec![two], vec![one, two]] {
        let filter = HistoryFilter {
            targets: Choice { any_of, none_of: Vec::new() },
            ..HistoryFilter::of(ServerId::local())
        };
        counting::compare(&test, &filter, period(-DAY / 2, 2 * DAY), &[-DAY, -77, DAY, 3 * DAY]).await;
        lists::compare(&test, filter, Some(-DAY / 2), None, 200).await;
    }
});
