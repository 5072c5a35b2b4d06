//! From what fail2ban reports to events: each once, with the right origin and time.

use std::time::Duration;

use bangui_domain::model::{BanId, BanTime, EventId, EventKind, Origin, ServerId, Timestamp};
use bangui_domain::ports::{HistoryRow, LocalTime};

use crate::fake::START;
use crate::world::World;

#[tokio::test]
async fn a_ban_and_its_end_are_told_once_each() {
    let world = World::new().await;
    world.script.edit().jails.entry("sshd".to_owned()).or_default();
    world.look().await;
    world.script.pass(5);
    world.script.bans("sshd", "192.0.2.1", 600, 0, Some(3));
    for _ in 0..3 {
        world.look().await;
        world.script.pass(1);
    }
    assert_eq!(world.story().await, ["ban 192.0.2.1 detected +5"]);
    assert_eq!(world.active("sshd").await, ["192.0.2.1"]);
    assert_eq!(world.events().await[0].failures, Some(3));

    world.script.pass(600);
    world.script.lifts("sshd", "192.0.2.1", false);
    world.look().await;
    world.look().await;
    assert_eq!(world.story().await, ["ban 192.0.2.1 detected +5", "unban 192.0.2.1 expired +605"]);
    assert!(world.active("sshd").await.is_empty());
}

#[tokio::test]
async fn an_idle_server_is_asked_for_counters_only() {
    let world = World::new().await;
    world.script.bans("sshd", "192.0.2.1", 600, 0, Some(3));
    world.look().await;
    world.script.pass(10);
    world.look().await;
    let read = world.script.edit().lists_read;
    for _ in 0..20 {
        world.script.pass(1);
        world.look().await;
    }
    assert_eq!(world.script.edit().lists_read, read);
}

#[tokio::test]
async fn a_slow_list_is_not_read_again_before_ten_times_its_duration() {
    let world = World::new().await;
    world.script.edit().list_delay = Duration::from_millis(300);
    world.script.bans("sshd", "192.0.2.1", 600, 0, None);
    world.look().await;
    world.script.bans("sshd", "192.0.2.2", 600, 0, None);
    world.script.pass(2);
    world.look().await;
    assert_eq!(world.script.edit().lists_read, 1, "3 s have not passed");
    world.script.edit().list_delay = Duration::ZERO;
    world.script.pass(30);
    world.look().await;
    assert_eq!(world.active("sshd").await, ["192.0.2.1", "192.0.2.2"]);
}

#[tokio::test]
async fn a_busy_jail_still_tells_new_bans_from_the_database() {
    let world = World::new().await;
    world.script.edit().list_delay = Duration::from_millis(300);
    world.script.bans("sshd", "192.0.2.1", 600, 0, Some(3));
    world.look().await;
    world.script.pass(1);
    world.script.bans("sshd", "192.0.2.2", 600, 0, Some(5));
    world.look().await;
    assert_eq!(world.script.edit().lists_read, 1);
    assert_eq!(world.active("sshd").await, ["192.0.2.1", "192.0.2.2"]);
}

#[tokio::test]
async fn bans_by_hand_outside_are_manual_and_so_are_their_ends() {
    let world = World::new().await;
    world.script.edit().jails.entry("sshd".to_owned()).or_default();
    world.look().await;
    world.script.pass(1);
    world.script.bans("sshd", "2001:db8::1", -1, 0, Some(0));
    world.look().await;
    world.script.pass(60);
    world.script.lifts("sshd", "2001:db8::1", true);
    world.look().await;
    assert_eq!(world.story().await, ["ban 2001:db8::1 manual +1", "unban 2001:db8::1 manual +61"]);
    assert_eq!(world.events().await[0].bantime, BanTime::Permanent);
}

#[tokio::test]
async fn a_new_ban_of_the_same_address_ends_the_old_one() {
    let world = World::new().await;
    world.script.bans("sshd", "192.0.2.1", 60, 0, Some(3));
    world.look().await;
    world.script.pass(100);
    world.script.lifts("sshd", "192.0.2.1", false);
    world.script.bans("sshd", "192.0.2.1", 120, 0, Some(4));
    world.look().await;
    assert_eq!(
        world.story().await,
        ["ban 192.0.2.1 detected +0", "unban 192.0.2.1 expired +60", "ban 192.0.2.1 detected +100"]
    );
}

#[tokio::test]
async fn a_prolonged_ban_is_one_ban_with_a_later_end() {
    let world = World::new().await;
    world.script.bans("sshd", "192.0.2.1", 60, 0, Some(3));
    world.look().await;
    world.script.edit().jails.get_mut("sshd").expect("a jail").bans[0].bantime = BanTime::Seconds(240);
    world.script.pass(7);
    world.look().await;
    let events = world.events().await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].bantime, BanTime::Seconds(240));
}

#[tokio::test]
async fn a_ban_that_is_prolonged_without_a_counter_moving_is_noticed_when_it_should_have_ended() {
    let world = World::new().await;
    world.script.bans("sshd", "192.0.2.1", 60, 0, Some(3));
    world.look().await;
    world.script.pass(30);
    world.look().await;
    world.script.edit().jails.get_mut("sshd").expect("a jail").bans[0].bantime = BanTime::Seconds(90);
    for _ in 0..5 {
        world.script.pass(10);
        world.look().await;
    }
    assert_eq!(world.active("sshd").await, ["192.0.2.1"]);
    assert_eq!(world.events().await[0].bantime, BanTime::Seconds(90));
}

#[tokio::test]
async fn the_hour_that_comes_twice_is_told_apart() {
    let world = World::without_history().await;
    world.look().await;
    world.script.pass(7200);
    let (first, second) = (Timestamp::from_secs(START + 3600), Timestamp::from_secs(START + 7200));
    world.script.bans("sshd", "192.0.2.1", 600, 0, None);
    world.script.edit().jails.get_mut("sshd").expect("a jail").bans[0].banned_at =
        LocalTime::Repeated(first, second);
    world.look().await;
    world.script.pass(8);
    world.look().await;
    assert_eq!(world.story().await, ["ban 192.0.2.1 detected +7200"]);
}

#[tokio::test]
async fn what_was_banned_before_the_watch_is_restored_unless_the_database_knows_better() {
    let world = World::without_history().await;
    world.script.bans("sshd", "192.0.2.1", 86_400, 3_600, None);
    world.look().await;
    assert_eq!(world.story().await, ["ban 192.0.2.1 restored -3600"]);

    let world = World::new().await;
    world.script.bans("sshd", "192.0.2.1", 86_400, 3_600, Some(5));
    world.look().await;
    assert_eq!(world.story().await, ["ban 192.0.2.1 detected -3600"]);
}

#[tokio::test]
async fn events_reach_watchers_as_they_are_recorded() {
    let world = World::new().await;
    let mut feed = world.watch.subscribe();
    world.script.bans("sshd", "192.0.2.1", 600, 0, Some(3));
    world.look().await;
    let mut seen = Vec::new();
    while let Ok(event) = feed.try_recv() {
        seen.push(match event {
            bangui_domain::model::LiveEvent::Ban(event) => {
                assert_eq!((event.kind, event.origin), (EventKind::Ban, Origin::Detected));
                "ban"
            }
            bangui_domain::model::LiveEvent::State { state, .. } => state.as_str(),
            bangui_domain::model::LiveEvent::Jails { .. } => "jails",
        });
    }
    assert_eq!(seen, ["online", "jails", "ban"]);
}

#[tokio::test]
async fn a_second_of_rounding_makes_no_second_ban() {
    let world = World::new().await;
    world.script.bans("sshd", "192.0.2.1", 86_400, 0, Some(0));
    // fail2ban's database rounds the beginning up where its list cuts it off.
    world.script.edit().rows[0].banned_at = Timestamp::from_secs(START + 1);
    world.look().await;
    // The row is written late, and read without the list beside it.
    world.script.bans("sshd", "192.0.2.2", 86_400, 0, None);
    world.look().await;
    let late = world.script.edit().rows[0].clone();
    world.script.edit().rows.push(HistoryRow { rowid: 2, id: BanId::from_reported("192.0.2.2"), ..late });
    world.script.pass(3);
    world.look().await;
    assert_eq!(world.story().await, ["ban 192.0.2.1 manual +0", "ban 192.0.2.2 manual +0"]);

    // A restart restores what the database has: the list says a second later now.
    world.script.edit().connection = 2;
    for ban in &mut world.script.edit().jails.get_mut("sshd").expect("a jail").bans {
        ban.banned_at = LocalTime::Exact(Timestamp::from_secs(START + 1));
    }
    world.script.pass(3);
    let world = world.restarted().await;
    world.look().await;
    assert_eq!(world.story().await.len(), 2, "{:?}", world.story().await);
    assert_eq!(world.active("sshd").await.len(), 2);
}

#[tokio::test]
async fn thousands_of_bans_at_once_are_all_told() {
    let world = World::new().await;
    for number in 0..12_000 {
        world.script.bans("sshd", &format!("10.{}.{}.1", number / 250, number % 250), 600, 0, None);
    }
    world.look().await;
    assert_eq!(world.active("sshd").await.len(), 12_000);
    world.script.pass(700);
    world.script.edit().jails.get_mut("sshd").expect("a jail").bans.clear();
    world.look().await;
    assert!(world.active("sshd").await.is_empty());
    let events = world.store.events_after(&ServerId::local(), EventId(0), u16::MAX).await.expect("events");
    assert_eq!(events.len(), 24_000);
}
