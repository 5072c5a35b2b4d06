//! What the tests of checks and reloads share: everything that a server tells as one text, and the streams that
//! fail2ban's own client makes of files.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use bangui_test_support::fail2ban::Fail2ban;
use fail2ban_client::codec::{Arg, Value};
use fail2ban_client::{Client, JailName, JailStream};

use crate::live::jail;

const SERVER: [&str; 7] =
    ["loglevel", "logtarget", "syslogsocket", "thread", "dbfile", "dbmaxmatches", "dbpurgeage"];

const JAIL: [&str; 26] = [
    "logpath",
    "logencoding",
    "journalmatch",
    "ignoreself",
    "ignoreip",
    "ignorecommand",
    "ignorecache",
    "prefregex",
    "failregex",
    "ignoreregex",
    "usedns",
    "findtime",
    "bantime",
    "datepattern",
    "logtimezone",
    "maxmatches",
    "maxretry",
    "maxlines",
    "bantime.increment",
    "bantime.overalljails",
    "bantime.factor",
    "bantime.formula",
    "bantime.multipliers",
    "bantime.maxtime",
    "bantime.rndtime",
    "actions",
];

pub(crate) fn words(words: &[&str]) -> Vec<Arg> {
    words.iter().map(|&word| Arg::from(word)).collect()
}

async fn ask(client: &Client, question: &[&str]) -> Value {
    client.raw(words(question)).await.unwrap()
}

/// Every setting of the server.
pub(crate) async fn dump_server(client: &Client) -> String {
    let mut lines = String::new();
    for key in SERVER {
        let value = ask(client, &["get", key]).await;
        writeln!(lines, "{key} = {value:?}").unwrap();
    }
    lines
}

/// Every setting of a jail, its actions with all their properties, and its bans with their times.
pub(crate) async fn dump_jail(client: &Client, name: &JailName) -> String {
    let name = name.as_str();
    let mut lines = String::new();
    for key in JAIL {
        let value = ask(client, &["get", name, key]).await;
        let mut items: Vec<String> = value.as_sequence().map_or_else(
            || vec![format!("{value:?}")],
            |items| items.iter().map(|item| format!("{item:?}")).collect(),
        );
        if key == "ignoreip" {
            items.sort();
        }
        writeln!(lines, "{name} {key} = {items:?}").unwrap();
    }
    for action in client.actions(&jail(name)).await.unwrap() {
        let properties = ask(client, &["get", name, "actionproperties", &action]).await;
        for property in properties.as_sequence().unwrap().iter().filter_map(Value::as_str) {
            let value = ask(client, &["get", name, "action", &action, property]).await;
            // Counts bans.
            if property != "banEpoch" {
                writeln!(lines, "{name} {action} {property} = {value:?}").unwrap();
            }
        }
    }
    let mut bans: Vec<String> = client
        .banned_with_times(&jail(name))
        .await
        .unwrap()
        .iter()
        .map(|ticket| {
            format!("{name} bans {} from {} for {}\n", ticket.id, ticket.start, ticket.bantime_secs)
        })
        .collect();
    bans.sort();
    lines + &bans.concat()
}

/// Everything that the server tells about itself and its jails.
pub(crate) async fn dump(client: &Client) -> String {
    let mut lines = dump_server(client).await;
    for name in client.jails().await.unwrap() {
        lines.push_str(&dump_jail(client, &name).await);
    }
    lines
}

/// What `fail2ban-client -d` makes of a configuration directory, one list of words for each line.
pub(crate) fn printed(config: &Path) -> Vec<Vec<Arg>> {
    let printed = Command::new("fail2ban-client").arg("-c").arg(config).arg("-d").output().unwrap();
    let script = "import ast, json, sys\n\
                  print(json.dumps([ast.literal_eval(line) for line in sys.stdin if line.startswith('[')]))";
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), printed.stdout).unwrap();
    let json = Command::new("python3").args(["-c", script]).stdin(file.reopen().unwrap()).output().unwrap();
    assert!(json.status.success(), "{}", String::from_utf8_lossy(&json.stderr));
    let lines: Vec<Vec<serde_json::Value>> = serde_json::from_slice(&json.stdout).unwrap();
    lines.into_iter().map(|line| line.iter().map(arg).collect()).collect()
}

fn arg(value: &serde_json::Value) -> Arg {
    match value {
        serde_json::Value::Null => Arg::None,
        serde_json::Value::Bool(value) => Arg::Bool(*value),
        serde_json::Value::Number(number) => {
            number.as_i64().map_or_else(|| Arg::Float(number.as_f64().unwrap()), Arg::Int)
        }
        serde_json::Value::String(text) => Arg::from(text.as_str()),
        serde_json::Value::Array(items) => Arg::List(items.iter().map(arg).collect()),
        serde_json::Value::Object(_) => panic!("a dict in a stream"),
    }
}

/// The lines about one jail.
pub(crate) fn lines_of(lines: &[Vec<Arg>], name: &str) -> Vec<Vec<Arg>> {
    lines.iter().filter(|line| line.get(1) == Some(&Arg::from(name))).cloned().collect()
}

/// The stream of a jail of the lab, as its files have it.
pub(crate) fn stream_of(lab: &Fail2ban, name: &str) -> JailStream {
    JailStream::from_commands(lines_of(&printed(&lab.dir().join("etc")), name)).unwrap()
}

/// A stream with some of its commands replaced or left out.
pub(crate) fn changed(stream: &JailStream, change: impl Fn(Vec<Arg>) -> Option<Vec<Arg>>) -> JailStream {
    JailStream::from_commands(stream.commands().into_iter().filter_map(change)).unwrap()
}

/// A stream with a further command in front of `start`.
pub(crate) fn with(stream: &JailStream, command: &[&str]) -> JailStream {
    let mut stream = stream.clone();
    stream.push(&fail2ban_client::command::raw(words(command))).unwrap();
    stream
}

/// A dump without the starts of bans: fail2ban's database rounds them to another second.
pub(crate) fn without_starts(dump: &str) -> String {
    let line = |line: &str| match (line.split_once(" from "), line.split_once(" for ")) {
        (Some((ban, _)), Some((_, length))) if line.contains(" bans ") => format!("{ban} for {length}\n"),
        _ => format!("{line}\n"),
    };
    dump.lines().map(line).collect()
}

/// Says which lines of two dumps differ.
pub(crate) fn assert_same(after: &str, before: &str) {
    let only = |one: &str, other: &str| -> Vec<String> {
        one.lines().filter(|line| !other.lines().any(|it| it == *line)).map(str::to_owned).collect()
    };
    let (gone, come) = (only(before, after), only(after, before));
    assert!(gone.is_empty() && come.is_empty(), "before: {gone:#?}\nafter: {come:#?}");
    assert_eq!(after.lines().count(), before.lines().count());
}
