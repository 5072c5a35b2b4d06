//! A server that dies, stalls or talks nonsense: what the client says, and that it recovers.

use std::path::Path;
use std::time::Duration;

use fail2ban_client::codec::DecodeError;
use fail2ban_client::frame::{CLOSE, END};
use fail2ban_client::{Address, Client, Error, JailName, Limits, Options};

use crate::fake::{Fake, Step, bare, exception, number, success};

const SHORT: Duration = Duration::from_millis(150);

fn impatient() -> Options {
    Options::default()
        .with_timeout(SHORT)
        .with_action_timeout(SHORT)
        .with_connect_timeout(Duration::from_millis(500))
}

pub(crate) fn jail() -> JailName {
    JailName::new("sshd").unwrap()
}

pub(crate) fn addresses(count: u32) -> Vec<Address> {
    (0..count).map(|n| std::net::IpAddr::from((0x0a00_0000 + n).to_be_bytes()).into()).collect()
}

#[tokio::test]
async fn the_server_ends_in_mid_reply() {
    let half = success("1.0.2")[..9].to_vec();
    let fake = Fake::start([
        vec![Step::Request, Step::Send(half.clone())],
        vec![Step::Request, Step::Send(number(0)), Step::Request, Step::Send(half)],
    ]);
    let client = Client::with_options(fake.socket(), Options::default().with_reconnect_for(Duration::ZERO));
    let error = client.version().await.unwrap_err();
    assert!(matches!(error, Error::Disconnected { received: 9, .. }), "{error}");
    let error = client.ban(&jail(), &addresses(1)).await.unwrap_err();
    assert!(error.is_outcome_unknown() && error.is_offline(), "{error}");
    assert!(error.to_string().contains("set sshd banip"), "{error}");
    assert_eq!(client.generation(), 2);
}

#[tokio::test]
async fn what_is_no_pickle_is_told_at_once() {
    let fake = Fake::start([
        vec![Step::Request, Step::Send(b"HTTP/1.1 400 Bad Request\r\n".to_vec()), Step::Wait],
        vec![Step::Request, Step::Send(b"\x80\x05\xff".to_vec()), Step::Wait],
        vec![Step::Request, Step::Send(b"\x80\x05N.garbage behind".to_vec()), Step::Wait],
    ]);
    let client = Client::new(fake.socket());
    for wanted in ["not a pickle", "opcode 0xff", "end marker"] {
        let error = client.ping().await.unwrap_err();
        assert!(matches!(error, Error::Malformed { .. }), "{error}");
        assert!(!error.is_offline());
        assert!(error.to_string().contains(wanted), "{error}");
    }
}

#[tokio::test]
async fn a_stall_ends_by_time_out_and_the_next_command_has_a_new_connection() {
    let fake = Fake::start([
        vec![Step::Request, Step::Send(success("late")[..5].to_vec()), Step::Wait],
        vec![Step::Request, Step::Wait],
        vec![Step::Request, Step::Send(success("1.0.2")), Step::Wait],
    ]);
    let client = Client::with_options(fake.socket(), impatient());
    let error = client.version().await.unwrap_err();
    assert!(matches!(error, Error::TimedOut { doing: "answer", .. }), "{error}");
    let error = client.unban_all().await.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
    assert_eq!(client.version().await.unwrap().as_str(), "1.0.2");
    assert_eq!(client.generation(), 3);
}

#[tokio::test]
async fn a_dropped_call_never_leaves_its_reply_to_the_next() {
    let fake = Fake::start([
        vec![Step::Request, Step::Pause(SHORT), Step::Send(success("of the first")), Step::Wait],
        vec![Step::Request, Step::Send(success("of the second")), Step::Wait],
    ]);
    let client = Client::new(fake.socket());
    assert!(tokio::time::timeout(Duration::from_millis(40), client.version()).await.is_err());
    assert_eq!(client.version().await.unwrap().as_str(), "of the second");
    assert_eq!(client.generation(), 2);
}

#[tokio::test]
async fn a_reply_that_nobody_asked_for_is_not_taken_for_one() {
    let fake = Fake::start([
        vec![Step::Request, Step::Send([success("1"), success("too much")].concat()), Step::Wait],
        vec![Step::Request, Step::Send(success("2")), Step::Wait],
    ]);
    let client = Client::new(fake.socket());
    assert_eq!(client.version().await.unwrap().as_str(), "1");
    assert_eq!(client.version().await.unwrap().as_str(), "2");
}

#[tokio::test]
async fn a_reply_may_come_byte_by_byte() {
    let fake =
        Fake::start([vec![Step::Request, Step::SendSlowly(success("1.0.2<F2B_END_COMMAND>")), Step::Wait]]);
    let client = Client::new(fake.socket());
    assert_eq!(client.version().await.unwrap().as_str(), "1.0.2<F2B_END_COMMAND>");
}

#[tokio::test]
async fn refusals_of_every_kind() {
    let replies = [
        bare("ERROR: cannot pickle '_thread.RLock' object"),
        bare("hello"),
        exception("fail2ban.exceptions", "UnknownJailException", "sshd"),
        exception("builtins", "ValueError", "no way"),
        success("not pong"),
        [b"\x80\x05]\x8c\x08SHUTDOWNa.".as_slice(), END].concat(),
    ];
    let script = replies.into_iter().flat_map(|reply| [Step::Request, Step::Send(reply)]);
    let fake = Fake::start([script.chain([Step::Wait]).collect()]);
    let client = Client::new(fake.socket());
    let mut errors = Vec::new();
    for _ in 0..6 {
        errors.push(client.ping().await.unwrap_err());
    }
    assert!(matches!(&errors[0], Error::ServerText { text, .. } if text.starts_with("ERROR: cannot")));
    assert!(matches!(&errors[1], Error::UnexpectedReply { .. }));
    assert!(matches!(&errors[2], Error::UnknownJail { jail } if jail == "sshd"));
    assert_eq!(errors[3].exception().unwrap().name(), "ValueError");
    assert_eq!(errors[3].to_string(), "fail2ban refused \"ping\": ValueError: no way");
    assert!(matches!(&errors[4], Error::UnexpectedReply { .. }));
    assert!(matches!(&errors[5], Error::ShuttingDown { .. }));
    // A refusal is a whole reply: the connection stays.
    assert_eq!(client.generation(), 1);
}

#[tokio::test]
async fn a_reply_over_the_limit_is_refused_before_it_is_complete() {
    let mut endless = b"\x80\x05]X\xff\xff\xff\x7f".to_vec();
    endless.resize(100_000, b'x');
    let fake = Fake::start([vec![Step::Request, Step::Send(endless), Step::Wait]]);
    let options = Options::default().with_limits(Limits::default().with_reply_bytes(50_000));
    let error = Client::with_options(fake.socket(), options).ping().await.unwrap_err();
    let Error::Malformed { source: DecodeError::Limit { max, .. }, .. } = &error else { panic!("{error}") };
    assert_eq!(*max, 50_000);
}

#[tokio::test]
async fn a_connection_found_dead_is_remade_without_an_error() {
    let fake = Fake::start([
        vec![Step::Request, Step::Send(success("pong"))],
        vec![Step::Request, Step::Send(success("pong")), Step::Request],
        vec![Step::Request, Step::Send(number(1)), Step::Request, Step::Send(number(0)), Step::Request],
    ]);
    let client = Client::new(fake.socket());
    client.ping().await.unwrap();
    client.ping().await.unwrap();
    // The server takes this request and closes: a question is asked again, a change is not. Before it changes something,
    // the client asks what is banned.
    assert_eq!(client.is_banned(&jail(), &["192.0.2.1".parse().unwrap()]).await.unwrap(), [true]);
    assert_eq!(client.generation(), 3);
    let error = client.ban(&jail(), &addresses(1)).await.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
    assert_eq!(client.generation(), 3);
    assert_eq!(fake.requests().len(), 6);
}

#[tokio::test]
async fn an_unknown_command_is_asked_once_per_connection() {
    let fake = Fake::start([vec![
        Step::Request,
        Step::Send(exception("builtins", "Exception", "Invalid command")),
        Step::Request,
        Step::Send(success("1.0.2")),
        Step::Wait,
    ]]);
    let client = Client::new(fake.socket());
    for _ in 0..3 {
        let error = client.stats().await.unwrap_err();
        assert_eq!(error.to_string(), "fail2ban 1.0.2 does not know the command \"stats\"");
    }
    assert_eq!(fake.requests().len(), 2);
}

#[tokio::test]
async fn good_byes() {
    let farewell = [CLOSE.as_slice(), END].concat();
    let mut fake = Fake::start([
        vec![Step::Request, Step::Send(success("pong")), Step::Request],
        vec![Step::Request, Step::Send(success("pong")), Step::Wait],
    ]);
    let client = Client::new(fake.socket());
    client.ping().await.unwrap();
    client.close().await;
    assert_eq!(fake.requests()[1], farewell);
    client.ping().await.unwrap();
    drop(client);
    fake.finished().await;
    assert_eq!(fake.requests()[3], farewell);
}

#[tokio::test]
async fn a_request_with_the_marker_is_not_sent() {
    let client = Client::new(Path::new("/nonexistent/socket"));
    let jail = JailName::new("a<F2B_END_COMMAND>b").unwrap();
    let error = client.status(&jail).await.unwrap_err();
    assert!(matches!(error, Error::Request { .. }), "{error}");
    assert_eq!(client.generation(), 0);
}
