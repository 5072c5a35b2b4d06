//! Clocks that somebody sets, forward and back, while BanGUI watches: nothing freezes, ends early or is made up.

use std::time::Duration;

use bangui_domain::model::{BanId, Target, Timestamp};
use bangui_domain::ports::HistoryRow;

use crate::fake::{START, name};
use crate::world::World;

const HOUR: i64 = 3_600;

#[tokio::test]
async fn lists_are_read_again_in_time_after_the_clock_was_set_back() {
    let world = World::without_history().await;
    world.script.edit().list_delay = Duration::from_millis(300);
    world.script.bans("sshd", "192.0.2.1", 600, 0, None);
    world.look().await;
    world.script.edit().list_delay = Duration::ZERO;
    world.script.set_clock(-HOUR);
    world.script.bans("sshd", "192.0.2.2", 600, 0, None);
    world.script.pass(4);
    world.look().await;
    assert_eq!(world.active("sshd").await, ["192.0.2.1", "192.0.2.2"]);
    // It was watched when it was banned, whatever the clock said when the watch began.
    let events = world.events().await;
    let second = events.iter().find(|event| event.key.id.as_str() == "192.0.2.2").expect("the ban");
    assert_eq!(second.origin.as_str(), "detected");
    // And six seconds later once more, since fail2ban computes longer bans late.
    let read = world.script.edit().lists_read;
    world.script.set_clock(-HOUR);
    world.script.pass(7);
    world.look().await;
    assert_eq!(world.script.edit().lists_read, read + 1);
}

#[tokio::test]
async fn the_database_is_read_after_a_movement_however_the_clock_is_set() {
    for set in [-HOUR, HOUR] {
        let world = World::new().await;
        world.script.edit().jails.entry("sshd".to_owned()).or_default();
        world.look().await;
        world.script.pass(60);
        world.look().await;
        world.script.bans("sshd", "192.0.2.1", 600, 0, None);
        world.look().await;
        world.script.set_clock(set);
        // fail2ban writes it late.
        world.script.edit().rows.push(HistoryRow {
            rowid: 1,
            jail: name("sshd"),
            id: BanId::from_reported("192.0.2.1"),
            banned_at: Timestamp::from_secs(START + 60),
            bantime: Some(600),
            ban_count: Some(2),
            failures: Some(4),
            matches: None,
        });
        world.script.pass(3);
        world.look().await;
        assert_eq!(world.events().await[0].failures, Some(4), "{set}");
    }
}

#[tokio::test]
async fn a_clock_that_is_set_makes_no_gap_and_hides_none() {
    let world = World::without_history().await;
    let fence = world.lead().await;
    world.leads(fence).await.expect("a look");
    world.script.pass(40);
    world.script.set_clock(5 * HOUR);
    world.leads(fence).await.expect("a look");
    world.script.set_clock(-5 * HOUR);
    world.script.pass(40);
    world.leads(fence).await.expect("a look");
    assert_eq!(world.gaps().await, []);
    // Two hours in which nobody watched, and meanwhile the clock was set back by one: by it they began an hour before.
    world.script.pass(2 * HOUR);
    world.script.set_clock(-HOUR);
    world.leads(fence).await.expect("a look");
    assert_eq!(world.gaps().await, [(80 - HOUR, 80 + HOUR, "unwatched")]);
    // What is noted afterwards is of the clock as it is set now.
    world.script.pass(60);
    let world = world.restarted().await;
    world.leads(fence).await.expect("a look");
    world.script.pass(HOUR);
    let world = world.restarted().await;
    world.leads(fence).await.expect("a look");
    assert_eq!(world.gaps().await.len(), 1, "fail2ban remembers the last one");
}

#[tokio::test]
async fn a_jail_that_is_gone_is_waited_for_however_the_clock_is_set() {
    let world = World::without_history().await;
    world.script.bans("sshd", "192.0.2.1", 86_400, 0, None);
    world.look().await;
    let jail = world.script.edit().jails.remove("sshd").expect("the jail");
    world.look().await;
    world.script.set_clock(HOUR);
    world.script.pass(5);
    world.look().await;
    assert_eq!(world.active("sshd").await, ["192.0.2.1"], "5 s are not half a minute");
    world.script.set_clock(-2 * HOUR);
    world.script.pass(30);
    world.look().await;
    assert_eq!(world.active("sshd").await, Vec::<String>::new());
    drop(jail);
}

#[tokio::test]
async fn an_order_is_known_by_its_ban_after_the_clock_was_set_back() {
    let world = World::without_history().await;
    world.script.edit().jails.entry("sshd".to_owned()).or_default();
    world.look().await;
    let target = Target::parse("192.0.2.1").expect("a target");
    let _order = world.observer.expect(&name("sshd"), target, "alice", None).await;
    world.script.set_clock(-HOUR);
    world.script.bans("sshd", "192.0.2.1", 600, 0, None);
    world.look().await;
    assert_eq!(world.story().await, [format!("ban 192.0.2.1 manual by alice {:+}", -HOUR)]);
}

#[tokio::test]
async fn the_age_of_what_is_known_is_what_has_passed() {
    let world = World::new().await;
    world.look().await;
    for set in [HOUR, -3 * HOUR] {
        world.script.set_clock(set);
        assert_eq!(world.watch.runtime().map(|state| state.age_millis), Some(0));
    }
    world.script.pass(2);
    assert_eq!(world.watch.runtime().map(|state| state.age_millis), Some(2_000));
}

#[tokio::test]
async fn an_outage_lasts_as_long_as_it_lasts() {
    let world = World::new().await;
    world.look().await;
    assert_eq!(world.watch.away_for(), None);
    world.script.edit().offline = true;
    world.observer.look(None).await.expect_err("it is away");
    for set in [HOUR, -2 * HOUR] {
        world.script.set_clock(set);
        world.script.pass(20);
        world.observer.look(None).await.expect_err("it is away");
    }
    assert_eq!(world.watch.away_for(), Some(Duration::from_secs(40)));
}
