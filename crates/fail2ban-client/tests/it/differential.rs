//! Against CPython itself, on random values: what its picklers write in protocols 0 to 5 is read as the same values,
//! and what the encoder writes is read by its unpickler as the same values.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fail2ban_client::Limits;
use fail2ban_client::codec::{Arg, DecodeError, Scanner, Value, encode};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use crate::random::{argument, expected};
use crate::transcript::decode_within;

const VALUES: usize = 6000;
const SEED: &str = "1";

/// Runs the other side with this input, and takes its lines.
fn python(args: &[&str], input: String) -> Vec<String> {
    let mut child = Command::new("python3")
        .args(["-c", include_str!("differential.py")])
        .args(args)
        // Sets in the same order in every run.
        .env("PYTHONHASHSEED", "0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("python3, without which there is no fail2ban: {error}"));
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "python3 fails");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        write!(out, "{byte:02x}").unwrap();
        out
    })
}

/// The spelling of a value in which both sides agree; sets are sorted by it.
fn spelled(value: &Value) -> String {
    let joined = |items: &[Value]| items.iter().map(spelled).collect::<Vec<_>>().join(",");
    let sorted = |items: &[Value]| {
        let mut items: Vec<String> = items.iter().map(spelled).collect();
        items.sort();
        items.join(",")
    };
    let pairs = |entries: &[(Value, Value)]| {
        let pair = |(key, value): &(Value, Value)| format!("{}:{}", spelled(key), spelled(value));
        entries.iter().map(pair).collect::<Vec<_>>().join(",")
    };
    match value {
        Value::None => "N".to_owned(),
        Value::Bool(value) => if *value { "T" } else { "F" }.to_owned(),
        Value::Float(number) if number.is_nan() => "fnan".to_owned(),
        Value::Float(number) => format!("f{}", hex(&number.to_be_bytes())),
        Value::Str(text) => format!("s{}", hex(text.as_wtf8())),
        Value::Bytes(bytes) => format!("b{}", hex(bytes)),
        Value::ByteArray(bytes) => format!("a{}", hex(bytes)),
        Value::List(items) => format!("[{}]", joined(items)),
        Value::Tuple(items) => format!("({})", joined(items)),
        Value::Dict(entries) => format!("{{{}}}", pairs(entries)),
        Value::Set(items) => format!("S{{{}}}", sorted(items)),
        Value::FrozenSet(items) => format!("Z{{{}}}", sorted(items)),
        Value::Class(class) => format!("c{}.{}", class.module, class.name),
        Value::Object(object) => {
            let mut out = format!("oc{}.{}{}", object.class.module, object.class.name, spelled(&object.args));
            for (mark, part) in [("k", &object.keywords), ("s", &object.state)] {
                if let Some(part) = part {
                    out += mark;
                    out += &spelled(part);
                }
            }
            if !object.items.is_empty() {
                write!(out, "[{}]", joined(&object.items)).unwrap();
            }
            if !object.entries.is_empty() {
                write!(out, "{{{}}}", pairs(&object.entries)).unwrap();
            }
            out
        }
        other => format!("i{}", other.to_decimal().unwrap()),
    }
}

#[test]
fn what_python_writes_is_read_as_the_same_values() {
    let lines = python(&["make", SEED, &VALUES.to_string()], String::new());
    assert_eq!(lines.len(), VALUES);
    for (number, line) in lines.iter().enumerate() {
        let (pickle, expected) = line.split_once('\t').unwrap();
        let bytes = STANDARD.decode(pickle).unwrap();
        let at = format!("seed {SEED}, value {number}, protocol {}: {pickle}", number % 6);
        assert_eq!(Scanner::new(&Limits::default()).scan(&bytes), Ok(Some(bytes.len())), "{at}");
        match (decode_within(&bytes, &Limits::default()), expected) {
            (Err(DecodeError::Cyclic), "loop") => {}
            (Ok(value), _) => assert!(spelled(&value) == expected, "{at}\n{}\n{expected}", spelled(&value)),
            (Err(error), _) => panic!("{at}: {error}"),
        }
    }
}

/// The same with numbers for keys: Python refuses a list as a key, and keeps one entry of each.
fn keyed(arg: Arg) -> Arg {
    match arg {
        Arg::List(items) => Arg::List(items.into_iter().map(keyed).collect()),
        Arg::Dict(entries) => Arg::Dict(
            (0_i64..).map(Arg::Int).zip(entries.into_iter().map(|(_, value)| keyed(value))).collect(),
        ),
        leaf => leaf,
    }
}

#[test]
fn what_is_encoded_is_read_by_python_as_the_same_values() {
    let mut runner = TestRunner::deterministic();
    let commands = vec(argument(), 0..6);
    let args: Vec<Vec<Arg>> = (0..2000)
        .map(|_| commands.new_tree(&mut runner).unwrap().current().into_iter().map(keyed).collect())
        .collect();
    let pickles: Vec<String> = args.iter().map(|args| STANDARD.encode(encode(args).unwrap())).collect();
    let lines = python(&["read"], pickles.join("\n") + "\n");
    assert_eq!(lines.len(), args.len());
    for ((args, pickle), line) in args.into_iter().zip(&pickles).zip(&lines) {
        assert_eq!(&spelled(&expected(&Arg::List(args))), line, "{pickle}");
    }
}
