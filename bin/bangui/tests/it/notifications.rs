//! Bans of a real fail2ban, told to a webhook and a mailbox: once, also when the process dies in between.

use std::time::Duration;

use bangui_test_support::mailbox::Mailbox;
use bangui_test_support::receiver::{Answer, Receiver};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::lab::{attack, fail2ban};
use crate::server::{PATIENCE, Server, Setup, eventually, free_port};

fn made(server: &Server, path: &str, body: &Value) -> i64 {
    let (status, answer) = server.call("POST", path, Some(body));
    assert_eq!(status, 201, "{answer}");
    answer["id"].as_i64().expect("a number")
}

fn webhook(server: &Server, name: &str, url: &str) -> i64 {
    let settings = json!({"kind": "webhook", "preset": "json", "url": url});
    made(server, "/api/notifications/channels", &json!({"name": name, "settings": settings}))
}

fn rule(server: &Server, channels: &[i64], group_secs: u32) {
    let condition = json!({"kind": "bans", "jails": ["sshd"]});
    let rule = json!({"name": "SSH", "condition": condition, "channels": channels, "group_secs": group_secs});
    made(server, "/api/notifications/rules", &rule);
}

/// The addresses of all bans that were received.
fn told(receiver: &Receiver) -> Vec<String> {
    let mut addresses = Vec::new();
    for came in receiver.received() {
        let body: Value = serde_json::from_str(&came.body).expect("JSON");
        for note in body["notes"].as_array().expect("a list") {
            addresses.push(note["ip"].as_str().expect("an address").to_owned());
        }
    }
    addresses
}

#[test]
fn a_ban_is_told_once_through_crashes() {
    let fail2ban = fail2ban();
    let (receiver, mailbox) = (Receiver::start().expect("a server"), Mailbox::start(None).expect("a server"));
    let mut setup = Setup::with_socket(&fail2ban.socket());
    let database = tempfile::TempDir::new().expect("a directory");
    let url = format!("sqlite://{}", database.path().join("bangui.db").display());
    setup.settings.push(("BANGUI_DATABASE__URL", url));
    setup.settings.push(("BANGUI_OUTGOING__ALLOW_NETWORKS", "127.0.0.1,::1".to_owned()));
    setup.settings.push(("BANGUI_OUTGOING__ALLOW_HTTP", "true".to_owned()));
    setup.settings.push(("BANGUI_OUTGOING__MAIL_PORTS", mailbox.address().port().to_string()));
    setup.settings.push(("BANGUI_OUTGOING__HOST_NAME", "bangui.example.net".to_owned()));
    setup.address = Some(free_port());

    let mut server = Server::start_and_login(&setup);
    server.wait_for_health(200);
    let hook = webhook(&server, "hook", &receiver.url("/in?token=s3cret"));
    let mail = json!({
        "kind": "email", "host": "localhost", "port": mailbox.address().port(), "security": "none",
        "from": "bangui@example.net", "to": ["ops@example.net"],
    });
    let mail = made(&server, "/api/notifications/channels", &json!({"name": "mail", "settings": mail}));
    // Long enough for the process to die with the ban gathered and not sent.
    rule(&server, &[hook, mail], 8);
    eventually("the rule to be looked at", || {
        let jobs = server.items("/api/jobs");
        let notify = jobs.iter().find(|job| job["name"] == "notify").expect("the job");
        (notify["tally"]["runs"].as_u64() > Some(1)).then_some(())
    });

    attack(&fail2ban, "sshd", "198.51.100.1");
    eventually("the ban to be recorded", || {
        (!server.items("/api/events?ip=198.51.100.1").is_empty()).then_some(())
    });
    attack(&fail2ban, "nginx", "198.51.100.2");
    server.signal(Signal::KILL);
    server.wait();
    assert_eq!(receiver.received(), [], "it waits for more");
    // While nobody watches.
    attack(&fail2ban, "sshd", "198.51.100.3");

    let mut server = Server::start_and_login(&setup);
    let sent = || {
        let all = server.items("/api/notifications/deliveries");
        let is_over = all.iter().all(|delivery| delivery["state"] == "sent");
        (told(&receiver).len() >= 2 && is_over).then_some(all)
    };
    let sent = eventually("both bans to be told", sent);
    for delivery in &sent {
        assert_eq!((&delivery["rule"], &delivery["tries"]), (&json!("SSH"), &json!(1)), "{delivery}");
    }
    // In order, so that the next one need not wait for the lock.
    server.signal(Signal::TERM);
    server.wait();

    let server = Server::start_and_login(&setup);
    attack(&fail2ban, "sshd", "198.51.100.4");
    eventually("the last ban to be told", || (told(&receiver).len() >= 3).then_some(()));
    eventually("the last mail", || {
        mailbox.mails().iter().any(|mail| mail.text.contains("198.51.100.4")).then_some(())
    });
    let mut addresses = told(&receiver);
    addresses.sort();
    assert_eq!(addresses, ["198.51.100.1", "198.51.100.3", "198.51.100.4"], "each once, and sshd's alone");
    let mails: String = mailbox.mails().iter().map(|mail| mail.text.as_str()).collect();
    for address in &addresses {
        assert_eq!(mails.matches(&format!("{address} (")).count(), 1, "{mails}");
    }
    assert!(mailbox.mails().iter().all(|mail| mail.hello == "bangui.example.net"), "{:?}", mailbox.mails());
    let everything = format!("{} {:?}", server.log(), server.get("/api/notifications/channels"));
    assert!(!everything.contains("s3cret"), "{everything}");
}

#[test]
fn a_channel_is_tested_and_refused_within_ones_own_network() {
    let receiver = Receiver::answering(|_, _| Answer::new(403, "no such token")).expect("a server");
    let nowhere = std::path::Path::new("/nowhere/fail2ban.sock");
    let server = Server::start_and_login(&Setup::with_socket(nowhere));
    for (url, text) in [
        (receiver.url("/"), "outgoing.allow_http"),
        ("https://127.0.0.1/".to_owned(), "outgoing.allow_networks"),
        ("https://0x7f.1/".to_owned(), "outgoing.allow_networks"),
        ("https://localhost/".to_owned(), "outgoing.allow_networks"),
    ] {
        let settings = json!({"kind": "webhook", "preset": "slack", "url": url});
        let body = json!({"name": "x", "settings": settings});
        let (status, answer) = server.call("POST", "/api/notifications/channels", Some(&body));
        assert_eq!((status, &answer["fields"][0]["field"]), (400, &json!("url")), "{answer}");
        assert!(answer["detail"].as_str().is_some_and(|detail| detail.contains(text)), "{url}: {answer}");
    }
    assert_eq!(receiver.received(), []);
    drop(server);

    let mut setup = Setup::with_socket(nowhere);
    setup.settings.push(("BANGUI_OUTGOING__ALLOW_NETWORKS", "127.0.0.1/32".to_owned()));
    setup.settings.push(("BANGUI_OUTGOING__ALLOW_HTTP", "true".to_owned()));
    let server = Server::start_and_login(&setup);
    let channel = webhook(&server, "hook", &receiver.url("/in"));
    let path = format!("/api/notifications/channels/{channel}/test");
    let (status, answer) = server.call("POST", &path, None);
    assert_eq!((status, &answer["sent"], &answer["status"]), (200, &json!(false), &json!(403)), "{answer}");
    assert!(!answer.to_string().contains("no such token"), "it is within a network: {answer}");
    assert_eq!(receiver.wait_for(1, PATIENCE.min(Duration::from_secs(1))).len(), 1);
}
