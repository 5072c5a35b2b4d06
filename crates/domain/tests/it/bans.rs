//! Bans and unbans that users ask for.

use bangui_domain::ServiceError;
use bangui_domain::model::{BanQuery, ServerId, Target};
use bangui_domain::service::{BanOrder, Caller, UnbanOrder};

use crate::fake::name;
use crate::world::World;

fn alice() -> Caller {
    Caller { user: "alice".to_owned(), address: "198.51.100.9".parse().ok() }
}

fn order(ip: &str) -> BanOrder {
    BanOrder {
        jail: name("sshd"),
        target: Target::parse(ip).expect("a target"),
        reason: Some("abuse report".to_owned()),
        force: false,
    }
}

fn unban(id: &str) -> UnbanOrder {
    UnbanOrder { id: id.to_owned(), jail: None, reason: None }
}

async fn world() -> World {
    let world = World::new().await;
    world.script.edit().jails.entry("sshd".to_owned()).or_default().ignoreip = vec!["10.0.0.0/8".to_owned()];
    world.look().await;
    world.script.pass(1);
    world
}

#[tokio::test]
async fn a_ban_by_a_user_carries_their_name_and_is_told_once() {
    let world = world().await;
    let outcome = world.bans.ban(&alice(), order("203.0.113.7")).await.expect("a ban");
    assert!(outcome.newly_banned);
    assert_eq!(outcome.jails, [name("sshd")]);
    let ban = outcome.ban.expect("the ban with its times");
    assert_eq!((ban.by.as_deref(), ban.reason.as_deref()), (Some("alice"), Some("abuse report")));
    world.script.pass(7);
    world.look().await;
    assert_eq!(world.story().await, ["ban 203.0.113.7 manual by alice +1"]);

    let again = world.bans.ban(&alice(), order("203.0.113.7")).await.expect("the same ban");
    assert!(!again.newly_banned);
    assert_eq!(world.story().await.len(), 1);
}

#[tokio::test]
async fn a_ban_is_the_users_also_where_another_process_has_seen_it_first() {
    let world = world().await;
    let target = Target::parse("203.0.113.9").expect("a target");
    world.observer.expect(&name("sshd"), target, "alice", Some("abuse report")).await;
    world.script.bans("sshd", "203.0.113.9", 600, 0, Some(0));
    // The other process has the same fail2ban and the same database, and knows of no order.
    let world = {
        let (mine, other) = (world.observer.clone(), world.restarted().await);
        other.look().await;
        assert_eq!(other.story().await, ["ban 203.0.113.9 manual +1"]);
        mine.look_at(Some(&name("sshd"))).await.expect("a look");
        other
    };
    assert_eq!(world.story().await, ["ban 203.0.113.9 manual by alice +1"]);
    let ban = world.bans.find(&BanQuery::of(ServerId::local())).await.expect("bans").items.remove(0);
    assert_eq!((ban.by.as_deref(), ban.reason.as_deref()), (Some("alice"), Some("abuse report")));
}

#[tokio::test]
async fn an_unban_keeps_what_fail2ban_is_about_to_forget() {
    let world = world().await;
    // Banned a moment ago: no look has seen it yet, and the unban deletes fail2ban's row.
    world.script.bans("sshd", "2001:db8::dead:beef", 600, 0, Some(5));
    let outcome = world.bans.unban(&alice(), unban("2001:0DB8::DEAD:beef")).await.expect("an unban");
    assert_eq!((outcome.unbanned, outcome.jails.len()), (1, 0));
    world.script.pass(1);
    world.look().await;
    assert_eq!(
        world.story().await,
        ["ban 2001:db8::dead:beef detected +1", "unban 2001:db8::dead:beef manual by alice +1"]
    );
    assert_eq!(world.events().await[0].failures, Some(5));
    assert!(world.script.edit().rows.is_empty());
}

#[tokio::test]
async fn an_unban_goes_to_every_jail_or_to_the_one_named() {
    let world = world().await;
    for jail in ["sshd", "nginx"] {
        world.script.bans(jail, "192.0.2.1", 600, 0, Some(3));
    }
    let one = UnbanOrder { jail: Some(name("nginx")), ..unban("192.0.2.1") };
    let outcome = world.bans.unban(&alice(), one).await.expect("an unban");
    assert_eq!((outcome.unbanned, outcome.jails), (1, vec![name("sshd")]));
    let outcome = world.bans.unban(&alice(), unban("192.0.2.1")).await.expect("an unban");
    assert_eq!((outcome.unbanned, outcome.jails), (1, vec![]));
}

#[tokio::test]
async fn a_network_is_unbanned_only_if_it_is_an_entry() {
    let world = world().await;
    world.script.bans("sshd", "192.0.2.1", 600, 0, Some(3));
    let error = world.bans.unban(&alice(), unban("192.0.2.0/24")).await.expect_err("no such entry");
    assert!(matches!(error, ServiceError::BanNotFound { .. }), "{error}");
    assert_eq!(world.active("sshd").await, ["192.0.2.1"]);
}

#[tokio::test]
async fn an_entry_that_is_no_address_is_unbanned_by_its_own_text() {
    let world = world().await;
    world.script.bans("sshd", "bob@example.com", 600, 0, Some(3));
    let outcome = world.bans.unban(&alice(), unban("bob@example.com")).await.expect("an unban");
    assert_eq!(outcome.unbanned, 1);
    let error = world.bans.unban(&alice(), unban("nobody")).await.expect_err("no such entry");
    assert_eq!(error.code(), "ban_not_found");
}

#[tokio::test]
async fn an_entry_that_fail2ban_cannot_lift_is_not_said_to_be_lifted() {
    let world = world().await;
    world.script.bans("sshd", "('10.0.0.1', 'joe')", 600, 0, Some(3));
    let error = world.bans.unban(&alice(), unban("('10.0.0.1', 'joe')")).await.expect_err("it stays");
    assert_eq!(error.code(), "not_confirmed");
    world.script.lifts("sshd", "('10.0.0.1', 'joe')", false);
    world.script.pass(60);
    let error = world.bans.unban(&alice(), unban("('10.0.0.1', 'joe')")).await.expect_err("it is gone");
    assert_eq!(error.code(), "ban_not_found");
}

#[tokio::test]
async fn what_would_hurt_is_refused_unless_forced() {
    let world = world().await;
    for (ip, code) in [
        ("198.51.100.9", "ban_own_address"),
        ("127.0.0.1", "ban_loopback"),
        ("10.1.2.3", "ban_ignored"),
        ("11.0.0.0/8", "ban_network_too_wide"),
    ] {
        let error = world.bans.ban(&alice(), order(ip)).await.expect_err(ip);
        assert_eq!(error.code(), code);
    }
    let forced = BanOrder { force: true, ..order("10.1.2.3") };
    assert!(world.bans.ban(&alice(), forced).await.expect("forced").newly_banned);
    let elsewhere = BanOrder { jail: name("nowhere"), ..order("203.0.113.7") };
    let error = world.bans.ban(&alice(), elsewhere).await.expect_err("no such jail");
    assert_eq!(error.code(), "jail_not_found");
}

#[tokio::test]
async fn an_offline_fail2ban_is_said_to_be_offline() {
    let world = world().await;
    world.script.edit().offline = true;
    let error = world.bans.ban(&alice(), order("203.0.113.7")).await.expect_err("offline");
    assert_eq!(error.code(), "fail2ban_offline");
    let error = world.bans.unban(&alice(), unban("203.0.113.7")).await.expect_err("offline");
    assert_eq!(error.code(), "fail2ban_offline");
}
