//! Writes replies as a server on Python 3.8 or later does: pickle protocol 5, one frame, every container and text in
//! the memo. Knows nothing of what a reply means. Requests are encoded elsewhere, in a form that every server reads.

use std::collections::HashMap;

use crate::codec::{Class, Object, Text, Value};

/// How many items Python puts between two marks.
const BATCH: usize = 1000;

/// The pickle of a value.
pub(super) fn pickle(value: &Value) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.value(value);
    writer.out.push(b'.');
    let mut pickle = vec![0x80, 5, 0x95];
    pickle.extend_from_slice(&length(&writer.out).to_le_bytes());
    pickle.append(&mut writer.out);
    pickle
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

#[derive(Default)]
struct Writer {
    out: Vec<u8>,
    memo: u32,
    /// Where in the memo a class stands that was written before.
    classes: HashMap<Class, u32>,
}

impl Writer {
    fn value(&mut self, value: &Value) {
        match value {
            Value::None => self.out.push(b'N'),
            Value::Bool(true) => self.out.push(0x88),
            Value::Bool(false) => self.out.push(0x89),
            Value::Int(number) => self.int(*number),
            Value::BigInt(digits) => self.counted(&[(0x8a, 1)], digits),
            Value::Float(number) => {
                self.out.push(b'G');
                self.out.extend_from_slice(&number.to_be_bytes());
            }
            Value::Str(text) => self.text(text),
            Value::Bytes(bytes) => {
                self.counted(&[(b'C', 1), (b'B', 4), (0x8e, 8)], bytes);
                self.memoize();
            }
            Value::ByteArray(bytes) => {
                self.counted(&[(0x96, 8)], bytes);
                self.memoize();
            }
            Value::List(items) => {
                self.out.push(b']');
                self.memoize();
                self.appended(items);
            }
            Value::Tuple(items) => self.tuple(items),
            Value::Dict(entries) => {
                self.out.push(b'}');
                self.memoize();
                self.set(entries);
            }
            Value::Set(items) => {
                self.out.push(0x8f);
                self.memoize();
                for batch in items.chunks(BATCH) {
                    self.out.push(b'(');
                    self.values(batch);
                    self.out.push(0x90);
                }
            }
            Value::FrozenSet(items) => {
                self.out.push(b'(');
                self.values(items);
                self.out.push(0x91);
                self.memoize();
            }
            Value::Class(class) => self.class(class),
            Value::Object(object) => self.object(object),
        }
    }

    fn values(&mut self, values: &[Value]) {
        for value in values {
            self.value(value);
        }
    }

    /// As short as it goes, as Python does it.
    fn int(&mut self, number: i64) {
        if let Ok(byte) = u8::try_from(number) {
            self.out.extend_from_slice(&[b'K', byte]);
        } else if let Ok(short) = u16::try_from(number) {
            self.out.push(b'M');
            self.out.extend_from_slice(&short.to_le_bytes());
        } else if let Ok(word) = i32::try_from(number) {
            self.out.push(b'J');
            self.out.extend_from_slice(&word.to_le_bytes());
        } else {
            let mut bytes = number.to_le_bytes().to_vec();
            let (sign, top) = if number < 0 { (0xff, 0x80) } else { (0, 0) };
            while let [.., before, last] = bytes.as_slice()
                && *last == sign
                && before & 0x80 == top
            {
                bytes.pop();
            }
            self.counted(&[(0x8a, 1)], &bytes);
        }
    }

    fn text(&mut self, text: &Text) {
        self.counted(&[(0x8c, 1), (b'X', 4), (0x8d, 8)], text.as_wtf8());
        self.memoize();
    }

    /// The bytes behind their length, by the first opcode whose length has room for it.
    fn counted(&mut self, opcodes: &[(u8, usize)], bytes: &[u8]) {
        let length = length(bytes).to_le_bytes();
        let fits = |width: usize| length.iter().skip(width).all(|byte| *byte == 0);
        if let Some((opcode, width)) = opcodes.iter().find(|(_, width)| fits(*width)).or(opcodes.last()) {
            self.out.push(*opcode);
            self.out.extend(length.iter().take(*width));
            self.out.extend_from_slice(bytes);
        }
    }

    fn appended(&mut self, items: &[Value]) {
        for batch in items.chunks(BATCH) {
            if let [one] = batch {
                self.value(one);
                self.out.push(b'a');
            } else {
                self.out.push(b'(');
                self.values(batch);
                self.out.push(b'e');
            }
        }
    }

    fn set(&mut self, entries: &[(Value, Value)]) {
        for batch in entries.chunks(BATCH) {
            let one = batch.len() == 1;
            if !one {
                self.out.push(b'(');
            }
            for (key, value) in batch {
                self.value(key);
                self.value(value);
            }
            self.out.push(if one { b's' } else { b'u' });
        }
    }

    fn tuple(&mut self, items: &[Value]) {
        if items.len() > 3 {
            self.out.push(b'(');
        }
        self.values(items);
        let opcode = match items.len() {
            // Python keeps no empty tuple in the memo.
            0 => return self.out.push(b')'),
            1 => 0x85,
            2 => 0x86,
            3 => 0x87,
            _ => b't',
        };
        self.out.push(opcode);
        self.memoize();
    }

    fn class(&mut self, class: &Class) {
        if let Some(index) = self.classes.get(class) {
            if let Ok(short) = u8::try_from(*index) {
                self.out.extend_from_slice(&[b'h', short]);
            } else {
                self.out.push(b'j');
                self.out.extend_from_slice(&index.to_le_bytes());
            }
            return;
        }
        self.text(&class.module);
        self.text(&class.name);
        self.out.push(0x93);
        self.classes.insert(class.clone(), self.memo);
        self.memoize();
    }

    fn object(&mut self, object: &Object) {
        self.class(&object.class);
        self.value(&object.args);
        match &object.keywords {
            None => self.out.push(b'R'),
            Some(keywords) => {
                self.value(keywords);
                self.out.push(0x92);
            }
        }
        self.memoize();
        self.appended(&object.items);
        self.set(&object.entries);
        if let Some(state) = &object.state {
            self.value(state);
            self.out.push(b'b');
        }
    }

    fn memoize(&mut self) {
        self.out.push(0x94);
        self.memo = self.memo.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::codec::{Limits, decode};

    #[test]
    fn as_python_writes_it() {
        let pong = b"\x80\x05\x95\x0c\0\0\0\0\0\0\0K\0\x8c\x04pong\x94\x86\x94.";
        assert_eq!(pickle(&(0, "pong").into()), pong);
        let body = |value: Value| pickle(&value).split_off(11);
        assert_eq!(body((0, ()).into()), b"K\0N\x86\x94.");
        assert_eq!(
            body((0, Value::dict([("stacksize", 0)])).into()),
            b"K\0}\x94\x8c\x09stacksize\x94K\0s\x86\x94."
        );
        assert_eq!(body((0, 86_400).into()), b"K\0J\x80\x51\x01\0\x86\x94.");
        assert_eq!(body((0, -1).into()), b"K\0J\xff\xff\xff\xff\x86\x94.");
        assert_eq!(body(0x8000_0000_i64.into()), b"\x8a\x05\0\0\0\x80\0.");
        assert_eq!(body((-0x8000_0001_i64).into()), b"\x8a\x05\xff\xff\xff\x7f\xff.");
    }

    #[test]
    fn every_kind_of_value_comes_back() {
        let class = Arc::new(Class { module: "m".into(), name: "n".into() });
        let object = |count: i32| {
            let many: Vec<i32> = (0..count).collect();
            Value::Object(Arc::new(Object {
                class: Arc::clone(&class),
                args: (1, "two", 3.5).into(),
                keywords: (count > 1).then(|| Value::dict([("key", "word")])),
                state: Some(Value::dict([("key", true)])),
                items: Arc::from(Value::from(many).as_sequence().unwrap()),
                entries: Arc::new([("a".into(), 1.into()), ("b".into(), 2.into())]),
            }))
        };
        let text = "x".repeat(70_000);
        let values = [
            object(1),
            object(1001),
            Value::Class(Arc::clone(&class)),
            Value::Tuple((0..5).map(Value::from).collect()),
            Value::Tuple(Arc::new([])),
            Value::Set(Arc::new([1.into(), 2.into()])),
            Value::FrozenSet(Arc::new([])),
            Value::Bytes(text.as_bytes().into()),
            Value::ByteArray(Arc::new([1, 2])),
            Value::BigInt(Arc::new([1; 20])),
            i64::MIN.into(),
            i64::MAX.into(),
            65_535.into(),
            text.into(),
        ];
        let all = Value::from(values.to_vec());
        assert_eq!(decode(pickle(&all), &Limits::default()).unwrap(), all);
    }
}
