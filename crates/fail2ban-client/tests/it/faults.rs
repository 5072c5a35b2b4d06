//! A server that dies, stalls or talks nonsense: what the client says, and that it recovers.

use std::path::Path;
use std::time::Duration;

use fail2ban_client::codec::DecodeError;
use fail2ban_client::fake::{Answers, Reply, Script, Server};
use fail2ban_client::frame::{CLOSE, END};
use fail2ban_client::{
    Address, Client, Error, JailName, Limits, LogOptions, LogTarget, Options, Version, command,
};

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

/// The requests that came, end markers included.
pub(crate) fn requests(fake: &Server) -> Vec<Vec<u8>> {
    fake.recording().exchanges().iter().map(|exchange| exchange.request.clone()).collect()
}

pub(crate) fn addresses(count: u32) -> Vec<Address> {
    (0..count).map(|n| std::net::IpAddr::from((0x0a00_0000 + n).to_be_bytes()).into()).collect()
}

#[tokio::test]
async fn the_server_ends_in_mid_reply() {
    let half = Reply::text("1.0.2").cut_after(9);
    let fake = Server::scripted([Script::new([half.clone()]), Script::new([Reply::value(0), half])]).unwrap();
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
    let nonsense = [&b"HTTP/1.1 400 Bad Request\r\n"[..], b"\x80\x05\xff", b"\x80\x05N.garbage behind"];
    let fake = Server::scripted(nonsense.map(|bytes| Script::new([Reply::bytes(bytes)]))).unwrap();
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
    let fake = Server::scripted([
        Script::new([Reply::text("late").stall_after(5)]),
        Script::new([Reply::silence()]),
        Script::new([Reply::text("1.0.2")]),
    ])
    .unwrap();
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
    let fake = Server::scripted([
        Script::new([Reply::text("of the first").after(SHORT)]),
        Script::new([Reply::text("of the second")]),
    ])
    .unwrap();
    let client = Client::new(fake.socket());
    assert!(tokio::time::timeout(Duration::from_millis(40), client.version()).await.is_err());
    assert_eq!(client.version().await.unwrap().as_str(), "of the second");
    assert_eq!(client.generation(), 2);
}

#[tokio::test]
async fn a_reply_that_nobody_asked_for_is_not_taken_for_one() {
    let fake = Server::scripted([
        Script::new([Reply::text("1").followed_by(Reply::text("too much").as_bytes())]),
        Script::new([Reply::text("2")]),
    ])
    .unwrap();
    let client = Client::new(fake.socket());
    assert_eq!(client.version().await.unwrap().as_str(), "1");
    assert_eq!(client.version().await.unwrap().as_str(), "2");
}

#[tokio::test]
async fn a_reply_may_come_byte_by_byte() {
    let fake = Server::answering(|_| Reply::text("1.0.2<F2B_END_COMMAND>").in_pieces_of(1)).unwrap();
    let client = Client::new(fake.socket());
    assert_eq!(client.version().await.unwrap().as_str(), "1.0.2<F2B_END_COMMAND>");
}

#[tokio::test]
async fn refusals_of_every_kind() {
    let replies = [
        Reply::error_text("ERROR: cannot pickle '_thread.RLock' object"),
        Reply::error_text("hello"),
        Reply::unknown_jail("sshd"),
        Reply::exception("builtins", "ValueError", ["no way".into()]),
        Reply::text("not pong"),
        Reply::bytes([b"\x80\x05]\x8c\x08SHUTDOWNa.".as_slice(), END].concat()),
    ];
    let fake = Server::scripted([Script::new(replies)]).unwrap();
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
    let fake = Server::scripted([Script::new([Reply::bytes(endless)])]).unwrap();
    let options = Options::default().with_limits(Limits::default().with_reply_bytes(50_000));
    let error = Client::with_options(fake.socket(), options).ping().await.unwrap_err();
    let Error::Malformed { source: DecodeError::Limit { max, .. }, .. } = &error else { panic!("{error}") };
    assert_eq!(*max, 50_000);
}

#[tokio::test]
async fn a_connection_found_dead_is_remade_without_an_error() {
    let pong = Reply::text("pong");
    let fake = Server::scripted([
        Script::new([pong.clone().then_close()]),
        Script::new([pong, Reply::hang_up()]),
        Script::new([Reply::value(1), Reply::value(0), Reply::hang_up()]),
    ])
    .unwrap();
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
    assert_eq!(requests(&fake).len(), 6);
}

/// The server would complain in its log. A version that should know the command is believed when it says that it does not.
#[tokio::test]
async fn what_a_version_lacks_is_not_sent_and_what_it_denies_is_sent_once() {
    for (version, sent) in [("1.0.2", 1), ("1.1.0", 2)] {
        let fake = Server::fixed(Answers::new().when(["version"], Reply::text(version))).unwrap();
        let client = Client::new(fake.socket());
        for _ in 0..3 {
            let error = client.stats().await.unwrap_err();
            assert_eq!(error.to_string(), format!("fail2ban {version} does not know the command \"stats\""));
        }
        let both = [command::stats(), command::status_all_stats()];
        let errors = client.run_all(&both).await.unwrap();
        assert!(
            matches!(errors[..], [Err(Error::Unsupported { .. }), Err(Error::Unsupported { .. })]),
            "{errors:?}"
        );
        // The second of both is another command.
        assert_eq!(requests(&fake).len(), if sent == 1 { 1 } else { 3 });
    }
}

/// Where an older server is refused, its version is all that it is asked, once on each connection.
#[tokio::test]
async fn a_server_that_is_too_old_is_asked_for_its_version_only() {
    for (version, refused) in [("0.11.1", true), ("0.10.6", true), ("0.11.2", false), ("1.1.2.dev1", false)] {
        let answers =
            Answers::new().when(["version"], Reply::text(version)).when(["ping"], Reply::text("pong"));
        let fake = Server::fixed(answers).unwrap();
        let options = Options::default().with_oldest(Version::oldest_tested());
        let client = Client::with_options(fake.socket(), options);
        for _ in 0..2 {
            let answers = [
                client.ping().await.map(drop),
                client.run_all(&[command::ping()]).await.map(drop),
                client.ban(&jail(), &addresses(1)).await.map(drop),
            ];
            for answer in &answers[..if refused { 3 } else { 2 }] {
                let old = matches!(answer, Err(Error::TooOld { .. }));
                assert_eq!((old, answer.is_err()), (refused, refused), "{version}: {answer:?}");
            }
        }
        let asked = fake.recording().commands();
        assert_eq!(asked.iter().filter(|words| words[..] == ["version"]).count(), 1);
        assert_eq!(asked.len() == 1, refused, "{asked:?}");
        assert_eq!(client.generation(), 1);
    }
}

/// A server that should know a command may refuse it in any way, or answer something else: that is told as it is.
#[tokio::test]
async fn what_a_server_makes_of_a_later_command_counts_only_where_it_should_know_it() {
    for (version, unsupported) in [("1.0.2", true), ("1.1.0", false)] {
        let answers = Answers::new()
            .when(["version"], Reply::text(version))
            .when(["status", "--all", "stats"], Reply::unknown_jail("--all"))
            .when(["status", "sshd", "stats"], Reply::text("something else"));
        let fake = Server::fixed(answers).unwrap();
        let client = Client::new(fake.socket());
        for _ in 0..3 {
            let (all, one) = (
                client.status_all_stats().await.unwrap_err(),
                client.status_stats(&jail()).await.unwrap_err(),
            );
            assert_eq!(matches!(all, Error::Unsupported { .. }), unsupported, "{all}");
            assert_eq!(matches!(all, Error::UnknownJail { .. }), !unsupported, "{all}");
            assert_eq!(matches!(one, Error::Unsupported { .. }), unsupported, "{one}");
            assert_eq!(matches!(one, Error::UnexpectedReply { .. }), !unsupported, "{one}");
        }
        // The version alone; where they should be there, each of the two again and again.
        assert_eq!(requests(&fake).len(), if unsupported { 1 } else { 7 });
    }
}

/// What an older server would do wrongly without a word is not sent at all.
#[tokio::test]
async fn what_an_older_server_would_mistake_is_not_sent() {
    let fake = Server::fixed(Answers::new().when(["version"], Reply::text("0.11.2"))).unwrap();
    let client = Client::new(fake.socket());
    let file = "file:/etc/ignore".parse().unwrap();
    let error = client.add_ignored(&jail(), &[file]).await.unwrap_err();
    assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    let error = client.set_log_target(&LogTarget::SystemdJournal, &LogOptions::new()).await.unwrap_err();
    assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    assert!(requests(&fake).iter().all(|request| request.windows(7).any(|window| window == b"version")));
}

#[tokio::test]
async fn good_byes() {
    let farewell = [CLOSE.as_slice(), END].concat();
    let fake = Server::answering(|_| Reply::text("pong")).unwrap();
    let client = Client::new(fake.socket());
    client.ping().await.unwrap();
    client.close().await;
    assert_eq!(requests(&fake)[1], farewell);
    client.ping().await.unwrap();
    drop(client);
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    while requests(&fake).len() < 4 {
        assert!(tokio::time::Instant::now() < deadline, "no good-bye");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(requests(&fake)[3], farewell);
}

#[tokio::test]
async fn a_request_with_the_marker_is_not_sent() {
    let client = Client::new(Path::new("/nonexistent/socket"));
    let error = client.raw(vec!["echo".into(), "a<F2B_END_COMMAND>b".into()]).await.unwrap_err();
    assert!(matches!(error, Error::Request { .. }), "{error}");
    assert_eq!(client.generation(), 0);
}
