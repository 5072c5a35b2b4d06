//! Any arguments as a request: the end marker stands at its end and nowhere else, and it reads as the same values.
#![no_main]

use arbitrary::Arbitrary;
use fail2ban_client::codec::{Arg, EncodeError, Value, decode, encode};
use fail2ban_client::frame::{END, seal};
use fail2ban_client::{Limits, Text};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
enum Input {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(String),
    /// A text with lone surrogates.
    Raw(Vec<u8>),
    /// A text that begins or ends as the marker does.
    Marker(u8, bool),
    List(Vec<Input>),
    Dict(Vec<(Input, Input)>),
}

impl Input {
    fn arg(&self) -> Arg {
        match self {
            Self::None => Arg::None,
            Self::Bool(value) => Arg::Bool(*value),
            Self::Int(number) => Arg::Int(*number),
            Self::Float(number) => Arg::Float(*number),
            Self::Str(text) => Arg::from(text.as_str()),
            Self::Raw(bytes) => Arg::Str(Text::from_bytes_escaped(bytes)),
            Self::Marker(place, first) => {
                let (head, tail) = END.split_at(usize::from(*place) % (END.len() + 1));
                Arg::Str(Text::from_bytes_escaped(if *first { head } else { tail }))
            }
            Self::List(items) => Arg::List(items.iter().map(Self::arg).collect()),
            Self::Dict(entries) => {
                Arg::Dict(entries.iter().map(|(key, value)| (key.arg(), value.arg())).collect())
            }
        }
    }
}

fn same(arg: &Arg, value: &Value) -> bool {
    match (arg, value) {
        (Arg::None, Value::None) => true,
        (Arg::Bool(a), Value::Bool(b)) => a == b,
        (Arg::Int(a), Value::Int(b)) => a == b,
        (Arg::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
        (Arg::Str(a), Value::Str(b)) => a == b,
        (Arg::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(&**b).all(|(a, b)| same(a, b)),
        (Arg::Dict(a), Value::Dict(b)) => {
            a.len() == b.len() && a.iter().zip(&**b).all(|(a, b)| same(&a.0, &b.0) && same(&a.1, &b.1))
        }
        _ => false,
    }
}

fuzz_target!(|input: Vec<Input>| {
    let args: Vec<Arg> = input.iter().map(Input::arg).collect();
    let pickle = match encode(&args) {
        Ok(pickle) => pickle,
        Err(EncodeError::TooDeep { .. }) => return,
        Err(error) => panic!("{error}"),
    };
    let marked = pickle.windows(END.len()).any(|window| window == END);
    match seal(pickle.clone(), 1 << 20) {
        Ok(sealed) => {
            let found: Vec<usize> =
                (0..sealed.len()).filter(|&place| sealed[place..].starts_with(END)).collect();
            assert_eq!(found, [pickle.len()]);
            let value = decode(sealed.strip_suffix(END).unwrap(), &Limits::default()).unwrap();
            assert!(same(&Arg::List(args), &value), "{value:?}");
        }
        Err(EncodeError::Marker) => assert!(marked),
        Err(EncodeError::TooLong { length, .. }) => assert!(length > 1 << 20),
        Err(error) => panic!("{error}"),
    }
});
