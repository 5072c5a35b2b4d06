//! The live stream of each process on one store: everything once, in order, whoever recorded it.

use std::collections::BTreeMap;
use std::sync::Arc;

use bangui_domain::model::{EventTally, LiveEvent, ServerId};
use bangui_domain::service::{Feed, Watch};
use tokio::sync::broadcast::Receiver;

use crate::fake::name;
use crate::world::World;

/// Another process's live stream on the store of `world`.
async fn elsewhere(world: &World) -> (Feed, Receiver<LiveEvent>) {
    let watch = Arc::new(Watch::new(Arc::new(world.script.clone())));
    let told = watch.subscribe();
    let feed = Feed::begin(ServerId::local(), Arc::clone(&world.store), watch).await.expect("a feed");
    (feed, told)
}

/// The events that were told and not taken yet, by number.
fn told(receiver: &mut Receiver<LiveEvent>) -> Vec<i64> {
    let mut ids = Vec::new();
    while let Ok(event) = receiver.try_recv() {
        if let LiveEvent::Ban(event) = event {
            ids.push(event.id.0);
        }
    }
    ids
}

#[tokio::test]
async fn what_one_process_records_every_process_tells_once() {
    let world = World::new().await;
    world.script.bans("sshd", "192.0.2.1", 600, 0, Some(3));
    world.look().await;
    let mut here = world.watch.subscribe();
    let (feed, mut there) = elsewhere(&world).await;

    world.script.bans("sshd", "192.0.2.2", 600, 0, Some(3));
    world.look().await;
    assert_eq!((told(&mut here), told(&mut there)), (vec![2], Vec::new()), "it has not been told to look");
    assert_eq!(feed.catch_up().await.expect("a look"), 1);
    assert_eq!(feed.catch_up().await.expect("a look"), 0);
    let newest = world.store.newest_event(&ServerId::local()).await.expect("an event");
    assert_eq!(feed.catch_up_to(newest).await.expect("a look"), 0);
    assert_eq!(told(&mut there), [2], "what was there before it began is history");

    world.script.lifts("sshd", "192.0.2.1", true);
    world.script.lifts("sshd", "192.0.2.2", true);
    // By then fail2ban is surely not restoring bans any more.
    world.script.pass(60);
    world.look().await;
    let newest = world.store.newest_event(&ServerId::local()).await.expect("an event");
    assert_eq!(feed.catch_up_to(newest).await.expect("a look"), 2);
    assert_eq!((told(&mut here), told(&mut there)), (vec![3, 4], vec![3, 4]));

    let tally = |bans, unbans| BTreeMap::from([(name("sshd"), EventTally { bans, unbans })]);
    assert_eq!(world.watch.events(), tally(2, 2));
    assert_eq!(feed.watch().events(), tally(1, 2), "each process counts what it has told");
}

#[tokio::test]
async fn a_process_that_was_told_late_misses_nothing() {
    let world = World::new().await;
    let (feed, mut there) = elsewhere(&world).await;
    for host in 0..2_500 {
        let id = format!("10.1.{}.{}", host / 200, host % 200);
        world.script.bans("sshd", &id, 600, 0, None);
    }
    world.look().await;
    assert_eq!(feed.catch_up().await.expect("a look"), 2_500);
    assert_eq!(told(&mut there), (1..=2_500).collect::<Vec<_>>());
}
