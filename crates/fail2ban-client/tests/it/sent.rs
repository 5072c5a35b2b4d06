//! What a check and a reload send, byte by byte, and a check whose scratch jail another client takes away.

use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec};
use fail2ban_client::codec::Value;
use fail2ban_client::fake::{Recorder, Reply, Request, Server};
use fail2ban_client::{Backend, Client, Error, JailStream, Options, ReloadOptions, UnixConnector, command};

use crate::live::jail;
use crate::streams::{stream_of, with, words};

fn recorded(lab: &Fail2ban) -> (Client, Recorder) {
    let recorder = Recorder::new(UnixConnector::new(lab.socket()));
    (Client::with_connector(recorder.clone(), Options::default()), recorder)
}

#[tokio::test]
async fn a_check_sends_nothing_but_settings_of_its_scratch_jail() {
    let lab = Fail2ban::builder().jail(JailSpec::new("sshd", Filter::Sshd)).start().unwrap();
    let (client, recorder) = recorded(&lab);
    client.check_jail(&stream_of(&lab, "sshd")).await.unwrap();
    let sent = recorder.recording().commands();
    assert_eq!(sent[0], ["status"]);
    let scratch = &sent[1][1];
    assert!(scratch.starts_with("__check_") && scratch.len() == 24, "{scratch}");
    assert_eq!(sent[1], ["add", scratch, "polling"]);
    assert_eq!(sent[sent.len() - 1], ["stop", scratch]);
    for command in &sent[2..sent.len() - 1] {
        assert!(
            ["set", "multi-set", "get"].contains(&command[0].as_str()) && command[1] == *scratch,
            "{command:?}"
        );
        assert!(
            !["addlogpath", "addaction", "action", "addjournalmatch"].contains(&command[2].as_str()),
            "{command:?}"
        );
    }
}

#[tokio::test]
async fn a_reload_is_one_command_for_one_jail() {
    let lab = Fail2ban::builder()
        .jail(JailSpec::new("sshd", Filter::Sshd))
        .jail(JailSpec::new("nginx", Filter::Nginx))
        .start()
        .unwrap();
    let (client, recorder) = recorded(&lab);
    let stream = with(&stream_of(&lab, "sshd"), &["set", "sshd", "maxlines", "2"]);
    client.reload_jail(&stream, ReloadOptions::default()).await.unwrap();
    let recording = recorder.recording();
    let changes: Vec<Vec<String>> = recording
        .commands()
        .into_iter()
        .filter(|words| !["get", "status", "banned", "stats", "version"].contains(&words[0].as_str()))
        .filter(|words| !words[1].starts_with("__check_"))
        .collect();
    let commands = format!("a list of {}", stream.commands().len());
    assert_eq!(changes, [vec!["reload".to_owned(), "sshd".into(), "a list of 1".into(), commands]]);
    let text = String::from_utf8_lossy(
        &recording
            .exchanges()
            .iter()
            .find(|exchange| exchange.words().first().is_some_and(|word| word == "reload"))
            .unwrap()
            .request,
    )
    .into_owned();
    assert!(text.contains("--if-exists") && !text.contains("--all") && !text.contains("nginx"), "{text:?}");
}

/// Answers as a server without jails whose first scratch jails are taken away before they are asked.
fn server(taken: usize) -> Server {
    let mut seen: Vec<String> = Vec::new();
    Server::answering(move |request: &Request| {
        let words = request.words();
        match words.as_slice() {
            ["status"] => {
                let pair = |label: &str, value: Value| Value::Tuple([label.into(), value].into());
                Reply::value(Value::List(
                    [pair("Number of jail", Value::Int(0)), pair("Jail list", "".into())].into(),
                ))
            }
            ["add", name, ..] => {
                seen.push((*name).to_owned());
                Reply::text(*name)
            }
            [_, name, ..] if seen.len() <= taken => Reply::unknown_jail(name),
            _ => Reply::value(Value::None),
        }
    })
    .unwrap()
}

#[tokio::test]
async fn a_check_that_loses_its_scratch_jail_begins_anew() {
    let mut stream = JailStream::new(jail("sshd"), Backend::Polling);
    stream.push(&command::raw(words(&["set", "sshd", "maxretry", "3"]))).unwrap();
    let names = |server: &Server| {
        let mut names: Vec<String> = server
            .recording()
            .commands()
            .into_iter()
            .filter(|words| words[0] == "add")
            .map(|words| words[1].clone())
            .collect();
        names.dedup();
        names
    };
    let twice = server(2);
    let check = Client::new(twice.socket()).check_jail(&stream).await.unwrap();
    assert!(check.is_ok(), "{check}");
    assert_eq!(names(&twice).len(), 3, "each time under another name");

    let always = server(usize::MAX);
    let error = Client::new(always.socket()).check_jail(&stream).await.unwrap_err();
    assert!(matches!(&error, Error::UnknownJail { jail } if jail.starts_with("__check_")), "{error}");
    assert_eq!(names(&always).len(), 3);
}
