//! Any bytes as a pickle: what decodes is within the limits, and ends where the scanner and the reader of frames say.
#![no_main]

use fail2ban_client::Limits;
use fail2ban_client::codec::{Scanner, Value, decode};
use fail2ban_client::frame::{END, ReplyReader};
use libfuzzer_sys::fuzz_target;

const NODES: u64 = 20_000;
const BYTES: u64 = 1 << 20;
const DEPTH: usize = 100;

/// What a reader meets who follows every reference.
#[derive(Default)]
struct Met {
    nodes: u64,
    bytes: usize,
}

impl Met {
    fn all<'a>(&mut self, values: impl IntoIterator<Item = &'a Value>, depth: usize) {
        for value in values {
            self.one(value, depth);
        }
    }

    fn one(&mut self, value: &Value, depth: usize) {
        assert!(depth <= DEPTH, "too deep");
        self.nodes += 1;
        match value {
            Value::Str(text) => {
                self.bytes += text.as_wtf8().len();
                assert_eq!(text.as_str().is_none(), std::str::from_utf8(text.as_wtf8()).is_err());
                assert_eq!(text, &text.detached());
            }
            Value::Bytes(bytes) | Value::ByteArray(bytes) => self.bytes += bytes.len(),
            Value::BigInt(bytes) => {
                self.bytes += bytes.len();
                assert!(bytes.len() > 8 && value.to_decimal().is_some_and(|digits| digits.len() > 18));
            }
            Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::FrozenSet(items) => {
                self.all(&**items, depth + 1);
            }
            Value::Dict(entries) => self.all(entries.iter().flat_map(|(key, value)| [key, value]), depth + 1),
            Value::Object(object) => {
                self.one(&object.args, depth + 1);
                self.all(object.keywords.iter().chain(&object.state), depth + 1);
                self.all(&*object.items, depth + 1);
                self.all(object.entries.iter().flat_map(|(key, value)| [key, value]), depth + 1);
            }
            _ => {}
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let limits =
        Limits::default().with_nodes(10_000).with_depth(DEPTH).with_memo(20_000).with_expanded(NODES, BYTES);
    let scanned = Scanner::new(&limits).scan(bytes);
    let Ok(value) = decode(bytes, &limits) else { return };
    assert_eq!(scanned, Ok(Some(bytes.len())));
    let mut reader = ReplyReader::new(limits);
    reader.push(bytes);
    reader.push(END);
    assert_eq!(reader.next_reply().unwrap().unwrap(), bytes);
    assert_eq!(reader.pending(), 0);
    let mut met = Met::default();
    met.one(&value, 1);
    assert!(met.nodes <= NODES, "{} values", met.nodes);
    assert!(met.bytes as u64 <= BYTES, "{} bytes", met.bytes);
    assert!(!value.describe().is_empty());
    drop(fail2ban_client::outcome(&value));
});
