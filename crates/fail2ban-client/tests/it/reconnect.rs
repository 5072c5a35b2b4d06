//! A server that goes and comes back, over pipes in memory and over TCP: what watchers are told, what is sent again and
//! what is not, and when the client gives up.

use std::num::NonZeroU32;
use std::time::Duration;

use fail2ban_client::fake::{Reply, Script, Server};
use fail2ban_client::{Client, ConnectionState, ConnectionWatch, Error, Options, command, connect_with};
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::task::{JoinHandle, yield_now};

use crate::faults::jail;
use crate::tries::Tries;

const FIRST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_millis(25);

fn patient() -> Options {
    Options::default().with_reconnect_for(Duration::from_secs(30)).with_reconnect_pauses(FIRST, LONGEST)
}

fn impatient() -> Options {
    patient().with_reconnect_for(Duration::ZERO)
}

fn client(fake: &Server, options: Options) -> Client {
    Client::with_connector(Tries::new(fake.connector()), options)
}

/// Writes down every state until the client is gone.
fn states(mut watch: ConnectionWatch) -> JoinHandle<Vec<ConnectionState>> {
    tokio::spawn(async move {
        let mut states = vec![watch.state()];
        while let Some(state) = watch.changed().await {
            states.push(state);
        }
        states
    })
}

async fn until(watch: &mut ConnectionWatch, wanted: impl Fn(&ConnectionState) -> bool) -> ConnectionState {
    let found = async {
        let mut state = watch.state();
        while !wanted(&state) {
            state = watch.changed().await.unwrap();
        }
        state
    };
    tokio::time::timeout(Duration::from_secs(20), found).await.unwrap()
}

fn connected(generation: u64) -> ConnectionState {
    ConnectionState::Connected { generation }
}

/// The failures so far and the pause before the next try, of a state without connection.
fn lost(state: &ConnectionState) -> Option<(u32, Option<Duration>)> {
    match state {
        ConnectionState::Lost { failures, retry_in, .. } => Some((*failures, *retry_in)),
        _ => None,
    }
}

#[tokio::test]
async fn watchers_see_a_server_go_and_come_back() {
    let fake = Server::answering(|_| Reply::text("pong")).unwrap();
    let client = client(&fake, patient());
    let told = states(client.connection());
    // Nothing is connected before the first command.
    yield_now().await;
    client.ping().await.unwrap();
    fake.kill();
    let (asking, mut watch) = (client.clone(), client.connection());
    let asked = tokio::spawn(async move { asking.ping().await });
    until(&mut watch, |state| lost(state).is_some_and(|(failures, _)| failures >= 3)).await;
    fake.start_again().unwrap();
    asked.await.unwrap().unwrap();
    assert_eq!(watch.state(), connected(2));
    client.close().await;
    assert_eq!(watch.changed().await, Some(ConnectionState::Idle));
    yield_now().await;
    drop(client);
    assert_eq!(watch.changed().await, None);

    let told = told.await.unwrap();
    assert_eq!(told[..2], [ConnectionState::Idle, connected(1)]);
    assert_eq!(told[told.len() - 2..], [connected(2), ConnectionState::Idle]);
    let between = &told[2..told.len() - 2];
    assert!(between.len() >= 3, "{told:?}");
    for (state, failures) in between.iter().zip(1..) {
        let pause =
            [FIRST, 2 * FIRST].get(usize::try_from(failures).unwrap() - 1).copied().unwrap_or(LONGEST);
        assert_eq!(lost(state), Some((failures, Some(pause))), "{told:?}");
        let ConnectionState::Lost { reason, .. } = state else { panic!() };
        assert!(reason.starts_with("cannot connect to fail2ban at the fake server"), "{reason}");
    }
}

#[tokio::test]
async fn a_cut_in_mid_command_is_told_and_a_question_asked_again() {
    let pong = Reply::text("pong");
    let scripts = [
        Script::new([pong.clone(), pong.clone().cut_after(20)]),
        Script::new([Reply::hang_up()]),
        Script::new([pong]),
    ];
    let fake = Server::scripted(scripts).unwrap();
    let client = client(&fake, patient());
    let told = states(client.connection());
    client.ping().await.unwrap();
    yield_now().await;
    client.ping().await.unwrap();
    yield_now().await;
    drop(client);
    let told = told.await.unwrap();
    assert_eq!((&told[1], &told[3], &told[5]), (&connected(1), &connected(2), &connected(3)));
    // A kept connection may have been dead for long; one that was just made is a server in trouble.
    assert_eq!(lost(&told[2]), Some((1, Some(Duration::ZERO))));
    assert_eq!(lost(&told[4]), Some((1, Some(FIRST))));
    let ConnectionState::Lost { reason, .. } = &told[2] else { panic!() };
    assert!(reason.contains("after 20 bytes of its reply to \"ping\""), "{reason}");
    assert_eq!(fake.recording().commands(), [["ping"]; 4]);
}

#[tokio::test]
async fn what_may_be_repeated_is_sent_again() {
    let three = NonZeroU32::new(3).unwrap();
    let fake = Server::scripted([Script::new([Reply::hang_up()]), Script::new([Reply::value(3)])]).unwrap();
    assert_eq!(client(&fake, patient()).set_max_retry(&jail(), three).await.unwrap(), 3);
    assert_eq!(fake.recording().commands(), [["set", "sshd", "maxretry", "3"]; 2]);
}

#[tokio::test]
async fn a_change_whose_reply_is_lost_is_not_sent_again() {
    for fault in [Reply::hang_up(), Reply::value(["x"]).cut_after(5)] {
        let fake = Server::scripted([Script::new([fault]), Script::new([Reply::value(["x"])])]).unwrap();
        let client = client(&fake, patient());
        let error = client.add_fail_regex(&jail(), "^<HOST>").await.unwrap_err();
        let Error::OutcomeUnknown { source, .. } = &error else { panic!("{error}") };
        assert!(matches!(**source, Error::Disconnected { .. }), "{error}");
        assert_eq!((fake.recording().commands().len(), client.generation()), (1, 1));
        assert!(matches!(client.connection().state(), ConnectionState::Lost { retry_in: None, .. }));
    }
    // One that changes something makes all that went with it unknown.
    let fake = Server::scripted([Script::new([Reply::text("pong"), Reply::hang_up()])]).unwrap();
    let client = client(&fake, patient());
    let both = [command::start_jail(&jail()), command::stop_jail(&jail())];
    let error = client.run_all(&both).await.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
}

#[tokio::test]
async fn a_change_that_was_not_sent_waits_for_the_server() {
    let fake = Server::answering(|_| Reply::value(["x"])).unwrap();
    let client = client(&fake, patient());
    client.fail_regexes(&jail()).await.unwrap();
    fake.kill();
    let (changing, mut watch) = (client.clone(), client.connection());
    let changed = tokio::spawn(async move { changing.add_fail_regex(&jail(), "^<HOST>").await });
    until(&mut watch, |state| lost(state).is_some()).await;
    fake.start_again().unwrap();
    changed.await.unwrap().unwrap();
    assert_eq!(fake.recording().commands().len(), 2);
}

#[tokio::test]
async fn of_several_changes_the_first_may_have_been_taken_by_a_server_that_goes() {
    // The pipe holds less than the requests, and nobody reads them to their end.
    let pipe = connect_with("a pipe", || async {
        let (ours, mut theirs) = tokio::io::duplex(64);
        tokio::spawn(async move { theirs.read_exact(&mut [0; 100]).await });
        Ok(ours)
    });
    let client = Client::with_connector(Tries::new(pipe), patient());
    let change = command::raw(vec!["echo".into(), "x".repeat(50).into()]);
    let error = client.run_all(&[change.clone(), change.clone(), change]).await.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
    assert_eq!(client.generation(), 1);
}

#[tokio::test]
async fn patience_ends_and_failures_add_up_over_commands() {
    let fake = Server::answering(|_| Reply::text("pong")).unwrap();
    let tries = Tries::new(fake.connector());
    let client = Client::with_connector(tries.clone(), patient().with_reconnect_for(5 * FIRST));
    client.ping().await.unwrap();
    fake.kill();
    let mut before = 0;
    for _ in 0..2 {
        let error = client.ping().await.unwrap_err();
        assert!(matches!(error, Error::Connect { .. }) && error.is_offline(), "{error}");
        let (failures, retry_in) = lost(&client.connection().state()).unwrap();
        assert!(failures >= before + 2, "only {failures} tries");
        assert_eq!((usize::try_from(failures).unwrap(), retry_in), (tries.count() - 1, None));
        before = failures;
    }
    // A client that gave up tries again for the next command.
    fake.start_again().unwrap();
    client.ping().await.unwrap();
    assert_eq!(client.connection().state(), connected(2));
}

#[tokio::test]
async fn without_patience_there_is_one_try() {
    let fake = Server::answering(|_| Reply::text("pong")).unwrap();
    let tries = Tries::new(fake.connector());
    let client = Client::with_connector(tries.clone(), impatient());
    client.ping().await.unwrap();
    fake.cut();
    // The kept connection is found dead: the one try succeeds.
    client.ping().await.unwrap();
    assert_eq!(tries.count(), 2);
    fake.kill();
    assert!(matches!(client.ping().await.unwrap_err(), Error::Connect { .. }));
    assert_eq!(tries.count(), 3);
    assert_eq!(lost(&client.connection().state()), Some((1, None)));
}

#[tokio::test]
async fn a_server_that_was_never_there_is_not_waited_for() {
    let fake = Server::answering(|_| Reply::text("pong")).unwrap();
    fake.stop();
    let tries = Tries::new(fake.connector());
    let client = Client::with_connector(tries.clone(), patient());
    assert!(matches!(client.ping().await.unwrap_err(), Error::Connect { .. }));
    assert_eq!((tries.count(), client.generation()), (1, 0));
}

#[tokio::test]
async fn a_dropped_call_takes_the_connection_along() {
    let fake =
        Server::scripted([Script::new([Reply::silence()]), Script::new([Reply::text("pong")])]).unwrap();
    let client = client(&fake, patient());
    let mut watch = client.connection();
    let asked = tokio::spawn({
        let client = client.clone();
        async move { client.ping().await }
    });
    until(&mut watch, |state| *state == connected(1)).await;
    asked.abort();
    until(&mut watch, |state| *state == ConnectionState::Idle).await;
    client.ping().await.unwrap();
    assert_eq!(watch.state(), connected(2));
}

#[tokio::test]
async fn large_replies_and_many_at_once_over_a_pipe() {
    let large: Vec<String> = (0..60_000).map(|number| format!("id number {number}")).collect();
    let answer = large.clone();
    let fake = Server::answering(move |request| match request.words()[..] {
        ["get", _, "banned"] => Reply::value(answer.clone()),
        _ => Reply::text("pong").in_pieces_of(25),
    })
    .unwrap();
    let client = client(&fake, patient());
    let banned = client.banned_unsorted(&jail()).await.unwrap();
    assert!(banned.iter().map(ToString::to_string).eq(large));
    let pings = client.run_all(&vec![command::ping(); 50]).await.unwrap();
    assert!(pings.len() == 50 && pings.iter().all(Result::is_ok));
    assert_eq!(client.generation(), 1);
}

#[tokio::test]
async fn over_tcp_too() {
    let fake = Server::answering(|_| Reply::text("pong").in_pieces_of(1)).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let socket = fake.socket().to_owned();
    tokio::spawn(async move {
        while let Ok((mut ours, _)) = listener.accept().await {
            // Where the server is away, the forward accepts all the same and closes, as SSH does.
            let Ok(mut theirs) = UnixStream::connect(&socket).await else { continue };
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut ours, &mut theirs).await });
        }
    });
    let tunnel = connect_with("the tunnel", move || TcpStream::connect(address));
    let client = Client::with_connector(tunnel, patient());
    assert_eq!(client.server(), "the tunnel");
    client.ping().await.unwrap();
    fake.stop();
    let (asking, mut watch) = (client.clone(), client.connection());
    let asked = tokio::spawn(async move { asking.ping().await });
    until(&mut watch, |state| lost(state).is_some_and(|(_, retry_in)| retry_in > Some(Duration::ZERO))).await;
    fake.start_again().unwrap();
    asked.await.unwrap().unwrap();
    assert!(client.generation() > 1);
}
