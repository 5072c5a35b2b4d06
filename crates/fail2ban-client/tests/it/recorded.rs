//! Recorded exchanges with servers of 1.0.2 and 1.1.0: each function of `command` reads the replies to its own command.
//! And each has a test against a running server, or against the record where only 1.1.0 has it.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use fail2ban_client::codec::{Arg, Value};
use fail2ban_client::command::{self, Info, Sequence, Since, catalogue};
use fail2ban_client::{
    ActionInfo, ActionMethod, ActionName, ActionProperty, Address, AllowIpv6, Arguments, Backend, Bantime,
    JailName, JailSettings, JournalMatch, LogLevel, LogOptions, LogPosition, LogTarget, PythonFile, Refusal,
    ReplyError, RootCommand, ServerPath, ServerSettings, Standstill, SyslogSocket, UseDns, Version, outcome,
};

use crate::transcript::{arg, bytes, decode, pickle, rows};

type Reader = Box<dyn Fn(&Value) -> Result<(), ReplyError>>;

macro_rules! readers {
    ($($name:ident($($arg:expr),*))*) => {
        BTreeMap::from([$({
            let command = command::$name($($arg),*);
            let info = command.info().unwrap();
            assert_eq!(info.function, stringify!($name));
            assert!(closeness(info.syntax, command.args()).is_some(), "{} is not {:?}", info.syntax, command.args());
            let reader: Reader = Box::new(move |value| command.parse(value).map(drop));
            (stringify!($name), reader)
        }),*])
    };
}

/// How each function of `command` reads its reply. Its arguments do not matter for that; what it sends is what the
/// catalogue says.
fn readers() -> BTreeMap<&'static str, Reader> {
    let jail = &JailName::new("j").unwrap();
    let action = &ActionName::new("a").unwrap();
    let (property, method) = (&ActionProperty::new("p").unwrap(), &ActionMethod::new("m").unwrap());
    let root = &RootCommand::run_as_root("true");
    let path = &ServerPath::new("/p").unwrap();
    let python = &PythonFile::run_as_root(path.clone());
    let address = "192.0.2.1".parse::<Address>().unwrap();
    let ids = &[address.into()];
    let info = &ActionInfo::new(address);
    let arguments = &Arguments::new().with("x", 1);
    let group = &JournalMatch::new(["A=b"]).unwrap();
    let one = NonZeroU32::MIN;
    readers! {
        ping() version() echo(&[]) server_ready() log_level() set_log_level(LogLevel::Info) log_target()
        set_log_target(&LogTarget::Stdout, &LogOptions::new()) syslog_socket() set_syslog_socket(&SyslogSocket::Auto)
        flush_logs() log_error("") thread_stack() set_thread_stack(0) set_allow_ipv6(AllowIpv6::Auto)
        sleep(Standstill::new(Duration::ZERO).unwrap()) server_stream(&Sequence::new()) stop_server()
        database_file() set_database_file(None) database_max_matches() set_database_max_matches(1)
        database_purge_age() set_database_purge_age(1)
        stats() status(jail) status_short(jail) status_stats(jail) status_all() status_all_short() status_all_stats()
        add_jail(jail, &Backend::Auto) start_jail(jail) stop_jail(jail) stop_all_jails() set_idle(jail, true) jail_list()
        banned(jail) banned_unsorted(jail) banned_with_times(jail) banned_by_jail() banned_in(ids) is_banned(jail, ids)
        ban(jail, &[address]) unban(jail, ids) unban_reporting_absent(jail, ids) unban_everywhere(ids) unban_all()
        fail_regexes(jail) add_fail_regex(jail, "") add_fail_regexes(jail, &[]) remove_fail_regex(jail, 0)
        ignore_regexes(jail) add_ignore_regex(jail, "") add_ignore_regexes(jail, &[]) remove_ignore_regex(jail, 0)
        prefix_regex(jail) set_prefix_regex(jail, None)
        bantime(jail) set_bantime(jail, Bantime::Permanent) find_time(jail) set_find_time(jail, 1)
        max_retry(jail) set_max_retry(jail, one) max_matches(jail) set_max_matches(jail, 1)
        max_lines(jail) set_max_lines(jail, one) use_dns(jail) set_use_dns(jail, UseDns::No)
        date_pattern(jail) set_date_patterns(jail, &[]) log_time_zone(jail) set_log_time_zone(jail, None)
        count_failures(jail, &address, &[])
        ignore_list(jail) add_ignored(jail, &[]) remove_ignored(jail, &address.into())
        ignore_self(jail) set_ignore_self(jail, true) ignore_command(jail) set_ignore_command(jail, None)
        ignore_cache(jail) set_ignore_cache(jail, None)
        bantime_increment(jail) set_bantime_increment(jail, true) bantime_over_all_jails(jail)
        set_bantime_over_all_jails(jail, None) bantime_factor(jail) set_bantime_factor(jail, None)
        bantime_formula(jail) set_bantime_formula(jail, None) bantime_multipliers(jail)
        set_bantime_multipliers(jail, None) bantime_max_time(jail) set_bantime_max_time(jail, None)
        bantime_random_time(jail) set_bantime_random_time(jail, None)
        log_paths(jail) add_log_path(jail, path, LogPosition::Head) remove_log_path(jail, path)
        log_encoding(jail) set_log_encoding(jail, "") journal_matches(jail) add_journal_match(jail, group, &[])
        remove_journal_match(jail, group)
        actions(jail) add_action(jail, action) add_python_action(jail, action, python, arguments)
        remove_action(jail, action) action_property_names(jail, action) action_methods(jail, action)
        action_property(jail, action, "p") set_action_property(jail, action, property, root)
        set_action_properties(jail, action, &[]) action_timeout(jail, action) set_action_timeout(jail, action, 1)
        start_action(jail, action) stop_action(jail, action) flush_action(jail, action) check_action(jail, action)
        ban_by_action(jail, action, info) reban_by_action(jail, action, info) unban_by_action(jail, action, info)
        prolong_by_action(jail, action, info) run_by_action(jail, action, root, 1)
        call_action(jail, action, method, arguments)
    }
}

/// How closely a syntax describes a command: how many of its words stand there as they are, and whether it leaves the
/// number of elements open. `None` where it is another command. Words in capitals stand for one element, with `…` for
/// any number, and brackets for one list.
fn closeness(syntax: &str, command: &[Arg]) -> Option<(usize, bool)> {
    let mut elements = command.iter();
    let mut literal = 0;
    for word in syntax.split(' ') {
        if word.starts_with(['[', '{']) {
            return matches!(elements.next()?, Arg::List(_) | Arg::Dict(_)).then_some((literal, true));
        }
        if word.ends_with('…') {
            return Some((literal, false));
        }
        match elements.next()? {
            Arg::List(_) | Arg::Dict(_) => return None,
            Arg::Str(text) if *text == word => literal += 1,
            _ if word.contains('|') || !word.contains(char::is_lowercase) => {}
            _ => return None,
        }
    }
    elements.next().is_none().then_some((literal, true))
}

/// The functions that make a command: of those that may, the ones that fix most of it.
fn makers(command: &[Arg]) -> Vec<&'static Info> {
    let ranked: Vec<_> =
        catalogue().filter_map(|info| Some((closeness(info.syntax, command)?, info))).collect();
    let best = ranked.iter().map(|(closeness, _)| *closeness).max();
    ranked.into_iter().filter(|(closeness, _)| Some(*closeness) == best).map(|(_, info)| info).collect()
}

/// Reads every recorded reply by every function that makes its command; tells how many each function has read.
fn read_all() -> BTreeMap<&'static str, u32> {
    let readers = readers();
    let mut read = BTreeMap::new();
    for (file, version) in [("1.0.2", "1.0.2"), ("1.1.0", "1.1.0"), ("1.0.2-stock", "1.0.2")] {
        let version = Version::new(version);
        for row in rows(file).into_iter().filter(|row| row["group"] != "malformed") {
            let Some(words) = row["command"].as_array() else { continue };
            let Some(args) = words.iter().map(arg).collect::<Option<Vec<_>>>() else { continue };
            let Some(reply) = row["reply_b64"].as_str().filter(|text| !text.is_empty()) else { continue };
            if row["decoded"].get("$decode_error").is_some() {
                continue;
            }
            let reply = outcome(&decode(pickle(&bytes(&reply.into()))));
            for info in makers(&args).into_iter().filter(|info| info.since.includes(&version)) {
                match &reply {
                    Ok(value) => readers[info.function](value).unwrap_or_else(|error| {
                        panic!("{file} {}: {} of {}: {error}", row["seq"], info.function, row["command"])
                    }),
                    Err(Refusal::Exception(_) | Refusal::Text(_)) => continue,
                    Err(other) => panic!("{file} {}: {other:?}", row["seq"]),
                }
                *read.entry(info.function).or_insert(0) += 1;
            }
        }
    }
    read
}

#[test]
fn each_function_reads_the_recorded_replies_to_its_command() {
    let read = read_all();
    assert!(read.values().sum::<u32>() > 600, "{read:?}");
    assert!(read.len() > 90, "{}", read.len());
}

/// What tests of running servers call, by their source.
const LIVE: [&str; 11] = [
    include_str!("live.rs"),
    include_str!("live_actions.rs"),
    include_str!("live_bans.rs"),
    include_str!("live_filters.rs"),
    include_str!("live_growth.rs"),
    include_str!("live_jails.rs"),
    include_str!("live_logs.rs"),
    include_str!("live_many.rs"),
    include_str!("live_restart.rs"),
    include_str!("live_server.rs"),
    include_str!("live_spellings.rs"),
];

#[test]
fn each_command_is_tested_on_a_server_or_a_record_of_one() {
    let (readers, read) = (readers(), read_all());
    for info in catalogue() {
        assert!(readers.contains_key(info.function), "{} is not read from the records", info.function);
        let calls = [format!(".{}(", info.function), format!("command::{}(", info.function)];
        let live = LIVE.iter().any(|source| calls.iter().any(|call| source.contains(call)));
        assert!(live, "no test calls {} on a running server", info.function);
        let recorded = read.get(info.function).is_some_and(|count| *count > 0);
        assert!(
            info.since <= Since::V1_0 || recorded,
            "{} is in no record of a server that has it",
            info.function
        );
    }
    assert_eq!(catalogue().count(), readers.len());
}

#[test]
fn groups_of_journal_terms_have_a_plus_between_them() {
    let group = |terms: &[&str]| JournalMatch::new(terms.iter().copied()).unwrap();
    let (one, others) = (group(&["A=1", "B=2"]), [group(&["C=3"]), group(&["D=4"])]);
    let command = command::add_journal_match(&JailName::new("j").unwrap(), &one, &others);
    let words = ["set", "j", "addjournalmatch", "A=1", "B=2", "+", "C=3", "+", "D=4"];
    assert_eq!(command.args(), words.map(Arg::from));
    let command = command::remove_journal_match(&JailName::new("j").unwrap(), &one);
    assert_eq!(command.args(), ["set", "j", "deljournalmatch", "A=1", "B=2"].map(Arg::from));
}

#[test]
fn a_setting_that_is_something_else_is_named() {
    let settings = ServerSettings::read([None, None, None, Some(&Value::Int(1))]);
    let [error] = settings.unreadable.as_slice() else { panic!("{settings:?}") };
    assert_eq!(error.to_string(), "the setting \"thread\": expected the size of the stack, got the number 1");
}

/// The settings of a jail and of the server can be read without the client of this crate.
#[test]
fn all_settings_from_a_record() {
    for file in ["1.0.2", "1.1.0"] {
        let mut replies = BTreeMap::new();
        for row in rows(file).iter().filter(|row| row["group"] == "jail get" || row["group"] == "server get")
        {
            let words = row["command"].as_array().unwrap();
            let words: Vec<_> = words.iter().map(|word| word.as_str().unwrap().to_owned()).collect();
            replies.insert(words, outcome(&decode(pickle(&bytes(&row["reply_b64"])))).ok());
        }
        let values = |commands: Vec<command::Command<Value>>| -> Vec<Option<Value>> {
            let words = |command: &command::Command<Value>| -> Vec<String> {
                let texts = command.args().iter().map(|arg| match arg {
                    Arg::Str(text) => text.to_string(),
                    other => panic!("{other:?}"),
                });
                texts.collect()
            };
            commands.iter().map(|command| replies[&words(command)].clone()).collect()
        };
        let jail = values(command::jail_settings(&JailName::new("lab1").unwrap()));
        let settings = JailSettings::read(jail.iter().map(Option::as_ref));
        assert_eq!(
            (settings.bantime, settings.maxretry, settings.actions.len()),
            (Some(Bantime::Seconds(600)), Some(3), 1)
        );
        let server = values(command::server_settings());
        let settings = ServerSettings::read(server.iter().map(Option::as_ref));
        assert_eq!((settings.dbmaxmatches, settings.dbpurgeage), (Some(10), Some(86_400)));
    }
}
