//! A server that refuses, stalls, or says what cannot be read: what becomes of it in the domain's words.

use bangui_domain::model::{BanId, JailName, ProblemCode, Target};
use bangui_domain::ports::{ControlError, IgnoreControl, JailControl};
use bangui_gateway::{CommandMeter, Fail2banControl, Zone};
use fail2ban_client::codec::{Arg, Value, encode};
use fail2ban_client::fake::{Answers, Reply, Server, ban_id};
use fail2ban_client::frame::END;

const GOOD: &str = "192.0.2.1 \t2026-11-23 16:27:13 + -1 = 9999-12-31 23:59:59";
const ODD: &str =
    "192.0.2.2 \t2026-11-23 16:27:13 + 9999999999999999999999999999999999999999 = 9999-12-31 23:59:59";
const TIMED: [&str; 4] = ["get", "sshd", "banip", "--with-time"];
const IDS: [&str; 3] = ["get", "sshd", "banned"];

fn jail() -> JailName {
    JailName::parse("sshd").expect("a name")
}

fn answers() -> Answers {
    Answers::new().when(["version"], Reply::text("1.0.2")).when(["ping"], Reply::text("pong"))
}

fn control(server: &Server) -> Fail2banControl {
    let meter = CommandMeter::new().expect("names that are in order");
    Fail2banControl::new(server.socket(), Zone::named("UTC").expect("a zone"), meter)
}

fn refused() -> Reply {
    Reply::exception("builtins", "ValueError", [Value::from("year 4461763 is out of range")])
}

fn ids(ids: &[&str]) -> Reply {
    Reply::value(ids.iter().map(|id| ban_id(id)).collect::<Vec<Value>>())
}

fn lines(lines: &[&str]) -> Reply {
    Reply::value(lines.iter().map(|line| Value::from(*line)).collect::<Vec<Value>>())
}

#[tokio::test]
async fn a_line_that_cannot_be_read_costs_its_times_alone() {
    let told = answers().when(TIMED, lines(&[GOOD, ODD])).when(IDS, ids(&["192.0.2.1", "192.0.2.2"]));
    let server = Server::fixed(told).expect("a server");
    let list = control(&server).bans(&jail()).await.expect("a list");
    assert_eq!(list.bans.len(), 1);
    assert_eq!(list.ids, [BanId::from_reported("192.0.2.2")]);
    assert!(!list.partial, "what is not listed is not banned");
    assert!(
        matches!(&*list.faults, [(ProblemCode::BanUnreadable, why)] if why.contains("192.0.2.2")),
        "{list:?}"
    );

    // Where the ids are refused as well, more may be banned than can be read.
    let server =
        Server::fixed(answers().when(TIMED, lines(&[GOOD, ODD])).when(IDS, refused())).expect("a server");
    let list = control(&server).bans(&jail()).await.expect("a list");
    assert_eq!((list.bans.len(), list.ids.len(), list.partial), (1, 0, true));
}

#[tokio::test]
async fn where_the_times_are_refused_the_ids_are_told() {
    let odd = Value::None;
    let both = Reply::value(vec![ban_id("192.0.2.1"), odd, ban_id("192.0.2.2")]);
    let server = Server::fixed(answers().when(TIMED, refused()).when(IDS, both)).expect("a server");
    let list = control(&server).bans(&jail()).await.expect("a list");
    assert_eq!(list.ids.len(), 2, "an id that cannot be read costs itself alone");
    assert!(list.bans.is_empty() && !list.partial);
    assert!(
        matches!(&*list.faults, [(ProblemCode::JailUnreadable, why)] if why.contains("4461763")),
        "{list:?}"
    );
}

#[tokio::test]
async fn a_list_that_stalls_is_not_asked_for_in_another_way() {
    let server = Server::fixed(answers().when(TIMED, Reply::hang_up())).expect("a server");
    let error = control(&server).bans(&jail()).await.expect_err("no list");
    assert!(matches!(error, ControlError::Offline(_)), "{error}");
    assert!(!server.recording().commands().iter().any(|words| words[..] == IDS));
}

#[tokio::test]
async fn what_is_told_to_a_server_that_hangs_is_told_once() {
    let targets: Vec<Target> =
        (1..=5).map(|last| Target::parse(&format!("192.0.2.{last}")).expect("an address")).collect();
    for (reply, tries) in [(Reply::hang_up(), 1), (refused(), targets.len())] {
        let gone = |answers: Answers, target: &Target| {
            answers.when(["set", "sshd", "delignoreip", &target.to_string()], reply.clone())
        };
        let texts: Vec<String> = targets.iter().map(ToString::to_string).collect();
        let ignored = answers().when(["get", "sshd", "ignoreip"], Reply::value(texts));
        let server = Server::fixed(targets.iter().fold(ignored, gone)).expect("a server");
        control(&server).stop_ignoring(&jail(), &targets).await.expect_err("none is gone");
        let commands = server.recording().commands();
        let told = commands.iter().filter(|words| words.iter().any(|word| word == "delignoreip"));
        assert_eq!(told.count(), tries, "{commands:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_about_to_end_is_no_fault_of_a_jail() {
    let list = vec![Value::from(("Number of jail", 2)), Value::from(("Jail list", "sshd, web"))];
    let mut ending = encode(&[Arg::from("SHUTDOWN")]).expect("a pickle");
    ending.extend_from_slice(END);
    let of_jails = ["ignoreip", "bantime", "findtime", "maxretry"].into_iter();
    let told = answers().when(["status"], Reply::value(list));
    let told = of_jails.fold(told, |told, key| told.when(["get", "sshd", key], Reply::bytes(&*ending)));
    let server = Server::fixed(told).expect("a server");
    let error = control(&server).ignored().await.expect_err("it ends");
    assert!(matches!(error, ControlError::Offline(_)), "{error}");
    let error = control(&server).probe().await.expect_err("it ends");
    assert!(matches!(error, ControlError::Offline(_)), "{error}");
}
