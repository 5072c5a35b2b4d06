//! Replies made to exhaust: each meets a limit, none the memory or the stack.

use std::os::unix::ffi::OsStrExt as _;

use fail2ban_client::Limits;
use fail2ban_client::codec::{DecodeError, Limit, Value};

use crate::transcript::decode_within as decode;

fn limited(bytes: &[u8], limits: &Limits) -> Limit {
    match decode(bytes, limits) {
        Err(DecodeError::Limit { limit, .. }) => limit,
        other => panic!("{other:?}"),
    }
}

/// `inner` within `depth` tuples of one.
fn nested(depth: usize) -> Vec<u8> {
    let mut bytes = b"\x80\x05N".to_vec();
    bytes.resize(3 + depth, 0x85);
    bytes.push(b'.');
    bytes
}

#[test]
fn depth() {
    let limits = Limits::default();
    assert!(decode(nested(63), &limits).is_ok());
    assert_eq!(limited(&nested(64), &limits), Limit::Depth);
    assert_eq!(limited(&nested(1_000_000), &limits), Limit::Depth);
    // A caller cannot raise it to where a thread's stack would end: dropping, comparing and printing recurse.
    let limits = limits.with_depth(usize::MAX);
    assert_eq!(limited(&nested(Limits::MAX_DEPTH), &limits), Limit::Depth);
    let work = move || {
        let value = decode(nested(Limits::MAX_DEPTH - 1), &limits).unwrap();
        assert_eq!(value, value.clone());
        assert!(format!("{value:?}").len() > Limits::MAX_DEPTH);
    };
    std::thread::Builder::new().stack_size(1 << 20).spawn(work).unwrap().join().unwrap();
}

#[test]
fn depth_by_reference() {
    // Each level is stored and the next one refers to it: as flat as can be on the wire.
    let mut bytes = b"\x80\x05]\x94".to_vec();
    for level in 0_u8..200 {
        bytes.extend_from_slice(&[b'h', level, 0x85, 0x94]);
    }
    bytes.extend_from_slice(b"t.");
    bytes.splice(2..2, *b"(");
    assert_eq!(limited(&bytes, &Limits::default()), Limit::Depth);
}

#[test]
fn marks_within_marks() {
    let mut bytes = b"\x80\x05".to_vec();
    bytes.resize(1_000_000, b'(');
    bytes.push(b'.');
    assert_eq!(limited(&bytes, &Limits::default()), Limit::Depth);
}

#[test]
fn a_billion_laughs() {
    // Each list holds the one before ten times: 10^40 texts for whoever follows them all.
    let mut bytes = b"\x80\x05\x8c\x03lol\x94".to_vec();
    for level in 0_u8..40 {
        bytes.push(b'(');
        for _ in 0..10 {
            bytes.extend_from_slice(&[b'h', level]);
        }
        bytes.extend_from_slice(b"t\x94");
    }
    bytes.extend_from_slice(b"\x85.");
    // One value is left below: the text.
    bytes.splice(2..2, *b"(");
    let end = bytes.len() - 2;
    bytes.splice(end..=end, *b"t");
    assert_eq!(limited(&bytes, &Limits::default()), Limit::ExpandedNodes);
}

#[test]
fn one_long_text_many_times() {
    let mut bytes = b"\x80\x05(X\x00\x00\x10\x00".to_vec();
    bytes.resize(bytes.len() + (1 << 20), b'x');
    bytes.push(0x94);
    for _ in 0..1000 {
        bytes.extend_from_slice(b"h\0");
    }
    bytes.extend_from_slice(b"t.");
    assert_eq!(limited(&bytes, &Limits::default()), Limit::ExpandedBytes);
}

#[test]
fn sharing_itself_is_no_fault() {
    let shared = decode(b"\x80\x05]\x94(\x8c\x01x\x94h\x01h\x01e.", &Limits::default()).unwrap();
    let texts: Vec<_> = shared.as_sequence().unwrap().iter().map(|item| item.as_str().unwrap()).collect();
    assert_eq!(texts, ["x", "x", "x"]);
}

#[test]
fn loops_of_every_kind() {
    for bytes in [
        &b"\x80\x05]\x94h\0a."[..],          // a list in itself
        b"\x80\x05]\x94]\x94h\0ah\x01\x85.", // no loop, but values left over
        b"\x80\x05}\x94Nh\0s.",              // a dict as its own value
        b"\x80\x05]\x94h\0\x85a.",           // a list in a tuple in itself
        b"\x80\x05cm\nn\n)R\x94h\0b.",       // an object as its own state
    ] {
        let error = decode(bytes, &Limits::default()).unwrap_err();
        assert!(matches!(error, DecodeError::Cyclic | DecodeError::Broken { .. }), "{bytes:?}: {error}");
    }
    assert_eq!(decode(b"\x80\x05]\x94h\0a.", &Limits::default()), Err(DecodeError::Cyclic));
}

#[test]
fn numbers_of_things() {
    let mut bytes = b"\x80\x05(".to_vec();
    bytes.resize(3 + 1000, b'N');
    bytes.extend_from_slice(b"t.");
    assert!(decode(&bytes, &Limits::default().with_nodes(1001)).is_ok());
    assert_eq!(limited(&bytes, &Limits::default().with_nodes(1000)), Limit::Nodes);
    assert_eq!(limited(&bytes, &Limits::default().with_reply_bytes(1000)), Limit::ReplyBytes);

    let mut bytes = b"\x80\x05N".to_vec();
    bytes.resize(3 + 1000, 0x94);
    bytes.push(b'.');
    assert!(decode(&bytes, &Limits::default().with_memo(1000)).is_ok());
    assert_eq!(limited(&bytes, &Limits::default().with_memo(999)), Limit::Memo);
}

#[test]
fn leaps_in_the_memo_take_no_memory() {
    assert_eq!(limited(b"\x80\x02Nr\xff\xff\xff\x7f.", &Limits::default()), Limit::Memo);
    for bytes in [&b"\x80\x02Nr\xff\xff\x3f\0."[..], b"\x80\x02Np4194303\n."] {
        let error = decode(bytes, &Limits::default()).unwrap_err();
        assert!(matches!(error, DecodeError::Broken { offset: 3, .. }), "{error}");
    }
    // A gap and an order that no pickler writes, but Python reads.
    let value = decode(b"(NNNp4\n0p1\ng4\ng1\nt.", &Limits::default()).unwrap();
    assert_eq!(value.as_sequence().unwrap().len(), 4);
}

#[test]
fn announced_lengths_are_not_believed() {
    for bytes in [
        &b"\x80\x05\x95\xff\xff\xff\xff\xff\xff\xff\x7fN."[..],
        b"\x80\x05\x96\xff\xff\xff\xff\xff\xff\xff\x7fx.",
        b"\x80\x05X\xff\xff\xff\xffx.",
    ] {
        match decode(bytes, &Limits::default()) {
            // A frame's length is skipped.
            Ok(value) => assert_eq!(value, Value::None),
            Err(error) => assert!(matches!(error, DecodeError::Truncated { .. }), "{error}"),
        }
    }
}

#[test]
fn refused_opcodes_name_their_place() {
    // PERSID, BINPERSID, INST, OBJ, EXT1, EXT2, EXT4, NEXT_BUFFER, READONLY_BUFFER, and no opcode at all.
    for opcode in [b'P', b'Q', b'i', b'o', 0x82, 0x83, 0x84, 0x97, 0x98, b'H', 0xff] {
        let error = decode([0x80, 5, b'N', opcode, b'.'], &Limits::default()).unwrap_err();
        assert_eq!(error, DecodeError::Opcode { opcode, offset: 3 });
    }
}

#[test]
fn nothing_is_ever_called() {
    let value = decode(b"\x80\x02cos\nsystem\nX\x02\0\0\0id\x85R.", &Limits::default()).unwrap();
    let Value::Object(object) = value else { panic!("{value:?}") };
    assert_eq!((object.class.module.as_str(), object.class.name.as_str()), (Some("os"), Some("system")));
    assert_eq!(object.args.as_sequence().unwrap()[0].as_str(), Some("id"));
}

#[test]
fn python_2_replies_are_read() {
    // (0, ['192.0.2.1', u'né']) as cPickle writes it, and (1, KeyError('x')).
    let reply = b"\x80\x02K\0]q\x01(c__builtin__\nstr\nq\x02U\x09192.0.2.1q\x03\x85q\x04Rq\x05X\x03\0\0\0n\xc3\xa9q\x06e\x86q\x07.";
    let value = fail2ban_client::outcome(&decode(reply, &Limits::default()).unwrap()).unwrap();
    let texts: Vec<_> = value.as_sequence().unwrap().iter().map(|item| item.as_str().unwrap()).collect();
    assert_eq!(texts, ["192.0.2.1", "né"]);
    // The same list in protocol 0, and a byte string that is not UTF-8.
    let reply = b"(I0\n(lp1\nS'192.0.2.1'\np2\naVn\xe9\np3\naS\"it's\\xff\"\np4\natp5\n.";
    let value = fail2ban_client::outcome(&decode(reply, &Limits::default()).unwrap()).unwrap();
    let texts: Vec<_> = value.as_sequence().unwrap().iter().map(|item| item.as_text().unwrap()).collect();
    assert_eq!(texts[..2], ["192.0.2.1", "né"]);
    assert_eq!(texts[2].to_path(), std::path::Path::new(std::ffi::OsStr::from_bytes(b"it's\xff")));
    let reply = b"\x80\x02K\x01cexceptions\nKeyError\nq\x01U\x01xq\x02\x85q\x03Rq\x04\x86q\x05.";
    let refusal = fail2ban_client::outcome(&decode(reply, &Limits::default()).unwrap()).unwrap_err();
    let fail2ban_client::Refusal::Exception(exception) = refusal else { panic!("{refusal:?}") };
    assert_eq!(exception.to_string(), "KeyError: x");
}

#[test]
fn ids_of_several_parts_become_their_python_spelling() {
    let reply = b"\x80\x05\x8c\x08builtins\x8c\x03str\x93\x8c\x03abc\x8c\x03joe\x86\x85R.";
    assert_eq!(decode(reply, &Limits::default()).unwrap().as_str(), Some("('abc', 'joe')"));
}

#[test]
fn only_known_calls_in_their_known_shape_are_carried_out() {
    let kept = |bytes: &[u8]| match decode(bytes, &Limits::default()).unwrap() {
        Value::Object(object) => object.args.as_sequence().unwrap().len(),
        other => panic!("{bytes:?}: {other:?}"),
    };
    assert_eq!(kept(b"cbuiltins\nset\n(X\x01\0\0\0atR."), 1); // would be a set of characters
    assert_eq!(kept(b"cbuiltins\nbytes\n(K\x09tR."), 1); // would be nine zeros
    assert_eq!(kept(b"cbuiltins\nbytearray\n(K\x09tR."), 1);
    assert_eq!(kept(b"cbuiltins\nstr\n(K\x09tR."), 1);
    assert_eq!(kept("c_codecs\nencode\n(V\\u20ac\nVlatin1\ntR.".as_bytes()), 2); // has no such character
    assert_eq!(kept(b"c_codecs\nencode\n(Va\nVutf-8\ntR."), 2);
    assert_eq!(kept(b"cos\nset\n((ltR."), 1);
    assert_eq!(kept(b"cbuiltins\nset\n(]t\x81."), 1); // not a call but a new object
    for bytes in [&b"cbuiltins\nset\n]R."[..], b"N)R.", b"cm\nn\nN\x81."] {
        let error = decode(bytes, &Limits::default()).unwrap_err();
        assert!(matches!(error, DecodeError::Broken { .. }), "{bytes:?}: {error}");
    }
}

#[test]
fn names_of_classes_keep_their_surrogates() {
    let value = decode(b"\x80\x04\x8c\x01m\x8c\x03\xed\xb3\xbf\x93.", &Limits::default()).unwrap();
    let Value::Class(class) = value else { panic!("{value:?}") };
    assert_eq!((class.module.as_str(), class.name.as_wtf8()), (Some("m"), &b"\xed\xb3\xbf"[..]));
    let value = decode(b"cm\n\xff\n.", &Limits::default()).unwrap();
    let Value::Class(class) = value else { panic!("{value:?}") };
    assert_eq!(class.name.as_wtf8(), b"\xed\xb3\xbf");
}

#[test]
fn what_is_no_pickle_is_told_from_its_first_byte() {
    for text in
        ["HTTP/1.1 400 Bad Request\r\n", "ERROR", "{\"a\": 1}", "<html>", "\0", "\u{80}\u{6}", "P1\n."]
    {
        let error = decode(text, &Limits::default()).unwrap_err();
        assert!(matches!(error, DecodeError::NotPickle { .. }), "{text:?}: {error}");
    }
    assert!(matches!(decode(b"\x80\x06N.", &Limits::default()), Err(DecodeError::NotPickle { .. })));
}
