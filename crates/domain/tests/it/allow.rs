//! The allowlist: what fail2ban is told of it, what it is told again, and what of its own stays.

use bangui_domain::ServiceError;
use bangui_domain::model::{AllowId, AllowSpec, ServerId, Target, Timestamp};
use bangui_domain::ports::AllowStore as _;
use bangui_domain::service::{AllowOrder, BanOrder, Caller};

use crate::fake::{FakeJail, name};
use crate::world::World;

fn alice() -> Caller {
    Caller { user: "alice".to_owned(), address: None }
}

fn order(address: &str) -> AllowOrder {
    AllowOrder {
        target: Target::parse(address).expect("a target"),
        jail: None,
        note: Some("the office".to_owned()),
        until: None,
    }
}

/// `sshd` ignores 10.0.0.0/8 by its configuration, and `nginx` nothing.
async fn world() -> World {
    let world = World::new().await;
    world.script.edit().jails.insert("nginx".to_owned(), FakeJail::default());
    reload(&world);
    world.look().await;
    world
}

/// fail2ban reads its configuration again: `sshd` ignores what that says, and nothing else.
fn reload(world: &World) {
    world.script.edit().jails.entry("sshd".to_owned()).or_default().ignoreip = vec!["10.0.0.0/8".to_owned()];
}

fn ignored(world: &World, jail: &str) -> Vec<String> {
    let mut list = world.script.edit().jails[jail].ignoreip.clone();
    list.sort();
    list
}

/// What the leader does twice a second.
async fn tick(world: &World) {
    let seen = world.observer.look(None).await.expect("a look");
    world.allow.upkeep(seen.connection).await.expect("the upkeep");
}

#[tokio::test]
async fn an_entry_is_told_at_once_and_lifts_what_is_banned_within_it() {
    let world = world().await;
    world.script.bans("sshd", "203.0.113.7", 600, 0, Some(5));
    world.script.bans("nginx", "203.0.113.0/24", 600, 0, None);
    world.script.bans("nginx", "203.0.0.0/16", 600, 0, None);
    world.script.bans("sshd", "203.0.114.7", 600, 0, Some(5));
    world.look().await;
    world.script.pass(10);
    let outcome = world.allow.allow(&alice(), order("203.0.113.0/24")).await.expect("an entry");
    assert_eq!((outcome.pending, outcome.lifted), (None, 2));
    let left: Vec<&str> = outcome.still_banned.iter().map(|ban| ban.key.id.as_str()).collect();
    assert_eq!(left, ["203.0.0.0/16"], "a network around it is not lifted, and told");
    assert_eq!(ignored(&world, "sshd"), ["10.0.0.0/8", "203.0.113.0/24"]);
    assert_eq!(ignored(&world, "nginx"), ["203.0.113.0/24"]);
    assert_eq!(world.active("sshd").await, ["203.0.114.7"]);
    let end = world.events().await.pop().expect("an event");
    assert_eq!(
        (end.by.as_deref(), end.reason.as_deref()),
        (Some("alice"), Some("on the allowlist: the office"))
    );
    let audited = "audit WHERE user_name = 'alice' AND subject = '203.0.113.0/24' AND action = 'allow' AND \
                   detail = 'every jail (the office)'";
    assert_eq!(world.db.count(audited), 1);
}

#[tokio::test]
async fn a_ban_that_no_look_has_seen_is_lifted_too() {
    let world = world().await;
    world.script.bans("sshd", "2001:db8::dead:beef", 600, 0, Some(5));
    let outcome = world.allow.allow(&alice(), order("2001:DB8::DEAD:beef")).await.expect("an entry");
    assert_eq!((outcome.lifted, outcome.still_banned.len()), (1, 0));
    assert_eq!(
        world.story().await,
        ["ban 2001:db8::dead:beef detected +0", "unban 2001:db8::dead:beef manual by alice +0"]
    );
}

#[tokio::test]
async fn an_entry_for_one_jail_is_for_that_jail() {
    let world = world().await;
    world.script.bans("sshd", "203.0.113.7", 600, 0, Some(5));
    let only = AllowOrder { jail: Some(name("nginx")), ..order("203.0.113.7") };
    assert_eq!(world.allow.allow(&alice(), only.clone()).await.expect("an entry").lifted, 0);
    assert_eq!((ignored(&world, "sshd").len(), ignored(&world, "nginx").len()), (1, 1));

    let error = world.allow.allow(&alice(), only).await.expect_err("it is there");
    assert_eq!(error.code(), "allowed_already");
    let nowhere = AllowOrder { jail: Some(name("nowhere")), ..order("203.0.113.7") };
    assert_eq!(
        world.allow.allow(&alice(), nowhere).await.expect_err("no such jail").code(),
        "jail_not_found"
    );

    // The same for every jail: what the other one wants stays when this one goes.
    let all = world.allow.allow(&alice(), order("203.0.113.7")).await.expect("an entry");
    assert_eq!((all.lifted, ignored(&world, "sshd").len()), (1, 2));
    world.allow.disallow(&alice(), all.entry.id).await.expect("a removal");
    assert_eq!((ignored(&world, "sshd").len(), ignored(&world, "nginx").len()), (1, 1));
}

#[tokio::test]
async fn what_the_configuration_names_stays_when_the_entry_goes() {
    let world = world().await;
    let made = world.allow.allow(&alice(), order("10.0.0.0/8")).await.expect("an entry");
    assert_eq!(ignored(&world, "nginx"), ["10.0.0.0/8"]);
    let gone = world.allow.disallow(&alice(), made.entry.id).await.expect("a removal");
    assert_eq!((gone.entry, gone.pending), (made.entry, None));
    assert_eq!(ignored(&world, "sshd"), ["10.0.0.0/8"]);
    assert!(ignored(&world, "nginx").is_empty());
    let error = world.allow.disallow(&alice(), AllowId(1)).await.expect_err("it is gone");
    assert_eq!(error.code(), "allow_entry_not_found");
}

#[tokio::test]
async fn what_a_reload_takes_is_put_back_and_bans_of_that_time_are_lifted() {
    let world = world().await;
    world.allow.allow(&alice(), order("203.0.113.7")).await.expect("an entry");
    tick(&world).await;
    reload(&world);
    world.script.pass(1);
    world.script.bans("sshd", "203.0.113.7", 600, 0, Some(5));
    tick(&world).await;
    assert_eq!(ignored(&world, "sshd"), ["10.0.0.0/8"], "fail2ban tells nobody of a reload");
    world.script.pass(15);
    tick(&world).await;
    assert_eq!(ignored(&world, "sshd"), ["10.0.0.0/8", "203.0.113.7"]);
    assert!(world.active("sshd").await.is_empty());
    assert_eq!(world.story().await, ["ban 203.0.113.7 detected +1", "unban 203.0.113.7 manual by alice +16"]);
}

#[tokio::test]
async fn a_new_connection_or_jail_is_told_at_once() {
    let world = world().await;
    world.allow.allow(&alice(), order("203.0.113.7")).await.expect("an entry");
    tick(&world).await;
    reload(&world);
    world.script.edit().connection = 2;
    tick(&world).await;
    assert_eq!(ignored(&world, "sshd"), ["10.0.0.0/8", "203.0.113.7"]);
    world.script.edit().jails.insert("mail".to_owned(), FakeJail::default());
    tick(&world).await;
    assert_eq!(ignored(&world, "mail"), ["203.0.113.7"]);
}

#[tokio::test]
async fn a_jail_that_comes_back_keeps_what_its_configuration_has_by_then() {
    let world = world().await;
    let made = world.allow.allow(&alice(), order("203.0.113.7")).await.expect("an entry");
    world.script.edit().jails.remove("sshd");
    tick(&world).await;
    let comes_back = FakeJail { ignoreip: vec!["203.0.113.7".to_owned()], ..FakeJail::default() };
    world.script.edit().jails.insert("sshd".to_owned(), comes_back);
    tick(&world).await;
    world.allow.disallow(&alice(), made.entry.id).await.expect("a removal");
    assert_eq!(ignored(&world, "sshd"), ["203.0.113.7"]);
    assert!(ignored(&world, "nginx").is_empty());
}

#[tokio::test]
async fn an_offline_fail2ban_is_told_when_it_is_back() {
    let world = world().await;
    world.script.bans("sshd", "203.0.113.7", 600, 0, Some(5));
    world.look().await;
    world.script.edit().offline = true;
    let made = world.allow.allow(&alice(), order("203.0.113.7")).await.expect("an entry");
    assert_eq!(made.pending.as_deref(), Some("fail2ban is offline: no socket"));
    let book = world.allow.list().await.expect("a list");
    assert_eq!((book.entries.len(), book.own), (1, None));
    world.script.edit().offline = false;
    tick(&world).await;
    assert_eq!(ignored(&world, "sshd").len(), 2);
    assert!(world.active("sshd").await.is_empty());

    world.script.edit().offline = true;
    let gone = world.allow.disallow(&alice(), made.entry.id).await.expect("a removal");
    assert!(gone.pending.is_some());
    world.script.edit().offline = false;
    world.script.pass(15);
    tick(&world).await;
    assert_eq!(ignored(&world, "sshd"), ["10.0.0.0/8"]);
}

#[tokio::test]
async fn an_entry_ends_when_its_time_is_over_even_across_a_restart() {
    let world = world().await;
    let until = Some(Timestamp::from_secs(crate::fake::START + 60));
    world.allow.allow(&alice(), AllowOrder { until, ..order("203.0.113.7") }).await.expect("an entry");
    world.script.pass(59);
    tick(&world).await;
    assert_eq!(ignored(&world, "nginx").len(), 1);
    let world = world.restarted().await;
    world.script.pass(1);
    assert!(world.allow.list().await.expect("a list").entries.is_empty());
    tick(&world).await;
    assert_eq!((ignored(&world, "sshd").len(), ignored(&world, "nginx").len()), (1, 0));
    let audited = "audit WHERE user_name IS NULL AND action = 'disallow' AND \
                   detail = 'every jail: its time is over (the office)'";
    assert_eq!(world.db.count(audited), 1);
}

#[tokio::test]
async fn entries_that_make_no_sense_are_refused() {
    let world = world().await;
    for wide in ["0.0.0.0/0", "::/0", "128.0.0.0/7", "2000::/15"] {
        let error = world.allow.allow(&alice(), order(wide)).await.expect_err(wide);
        assert!(error.to_string().contains("turn protection off"), "{error}");
    }
    let until = Some(Timestamp::from_secs(crate::fake::START));
    let error = world.allow.allow(&alice(), AllowOrder { until, ..order("203.0.113.7") }).await;
    assert!(error.expect_err("it is over").to_string().contains("until"));

    let spec = |n: usize| AllowSpec {
        target: Target::parse(&format!("10.1.{}.{}", n / 256, n % 256)).expect("a target"),
        jail: None,
        note: None,
        by: "alice".to_owned(),
        created_at: Timestamp::from_secs(0),
        until: None,
    };
    for n in 0..AllowSpec::MOST {
        world.db.db().allow(&ServerId::local(), &spec(n)).await.expect("an entry");
    }
    let error = world.allow.allow(&alice(), order("203.0.113.7")).await.expect_err("it is full");
    assert!(matches!(&error, ServiceError::Invalid(_)) && error.to_string().contains("1000"), "{error}");
}

#[tokio::test]
async fn what_is_allowed_is_not_banned_by_hand_not_even_by_force() {
    let world = world().await;
    let only = AllowOrder { jail: Some(name("sshd")), ..order("203.0.113.0/24") };
    let made = world.allow.allow(&alice(), only).await.expect("an entry");
    let ban = |address: &str, jail: &str, force| BanOrder {
        jail: name(jail),
        target: Target::parse(address).expect("a target"),
        reason: None,
        force,
    };
    for (address, force) in [("203.0.113.7", false), ("203.0.113.7", true), ("203.0.0.0/16", false)] {
        let error = world.bans.ban(&alice(), ban(address, "sshd", force)).await.expect_err(address);
        assert_eq!(error.code(), "address_allowed");
        assert!(error.to_string().contains("203.0.113.0/24 in jail sshd, by alice"), "{error}");
    }
    assert!(world.bans.ban(&alice(), ban("203.0.113.7", "nginx", false)).await.is_ok());
    world.allow.disallow(&alice(), made.entry.id).await.expect("a removal");
    assert!(world.bans.ban(&alice(), ban("203.0.113.7", "sshd", false)).await.is_ok());
}

#[tokio::test]
async fn a_check_names_what_allows_an_address() {
    let world = world().await;
    world.script.edit().jails.get_mut("nginx").expect("a jail").ignoreip.push("gateway.example".to_owned());
    world.allow.allow(&alice(), order("10.1.0.0/16")).await.expect("an entry");
    let check = async |text: &str| {
        let found = world.allow.check(Target::parse(text).expect("a target")).await.expect("an answer");
        let own = found.own.expect("fail2ban is there");
        let own: Vec<String> = own.iter().map(|list| format!("{} {:?}", list.jail, list.entries)).collect();
        (found.entries.len(), own)
    };
    assert_eq!(check("10.1.2.3").await, (1, vec!["sshd [\"10.0.0.0/8\"]".to_owned()]));
    assert_eq!(check("10.0.0.0/15").await, (0, vec!["sshd [\"10.0.0.0/8\"]".to_owned()]));
    assert_eq!(check("203.0.113.7").await, (0, vec![]));
    let own = world.allow.list().await.expect("a list").own.expect("fail2ban is there");
    let own: Vec<String> = own.iter().map(|list| format!("{} {:?}", list.jail, list.entries)).collect();
    assert_eq!(own, ["nginx [\"gateway.example\"]", "sshd [\"10.0.0.0/8\"]"], "without what BanGUI told");
}
