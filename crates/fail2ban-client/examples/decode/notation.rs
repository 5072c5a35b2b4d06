//! Values as JSON. What JSON has no kind for is an object with one key that begins with `$`:
//!
//! | Python | JSON |
//! |---|---|
//! | tuple, set, frozenset | `{"$tuple": […]}`, `{"$set": […]}`, `{"$frozenset": […]}` |
//! | dict | `{"$dict": [[key, value], …]}` |
//! | bytes | `{"$bytes_b64": "…"}` |
//! | str with lone surrogates | `{"$str_surrogateescape_b64": "…"}`, the bytes that they stand for |
//! | str with other surrogates | `{"$str_surrogatepass_b64": "…"}`, each in three bytes |
//! | inf, -inf, nan | `Infinity`, `-Infinity`, `NaN`: Python's own JSON, which not every reader takes |
//! | bytearray, complex | `{"$repr": "…"}` |
//! | class | `{"$class": "module.Name"}` |
//! | other object | `{"$obj": "module.Name", "args": […]}`; `kwargs`, `state`, `items` and `entries` where it has them |
//!
//! Integers of any size stand in full, with which not every reader of JSON is at ease either.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fail2ban_client::Text;
use fail2ban_client::codec::{Class, Object, Value};

use super::python;

pub(crate) fn error(what: &str) -> String {
    tagged("error", &string(what))
}

pub(crate) fn json(value: &Value) -> String {
    match value {
        Value::None => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Float(number) if number.is_finite() => format!("{number:?}"),
        Value::Float(number) if number.is_nan() => "NaN".to_owned(),
        Value::Float(number) => if *number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned(),
        Value::Str(text) => shown(text),
        Value::Bytes(bytes) => tagged("bytes_b64", &base64(bytes)),
        Value::ByteArray(bytes) => tagged("repr", &string(&python::bytearray(bytes))),
        Value::List(items) => list(items),
        Value::Tuple(items) => tagged("tuple", &list(items)),
        Value::Set(items) => tagged("set", &list(items)),
        Value::FrozenSet(items) => tagged("frozenset", &list(items)),
        Value::Dict(entries) => tagged("dict", &pairs(entries)),
        Value::Class(class) => tagged("class", &named(class)),
        Value::Object(object) => match complex(object) {
            Some(repr) => tagged("repr", &string(&repr)),
            None => recipe(object),
        },
        other => other.to_decimal().unwrap_or_else(|| error(&format!("not shown: {}", other.describe()))),
    }
}

fn shown(text: &Text) -> String {
    use std::os::unix::ffi::OsStrExt as _;
    match text.as_str() {
        Some(text) => string(text),
        None if text.is_escaped_bytes() => {
            tagged("str_surrogateescape_b64", &base64(text.to_path().as_os_str().as_bytes()))
        }
        None => tagged("str_surrogatepass_b64", &base64(text.as_wtf8())),
    }
}

fn recipe(object: &Object) -> String {
    let args = object.args.as_sequence().unwrap_or_default();
    let mut parts = vec![format!("\"$obj\": {}", named(&object.class)), format!("\"args\": {}", list(args))];
    for (key, part) in [("kwargs", &object.keywords), ("state", &object.state)] {
        parts.extend(part.as_ref().map(|part| format!("\"{key}\": {}", json(part))));
    }
    if !object.items.is_empty() {
        parts.push(format!("\"items\": {}", list(&object.items)));
    }
    if !object.entries.is_empty() {
        parts.push(format!("\"entries\": {}", pairs(&object.entries)));
    }
    format!("{{{}}}", parts.join(", "))
}

fn complex(object: &Object) -> Option<String> {
    let builtin = object.class.module == "builtins" || object.class.module == "__builtin__";
    match object.args.as_sequence()? {
        [Value::Float(real), Value::Float(imaginary)] if builtin && object.class.name == "complex" => {
            Some(python::complex(*real, *imaginary))
        }
        _ => None,
    }
}

fn tagged(kind: &str, json: &str) -> String {
    format!("{{\"${kind}\": {json}}}")
}

fn list(items: &[Value]) -> String {
    let items: Vec<String> = items.iter().map(json).collect();
    format!("[{}]", items.join(", "))
}

fn pairs(entries: &[(Value, Value)]) -> String {
    let pairs: Vec<String> =
        entries.iter().map(|(key, value)| format!("[{}, {}]", json(key), json(value))).collect();
    format!("[{}]", pairs.join(", "))
}

fn named(class: &Class) -> String {
    string(&format!("{}.{}", class.module, class.name))
}

fn base64(bytes: &[u8]) -> String {
    string(&STANDARD.encode(bytes))
}

fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
