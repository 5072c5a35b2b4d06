//! Channels and rules as they are kept.

use bangui_domain::model::notify::{ChannelId, Condition, RuleId, RuleSpec};
use bangui_domain::model::{Country, JailName, Origin};
use bangui_domain::ports::{ChannelDeleted, RuleStore, StoreError};
use bangui_test_support::both_databases;

use super::{Timestamp, World, channel, rule};

const NOW: Timestamp = Timestamp::from_secs(super::START);

both_databases!(what_is_saved_comes_back, |test| async move {
    let db = test.db();
    let made = db.save_channel(None, &channel("ops"), NOW).await.unwrap();
    assert_eq!(db.channels().await.unwrap(), std::slice::from_ref(&made));
    let changed = db.save_channel(Some(made.id), &channel("new"), NOW.plus_secs(5)).await.unwrap();
    assert_eq!((changed.id, changed.created_at, changed.spec.name.as_str()), (made.id, NOW, "new"));
    for condition in [
        Condition::Bans {
            jails: vec![JailName::parse("sshd").unwrap()],
            countries: vec!["NL".parse().unwrap(), Country::Private],
            origins: vec![Origin::Manual],
            least_bans: 3,
        },
        Condition::Unusual { jails: Vec::new(), minutes: 1, factor: 2, least_bans: 3 },
        Condition::Offline { secs: 5 },
        Condition::Silent { jails: vec![JailName::parse("żółw").unwrap()], hours: 1 },
    ] {
        let spec = rule(made.id, condition);
        let saved = db.save_rule(None, &spec, NOW).await.unwrap();
        assert_eq!((&saved.spec, db.rules().await.unwrap()), (&spec, vec![saved.clone()]));
        assert!(db.delete_rule(saved.id).await.unwrap());
        assert!(!db.delete_rule(saved.id).await.unwrap());
    }
});

both_databases!(a_channel_that_cannot_be_read_is_not_gone, |test| async move {
    let (world, id) = World::new(&test).await;
    let other = world.db.save_channel(None, &channel("other"), NOW).await.unwrap().id;
    let mut spec = rule(id, Condition::Offline { secs: 5 });
    spec.channels.push(other);
    world.rule(spec).await;
    world.online();
    world.offline();
    world.clock.wait(10);
    world.notifier.look(world.fence).await.unwrap();
    test.execute("CREATE TABLE saved AS SELECT settings FROM channels WHERE name = 'ops'");
    test.execute("UPDATE channels SET settings = '{\"kind\": \"carrier pigeon\"}' WHERE name = 'ops'");
    assert_eq!(world.send().await.len(), 1, "the other channel goes on");
    assert!(world.send().await.is_empty());
    test.execute("UPDATE channels SET settings = (SELECT settings FROM saved) WHERE name = 'ops'");
    assert_eq!(world.send().await.len(), 1, "the message has waited");

    // What a rule names that cannot be read is not known.
    let unused = world.db.save_channel(None, &channel("unused"), NOW).await.unwrap().id;
    test.execute("UPDATE rules SET spec = '{}'");
    for id in [other, unused] {
        let deleted = world.db.delete_channel(id).await.unwrap();
        assert_eq!(deleted, ChannelDeleted::UsedBy("rule".to_owned()));
    }
});

both_databases!(names_are_taken_once_and_what_is_used_stays, |test| async move {
    let db = test.db();
    let id = db.save_channel(None, &channel("ops"), NOW).await.unwrap().id;
    let other = db.save_channel(None, &channel("other"), NOW).await.unwrap().id;
    let taken = |error: StoreError| matches!(error, StoreError::Conflict(_));
    assert!(taken(db.save_channel(None, &channel("ops"), NOW).await.unwrap_err()));
    assert!(taken(db.save_channel(Some(other), &channel("ops"), NOW).await.unwrap_err()));
    let spec = rule(id, Condition::Offline { secs: 5 });
    db.save_rule(None, &spec, NOW).await.unwrap();
    assert!(taken(db.save_rule(None, &spec, NOW).await.unwrap_err()));

    assert_eq!(db.delete_channel(id).await.unwrap(), ChannelDeleted::UsedBy("rule".to_owned()));
    assert_eq!(db.delete_channel(other).await.unwrap(), ChannelDeleted::Yes);
    assert_eq!(db.delete_channel(other).await.unwrap(), ChannelDeleted::NotFound);
    let gone = RuleSpec { name: "b".to_owned(), channels: vec![id, other], ..spec.clone() };
    assert!(matches!(db.save_rule(None, &gone, NOW).await, Err(StoreError::NotFound)));
    assert!(matches!(db.save_rule(Some(RuleId(99)), &spec, NOW).await, Err(StoreError::NotFound)));
    let missing = db.save_channel(Some(ChannelId(99)), &channel("x"), NOW).await;
    assert!(matches!(missing, Err(StoreError::NotFound)));
    let next = db.save_channel(None, &channel("other"), NOW).await.unwrap().id;
    assert!(next > other, "numbers are never used again");
});
