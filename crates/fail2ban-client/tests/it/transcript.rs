//! The recorded exchanges, and the notation in which they hold values.

use std::io::Read as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fail2ban_client::codec::{Arg, DecodeError, Value};
use fail2ban_client::{Limits, Text};
use serde_json::Value as Json;

/// Every line of a fixture.
pub(crate) fn rows(name: &str) -> Vec<Json> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(format!("{name}.jsonl.gz"));
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub(crate) fn bytes(value: &Json) -> Vec<u8> {
    STANDARD.decode(value.as_str().unwrap()).unwrap()
}

/// The pickle of a frame.
pub(crate) fn pickle(frame: &[u8]) -> &[u8] {
    frame.strip_suffix(fail2ban_client::frame::END).unwrap()
}

pub(crate) fn decode(bytes: &[u8]) -> Value {
    decode_within(bytes, &Limits::default()).unwrap()
}

pub(crate) fn decode_within(bytes: impl AsRef<[u8]>, limits: &Limits) -> Result<Value, DecodeError> {
    fail2ban_client::codec::decode(bytes.as_ref(), limits)
}

/// Real replies, for other tests to start from.
pub(crate) fn replies() -> Vec<Vec<u8>> {
    let all = ["1.0.2", "1.1.0", "1.0.2-stock"].into_iter().flat_map(rows);
    all.filter(|row| row["reply_b64"].as_str().is_some_and(|text| !text.is_empty()))
        .map(|row| bytes(&row["reply_b64"]))
        .collect()
}

/// A command in the notation of the fixtures; `None` where the encoder does not claim it.
pub(crate) fn arg(json: &Json) -> Option<Arg> {
    Some(match json {
        Json::Null => Arg::None,
        Json::Bool(value) => Arg::Bool(*value),
        // Integers beyond 64 bits, which JSON's reader takes for fractions, are not claimed.
        Json::Number(number) if number.is_f64() && number.as_f64()?.abs() < 1e18 => {
            Arg::Float(number.as_f64()?)
        }
        Json::Number(number) => Arg::Int(number.as_i64()?),
        Json::String(text) => Arg::from(text.as_str()),
        Json::Array(items) => Arg::List(items.iter().map(arg).collect::<Option<_>>()?),
        Json::Object(object) => {
            if let Some(text) = object.get("$str_surrogateescape_b64") {
                return Some(Arg::Str(Text::from_bytes_escaped(&bytes(text))));
            }
            if let Some(number) = object.get("$float") {
                return Some(Arg::Float(number.as_str()?.parse().ok()?));
            }
            let entries = object.get("$dict")?.as_array()?.iter();
            Arg::Dict(entries.map(|pair| Some((arg(&pair[0])?, arg(&pair[1])?))).collect::<Option<_>>()?)
        }
    })
}

/// Whether a value is what the notation says.
pub(crate) fn same(value: &Value, json: &Json) -> bool {
    let all = |items: &[Value], json: &Json| {
        let json = json.as_array().unwrap();
        items.len() == json.len() && items.iter().zip(json).all(|(item, json)| same(item, json))
    };
    let unordered = |items: &[Value], json: &Json| {
        let json = json.as_array().unwrap();
        items.len() == json.len() && json.iter().all(|json| items.iter().any(|item| same(item, json)))
    };
    match (value, json) {
        (Value::None, Json::Null) => true,
        (Value::Bool(a), Json::Bool(b)) => a == b,
        (Value::Int(a), Json::Number(b)) => b.as_i64() == Some(*a),
        (Value::Float(a), Json::Number(b)) => b.as_i64().is_none() && b.as_f64() == Some(*a),
        (Value::BigInt(digits), Json::Number(b)) => {
            let sum = digits.iter().rev().fold(0.0, |sum, byte| sum * 256.0 + f64::from(*byte));
            b.as_f64() == Some(sum)
        }
        (Value::Str(a), Json::String(b)) => a == b.as_str(),
        (Value::List(items), Json::Array(_)) => all(items, json),
        (_, Json::Object(object)) => {
            let (kind, inner) = object.iter().find(|(key, _)| key.starts_with('$')).unwrap();
            match (kind.as_str(), value) {
                ("$tuple", Value::Tuple(items)) => all(items, inner),
                ("$set", Value::Set(items)) | ("$frozenset", Value::FrozenSet(items)) => {
                    unordered(items, inner)
                }
                ("$dict", Value::Dict(entries)) => {
                    let pairs = inner.as_array().unwrap();
                    pairs.len() == entries.len()
                        && entries
                            .iter()
                            .zip(pairs)
                            .all(|((k, v), pair)| same(k, &pair[0]) && same(v, &pair[1]))
                }
                ("$bytes_b64", Value::Bytes(a)) => **a == bytes(inner),
                ("$str_surrogateescape_b64", Value::Str(a)) => *a == Text::from_bytes_escaped(&bytes(inner)),
                ("$float", Value::Float(a)) => {
                    a.to_string().to_lowercase() == inner.as_str().unwrap().to_lowercase()
                }
                ("$class", Value::Class(class)) => {
                    format!("{}.{}", class.module, class.name) == inner.as_str().unwrap()
                }
                ("$obj", Value::Object(object_)) => {
                    let class = format!("{}.{}", object_.class.module, object_.class.name);
                    let args = object_.args.as_sequence().unwrap();
                    let state = match (&object_.state, object.get("state")) {
                        (None, None | Some(Json::Null)) => true,
                        (Some(state), Some(json)) => same(state, json),
                        _ => false,
                    };
                    class == inner.as_str().unwrap() && all(args, &object["args"]) && state
                }
                ("$repr", Value::ByteArray(a)) => inner == &format!("bytearray(b'{}')", a.escape_ascii()),
                ("$repr", Value::Object(object)) => object.class.name == "complex" && inner == "(1+2j)",
                _ => false,
            }
        }
        _ => false,
    }
}
