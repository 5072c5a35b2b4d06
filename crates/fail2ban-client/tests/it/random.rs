//! Random bytes, mutated real replies and random values: the decoder never panics, the scanner does not depend on how
//! the bytes are cut, and what the encoder writes is read back.

use std::sync::{Arc, LazyLock};

use fail2ban_client::codec::{Arg, Scanner, Value, encode};
use fail2ban_client::frame::{END, ReplyReader};
use fail2ban_client::{Address, Limits, Text, outcome};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::transcript::{self, decode_within as decode};

static REPLIES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(transcript::replies);

fn reply(pick: Index) -> &'static [u8] {
    pick.get::<Vec<u8>>(&REPLIES)
}

/// Limits under which no input of a test takes long.
fn tight() -> Limits {
    Limits::default().with_reply_bytes(1 << 20).with_nodes(100_000).with_expanded(100_000, 1 << 20)
}

/// Random bytes of which most are opcodes that are read.
fn opcode_soup() -> impl Strategy<Value = Vec<u8>> {
    let opcodes: &[u8] =
        b"(.012NIJKMLGFVXSUTCB]lae}dsu)tpqrghjcRb\n'\x81\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\
        \x8f\x90\x91\x92\x93\x94\x95\x96";
    vec(prop_oneof![4 => prop::sample::select(opcodes), 2 => 0_u8..4, 1 => any::<u8>()], 0..400)
        .prop_map(|soup| [b"\x80\x05".as_slice(), &soup].concat())
}

fn text() -> impl Strategy<Value = Text> {
    prop_oneof![
        "\\PC{0,20}".prop_map(Text::from),
        any::<String>().prop_map(Text::from),
        vec(any::<u8>(), 0..20).prop_map(|bytes| Text::from_bytes_escaped(&bytes)),
    ]
}

pub(crate) fn argument() -> impl Strategy<Value = Arg> {
    let leaf = prop_oneof![
        Just(Arg::None),
        any::<bool>().prop_map(Arg::Bool),
        any::<i64>().prop_map(Arg::Int),
        any::<i32>().prop_map(|number| Arg::Int(number.into())),
        prop::num::f64::NORMAL.prop_map(Arg::Float),
        text().prop_map(Arg::Str),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..8).prop_map(Arg::List),
            vec((inner.clone(), inner), 0..4).prop_map(Arg::Dict),
        ]
    })
}

pub(crate) fn expected(arg: &Arg) -> Value {
    match arg {
        Arg::None => Value::None,
        Arg::Bool(value) => Value::Bool(*value),
        Arg::Int(number) => Value::Int(*number),
        Arg::Float(number) => Value::Float(*number),
        Arg::Str(text) => Value::Str(text.clone()),
        Arg::List(items) => Value::List(items.iter().map(expected).collect()),
        Arg::Dict(entries) => Value::Dict(
            entries.iter().map(|(key, value)| (expected(key), expected(value))).collect::<Arc<[_]>>(),
        ),
        other => panic!("{other:?}"),
    }
}

/// What a reader makes of a stream that comes in these pieces.
fn read(stream: &[u8], mut cuts: Vec<usize>) -> (Vec<Vec<u8>>, bool) {
    cuts.push(0);
    cuts.push(stream.len());
    cuts.sort_unstable();
    let mut reader = ReplyReader::new(tight());
    let mut replies = Vec::new();
    for pair in cuts.windows(2) {
        reader.push(&stream[pair[0]..pair[1]]);
        loop {
            match reader.next_reply() {
                Ok(Some(reply)) => replies.push(reply.to_vec()),
                Ok(None) => break,
                Err(_) => return (replies, false),
            }
        }
    }
    (replies, true)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_do_no_harm(bytes in vec(any::<u8>(), 0..300)) {
        if let Ok(value) = decode(&bytes, &tight()) {
            prop_assert!(!value.describe().is_empty());
        }
    }

    #[test]
    fn arbitrary_opcodes_do_no_harm(bytes in opcode_soup()) {
        if let Ok(value) = decode(&bytes, &tight()) {
            // Walking, comparing and dropping stays within what the limits allow.
            prop_assert_eq!(&value, &value.clone());
            drop(outcome(&value));
        }
    }

    #[test]
    fn mutated_real_replies_do_no_harm(
        pick in any::<Index>(),
        changes in vec((any::<Index>(), any::<u8>(), 0_u8..4), 1..6),
    ) {
        let mut bytes = transcript::pickle(reply(pick)).to_vec();
        for (place, byte, kind) in changes {
            if bytes.is_empty() {
                break;
            }
            let place = place.index(bytes.len());
            match kind {
                0 => bytes[place] = byte,
                1 => bytes.insert(place, byte),
                2 => drop(bytes.remove(place)),
                _ => bytes.truncate(place),
            }
        }
        if let Ok(value) = decode(&bytes, &tight()) {
            drop(outcome(&value));
        }
    }

    #[test]
    fn what_decodes_is_where_the_scanner_ends(bytes in opcode_soup()) {
        if decode(&bytes, &tight()).is_ok() {
            prop_assert_eq!(Scanner::new(&tight()).scan(&bytes), Ok(Some(bytes.len())));
        }
    }

    #[test]
    fn cutting_makes_no_difference(picks in vec(any::<Index>(), 1..4), cuts in vec(any::<Index>(), 0..12)) {
        let stream: Vec<u8> = picks.iter().flat_map(|&pick| reply(pick).to_vec()).collect();
        let cuts = cuts.iter().map(|cut| cut.index(stream.len())).collect();
        let (replies, sound) = read(&stream, cuts);
        prop_assert!(sound);
        let whole: Vec<Vec<u8>> =
            picks.iter().map(|&pick| transcript::pickle(reply(pick)).to_vec()).collect();
        prop_assert_eq!(replies, whole);
    }

    #[test]
    fn cutting_makes_no_difference_to_garbage(mut bytes in opcode_soup(), cuts in vec(any::<Index>(), 0..12)) {
        bytes.extend_from_slice(END);
        let cuts = cuts.iter().map(|cut| cut.index(bytes.len())).collect();
        prop_assert_eq!(read(&bytes, cuts), read(&bytes, Vec::new()));
    }

    #[test]
    fn what_is_encoded_is_read_back(args in vec(argument(), 0..6)) {
        let value = decode(encode(&args).unwrap(), &tight()).unwrap();
        prop_assert_eq!(value, expected(&Arg::List(args)));
    }

    #[test]
    fn text_keeps_every_byte(bytes in vec(any::<u8>(), 0..60)) {
        use std::os::unix::ffi::OsStrExt as _;
        let text = Text::from_bytes_escaped(&bytes);
        let path = text.to_path();
        prop_assert_eq!(path.as_os_str().as_bytes(), bytes.as_slice());
        prop_assert_eq!(Text::from_wtf8(text.as_wtf8()), Some(text));
    }

    #[test]
    fn addresses_are_read_back(six in any::<bool>(), bits in any::<u128>(), prefix in 0_u8..=128) {
        let base = if six {
            std::net::IpAddr::V6(std::net::Ipv6Addr::from_bits(bits))
        } else {
            let [.., a, b, c, d] = bits.to_be_bytes();
            std::net::IpAddr::from([a, b, c, d])
        };
        let address = match Address::network(base, prefix) {
            Ok(address) => address,
            Err(fail2ban_client::AddressError::HostBits { network, .. }) => network,
            Err(_) => Address::from(base),
        };
        prop_assert_eq!(address.to_string().parse::<Address>(), Ok(address));
        prop_assert!(address.contains(base) || prefix > 32);
    }
}
