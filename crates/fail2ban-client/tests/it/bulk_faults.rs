//! Many addresses and a server that fails in between: what the report says of each.

use std::time::Duration;

use fail2ban_client::codec::Value;
use fail2ban_client::fake::{Reply, Script, Server};
use fail2ban_client::{BanId, Client, Error, Options, Outcome, Report};

use crate::faults::{addresses, jail, requests};

fn in_tens() -> Options {
    Options::default().with_batch(10).with_reconnect_for(Duration::ZERO)
}

fn fake(replies: impl IntoIterator<Item = Reply>) -> Server {
    Server::scripted([Script::new(replies)]).unwrap()
}

/// The bans of jails.
fn lists(jails: &[(&str, &[&str])]) -> Reply {
    let jail = |(name, ids): &(&str, &[&str])| Value::dict([(*name, ids.to_vec())]);
    Reply::value(jails.iter().map(jail).collect::<Vec<_>>())
}

fn ids(texts: &[&str]) -> Vec<BanId> {
    texts.iter().map(|text| BanId::new(*text).unwrap()).collect()
}

fn outcomes(report: &Report) -> Vec<(&str, &str, Outcome)> {
    report.entries.iter().map(|entry| (entry.jail.as_str(), entry.id.as_str(), entry.outcome)).collect()
}

#[tokio::test]
async fn a_lost_reply_concerns_its_own_part() {
    let fake = fake([Reply::value(["10.0.0.3"]), Reply::value(9)]);
    let client = Client::with_options(fake.socket(), in_tens());
    let mut bulk = client.ban_many(&jail(), addresses(35));
    let first = bulk.next().await.unwrap().unwrap();
    assert_eq!((first.settled, first.total, first.sent), (10, 35, 10));
    let error = bulk.next().await.unwrap().unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error}");
    assert!(bulk.next().await.is_none() && bulk.next().await.is_none());
    let report = bulk.report();
    assert_eq!(report.to_string(), "9 done, 1 so already, 10 unknown, 15 not sent");
    let expected = |place: usize| match place {
        3 => Outcome::Already,
        0..10 => Outcome::Done,
        10..20 => Outcome::Unknown,
        _ => Outcome::NotSent,
    };
    assert!(report.entries.iter().enumerate().all(|(place, entry)| entry.outcome == expected(place)));
    assert_eq!(requests(&fake).len(), 3);
}

#[tokio::test]
async fn an_error_within_a_part_is_looked_into() {
    let banned: Vec<String> = addresses(14).iter().map(ToString::to_string).collect();
    let banned: Vec<&str> = banned.iter().map(String::as_str).collect();
    let fake = fake([
        Reply::value([""; 0]),
        Reply::value(10),
        Reply::exception("builtins", "ValueError", ["in mid part".into()]),
        Reply::value(banned),
    ]);
    let client = Client::with_options(fake.socket(), in_tens());
    let error = client.ban(&jail(), &addresses(25)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"set sshd banip\" was cut short (14 done, 6 failed, 5 not sent): fail2ban refused \"set sshd banip\": \
         ValueError: in mid part"
    );
    assert_eq!(error.exception().unwrap().name(), "ValueError");
    let Error::PartlyDone { report, .. } = error else { panic!("not partly done") };
    assert!(report.entries.iter().take(14).all(|entry| entry.outcome == Outcome::Done));
    assert_eq!(requests(&fake).len(), 4);
}

#[tokio::test]
async fn a_count_that_is_too_low_is_looked_into() {
    let fake = fake([Reply::value([""; 0]), Reply::value(2), Reply::value(["10.0.0.0", "10.0.0.2"])]);
    let client = Client::with_options(fake.socket(), in_tens());
    let report = client.ban(&jail(), &addresses(3)).await.unwrap();
    let failed: Vec<&str> = report.with(Outcome::Failed).map(|entry| entry.id.as_str()).collect();
    assert_eq!((failed, report.count(Outcome::Done)), (vec!["10.0.0.1"], 2));
}

#[tokio::test]
async fn nothing_was_sent_where_the_server_has_gone_before() {
    let fake = fake([Reply::value([""; 0]).then_close()]);
    let client = Client::with_options(fake.socket(), in_tens());
    let mut bulk = client.ban_many(&jail(), addresses(12));
    // The server closes after its first answer, and nobody accepts again.
    let error = bulk.next().await.unwrap().unwrap_err();
    assert!(error.is_offline(), "{error}");
    let unknown = bulk.report().count(Outcome::Unknown);
    assert_eq!(unknown, if error.is_outcome_unknown() { 10 } else { 0 });
    assert_eq!(bulk.report().count(Outcome::NotSent), 12 - unknown);
}

#[tokio::test]
async fn a_jail_that_goes_is_no_error_where_all_are_meant() {
    let unknown = || Reply::unknown_jail("a");
    let fake = fake([
        lists(&[("a", &["10.0.0.1", "10.0.0.2"]), ("b", &["10.0.0.1", "10.0.0.0/8"])]),
        unknown(),
        unknown(),
        Reply::value(1),
        lists(&[("b", &["10.0.0.0/8"])]),
    ]);
    let client = Client::with_options(fake.socket(), in_tens().with_batch(1));
    let report = client.unban_everywhere(&ids(&["10.0.0.1", "10.0.0.2"])).await.unwrap();
    assert_eq!(
        outcomes(&report),
        [
            ("a", "10.0.0.1", Outcome::Already),
            ("a", "10.0.0.2", Outcome::Already),
            ("b", "10.0.0.1", Outcome::Done),
            ("b", "10.0.0.2", Outcome::Already),
        ]
    );
    assert!(report.entries.iter().skip(2).all(|entry| entry.covered_by == ["10.0.0.0/8".parse().unwrap()]));
    assert_eq!(requests(&fake).len(), 5);
}

#[tokio::test]
async fn an_error_while_unbanning_is_looked_into() {
    let fake = fake([
        Reply::value(["10.0.0.1", "10.0.0.2", "10.0.0.3"]),
        Reply::exception("sqlite3", "OperationalError", ["database is locked".into()]),
        Reply::value(["10.0.0.2", "10.0.0.3"]),
        Reply::value(["10.0.0.2", "10.0.0.3"]),
    ]);
    let client = Client::with_options(fake.socket(), in_tens());
    let mut bulk = client.unban_many(&jail(), ids(&["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"]));
    let error = bulk.next().await.unwrap().unwrap_err();
    assert_eq!(error.exception().unwrap().name(), "OperationalError");
    assert!(bulk.next().await.is_none());
    assert_eq!(bulk.report().to_string(), "1 done, 1 so already, 2 failed");
    assert_eq!(bulk.report().entries[0].outcome, Outcome::Done);
}

#[tokio::test]
async fn nothing_is_asked_for_nothing() {
    let client = Client::new("/nonexistent/socket");
    assert_eq!(client.unban_everywhere(&[]).await.unwrap(), Report::default());
    assert_eq!(client.unban(&jail(), &[]).await.unwrap(), Report::default());
    assert_eq!(client.ban(&jail(), &[]).await.unwrap(), Report::default());
}

#[tokio::test]
async fn a_network_that_has_ended_meanwhile_is_not_sent() {
    let fake = fake([
        Reply::value(["10.0.0.0/8", "10.0.0.1"]),
        Reply::value(0),
        Reply::value(1),
        Reply::value([""; 0]),
    ]);
    let client = Client::with_options(fake.socket(), in_tens());
    let report = client.unban(&jail(), &ids(&["10.0.0.0/8", "10.0.0.1"])).await.unwrap();
    assert_eq!(
        outcomes(&report).iter().map(|row| row.2).collect::<Vec<_>>(),
        [Outcome::Already, Outcome::Done]
    );
    let sent = String::from_utf8_lossy(&requests(&fake)[2]).into_owned();
    assert!(sent.contains("unbanip") && sent.contains("10.0.0.1") && !sent.contains("10.0.0.0/8"), "{sent}");
}
