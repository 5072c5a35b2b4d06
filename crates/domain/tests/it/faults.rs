//! Jails whose lists lie, stall or err: the others lose nothing, and those are named.

use std::collections::BTreeSet;
use std::sync::Arc;

use bangui_domain::model::{BanEvent, JailName, ProblemCode};
use bangui_domain::service::JailService;
use proptest::prelude::*;

use crate::fake::{ListAnswer, name};
use crate::world::World;

const JAILS: usize = 6;

/// How a jail answers, and whether its counters are refused besides.
type Answer = (ListAnswer, bool);

fn answers() -> impl Strategy<Value = Vec<Answer>> {
    let list = prop_oneof![
        3 => Just(ListAnswer::True),
        1 => Just(ListAnswer::Refused),
        1 => Just(ListAnswer::Stalls),
        1 => Just(ListAnswer::Lies),
        1 => Just(ListAnswer::HalfLies),
        1 => Just(ListAnswer::IdsOnly),
        1 => Just(ListAnswer::HalfIds),
    ];
    proptest::collection::vec((list, prop::bool::weighted(0.2)), JAILS)
}

/// What a jail that answers so tells.
fn is_complete(answer: ListAnswer) -> bool {
    matches!(answer, ListAnswer::True | ListAnswer::IdsOnly | ListAnswer::HalfIds)
}

/// One event: ban or unban, jail, address.
type Event = (&'static str, String, String);

/// The events that were recorded, each once.
async fn recorded(world: &World) -> BTreeSet<Event> {
    let events = world.events().await;
    let event = |event: &BanEvent| {
        (event.kind.as_str(), event.key.jail.to_string(), event.key.id.as_str().to_owned())
    };
    let once: BTreeSet<Event> = events.iter().map(event).collect();
    assert_eq!(once.len(), events.len(), "{:?}", world.story().await);
    once
}

/// The jails that have one of these problems.
fn named(world: &World, codes: &[ProblemCode]) -> BTreeSet<JailName> {
    let problems = world.watch.problems();
    problems.iter().filter(|it| codes.contains(&it.code)).filter_map(|it| it.jail.clone()).collect()
}

fn jail(place: usize) -> String {
    format!("jail-{place}")
}

fn answer_as(world: &World, place: usize, (list, uncounted): Answer) {
    let mut fake = world.script.edit();
    let jail = fake.jails.get_mut(&jail(place)).expect("a jail");
    (jail.list, jail.uncounted) = (list, uncounted);
}

/// Each jail bans two addresses, and lifts one of the round before.
fn a_round(world: &World, round: usize, answers: &[Answer]) -> BTreeSet<Event> {
    let mut events = BTreeSet::new();
    let address = |round, place, last: u8| format!("192.{round}.{place}.{last}");
    for (place, answer) in answers.iter().enumerate() {
        for last in [1, 2] {
            world.script.bans(&jail(place), &address(round, place, last), 900, 0, None);
            events.insert(("ban", jail(place), address(round, place, last)));
        }
        if let Some(before) = round.checked_sub(1) {
            world.script.lifts(&jail(place), &address(before, place, 1), true);
            events.insert(("unban", jail(place), address(before, place, 1)));
        }
        answer_as(world, place, *answer);
    }
    events
}

async fn holds(answers: Vec<Answer>) {
    let world = World::without_history().await;
    let (mut all, mut expected) = (BTreeSet::new(), BTreeSet::new());
    let of = |event: &Event| answers.iter().enumerate().find(|(place, _)| jail(*place) == event.1);
    for round in 0..3 {
        let events = a_round(&world, round, &answers);
        let complete = |event: &&Event| of(event).is_some_and(|(_, (list, _))| is_complete(*list));
        expected.extend(events.iter().filter(complete).cloned());
        all.extend(events);
        // A jail that stalls ends a look, and one without counters is listed now and then.
        for _ in 0..40 {
            world.observer.look(None).await.expect("one jail is not fail2ban");
            world.script.pass(1);
        }
        let found = recorded(&world).await;
        assert!(expected.is_subset(&found), "{answers:?}: {:?}", expected.difference(&found));
        assert!(found.is_subset(&all), "{answers:?}: invented {:?}", found.difference(&all));
        assert!(world.watch.state().is_online());
    }
    let which = |odd: fn(&Answer) -> bool| -> BTreeSet<JailName> {
        let odd = answers.iter().enumerate().filter(|(_, answer)| odd(answer));
        odd.map(|(place, _)| name(&jail(place))).collect()
    };
    assert_eq!(named(&world, &ProblemCode::OF_LISTS), which(|answer| answer.0 != ListAnswer::True));
    assert_eq!(named(&world, &[ProblemCode::CountersUnreadable]), which(|answer| answer.1));

    // What is well again is told in full, and named no longer.
    (0..answers.len()).for_each(|place| answer_as(&world, place, (ListAnswer::True, false)));
    world.script.pass(300);
    world.observer.look(None).await.expect("a look");
    let found = recorded(&world).await;
    assert!(found.is_subset(&all), "{answers:?}: invented {:?}", found.difference(&all));
    for (_, jail, address) in all.iter().filter(|(kind, ..)| *kind == "ban") {
        let (ban, unban) = (("ban", jail.clone(), address.clone()), ("unban", jail.clone(), address.clone()));
        // A ban that came and went while nobody could see it is nowhere.
        let is_over = all.contains(&unban);
        assert!(found.contains(&ban) || is_over, "{answers:?}: {ban:?}");
        assert_eq!(found.contains(&unban), is_over && found.contains(&ban), "{answers:?}: {unban:?}");
    }
    assert_eq!(named(&world, &ProblemCode::OF_LISTS), BTreeSet::new());
    assert_eq!(named(&world, &[ProblemCode::CountersUnreadable]), BTreeSet::new());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn of_n_jails_any_may_lie_stall_or_err_and_the_others_are_complete(answers in answers()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(holds(answers));
    }
}

#[tokio::test]
async fn a_list_that_stalls_is_asked_for_seldom_and_last() {
    let world = World::without_history().await;
    for jail in ["a", "b"] {
        world.script.bans(jail, "192.0.2.1", 600, 0, None);
    }
    world.script.edit().jails.get_mut("a").expect("a jail").list = ListAnswer::Stalls;
    for _ in 0..20 {
        world.observer.look(None).await.expect("a look");
        world.script.pass(1);
    }
    assert_eq!(recorded(&world).await.len(), 1);
    let read = world.script.edit().lists_read;
    assert!(read <= 6, "{read} lists in 20 s: each try of a list that stalls keeps all others waiting");
}

#[tokio::test]
async fn a_jail_whose_ignored_addresses_cannot_be_read_does_not_keep_the_others_from_the_allowlist() {
    use bangui_domain::model::Target;
    use bangui_domain::service::{AllowOrder, Caller};
    let world = World::new().await;
    for jail in ["a", "b", "c"] {
        world.script.bans(jail, "198.51.100.1", 600, 0, Some(3));
    }
    world.script.edit().jails.get_mut("b").expect("a jail").ignoreip_refused = Some("it is odd".to_owned());
    world.look().await;
    let order = AllowOrder {
        target: Target::parse("203.0.113.7").expect("an address"),
        jail: None,
        note: None,
        until: None,
    };
    let caller = Caller { user: "admin".to_owned(), address: None };
    let outcome = world.allow.allow(&caller, order).await.expect("the others know");
    assert_eq!(outcome.pending.as_deref(), Some("jail b: it is odd"));
    for (jail, knows) in [("a", 1), ("b", 0), ("c", 1)] {
        assert_eq!(world.script.edit().jails[jail].ignoreip.len(), knows, "{jail}");
    }
    let problems = world.watch.problems();
    assert!(
        matches!(&*problems, [it] if it.code == ProblemCode::AllowlistPending && it.jail == Some(name("b"))),
        "{problems:?}"
    );
    world.script.edit().jails.get_mut("b").expect("a jail").ignoreip_refused = None;
    world.script.pass(60);
    world.allow.upkeep(1).await.expect("told");
    assert!(world.watch.problems().is_empty());
}

#[tokio::test]
async fn nothing_is_made_up_of_a_jail_that_fail2ban_does_not_describe() {
    let world = World::new().await;
    world.script.bans("odd", "192.0.2.1", 600, 0, Some(3));
    world.look().await;
    world.script.edit().jails.get_mut("odd").expect("a jail").uncounted = true;
    let jails = JailService::new(Arc::new(world.script.clone()), Arc::clone(&world.watch));
    let detail = jails.detail(&name("odd")).await.expect("what is known of it");
    assert_eq!(detail.counters.currently_banned, 1);
    assert_eq!((detail.settings.bantime, detail.settings.bantime_increment.enabled), (None, None));
    assert_eq!(detail.log(None), None, "nobody knows what it reads");
    assert_eq!(detail.unreadable, ["its status is odd"]);
}
