//! Bans of which only the ids can be read, and rows without a length: known as far as they can be, and told once.

use bangui_domain::model::{BanRule, BanTime, ProblemCode, Timestamp};
use bangui_domain::ports::JailControl as _;

use crate::fake::{ListAnswer, name};
use crate::world::World;

async fn looks(world: &World, secs: i64) {
    for _ in 0..secs {
        world.look().await;
        world.script.pass(1);
    }
}

fn answers(world: &World, jail: &str, answer: ListAnswer) {
    world.script.edit().jails.get_mut(jail).expect("a jail").list = answer;
}

#[tokio::test]
async fn a_ban_known_by_its_id_is_the_same_when_its_times_come() {
    let world = World::without_history().await;
    // One that lasts, and one that ends on the way.
    world.script.bans("sshd", "192.0.2.1", 86_400, 3_180, None);
    world.script.bans("sshd", "192.0.2.2", 3_600, 3_180, None);
    world.script.bans("sshd", "192.0.2.3", -1, 900, None);
    answers(&world, "sshd", ListAnswer::IdsOnly);
    looks(&world, 300).await;
    let mut story = world.story().await;
    story.sort();
    assert_eq!(
        story,
        ["ban 192.0.2.1 detected +0", "ban 192.0.2.2 detected +0", "ban 192.0.2.3 detected +0"]
    );
    answers(&world, "sshd", ListAnswer::True);
    looks(&world, 118).await;
    assert_eq!(world.story().await.len(), 3, "the times told nothing new");
    let of_lists = world.watch.problems().iter().any(|it| it.code != ProblemCode::DatabaseUnreadable);
    assert!(!of_lists, "{:?}", world.watch.problems());
    // They end when fail2ban ends them, though they are said to have begun later.
    world.script.pass(2);
    world.script.lifts("sshd", "192.0.2.2", false);
    looks(&world, 10).await;
    let story = world.story().await;
    assert_eq!(story.last().map(String::as_str), Some("unban 192.0.2.2 expired +420"));
    let last = world.events().await.iter().find(|it| it.key.id.as_str() == "192.0.2.1").cloned();
    let ends = last.and_then(|event| event.expires_at());
    let begun = world.script.edit().jails["sshd"].bans[0].banned_at.resolve(Timestamp::from_secs(0));
    assert_eq!(ends, BanTime::Seconds(86_400).end(begun));
}

#[tokio::test]
async fn one_unreadable_line_hides_neither_its_own_ban_nor_the_unbans_of_its_jail() {
    for world in [World::without_history().await, World::new().await] {
        for number in 1..=4 {
            world.script.bans("sshd", &format!("192.0.2.{number}"), -1, 0, None);
        }
        answers(&world, "sshd", ListAnswer::HalfIds);
        looks(&world, 45).await;
        assert_eq!(world.active("sshd").await.len(), 4, "shown as far as it is known");
        world.script.lifts("sshd", "192.0.2.3", true);
        looks(&world, 2).await;
        let story = world.story().await;
        assert_eq!(story.iter().filter(|line| line.starts_with("unban")).count(), 1, "{story:?}");
        assert!(story.contains(&"unban 192.0.2.3 manual +45".to_owned()), "{story:?}");
    }
}

#[tokio::test]
async fn a_row_without_a_length_is_as_long_as_its_jail_says_and_has_no_end() {
    let world = World::new().await;
    world.script.edit().jails.entry("sshd".to_owned()).or_default();
    world.look().await;
    let rule = BanRule { jail: name("sshd"), maxretry: 3, findtime: 600, bantime: 900 };
    let mut probe = world.script.probe().await.expect("it answers");
    probe.rules = [rule].into();
    world.watch.online(probe);
    world.script.bans("sshd", "192.0.2.1", -1, 5_000, Some(3));
    {
        let mut fake = world.script.edit();
        fake.rows[0].bantime = None;
        fake.jails.get_mut("sshd").expect("a jail").bans.clear();
    }
    looks(&world, 12).await;
    assert_eq!(world.story().await, ["ban 192.0.2.1 detected -5000"]);
    assert_eq!(world.events().await[0].bantime, BanTime::Seconds(900));
}
