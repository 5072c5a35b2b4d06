//! Recorded exchanges with real servers: every reply decodes to what CPython read, every request can be encoded.

use fail2ban_client::codec::{DecodeError, Value, encode};
use fail2ban_client::frame::{END, ReplyReader, seal};
use fail2ban_client::{Limits, Refusal, command, outcome};

use crate::transcript::{self, arg, bytes, decode_within, pickle, rows, same};

#[test]
fn every_recorded_reply_decodes_to_what_python_read() {
    let mut seen = 0;
    for file in ["1.0.2", "1.1.0", "1.0.2-stock"] {
        for row in rows(file) {
            let Some(reply) = row["reply_b64"].as_str().filter(|text| !text.is_empty()) else { continue };
            let reply = bytes(&reply.into());
            let mut reader = ReplyReader::new(Limits::default());
            reader.push(&reply);
            let cut = reader.next_reply().unwrap().unwrap_or_else(|| panic!("{file} {}", row["seq"]));
            assert_eq!(cut, pickle(&reply), "{file} {}", row["seq"]);
            assert_eq!(reader.pending(), 0);
            let decoded = decode_within(&cut, &Limits::default());
            match row["decoded"]["$decode_error"].as_str() {
                Some(error) if error.starts_with("RecursionError") => {
                    assert_eq!(decoded, Err(DecodeError::Cyclic));
                }
                Some(_) => {
                    let value = outcome(&decoded.unwrap()).unwrap();
                    let Value::Object(object) = value else { panic!("{}", row["seq"]) };
                    assert_eq!(object.class.name, "OrderedDict");
                    assert_eq!(object.entries.len(), 1);
                }
                None => {
                    let value = decoded.unwrap();
                    assert!(
                        same(&value, &row["decoded"]),
                        "{file} {}: {value:?} is not {}",
                        row["seq"],
                        row["decoded"]
                    );
                }
            }
            seen += 1;
        }
    }
    assert!(seen > 900, "only {seen} replies");
}

#[test]
fn every_recorded_command_encodes_to_the_same_values() {
    let mut seen = 0;
    for file in ["1.0.2", "1.1.0", "1.0.2-stock"] {
        for row in rows(file) {
            let Some(command) = row["command"].as_array() else { continue };
            let Some(args) = command.iter().map(arg).collect::<Option<Vec<_>>>() else { continue };
            let request = bytes(&row["request_b64"]);
            let Some(recorded) = request.strip_suffix(END) else { continue };
            // The malformed group holds what is no pickle on purpose, and its commands are descriptions.
            if row["group"] == "malformed" {
                continue;
            }
            let ours = seal(encode(&args).unwrap(), 1 << 20).unwrap();
            let Value::List(ours) = transcript::decode(pickle(&ours)) else { panic!() };
            let theirs = transcript::decode(recorded);
            assert_eq!(&*ours, theirs.as_sequence().unwrap(), "{file} {}", row["seq"]);
            seen += 1;
        }
    }
    assert!(seen > 900, "only {seen} commands");
}

#[test]
fn the_statistics_of_a_1_1_server_are_typed() {
    let mut seen = 0;
    for row in rows("1.1.0").into_iter().filter(|row| row["command"] == serde_json::json!(["stats"])) {
        let value = outcome(&transcript::decode(pickle(&bytes(&row["reply_b64"])))).unwrap();
        let stats = command::stats().parse(&value).unwrap();
        let jails = row["decoded"]["$tuple"][1]["$dict"].as_array().unwrap();
        assert_eq!(stats.len(), jails.len());
        for jail in &stats {
            let recorded = jails.iter().find(|entry| entry[0] == jail.jail.as_str()).unwrap();
            let (backend, counters) = jail.told.as_ref().unwrap();
            let pair = |place: usize| {
                let pair = &recorded[1][place]["$tuple"];
                (pair[0].as_u64().unwrap(), pair[1].as_u64().unwrap())
            };
            assert_eq!(recorded[1][0], backend.as_str());
            assert_eq!((counters.currently_failed, counters.total_failed), pair(1));
            assert_eq!((counters.currently_banned, counters.total_banned), pair(2));
        }
        seen += 1;
    }
    assert!(seen > 0, "no recorded statistics");
}

#[test]
fn hazardous_streams_are_cut_where_the_server_meant_it() {
    let mut found = Vec::new();
    for row in rows("1.0.2-hazards") {
        let name = row["name"].as_str().unwrap().to_owned();
        let received = bytes(&row["received_b64"]);
        let mut reader = ReplyReader::new(Limits::default());
        reader.push(&received);
        let mut replies = Vec::new();
        while reader.pending() > 0 {
            let reply = reader.next_reply().unwrap().unwrap_or_else(|| panic!("{name} ends early"));
            replies.push(outcome(&transcript::decode(&reply)));
        }
        found.push((name, replies));
    }
    let of = |name: &str| &found.iter().find(|(found, _)| found == name).unwrap().1;
    assert_eq!(of("pipelined3").len(), 3);
    assert_eq!(of("pipelined3")[1], Ok(Value::Str("1.0.2".into())));
    assert_eq!(of("two_ends").len(), 2);
    assert!(of("close").is_empty());
    assert!(of("marker_in_value").iter().all(|reply| matches!(reply, Err(Refusal::Text(_)))));
    assert_eq!(of("injected_pickle").len(), 3);
    assert!(
        matches!(&of("no_pickle")[0], Err(Refusal::Text(text)) if text.starts_with("ERROR: A load persistent id"))
    );

    let ids = of("marker_in_reply_banip")[0].clone().unwrap();
    let ids: Vec<_> = ids.as_sequence().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    assert_eq!(ids, ["evil<F2B_END_COMMAND>x", "tail<F2B_END_COMMAND>"]);
    assert_eq!(of("marker_in_reply_time").len(), 1);
    assert_eq!(of("marker_in_reply_status").len(), 1);
}

#[test]
fn none_of_the_hazardous_requests_can_be_sealed() {
    for text in ["a<F2B_END_COMMAND>b", "x<F2B_END_COMMAND>(lp0\nVecho\np1\naVINJECTED\np2\na."] {
        let request = encode(&["set".into(), "lab1".into(), "ignorecommand".into(), text.into()]).unwrap();
        assert!(seal(request, 1 << 20).is_err());
    }
}
