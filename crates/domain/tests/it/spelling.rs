//! One address that fail2ban lists under several texts.

use bangui_domain::model::{BanQuery, ServerId};

use crate::fake::START;
use crate::world::World;

#[tokio::test]
async fn one_address_under_two_texts_is_banned_once_at_a_time() {
    let world = World::without_history().await;
    world.script.edit().jails.entry("users".to_owned()).or_default();
    world.look().await;
    world.script.pass(5);
    world.script.bans("users", "::ffff:192.0.2.60", 600, 0, None);
    world.look().await;
    world.script.pass(100);
    world.script.bans("users", "192.0.2.60", 600, 0, None);
    world.look().await;
    assert_eq!(world.active("users").await, ["192.0.2.60"]);
    let query = BanQuery::of(ServerId::local());
    let bans = world.store.find_bans(&query).await.expect("bans").items;
    assert_eq!(bans[0].key.banned_at.as_secs(), START + 105);
    assert_eq!(bans[0].key.id.spellings().collect::<Vec<_>>(), ["192.0.2.60", "::ffff:192.0.2.60"]);
    for _ in 0..10 {
        world.script.pass(1);
        world.look().await;
    }
    let wanted =
        ["ban 192.0.2.60 detected +5", "unban 192.0.2.60 manual +105", "ban 192.0.2.60 detected +105"];
    let mut story = world.story().await;
    story.sort();
    let mut wanted = wanted.map(str::to_owned);
    wanted.sort();
    assert_eq!(story, wanted);
    world.script.lifts("users", "192.0.2.60", false);
    world.script.pass(10);
    world.look().await;
    assert!(world.active("users").await.is_empty());
}
