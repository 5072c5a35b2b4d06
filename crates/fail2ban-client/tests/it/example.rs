//! The example `decode` as a process that is asked line by line: it shows every recorded reply as Python did.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use crate::transcript::rows;

struct Example {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Example {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO"))
            .args(["run", "--quiet", "--package", "fail2ban-client", "--example", "decode"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, input, output: BufReader::new(output) }
    }

    /// Asks, and waits for the answer before anything else is sent.
    fn ask(&mut self, line: &str) -> String {
        self.input.write_all(line.as_bytes()).unwrap();
        self.input.write_all(b"\n").unwrap();
        let mut answer = String::new();
        self.output.read_line(&mut answer).unwrap();
        answer.trim_end().to_owned()
    }

    /// The answer as JSON; a number that JSON does not have is as in the fixtures.
    fn json(&mut self, line: &str) -> Json {
        let answer = self.ask(line);
        let known = |_| serde_json::from_str(&answer.replace("Infinity", r#"{"$float": "inf"}"#)).unwrap();
        serde_json::from_str(&answer).unwrap_or_else(known)
    }

    fn end(mut self) {
        drop(self.input);
        assert!(self.child.wait().unwrap().success());
    }
}

/// Equal as JSON; the elements of sets in any order.
fn equal(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, a)| match (key.as_str(), a, b.get(key)) {
                    ("$set" | "$frozenset", Json::Array(a), Some(Json::Array(b))) => {
                        a.len() == b.len() && a.iter().all(|a| b.iter().any(|b| equal(a, b)))
                    }
                    (_, a, Some(b)) => equal(a, b),
                    _ => false,
                })
        }
        _ => a == b,
    }
}

#[test]
fn every_recorded_reply_is_shown_as_python_read_it() {
    let mut example = Example::start();
    let mut seen = 0;
    for file in ["1.0.2", "1.1.0", "1.0.2-stock", "1.0.2-large"] {
        for row in rows(file) {
            let Some(reply) = row["reply_b64"].as_str().filter(|text| !text.is_empty()) else { continue };
            let shown = example.json(reply);
            let at = format!("{file} {}", row["seq"]);
            match row["decoded"]["$decode_error"].as_str() {
                Some(error) if error.starts_with("RecursionError") => {
                    assert_eq!(shown, json!({"$error": "a value contains itself"}), "{at}");
                }
                Some(_) => {
                    let object = &shown["$tuple"][1];
                    assert_eq!(object["$obj"], "collections.OrderedDict", "{at}");
                    assert_eq!(object["entries"].as_array().unwrap().len(), 1, "{at}");
                }
                None => assert!(equal(&shown, &row["decoded"]), "{at}: {shown} is not {}", row["decoded"]),
            }
            seen += 1;
        }
    }
    assert!(seen > 950, "only {seen} replies");
    example.end();
}

#[test]
fn every_line_has_an_answer_whatever_it_holds() {
    let mut example = Example::start();
    let mut pickle = |bytes: &[u8]| example.ask(&STANDARD.encode(bytes));
    // Expected values: what Python's json and repr write for pickle.loads of the same bytes.
    assert_eq!(pickle(b"\x80\x02\x8a\x09\0\0\0\0\0\0\0\0\x40."), "1180591620717411303424");
    assert_eq!(pickle(b"L-1180591620717411303424L\n."), "-1180591620717411303424");
    assert_eq!(pickle(b"F-0.0\n."), "-0.0");
    assert_eq!(pickle(b"F1e+16\n."), "1e16");
    assert_eq!(pickle(b"Fnan\n."), "NaN");
    assert_eq!(pickle(b"F-inf\n."), "-Infinity");
    assert_eq!(pickle(b"V\\ud83d\n."), r#"{"$str_surrogatepass_b64": "7aC9"}"#);
    for (args, repr) in [
        ("F0.0\nF1.0\n", "1j"),
        ("F-0.0\nF-0.0\n", "(-0-0j)"),
        ("F1.5\nFnan\n", "(1.5+nanj)"),
        ("F1e-05\nF-1e+22\n", "(1e-05-1e+22j)"),
    ] {
        let shown = pickle(format!("c__builtin__\ncomplex\n({args}tR.").as_bytes());
        assert_eq!(shown, format!(r#"{{"$repr": "{repr}"}}"#));
    }
    let bytearray = b"\x80\x05\x96\x06\0\0\0\0\0\0\0it's\n\xff.";
    assert_eq!(pickle(bytearray), r#"{"$repr": "bytearray(b\"it's\\n\\xff\")"}"#);
    assert_eq!(
        pickle(b"\x80\x04\x8c\x01m\x8c\x01C\x93)}\x8c\x01k\x88s\x92]b(K\x01e."),
        r#"{"$obj": "m.C", "args": [], "kwargs": {"$dict": [["k", true]]}, "state": [], "items": [1]}"#
    );
    for line in ["", "   ", "?", "AAA", "SFRUUC8xLjE=", "gAU=", "\u{e9}"] {
        let answer = example.json(line);
        assert!(answer["$error"].is_string(), "{line:?}: {answer}");
    }
    assert_eq!(example.ask("gAVLAS4="), "1");
    example.end();
}
