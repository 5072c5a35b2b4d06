//! Restarts of either side, jails that come and go, and writers that have lost the scheduler lock.

use bangui_domain::model::Fence;

use crate::world::World;

#[tokio::test]
async fn what_happened_while_bangui_was_down_is_recovered() {
    let world = World::new().await;
    world.script.bans("sshd", "192.0.2.1", 600, 0, Some(3));
    world.look().await;
    // Down for an hour: the known ban ends, one comes and goes, one comes and stays.
    world.script.pass(1000);
    world.script.lifts("sshd", "192.0.2.1", false);
    world.script.bans("sshd", "192.0.2.2", 60, 0, Some(4));
    world.script.pass(2600);
    world.script.lifts("sshd", "192.0.2.2", false);
    world.script.bans("sshd", "192.0.2.3", 600, 10, Some(5));
    let world = world.restarted().await;
    world.look().await;
    let mut story = world.story().await;
    story.sort();
    assert_eq!(
        story,
        [
            "ban 192.0.2.1 detected +0",
            "ban 192.0.2.2 detected +1000",
            "ban 192.0.2.3 detected +3590",
            "unban 192.0.2.1 expired +600",
            "unban 192.0.2.2 expired +1060",
        ]
    );
    assert_eq!(world.active("sshd").await, ["192.0.2.3"]);
}

#[tokio::test]
async fn a_fail2ban_that_restores_slowly_lifts_nothing() {
    let world = World::new().await;
    for last in 1..=3 {
        world.script.bans("sshd", &format!("192.0.2.{last}"), 86_400, 0, Some(3));
    }
    world.look().await;
    let before = world.script.edit().jails.clone();
    world.script.pass(5);
    world.script.edit().offline = true;
    world.observer.look(None).await.expect_err("fail2ban is away");
    assert_eq!(world.watch.state().as_str(), "offline");
    {
        let mut fake = world.script.edit();
        fake.offline = false;
        fake.connection = 2;
        fake.jails.clear();
    }
    world.look().await;
    world.script.pass(2);
    {
        let mut fake = world.script.edit();
        let mut half = before["sshd"].clone();
        half.bans.truncate(1);
        half.total = 1;
        fake.jails.insert("sshd".to_owned(), half);
    }
    world.look().await;
    world.script.pass(6);
    world.script.edit().jails = before;
    world.look().await;
    assert_eq!(world.watch.state().as_str(), "online");
    assert_eq!(world.story().await.len(), 3, "{:?}", world.story().await);
    assert_eq!(world.active("sshd").await.len(), 3);
}

#[tokio::test]
async fn a_ban_that_is_not_restored_ends_when_the_restoring_is_over() {
    let world = World::new().await;
    world.script.bans("sshd", "192.0.2.1", 86_400, 0, None);
    world.look().await;
    world.script.edit().connection = 2;
    world.script.lifts("sshd", "192.0.2.1", true);
    world.script.pass(1);
    world.look().await;
    assert_eq!(world.active("sshd").await, ["192.0.2.1"]);
    for _ in 0..8 {
        world.script.pass(5);
        world.look().await;
    }
    assert_eq!(world.story().await.len(), 2);
    assert!(world.active("sshd").await.is_empty());
}

#[tokio::test]
async fn the_bans_of_a_jail_that_is_gone_end_after_a_while() {
    let world = World::new().await;
    world.script.bans("sshd", "192.0.2.1", 86_400, 0, Some(3));
    world.script.bans("nginx", "192.0.2.2", 86_400, 0, Some(3));
    world.look().await;
    world.script.edit().jails.remove("nginx");
    world.script.pass(10);
    world.look().await;
    assert_eq!(world.active("nginx").await, ["192.0.2.2"]);
    world.script.pass(31);
    world.look().await;
    assert!(world.active("nginx").await.is_empty());
    assert_eq!(world.active("sshd").await, ["192.0.2.1"]);
    assert_eq!(world.story().await.last().map(String::as_str), Some("unban 192.0.2.2 manual +41"));
}

#[tokio::test]
async fn a_holder_that_lost_the_lock_writes_nothing_and_loses_nothing() {
    let world = World::new().await;
    world.script.bans("sshd", "192.0.2.1", 600, 0, Some(3));
    let error = world.observer.look(Some(Fence(7))).await.expect_err("nobody holds token 7");
    assert_eq!(error.code(), "database_failed");
    assert!(world.story().await.is_empty());
    world.look().await;
    assert_eq!(world.story().await, ["ban 192.0.2.1 detected +0"]);
}

#[tokio::test]
async fn an_error_is_followed_by_a_probe_at_once() {
    let world = World::new().await;
    world.look().await;
    world.script.edit().cut_once = true;
    world.observer.look(None).await.expect_err("the connection is cut");
    assert_eq!(world.watch.state().as_str(), "online", "the probe was answered");
    world.script.edit().offline = true;
    world.observer.look(None).await.expect_err("fail2ban is away");
    assert_eq!(world.watch.state().as_str(), "offline");
}

#[tokio::test]
async fn a_process_without_the_lock_knows_the_state_and_writes_nothing() {
    let world = World::new().await;
    world.script.bans("sshd", "192.0.2.1", 600, 0, Some(3));
    world.observer.count_only().await.expect("counters");
    assert_eq!(world.watch.state().as_str(), "online");
    assert_eq!(world.watch.jails().expect("jails").jails.len(), 1);
    assert!(world.story().await.is_empty());
    world.look().await;
    assert_eq!(world.story().await.len(), 1);
}
