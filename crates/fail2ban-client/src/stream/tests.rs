//! What a jail's stream takes and what it refuses.

use super::*;
use crate::command;

fn jail() -> JailName {
    JailName::new("sshd").unwrap()
}

fn words(words: &[&str]) -> Vec<Arg> {
    words.iter().map(|&word| Arg::from(word)).collect()
}

fn list(items: &[&str]) -> Arg {
    Arg::List(words(items))
}

fn pushed(args: Vec<Arg>) -> Result<Vec<Arg>, StreamFault> {
    let mut stream = JailStream::new(jail(), Backend::Polling);
    for name in ["cmd", "py"] {
        let python = (name == "py").then_some(["/a.py", "{}"]).into_iter().flatten();
        let add: Vec<&str> = ["set", "sshd", "addaction", name].into_iter().chain(python).collect();
        stream.push(&command::raw(words(&add))).unwrap();
    }
    stream.push(&command::raw(args)).map_err(|error| error.fault)?;
    Ok(stream.commands().remove(3))
}

#[test]
fn values_become_harmless() {
    let doubling = crate::types::BantimeFormula::Doubling;
    for (key, given, sent) in [
        ("bantime", Arg::from("600"), Arg::Int(600)),
        ("bantime", Arg::Int(-1), Arg::Int(-1)),
        ("findtime", Arg::from(" 60 "), Arg::Int(60)),
        ("bantime.increment", Arg::from("True"), Arg::Bool(true)),
        ("bantime.factor", Arg::from("2.50"), Arg::from("2.5")),
        ("bantime.factor", Arg::Int(2), Arg::from("2")),
        ("bantime.multipliers", Arg::from("1 2   4"), Arg::from("1 2 4")),
        ("bantime.maxtime", Arg::from(""), Arg::from("")),
        ("bantime.formula", Arg::from(""), Arg::from("")),
        ("bantime.formula", Arg::from(doubling.as_str()), Arg::from(doubling.as_str())),
        ("usedns", Arg::from("Warn"), Arg::from("warn")),
        (
            "ignorecache",
            Arg::from("key='<ip>',max-time=5"),
            Arg::from("key=\"<ip>\", max-count=100, max-time=5"),
        ),
        (
            "ignorecache",
            Arg::from("max-count=7, key=<ip>"),
            Arg::from("key=\"<ip>\", max-count=7, max-time=300"),
        ),
        ("datepattern", Arg::from("{^LN-BEG}"), Arg::from("{^LN-BEG}")),
    ] {
        let line = [words(&["set", "sshd", key]), vec![given]].concat();
        assert_eq!(pushed(line).unwrap().pop().unwrap(), sent, "{key}");
    }
}

#[test]
fn code_is_refused_wherever_the_server_would_run_it() {
    let code = "__import__('os').system('touch /tmp/x')";
    for key in [
        "bantime",
        "findtime",
        "maxretry",
        "maxmatches",
        "maxlines",
        "bantime.factor",
        "bantime.formula",
        "bantime.multipliers",
        "bantime.maxtime",
        "bantime.rndtime",
    ] {
        for value in [code, "10x", "1*1", "[1]"] {
            let refused = pushed(words(&["set", "sshd", key, value]));
            assert!(matches!(refused, Err(StreamFault::Value { .. })), "{key} {value}: {refused:?}");
        }
        assert!(pushed([words(&["set", "sshd", key]), vec![Arg::None]].concat()).is_err(), "{key}");
    }
    for cache in [&format!("key=\"<ip>\", max-time={code}"), "key=a\"b'c, max-time=1", "max-time=5", "key"] {
        assert!(pushed(words(&["set", "sshd", "ignorecache", cache])).is_err(), "{cache}");
    }
    for property in [
        vec!["set", "sshd", "action", "cmd", "timeout", code],
        vec!["set", "sshd", "action", "cmd", "timeout", "1x"],
    ] {
        assert!(matches!(pushed(words(&property)), Err(StreamFault::Value { .. })), "{property:?}");
    }
    for method in ["executeCmd", "ban", "start", "_jail", "__class__", "banEpoch", ""] {
        let refused = pushed(words(&["set", "sshd", "action", "cmd", method, "{}"]));
        assert!(matches!(refused, Err(StreamFault::NotAProperty { .. })), "{method}");
        let pairs = Arg::List(vec![list(&[method, "{}"])]);
        let refused = pushed([words(&["multi-set", "sshd", "action", "cmd"]), vec![pairs]].concat());
        assert!(matches!(refused, Err(StreamFault::NotAProperty { .. })), "{method}");
    }
    let refused = pushed(words(&["set", "sshd", "action", "py", "anything", "{}"]));
    assert!(matches!(refused, Err(StreamFault::PythonProperties { .. })), "{refused:?}");
}

#[test]
fn what_does_not_configure_this_jail_is_refused() {
    for line in [
        &["set", "sshd", "banip", "192.0.2.1"][..],
        &["set", "sshd", "unbanip", "192.0.2.1"],
        &["set", "sshd", "attempt", "192.0.2.1"],
        &["set", "sshd", "idle", "on"],
        &["set", "sshd", "delfailregex", "0"],
        &["set", "sshd", "delaction", "cmd"],
        &["set", "sshd", "delignoreip", "192.0.2.1"],
        &["set", "sshd", "bantime.evformula", "1"],
        &["set", "sshd", "bantime"],
        &["set", "sshd", "bantime", "1", "2"],
        &["set", "dbfile", "None"],
        &["set", "loglevel", "DEBUG", "x"],
        &["multi-set", "sshd", "bantime", "1"],
        &["start", "sshd"],
        &["stop", "sshd"],
        &["add", "sshd", "polling"],
        &["reload", "--all"],
        &["stop"],
        &[],
    ] {
        let refused = pushed(words(line));
        assert!(matches!(refused, Err(StreamFault::NotConfiguration)), "{line:?}: {refused:?}");
    }
    let refused = pushed(words(&["set", "nginx", "maxretry", "1"]));
    assert_eq!(refused, Err(StreamFault::OtherJail { jail: "nginx".into() }));
    let refused = pushed(words(&["set", "sshd", "action", "nope", "a", "b"]));
    assert_eq!(refused, Err(StreamFault::UnknownAction { action: "nope".into() }));
    let refused = pushed(words(&["set", "sshd", "addaction", "cmd"]));
    assert_eq!(refused, Err(StreamFault::ActionTwice { action: "cmd".into() }));
}

#[test]
fn the_commands_of_a_jail_come_back_as_they_were() {
    let commands = vec![
        words(&["add", "sshd", "polling"]),
        words(&["set", "sshd", "usedns", "no"]),
        [words(&["multi-set", "sshd", "addfailregex"]), vec![list(&["^a <HOST>$", "^b <HOST>$"])]].concat(),
        words(&["set", "sshd", "addignoreregex", "x"]),
        [words(&["set", "sshd", "maxretry"]), vec![Arg::Int(5)]].concat(),
        words(&["set", "sshd", "addignoreip", "127.0.0.1/8", "::1"]),
        words(&["set", "sshd", "addlogpath", "/var/log/auth.log", "head"]),
        words(&["set", "sshd", "addlogpath", "/var/log/other.log"]),
        words(&["set", "sshd", "addjournalmatch", "_COMM=sshd", "+", "_UID=0"]),
        words(&["set", "sshd", "addaction", "fw"]),
        [
            words(&["multi-set", "sshd", "action", "fw"]),
            vec![Arg::List(vec![
                list(&["actionban", "true"]),
                Arg::List(vec!["timeout".into(), Arg::Int(60)]),
            ])],
        ]
        .concat(),
        words(&["set", "sshd", "addaction", "py", "/etc/fail2ban/action.d/a.py", "{}"]),
        words(&["start", "sshd"]),
    ];
    let stream = JailStream::from_commands(commands.clone()).unwrap();
    assert_eq!(stream.commands(), commands);
    assert_eq!(stream.jail(), &jail());
    assert_eq!(
        stream.actions().map(|(name, python)| (name.to_string(), python)).collect::<Vec<_>>(),
        [("fw".to_owned(), false), ("py".to_owned(), true)]
    );
}

#[test]
fn errors_name_the_command_and_no_secret() {
    let stream = |middle: &[&str]| {
        let commands = [words(&["add", "sshd", "auto"]), words(middle), words(&["start", "sshd"])];
        JailStream::from_commands(commands).unwrap_err().to_string()
    };
    assert_eq!(
        stream(&["set", "sshd", "bantime", "10*60"]),
        "command 1 of the jail's stream, `set sshd bantime 10*60`, is refused: its value must be a time: whole seconds, or numbers with units such as 1d 12h"
    );
    assert!(!stream(&["set", "sshd", "action", "mail", "password", "s3cret"]).contains("s3cret"));
    assert!(!stream(&["set", "sshd", "addaction", "mail", "/a.py", "s3cret", "x"]).contains("s3cret"));
    let long = "x".repeat(1000);
    assert!(stream(&["set", "nginx", "addfailregex", &long]).len() < 400);
}

#[test]
fn a_stream_has_a_beginning_and_an_end() {
    let fault = |commands: &[&[&str]]| {
        let commands: Vec<Vec<Arg>> = commands.iter().map(|line| words(line)).collect();
        JailStream::from_commands(commands).map_err(|error| error.fault)
    };
    assert_eq!(fault(&[]), Err(StreamFault::NoAdd));
    assert_eq!(fault(&[&["start", "sshd"]]), Err(StreamFault::NoAdd));
    assert_eq!(fault(&[&["add", "sshd", "polling"]]), Err(StreamFault::NoStart));
    assert_eq!(fault(&[&["add", "sshd", "polling"], &["start", "nginx"]]), Err(StreamFault::NoStart));
    assert!(matches!(fault(&[&["add", "sshd", "gamin"], &["start", "sshd"]]), Err(StreamFault::Backend(_))));
    assert!(matches!(fault(&[&["add", "--all", "auto"], &["start", "--all"]]), Err(StreamFault::Name(_))));
    assert_eq!(
        fault(&[&["config-error", "Jail 'x' skipped"]]),
        Err(StreamFault::Configuration { text: "Jail 'x' skipped".into() })
    );
    assert_eq!(
        fault(&[&["add", "sshd", "polling"], &["start", "sshd"]]),
        Ok(JailStream::new(jail(), Backend::Polling))
    );
}
