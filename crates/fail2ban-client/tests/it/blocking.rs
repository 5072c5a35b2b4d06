//! The blocking client on plain threads, without a runtime anywhere: over the socket and over pipes, through faults.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use fail2ban_client::blocking::Client;
use fail2ban_client::codec::Value;
use fail2ban_client::fake::{Answers, Reply, Script, Server};
use fail2ban_client::{Error, Options, command};

use crate::faults::jail;
use crate::tries::Tries;

fn patient() -> Options {
    let pauses = (Duration::from_millis(5), Duration::from_millis(20));
    Options::default().with_reconnect_for(Duration::from_secs(30)).with_reconnect_pauses(pauses.0, pauses.1)
}

#[test]
fn values_refusals_and_changes() {
    let answers = Answers::new()
        .when(["version"], Reply::text("1.1.0"))
        .when(["get", "sshd", "banned"], Reply::value(["192.0.2.1"]).in_pieces_of(1))
        .when(["get", "nojail", "banned"], Reply::unknown_jail("nojail"))
        .when(["unban", "--all"], Reply::hang_up());
    let fake = Server::fixed(answers).unwrap();
    let clients = [
        Client::with_options(fake.socket(), patient()).unwrap(),
        Client::with_connector(fake.connector(), patient()).unwrap(),
    ];
    for client in clients {
        assert_eq!(client.version().unwrap().as_str(), "1.1.0");
        assert_eq!(client.banned_unsorted(&jail()).unwrap(), ["192.0.2.1"]);
        let error = client.banned_unsorted(&"nojail".parse().unwrap()).unwrap_err();
        assert!(matches!(&error, Error::UnknownJail { jail } if jail == "nojail"), "{error}");
        assert!(matches!(client.ping().unwrap_err(), Error::Unsupported { .. }));
        assert!(client.unban_all().unwrap_err().is_outcome_unknown());
        assert_eq!(client.run(&command::version()).unwrap().as_str(), "1.1.0");
    }
}

#[test]
fn a_question_is_asked_again_and_patience_ends() {
    let pong = || Reply::text("pong");
    let fake = Server::scripted([
        Script::new([pong().cut_after(3)]),
        Script::new([pong(), Reply::silence()]),
        Script::new([pong()]),
    ])
    .unwrap();
    let client =
        Client::with_options(fake.socket(), patient().with_timeout(Duration::from_millis(100))).unwrap();
    client.ping().unwrap();
    assert!(matches!(client.ping().unwrap_err(), Error::TimedOut { doing: "answer", .. }));
    client.ping().unwrap();
    assert_eq!(fake.recording().commands().len(), 4);

    fake.stop();
    let hasty = Options::default().with_reconnect_for(Duration::ZERO);
    let error = Client::with_options(fake.socket(), hasty).unwrap().ping().unwrap_err();
    assert!(matches!(error, Error::SocketMissing { .. }), "{error}");
}

#[test]
fn a_server_that_comes_back_is_waited_for() {
    let fake = Server::answering(|_| Reply::text("pong")).unwrap();
    let tries = Tries::new(fake.connector());
    let client = Client::with_connector(tries.clone(), patient()).unwrap();
    client.ping().unwrap();
    fake.kill();
    let asked = thread::spawn(move || client.ping());
    while tries.count() < 3 {
        thread::sleep(Duration::from_millis(1));
    }
    assert!(!asked.is_finished());
    fake.start_again().unwrap();
    asked.join().unwrap().unwrap();
}

#[test]
fn threads_share_a_client_and_each_has_its_own_reply() {
    let fake = Server::answering(|request| Reply::value(request.args().to_vec())).unwrap();
    let client = Arc::new(Client::with_options(fake.socket(), Options::default()).unwrap());
    let threads: Vec<_> = (0..4_i64)
        .map(|caller| {
            let client = Arc::clone(&client);
            thread::spawn(move || {
                for turn in 0..50 {
                    let token = caller * 1000 + turn;
                    let reply = client.run(&command::raw(vec!["echo".into(), token.into()])).unwrap();
                    assert_eq!(reply, Value::from([Value::from("echo"), token.into()]));
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(fake.recording().exchanges().len(), 200);
    assert!(fake.recording().exchanges().iter().all(|exchange| exchange.connection == 1));
}
