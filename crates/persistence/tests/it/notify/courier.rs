//! What becomes of messages.

use bangui_domain::model::notify::{Answer, DeliveryQuery, DeliveryState, RuleSpec};
use bangui_domain::model::{Fence, Limit};
use bangui_domain::ports::{Clock, Outbox, RuleStore, Undelivered};
use bangui_test_support::both_databases;

use super::{World, bans, channel, rule};
use crate::bans::{ban, record};

fn refusal(may_pass: bool, retry_after_secs: Option<u32>) -> Undelivered {
    let answer = Answer { status: Some(503), text: "busy\0".to_owned() };
    Undelivered { answer, may_pass, retry_after_secs }
}

async fn states(world: &World) -> Vec<(DeliveryState, u32)> {
    let query = DeliveryQuery { state: None, limit: Limit::DEFAULT, after: None };
    let page = world.db.deliveries(&query).await.unwrap();
    page.items.into_iter().map(|delivery| (delivery.state, delivery.tries)).collect()
}

both_databases!(a_message_is_tried_again_until_it_is_taken, |test| async move {
    let (world, id) = World::new(&test).await;
    world.rule(rule(id, bans(1))).await;
    *world.noted.refusal.lock().unwrap() = Some(refusal(true, None));
    record(&world.db, vec![ban("sshd", "192.0.2.1", 0)], Vec::new()).await;
    assert!(world.after(1).await.is_empty());
    record(&world.db, vec![ban("sshd", "192.0.2.2", 0)], Vec::new()).await;
    assert!(world.after(9).await.is_empty());
    assert_eq!(states(&world).await, [(DeliveryState::Waiting, 0), (DeliveryState::Waiting, 1)]);

    // The one behind it waits for its turn, so that they come in order.
    *world.noted.refusal.lock().unwrap() = Some(refusal(true, Some(120)));
    assert!(world.after(1).await.is_empty());
    assert_eq!(states(&world).await, [(DeliveryState::Waiting, 0), (DeliveryState::Waiting, 2)]);
    *world.noted.refusal.lock().unwrap() = None;
    assert!(world.after(119).await.is_empty(), "the receiver has asked for two minutes");
    assert_eq!((world.after(1).await.len(), world.after(0).await.len()), (1, 1));
    assert_eq!(states(&world).await, [(DeliveryState::Sent, 1), (DeliveryState::Sent, 3)]);
});

both_databases!(a_message_is_given_up_after_many_tries_or_one_that_is_final, |test| async move {
    let (world, id) = World::new(&test).await;
    world.rule(rule(id, bans(1))).await;
    *world.noted.refusal.lock().unwrap() = Some(refusal(true, None));
    record(&world.db, vec![ban("sshd", "192.0.2.1", 0)], Vec::new()).await;
    for _ in 0..20 {
        world.after(3_600).await;
    }
    assert_eq!(states(&world).await, [(DeliveryState::Failed, 10)]);
    *world.noted.refusal.lock().unwrap() = Some(refusal(false, Some(5)));
    record(&world.db, vec![ban("sshd", "192.0.2.2", 0)], Vec::new()).await;
    world.after(1).await;
    assert_eq!(states(&world).await[0], (DeliveryState::Failed, 1));
    assert_eq!(test.count("deliveries WHERE answer_status = 503 AND next_at IS NULL"), 2);
});

both_databases!(one_channel_that_hangs_does_not_hold_another, |test| async move {
    let (world, first) = World::new(&test).await;
    let second = world.db.save_channel(None, &channel("other"), world.clock.now()).await.unwrap();
    world.rule(RuleSpec { channels: vec![first, second.id], ..rule(first, bans(1)) }).await;
    record(&world.db, vec![ban("sshd", "192.0.2.1", 0)], Vec::new()).await;
    world.clock.wait(1);
    world.notifier.look(world.fence).await.unwrap();
    let due = world.courier.due().await.unwrap();
    assert_eq!(due.len(), 2, "a message for each channel");
    assert!(world.courier.send(Fence(world.fence.0 - 1), &due[0]).await.is_err(), "the lock is another's");
    assert_eq!(world.courier.due().await.unwrap().len(), 2, "nothing was written");
    assert_eq!(
        world.send().await.len(),
        2,
        "and nothing was sent, since a try is written down before it is made"
    );
});

both_databases!(messages_of_a_deleted_channel_are_given_up, |test| async move {
    let (world, id) = World::new(&test).await;
    world.rule(rule(id, bans(1))).await;
    record(&world.db, vec![ban("sshd", "192.0.2.1", 0)], Vec::new()).await;
    world.clock.wait(1);
    world.notifier.look(world.fence).await.unwrap();
    let rule = world.db.rules().await.unwrap()[0].id;
    assert!(world.db.delete_rule(rule).await.unwrap());
    world.db.delete_channel(id).await.unwrap();
    assert!(world.send().await.is_empty());
    assert_eq!(test.count("deliveries WHERE state = 'failed' AND answer LIKE '%deleted%'"), 1);
});

both_databases!(the_log_is_paged_and_forgotten_after_a_month, |test| async move {
    let (world, id) = World::new(&test).await;
    world.rule(rule(id, bans(1))).await;
    for number in 1..=5 {
        record(&world.db, vec![ban("sshd", &format!("192.0.2.{number}"), 0)], Vec::new()).await;
        assert_eq!(world.after(1).await.len(), 1);
    }
    let mut query =
        DeliveryQuery { state: Some(DeliveryState::Sent), limit: Limit::new(2).unwrap(), after: None };
    let mut pages = Vec::new();
    loop {
        let page = world.db.deliveries(&query).await.unwrap();
        pages.push(page.items.iter().map(|delivery| delivery.id.0).collect::<Vec<_>>());
        let Some(next) = page.next else { break };
        query.after = Some(next);
    }
    assert_eq!(pages, [vec![5, 4], vec![3, 2], vec![1]]);
    *world.noted.refusal.lock().unwrap() = Some(refusal(true, None));
    record(&world.db, vec![ban("sshd", "192.0.2.9", 0)], Vec::new()).await;
    world.after(1).await;
    assert!(!world.courier.forget(world.fence).await.unwrap());
    world.clock.wait(30 * 86_400);
    assert!(world.courier.forget(world.fence).await.unwrap());
    assert!(!world.courier.forget(world.fence).await.unwrap());
    assert_eq!((test.count("deliveries"), test.count("deliveries WHERE state = 'waiting'")), (1, 1));
});

/// The process ends in the middle of a try.
async fn dies_while_sending(world: &World) {
    let begun = std::sync::Arc::new(tokio::sync::Notify::new());
    *world.noted.hangs.lock().unwrap() = Some(begun.clone());
    let due = world.courier.due().await.unwrap();
    assert_eq!(due.len(), 1);
    tokio::select! {
        outcome = world.courier.send(world.fence, &due[0]) => panic!("it hangs: {outcome:?}"),
        () = begun.notified() => {}
    }
    *world.noted.hangs.lock().unwrap() = None;
}

both_databases!(a_message_that_ends_the_process_is_given_up_after_three_times, |test| async move {
    let (world, id) = World::new(&test).await;
    world.rule(rule(id, bans(1))).await;
    record(&world.db, vec![ban("sshd", "192.0.2.1", 0)], Vec::new()).await;
    world.clock.wait(1);
    world.notifier.look(world.fence).await.unwrap();
    for unfinished in 0..3 {
        let world = world.restarted();
        assert_eq!(world.courier.due().await.unwrap()[0].unfinished, unfinished);
        dies_while_sending(&world).await;
    }
    record(&world.db, vec![ban("sshd", "192.0.2.2", 0)], Vec::new()).await;
    let world = world.restarted();
    assert!(world.after(1).await.is_empty(), "it is not tried once more");
    assert_eq!(test.count("deliveries WHERE state = 'failed' AND answer LIKE '%ended 3 times%'"), 1);
    assert_eq!(world.after(0).await.len(), 1, "the one behind it is sent");
});

both_databases!(a_try_that_comes_to_an_end_makes_good_for_those_that_did_not, |test| async move {
    let (world, id) = World::new(&test).await;
    world.rule(rule(id, bans(1))).await;
    record(&world.db, vec![ban("sshd", "192.0.2.1", 0)], Vec::new()).await;
    world.clock.wait(1);
    world.notifier.look(world.fence).await.unwrap();
    for _ in 0..2 {
        dies_while_sending(&world).await;
    }
    *world.noted.refusal.lock().unwrap() = Some(refusal(true, None));
    assert!(world.send().await.is_empty());
    *world.noted.refusal.lock().unwrap() = None;
    world.clock.wait(10);
    dies_while_sending(&world).await;
    assert_eq!(world.send().await.len(), 1);
});
