//! Jails whose lists lie, stall or err: the others lose nothing, and those are named.

use std::collections::BTreeSet;

use bangui_domain::model::{JailName, ProblemCode};
use proptest::prelude::*;

use crate::fake::{ListAnswer, name};
use crate::world::World;

const JAILS: usize = 6;

fn answers() -> impl Strategy<Value = Vec<ListAnswer>> {
    let answer = prop_oneof![
        3 => Just(ListAnswer::True),
        1 => Just(ListAnswer::Refused),
        1 => Just(ListAnswer::Stalls),
        1 => Just(ListAnswer::Lies),
    ];
    proptest::collection::vec(answer, JAILS)
}

/// The bans that were recorded, by jail and address.
async fn recorded(world: &World) -> BTreeSet<(String, String)> {
    let events = world.events().await;
    events.iter().map(|event| (event.key.jail.to_string(), event.key.id.as_str().to_owned())).collect()
}

/// The jails that have a problem with their list.
fn named(world: &World) -> BTreeSet<JailName> {
    let of_lists = |code| ProblemCode::OF_LISTS.contains(&code);
    world.watch.problems().iter().filter(|it| of_lists(it.code)).filter_map(|it| it.jail.clone()).collect()
}

async fn holds(answers: Vec<ListAnswer>) {
    let world = World::without_history().await;
    let jail = |place: usize| format!("jail-{place}");
    let mut expected = BTreeSet::new();
    for round in 0..3 {
        for (place, answer) in answers.iter().enumerate() {
            let address = format!("192.0.2.{}", round * JAILS + place + 1);
            world.script.bans(&jail(place), &address, 600, 0, None);
            world.script.edit().jails.get_mut(&jail(place)).expect("a jail").list = *answer;
            if *answer == ListAnswer::True {
                expected.insert((jail(place), address));
            }
        }
        // A jail that stalls ends a look: the rest comes in the next.
        for _ in 0..=JAILS {
            world.observer.look(None).await.expect("one jail is not fail2ban");
            world.script.pass(1);
        }
        let found: BTreeSet<_> = recorded(&world).await;
        assert_eq!(found, expected, "{answers:?}");
        assert!(world.watch.state().is_online());
    }
    let odd = answers.iter().enumerate().filter(|(_, answer)| **answer != ListAnswer::True);
    let odd: BTreeSet<JailName> = odd.map(|(place, _)| name(&jail(place))).collect();
    assert_eq!(named(&world), odd, "{answers:?}");

    // What is well again is told in full, and named no longer.
    for place in 0..answers.len() {
        world.script.edit().jails.get_mut(&jail(place)).expect("a jail").list = ListAnswer::True;
    }
    world.script.pass(300);
    world.observer.look(None).await.expect("a look");
    assert_eq!(recorded(&world).await.len(), 3 * JAILS);
    assert_eq!(named(&world), BTreeSet::new());
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
