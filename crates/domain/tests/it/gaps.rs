//! A time in which nobody watched is a gap, as far as fail2ban does not remember it.

use crate::world::World;

const DAY: i64 = 86_400;

#[tokio::test]
async fn what_fail2ban_remembers_is_no_gap_and_what_it_has_forgotten_is() {
    let world = World::new().await;
    let fence = world.lead().await;
    world.script.bans("sshd", "192.0.2.1", 600, 0, Some(3));
    world.leads(fence).await.expect("a look");
    // Down for half a day: fail2ban's database remembers a day.
    world.script.pass(DAY / 2);
    let world = world.restarted().await;
    world.leads(fence).await.expect("a look");
    assert_eq!(world.gaps().await, []);
    // Down for a week.
    world.script.pass(7 * DAY);
    let world = world.restarted().await;
    world.leads(fence).await.expect("a look");
    assert_eq!(world.gaps().await, [(DAY / 2, DAY / 2 + 6 * DAY, "unwatched")]);
    // Told once.
    world.script.pass(60);
    world.leads(fence).await.expect("a look");
    let world = world.restarted().await;
    world.leads(fence).await.expect("a look");
    assert_eq!(world.gaps().await.len(), 1);
}

#[tokio::test]
async fn without_fail2bans_database_all_of_it_is_a_gap() {
    let world = World::without_history().await;
    let fence = world.lead().await;
    world.leads(fence).await.expect("a look");
    for pause in [100, 30, 119] {
        world.script.pass(pause);
        world.leads(fence).await.expect("a look");
    }
    assert_eq!(world.gaps().await, [], "a pause of less than two minutes is a restart");
    world.script.pass(3_600);
    world.leads(fence).await.expect("a look");
    assert_eq!(world.gaps().await, [(249, 249 + 3_600, "unwatched")]);
}

#[tokio::test]
async fn a_fail2ban_that_is_away_leaves_a_gap_of_its_own_kind() {
    let world = World::new().await;
    let fence = world.lead().await;
    world.leads(fence).await.expect("a look");
    world.script.edit().offline = true;
    for _ in 0..10 {
        world.script.pass(60);
        world.leads(fence).await.expect_err("it is away");
    }
    world.script.edit().offline = false;
    world.leads(fence).await.expect("a look");
    assert_eq!(world.gaps().await, [(0, 600, "fail2ban_away")]);
    // A clock that is set back makes none, and none when it has come forward again.
    world.script.set_clock(-3_000);
    world.leads(fence).await.expect("a look");
    world.script.set_clock(3_060);
    world.leads(fence).await.expect("a look");
    assert_eq!(world.gaps().await.len(), 1);
}

#[tokio::test]
async fn a_machine_that_slept_leaves_no_gap_where_fail2ban_remembers() {
    let world = World::new().await;
    let fence = world.lead().await;
    world.leads(fence).await.expect("a look");
    // Past the time in which a new connection is watched closely.
    world.script.pass(60);
    world.leads(fence).await.expect("a look");
    world.script.pass(DAY / 2);
    world.leads(fence).await.expect("a look");
    assert_eq!(world.gaps().await, []);
    world.script.pass(2 * DAY);
    world.leads(fence).await.expect("a look");
    assert_eq!(world.gaps().await, [(60 + DAY / 2, 60 + DAY / 2 + DAY, "unwatched")]);
}
