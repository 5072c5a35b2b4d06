//! The fake server itself: what it writes is what real servers write, what it is told to do it does, and what is
//! recorded can be played again.

use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use fail2ban_client::codec::Value;
use fail2ban_client::fake::{Answers, Recorder, Recording, Reply, Script, Server};
use fail2ban_client::frame::END;
use fail2ban_client::{Client, Error, Options, Refusal, UnixConnector, command, outcome};

use crate::live::lab;
use crate::transcript::{bytes, decode, pickle, rows};

fn hasty() -> Options {
    Options::default().with_reconnect_for(Duration::ZERO)
}

#[test]
fn recorded_values_are_written_as_servers_write_them() {
    let (mut seen, mut same) = (0, 0);
    for file in ["1.0.2", "1.1.0", "1.0.2-stock"] {
        for row in rows(file) {
            let Some(reply) = row["reply_b64"].as_str().filter(|text| !text.is_empty()) else { continue };
            if row["decoded"]["$decode_error"].is_string() {
                continue;
            }
            let reply = bytes(&reply.into());
            let Ok(value) = outcome(&decode(pickle(&reply))) else { continue };
            let written = Reply::value(value.clone());
            assert_eq!(outcome(&decode(pickle(written.as_bytes()))), Ok(value), "{file} {}", row["seq"]);
            seen += 1;
            same += usize::from(written.as_bytes() == reply);
        }
    }
    // The others are ids of bans, which the decoder takes for texts, and texts that Python writes once and refers to.
    assert!(seen > 750 && same > 700, "{same} of {seen}");
}

#[tokio::test]
async fn scripts_end_in_refusal() {
    let fake = Server::scripted([Script::closed_at_once(), Script::new([])]).unwrap();
    let client = Client::with_options(fake.socket(), hasty());
    for _ in 0..2 {
        let error = client.ping().await.unwrap_err();
        assert!(matches!(error, Error::Disconnected { .. }), "{error}");
    }
    let error = client.ping().await.unwrap_err();
    assert!(matches!(error, Error::NobodyListens { .. }), "{error}");
    let error = Client::with_connector(fake.connector(), hasty()).ping().await.unwrap_err();
    assert!(matches!(&error, Error::Connect { server, .. } if server == "the fake server"), "{error}");
    assert!(fake.recording().commands().len() <= 2);
}

#[tokio::test]
async fn a_server_that_is_killed_and_one_that_is_stopped() {
    let fake = Server::answering(|_| Reply::text("pong")).unwrap();
    let [socket, pipe] =
        [Client::with_options(fake.socket(), hasty()), Client::with_connector(fake.connector(), hasty())];
    for end in [Server::kill, Server::stop] {
        socket.ping().await.unwrap();
        pipe.ping().await.unwrap();
        end(&fake);
        end(&fake);
        assert!(matches!(pipe.ping().await.unwrap_err(), Error::Connect { .. }));
        match socket.ping().await.unwrap_err() {
            Error::NobodyListens { .. } => assert!(fake.socket().exists()),
            error => {
                assert!(matches!(error, Error::SocketMissing { .. }) && !fake.socket().exists(), "{error}");
            }
        }
        fake.start_again().unwrap();
        fake.start_again().unwrap();
    }
    assert!(fake.socket().exists());
    fake.cut();
    socket.ping().await.unwrap();
    pipe.ping().await.unwrap();
    assert_eq!((socket.generation(), pipe.generation()), (3, 3));
}

#[tokio::test]
async fn a_panic_in_the_function_ends_its_connection_alone() {
    let fake = Server::answering(|request| {
        assert_ne!(request.words(), ["version"], "as the test wants it");
        Reply::text("pong")
    })
    .unwrap();
    let client = Client::with_options(fake.socket(), hasty());
    let other = Client::with_options(fake.socket(), hasty());
    other.ping().await.unwrap();
    let error = client.version().await.unwrap_err();
    assert!(matches!(error, Error::Disconnected { .. }), "{error}");
    client.ping().await.unwrap();
    other.ping().await.unwrap();
    assert_eq!((client.generation(), other.generation()), (2, 1));
}

#[test]
fn its_directory_is_its_own_and_goes_with_it() {
    let fake = Server::fixed(Answers::new()).unwrap();
    let directory = fake.socket().parent().unwrap().to_owned();
    assert_eq!(std::fs::metadata(&directory).unwrap().permissions().mode() & 0o777, 0o700);
    drop(fake);
    assert!(!directory.exists());
}

#[test]
fn what_is_no_command_is_answered_as_servers_do() {
    let fake = Server::answering(|_| Reply::text("pong")).unwrap();
    let mut stream = UnixStream::connect(fake.socket()).unwrap();
    let ask = |stream: &mut UnixStream, request: &[u8]| {
        stream.write_all(request).unwrap();
        let mut reply = Vec::new();
        while !reply.ends_with(END) {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            reply.extend(byte);
        }
        outcome(&decode(pickle(&reply)))
    };
    let refusal = ask(&mut stream, b"GET / HTTP/1.1<F2B_END_COMMAND>").unwrap_err();
    assert!(matches!(&refusal, Refusal::Text(text) if text.starts_with("ERROR: ")), "{refusal:?}");
    // The connection stays usable.
    let ping = command::ping().seal(1000).unwrap();
    assert_eq!(ask(&mut stream, &ping), Ok(Value::from("pong")));
}

#[tokio::test]
async fn a_recording_is_played_in_order_and_what_it_lacks_is_told() {
    let fake = Server::scripted([
        Script::new([Reply::text("1"), Reply::text("2"), Reply::text("pong").cut_after(7)]),
        Script::new([Reply::text("pong")]),
    ])
    .unwrap();
    let client = Client::new(fake.socket());
    client.version().await.unwrap();
    client.version().await.unwrap();
    client.ping().await.unwrap();
    assert_eq!(client.generation(), 2);

    let recording: Recording = fake.recording().to_string().parse().unwrap();
    assert_eq!(recording, fake.recording());
    let again = Server::replaying(&recording).unwrap();
    let client = Client::new(again.socket());
    // Another order between different questions is no matter.
    client.ping().await.unwrap();
    assert_eq!(client.generation(), 2);
    assert_eq!(client.version().await.unwrap().as_str(), "1");
    assert_eq!(client.version().await.unwrap().as_str(), "2");
    let error = client.version().await.unwrap_err();
    assert!(matches!(error, Error::ServerText { .. }), "{error}");
    assert!(error.to_string().contains(r#"the recording has no further answer to ["version"]"#), "{error}");
}

#[tokio::test]
async fn the_recorder_hears_what_the_server_says() {
    let answers = || {
        Server::scripted([
            Script::new([Reply::text("1"), Reply::text("2"), Reply::text("3").in_pieces_of(5)]),
            Script::new([Reply::text("4"), Reply::bytes("nonsense")]),
            Script::new([Reply::text("5").cut_after(12)]),
        ])
    };
    let fake = answers().unwrap();
    let recorder = Recorder::new(fake.connector());
    let client = Client::with_connector(recorder.clone(), hasty());
    // The third reply is one that was asked for, though its request went out with the first.
    let versions = client.run_all(&[command::version(), command::version(), command::version()]).await;
    assert_eq!(versions.unwrap().len(), 3);
    fake.cut();
    client.version().await.unwrap();
    assert!(matches!(client.ping().await, Err(Error::Malformed { .. })));
    assert!(matches!(client.ping().await, Err(Error::Disconnected { received: 12, .. })));
    assert_eq!(recorder.recording(), fake.recording());
    assert_eq!(recorder.recording().exchanges().len(), 6);
}

#[tokio::test]
async fn a_real_server_is_recorded_and_played() {
    async fn facts(client: &Client) -> String {
        let (version, jails) = (client.version().await.unwrap(), client.jails().await.unwrap());
        let (counters, first) = (client.counters().await.unwrap(), jails.first().unwrap());
        let settings = client.jail_settings(first).await.unwrap();
        let error = client.banned(&"nojail".parse().unwrap()).await.unwrap_err();
        format!("{version} {jails:?} {counters:?} {settings:?} {error}")
    }
    let lab = lab();
    let recorder = Recorder::new(UnixConnector::new(lab.socket()));
    let client = Client::with_connector(recorder.clone(), Options::default());
    let real = facts(&client).await;
    client.close().await;
    let recording = recorder.recording().to_string();
    drop(lab);

    let fake = Server::replaying(&recording.parse().unwrap()).unwrap();
    assert_eq!(facts(&Client::new(fake.socket())).await, real);
    assert_eq!(fake.recording().commands(), recorder.recording().commands());
}
