//! The examples against a small fail2ban of our own: what they print, and what they send. That they build as programs,
//! `cargo test` sees to.

use std::error::Error;
use std::time::Duration;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, UnixStream};

use crate::model::Model;

#[expect(dead_code, reason = "main is for the program")]
#[path = "../../examples/ban_many.rs"]
mod ban_many;
#[expect(dead_code, reason = "main is for the program")]
#[path = "../../examples/connector.rs"]
mod connector;
#[expect(dead_code, reason = "main is for the program")]
#[path = "../../examples/follow.rs"]
mod follow;
#[expect(dead_code, reason = "main is for the program")]
#[path = "../../examples/regex.rs"]
mod regex;
#[expect(dead_code, reason = "main is for the program")]
#[path = "../../examples/status.rs"]
mod status;
#[expect(dead_code, reason = "main is for the program")]
#[path = "../../examples/tune.rs"]
mod tune;

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

/// What a run printed, line by line, blanks at the ends of lines left out.
fn lines(out: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(out).lines().map(|line| line.trim_end().to_owned()).collect()
}

fn succeeded(done: Result<(), Box<dyn Error>>) {
    done.unwrap();
}

#[tokio::test]
async fn status_tells_counters() {
    let model = Model::start(&["nginx", "sshd"]);
    model.jails().get_mut("sshd").unwrap().ban("192.0.2.1");
    let mut out = Vec::new();
    status::run(&[model.socket()], &mut out).await.unwrap();
    assert_eq!(
        lines(&out),
        [
            format!("fail2ban 1.1.0 at {}", model.socket()).as_str(),
            "database /var/lib/fail2ban/fail2ban.sqlite3",
            "jail                       failed    total   banned    total",
            "nginx                           1        7        0        0",
            "sshd                            1        7        1        1",
        ]
    );
    assert_eq!(model.commands(), ["version", "get dbfile", "stats"]);
}

#[tokio::test]
async fn ban_many_reads_addresses_and_reports() {
    let model = Model::start(&["sshd"]);
    model.jails().get_mut("sshd").unwrap().ban("192.0.2.7");
    let args = words(&["--socket", &model.socket(), "sshd"]);
    let input: Vec<String> = (1..=25).map(|last| format!("192.0.2.{last} # from a list\n")).collect();
    let input = input.join("\n");
    let mut out = Vec::new();
    ban_many::run(&args, input.as_bytes(), &mut out).await.unwrap();
    let lines = lines(&out);
    assert_eq!(lines.first().unwrap(), "10 of 25");
    assert_eq!(lines[lines.len() - 2..], ["25 of 25", "24 done, 1 so already"]);
    assert_eq!(model.jails()["sshd"].bans.len(), 25);
    let changes = model.changes();
    assert!(changes.len() > 1 && changes[0].starts_with("set sshd banip 192.0.2.1 192.0.2.2"), "{changes:?}");

    // A mistake in one bans none.
    let args = words(&["--socket", &model.socket(), "sshd", "198.51.100.1", "198.51.100.1.2"]);
    let error = ban_many::run(&args, &b""[..], &mut Vec::new()).await.unwrap_err();
    assert!(error.to_string().contains("198.51.100.1.2"), "{error}");
    assert_eq!(model.changes().len(), changes.len());

    // What is left out is named.
    let args = words(&["--socket", &model.socket(), "nojail", "198.51.100.1"]);
    let mut out = Vec::new();
    assert!(ban_many::run(&args, &b""[..], &mut out).await.is_err());
    let lines = self::lines(&out);
    assert!(lines[0].contains("has no jail \"nojail\""), "{lines:?}");
    assert_eq!(lines[1..], ["1 not sent", "198.51.100.1 not sent"]);
}

#[tokio::test]
async fn follow_tells_bans_and_unbans_through_a_restart() {
    let model = Model::start(&["nginx", "sshd"]);
    model.jails().get_mut("sshd").unwrap().ban("192.0.2.1");
    let args = words(&["--socket", &model.socket(), "3"]);
    let follow = tokio::spawn(async move {
        let mut out = Vec::new();
        succeeded(follow::run(&args, Duration::from_millis(5), &mut out).await);
        out
    });
    // Whoever asks for counters twice more has told what was there before.
    let looked = async || {
        let looks = || model.commands().iter().filter(|command| *command == "stats").count();
        let (enough, deadline) = (looks() + 2, tokio::time::Instant::now() + Duration::from_secs(20));
        while looks() < enough {
            assert!(tokio::time::Instant::now() < deadline, "it does not ask");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    looked().await;
    model.jails().get_mut("sshd").unwrap().ban("2001:db8::7");
    looked().await;
    model.server.stop();
    {
        // What a restart may leave: the same counters, and another ban behind them.
        let mut jails = model.jails();
        let bans = &mut jails.get_mut("sshd").unwrap().bans;
        bans.retain(|ban| ban != "192.0.2.1");
        bans.push("192.0.2.2".to_owned());
    }
    model.server.start_again().unwrap();
    let out = tokio::time::timeout(Duration::from_secs(20), follow).await.unwrap().unwrap();
    let lines = lines(&out);
    assert_eq!(lines[0], "1 bans in 2 jails");
    assert_eq!(lines[1..], ["sshd: ban 2001:db8::7", "sshd: ban 192.0.2.2", "sshd: unban 192.0.2.1"]);
    // Lists are asked for where counters moved, and of all jails after the restart.
    let lists = model.commands().into_iter().filter(|command| command.starts_with("get nginx ")).count();
    assert_eq!(lists, 2);
}

#[tokio::test]
async fn tune_shows_before_and_after() {
    let model = Model::start(&["sshd"]);
    let mut args =
        words(&["--socket", &model.socket(), "sshd", "bantime=permanent", "findtime=900", "maxretry=3"]);
    args.extend(words(&["ignoreip=+2001:db8::/32", "ignoreip=-127.0.0.0/8"]));
    let mut out = Vec::new();
    tune::run(&args, &mut out).await.unwrap();
    assert_eq!(
        lines(&out),
        [
            "sshd before",
            "  bantime   600 s",
            "  findtime  300 s",
            "  maxretry  5",
            "  ignoreip  127.0.0.0/8",
            "sshd after",
            "  bantime   permanent",
            "  findtime  900 s",
            "  maxretry  3",
            "  ignoreip  2001:db8::/32",
        ]
    );
    let sent = [
        "set sshd bantime -1",
        "set sshd findtime 900",
        "set sshd maxretry 3",
        "set sshd addignoreip 2001:db8::/32",
        "set sshd delignoreip 127.0.0.0/8",
    ];
    assert_eq!(model.changes(), sent);

    for setting in ["bantime=1h", "maxretry=0", "ignoreip=127.0.0.1", "usedns=yes", "bantime"] {
        let args = words(&["--socket", &model.socket(), "sshd", "findtime=1", setting]);
        assert!(tune::run(&args, &mut Vec::new()).await.is_err(), "{setting}");
    }
    assert_eq!(model.changes(), sent);
}

#[tokio::test]
async fn regex_replaces_an_expression() {
    let model = Model::start(&["sshd"]);
    let run = async |rest: &[&str]| {
        let mut args = words(&["--socket", &model.socket(), "sshd"]);
        args.extend(words(rest));
        let mut out = Vec::new();
        regex::run(&args, &mut out).await.map(|()| lines(&out)).map_err(|error| error.to_string())
    };
    let ip = "(?P<ip>[0-9a-f.:]+)";
    assert_eq!(run(&[]).await.unwrap(), [format!("0: ^one {ip}$"), format!("1: ^two {ip}$")]);
    let replaced = run(&["replace", "0", "^three <HOST>$"]).await.unwrap();
    assert_eq!(replaced, [format!("0: ^two {ip}$"), format!("1: ^three {ip}$")]);
    assert_eq!(model.changes(), ["set sshd addfailregex ^three <HOST>$", "set sshd delfailregex 0"]);

    // A bad one leaves all as it was.
    let error = run(&["replace", "0", "^four$"]).await.unwrap_err();
    assert!(error.contains("No failure-id group"), "{error}");
    assert!(run(&["replace", "2", "^five <HOST>$"]).await.unwrap_err().contains("none at 2"));
    assert_eq!(run(&[]).await.unwrap(), replaced);
}

#[tokio::test]
async fn connector_counts_bytes_over_a_socket_and_over_tcp() {
    let model = Model::start(&["nginx", "sshd"]);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let tcp = format!("tcp:{}", listener.local_addr().unwrap());
    let socket = model.socket();
    let path = socket.clone();
    tokio::spawn(async move {
        let (mut ours, _) = listener.accept().await.unwrap();
        let mut theirs = UnixStream::connect(path).await.unwrap();
        // Ends when either side has closed.
        drop(copy_bidirectional(&mut ours, &mut theirs).await);
    });
    for place in [socket, tcp] {
        let before = model.server.recording().exchanges().len();
        let mut out = Vec::new();
        connector::run(std::slice::from_ref(&place), &mut out).await.unwrap();
        let recording = model.server.recording();
        let exchanges = &recording.exchanges()[before..];
        let sent: usize = exchanges.iter().map(|exchange| exchange.request.len()).sum();
        let received: usize = exchanges.iter().map(|exchange| exchange.reply.len()).sum();
        let lines = lines(&out);
        assert_eq!(lines[0], format!("fail2ban 1.1.0 at {place}"));
        assert_eq!(lines[1..], ["2 jails".to_owned(), format!("{sent} bytes sent, {received} received")]);
    }
}
