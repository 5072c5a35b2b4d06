//! Against a real fail2ban: spans of time mean for a stream what they mean for the server, which evaluates them.

use fail2ban_client::codec::{Arg, Value};
use fail2ban_client::{Backend, Client, JailStream, command};

use crate::live::{jail, lab};
use crate::streams::words;

/// What a stream makes of a span.
fn ours(text: &str) -> Option<i64> {
    let mut stream = JailStream::new(jail("sshd"), Backend::Polling);
    stream.push(&command::raw(words(&["set", "sshd", "findtime", text]))).ok()?;
    match stream.commands()[1].last() {
        Some(Arg::Int(number)) => Some(*number),
        other => panic!("{text}: {other:?}"),
    }
}

#[tokio::test]
async fn a_span_has_the_length_that_the_server_gives_it() {
    let lab = lab();
    let client = Client::new(lab.socket());
    let units = [
        "", "s", "ss", "se", "sec", "second", "seconds", "m", "mm", "mi", "min", "minute", "minutes", "h",
        "hh", "ho", "hou", "hour", "hours", "d", "dd", "da", "day", "days", "w", "ww", "we", "wee", "week",
        "weeks", "mo", "mon", "month", "months", "y", "yy", "ye", "yea", "year", "years", "D", "Mo", "HOURS",
    ];
    let mut texts: Vec<String> =
        units.iter().flat_map(|unit| [format!("3{unit}"), format!("2 {unit}")]).collect();
    texts.extend(
        [
            "1d12h",
            "1d 12h",
            "1h 30m 5s",
            "1h+30min",
            "1h + 30min",
            "1.5h",
            "0.25 day",
            "1h 30",
            "1y6mo2w",
            "-1",
            " 600 ",
        ]
        .map(str::to_owned),
    );
    for text in texts {
        let theirs = client.raw(words(&["set", "sshd", "findtime", &text])).await.unwrap();
        let ours = ours(&text).unwrap_or_else(|| panic!("{text:?} is {theirs:?} for the server"));
        match theirs {
            Value::Int(number) => assert_eq!(ours, number, "{text}"),
            Value::Float(number) => assert_eq!(ours.to_string(), format!("{number:.0}"), "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}
