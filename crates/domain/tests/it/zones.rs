//! fail2ban in another time zone than the one in which its times are read: each ban once, at the moment at which it began.

use bangui_domain::model::ProblemCode;

use crate::world::World;

const HOUR: i64 = 3_600;

/// A world that has looked once, at a jail without bans, and whose fail2ban is so many seconds off.
async fn off_by(world: World, zone: i64) -> World {
    world.script.edit().zone = zone;
    world.script.edit().jails.entry("sshd".to_owned()).or_default();
    world.look().await;
    world.script.pass(5);
    world
}

/// Looks as the job does, for so many seconds.
async fn looks(world: &World, secs: i64) {
    for _ in 0..secs {
        world.look().await;
        world.script.pass(1);
    }
}

#[tokio::test]
async fn with_the_database_each_ban_is_one_at_its_own_moment() {
    for zone in [HOUR, -5 * HOUR, 5 * HOUR + 2_700, -14 * HOUR - 1_800] {
        let world = off_by(World::new().await, zone).await;
        world.script.bans("sshd", "192.0.2.1", 600, 0, Some(3));
        looks(&world, 10).await;
        world.script.bans("sshd", "192.0.2.2", 60, 0, Some(4));
        looks(&world, 60).await;
        world.script.lifts("sshd", "192.0.2.2", false);
        looks(&world, 2).await;
        let story = world.story().await;
        let wanted =
            ["ban 192.0.2.1 detected +5", "ban 192.0.2.2 detected +15", "unban 192.0.2.2 expired +75"];
        assert_eq!(story, wanted, "{zone}");
        assert_eq!(world.active("sshd").await, ["192.0.2.1"], "{zone}");
    }
}

#[tokio::test]
async fn a_row_that_comes_late_is_the_same_ban() {
    for zone in [HOUR, -5 * HOUR] {
        let world = off_by(World::new().await, zone).await;
        world.script.bans("sshd", "192.0.2.1", 600, 0, Some(3));
        let row = world.script.edit().rows.pop().expect("a row");
        looks(&world, 3).await;
        world.script.edit().rows.push(row);
        looks(&world, 12).await;
        assert_eq!(world.story().await, ["ban 192.0.2.1 detected +5"], "{zone}");
        assert_eq!(world.events().await[0].failures, Some(3), "{zone}");
    }
}

#[tokio::test]
async fn without_the_database_a_ban_in_the_future_is_moved_to_now() {
    let world = off_by(World::without_history().await, 2 * HOUR).await;
    world.script.bans("sshd", "192.0.2.1", 600, 1, None);
    looks(&world, 8).await;
    assert_eq!(world.story().await, ["ban 192.0.2.1 detected +4"]);
}

#[tokio::test]
async fn without_the_database_two_bans_in_the_past_prove_the_offset() {
    let world = off_by(World::without_history().await, -3 * HOUR).await;
    world.script.pass(35);
    for number in 1..=3 {
        world.script.bans("sshd", &format!("192.0.2.{number}"), 86_400, 0, None);
        looks(&world, 10).await;
    }
    let story = world.story().await;
    // The first one alone may have been restored.
    let late = [format!("ban 192.0.2.1 restored {:+}", 40 - 3 * HOUR)];
    assert_eq!(story[..1], late);
    assert_eq!(story[1..], ["ban 192.0.2.2 detected +50", "ban 192.0.2.3 detected +60"]);
}

#[tokio::test]
async fn a_restart_does_not_tell_bans_again() {
    for zone in [HOUR, -5 * HOUR] {
        let world = off_by(World::new().await, zone).await;
        world.script.bans("sshd", "192.0.2.1", 86_400, 0, Some(3));
        looks(&world, 10).await;
        let world = world.restarted().await;
        looks(&world, 40).await;
        world.script.bans("sshd", "192.0.2.2", 86_400, 0, Some(3));
        looks(&world, 10).await;
        let story = world.story().await;
        assert_eq!(story, ["ban 192.0.2.1 detected +5", "ban 192.0.2.2 detected +55"], "{zone}");
    }
}

#[tokio::test]
async fn bans_that_are_there_at_the_first_look_are_moved_as_well() {
    for zone in [HOUR, -5 * HOUR] {
        let world = World::new().await;
        world.script.edit().zone = zone;
        for (number, ago) in [(1, 50_000), (2, 700), (3, 30)] {
            world.script.bans("sshd", &format!("192.0.2.{number}"), 86_400, ago, Some(3));
        }
        looks(&world, 10).await;
        let story = world.story().await;
        let wanted =
            ["ban 192.0.2.1 detected -50000", "ban 192.0.2.2 detected -700", "ban 192.0.2.3 detected -30"];
        assert_eq!(story, wanted, "{zone}");
    }
}

#[tokio::test]
async fn a_zone_that_becomes_right_is_read_as_it_is() {
    let world = off_by(World::new().await, HOUR).await;
    world.script.bans("sshd", "192.0.2.1", 86_400, 0, Some(3));
    looks(&world, 10).await;
    let problems = world.watch.problems();
    assert!(
        matches!(&*problems, [it] if it.code == ProblemCode::ZoneDiffers && it.detail.contains("1 h too late")),
        "{problems:?}"
    );
    world.script.edit().zone = 0;
    world.script.edit().connection += 1;
    looks(&world, 40).await;
    world.script.bans("sshd", "192.0.2.2", 86_400, 0, Some(3));
    looks(&world, 10).await;
    assert_eq!(world.story().await, ["ban 192.0.2.1 detected +5", "ban 192.0.2.2 detected +55"]);
    assert!(world.watch.problems().is_empty(), "{:?}", world.watch.problems());
}

#[tokio::test]
async fn where_the_zone_is_right_nothing_is_moved() {
    let world = off_by(World::without_history().await, 0).await;
    // Restored by a jail that was started again, one of them an hour ago to the second.
    for (number, ago) in [(1, 3_600), (2, 5_000), (3, 7_200), (4, 77)] {
        world.script.bans("sshd", &format!("192.0.2.{number}"), 86_400, ago, None);
    }
    looks(&world, 10).await;
    world.script.bans("sshd", "192.0.2.5", 86_400, 0, None);
    looks(&world, 10).await;
    let times: Vec<String> = world
        .story()
        .await
        .iter()
        .map(|line| line.rsplit(' ').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(times, ["-7195", "-4995", "-3595", "-72", "+15"]);
}

#[tokio::test]
async fn one_restored_ban_is_no_proof_however_often_it_is_listed() {
    let world = off_by(World::new().await, 0).await;
    // fail2ban restores it from its database, whose row was read long ago.
    world.script.bans("sshd", "192.0.2.1", 86_400, 3_630, None);
    looks(&world, 40).await;
    assert_eq!(world.story().await, ["ban 192.0.2.1 restored -3625"]);
    assert!(world.watch.problems().is_empty(), "{:?}", world.watch.problems());
}

#[tokio::test]
async fn a_ban_that_is_made_again_after_a_quarter_of_an_hour_is_another_one() {
    // With the database, the row of the second ban comes late.
    for (world, failures) in [(World::without_history().await, None), (World::new().await, Some(3))] {
        let world = off_by(world, 0).await;
        world.script.bans("sshd", "192.0.2.1", 86_400, 0, failures);
        looks(&world, 60).await;
        for _ in 0..840 {
            world.script.pass(1);
        }
        world.script.lifts("sshd", "192.0.2.1", true);
        world.script.bans("sshd", "192.0.2.1", 86_400, 0, None);
        looks(&world, 10).await;
        let again =
            ["ban 192.0.2.1 detected +5", "unban 192.0.2.1 manual +905", "ban 192.0.2.1 detected +905"];
        let mut story = world.story().await;
        story.sort();
        let mut wanted = again.map(str::to_owned);
        wanted.sort();
        assert_eq!(story, wanted);
        let differs = world.watch.problems().iter().any(|it| it.code == ProblemCode::ZoneDiffers);
        assert!(!differs, "{:?}", world.watch.problems());
    }
}
