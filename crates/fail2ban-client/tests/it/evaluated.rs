//! Whatever a caller writes into the types of this crate, what fail2ban evaluates is a number or a formula of this crate.

use fail2ban_client::codec::Arg;
use fail2ban_client::command::{self, Command};
use fail2ban_client::{
    ActionMethod, ActionName, ActionProperty, Arguments, Bantime, BantimeFactor, BantimeFormula, IgnoreCache,
    IgnoreEntry, JailName, LogLevel, LogTarget, Reported, RootCommand, ServerPath, Text, UseDns,
};
use proptest::prelude::*;

/// Texts that mean something to Python, or to fail2ban, and any others.
fn text() -> impl Strategy<Value = String> {
    let known = [
        "__import__('os').system('x')",
        "timeout",
        "bantime",
        "timeout?family=inet6",
        "dbpurgeage",
        "findtime",
        "1+1",
        "1d",
        "600;x",
        "1e5",
        "1 2 4",
        "1 x",
        "0x10",
        "1_000",
        " 5",
        "+5",
        "-1",
        "inf",
        "nan",
        "\u{661}",
        "\", max-time=\"x()",
        "ban.Time * 2",
    ];
    prop_oneof![
        prop::sample::select(known.to_vec()).prop_map(str::to_owned),
        any::<String>(),
        "[0-9a-z.'\", =]{0,9}"
    ]
}

fn words(arg: &Arg) -> String {
    match arg {
        Arg::Str(text) => text.to_string(),
        _ => String::new(),
    }
}

/// What the server evaluates in a command, as its sources have it.
fn evaluated(args: &[Arg]) -> Vec<Arg> {
    let start: Vec<String> = args.iter().take(5).map(words).collect();
    let start: Vec<&str> = start.iter().map(String::as_str).collect();
    match (start.as_slice(), args) {
        (["set", "dbpurgeage", ..], [_, _, value, ..]) => vec![value.clone()],
        (["set", _, key, ..], [_, _, _, value, ..])
            if matches!(*key, "findtime" | "bantime") || key.starts_with("bantime.") =>
        {
            vec![value.clone()]
        }
        (["set", _, "ignorecache", ..], [_, _, _, value, ..]) => vec![max_time(&words(value))],
        (["set", _, "action", _, "timeout"], [_, _, _, _, _, value, ..]) => vec![value.clone()],
        (["multi-set", _, "action", ..], [_, _, _, _, Arg::List(pairs)]) => {
            let timeouts = pairs.iter().filter_map(|pair| match pair {
                Arg::List(pair) if words(&pair[0]) == "timeout" => Some(pair[1].clone()),
                _ => None,
            });
            timeouts.collect()
        }
        _ => Vec::new(),
    }
}

/// The time that the server reads out of `key="…", max-count=…, max-time=…`: behind the quote that closes the key.
fn max_time(options: &str) -> Arg {
    let Some(rest) = options.strip_prefix("key=") else { return options.into() };
    let quote = rest.chars().next().unwrap();
    let (_, behind) = rest[1..].split_once(quote).unwrap();
    match behind.strip_prefix(", max-count=").and_then(|rest| rest.split_once(", max-time=")) {
        Some((count, time)) if count.bytes().all(|byte| byte.is_ascii_digit()) => time.into(),
        _ => behind.into(),
    }
}

fn harmless(arg: &Arg) -> bool {
    match arg {
        Arg::Int(_) | Arg::Bool(_) => true,
        Arg::Str(text) => {
            let formula = BantimeFormula::ALL.iter().any(|formula| *text == formula.as_str());
            let text = text.to_string();
            formula || text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b' ')
        }
        _ => false,
    }
}

/// The elements of every command that takes what the text can be made into.
fn commands(jail: &JailName, text: &str, number: u32) -> Vec<Vec<Arg>> {
    let mut all = Vec::new();
    let root = RootCommand::run_as_root(text);
    let action = ActionName::new("a").unwrap();
    let known = text.parse().ok();
    push(&mut all, &command::set_bantime_factor(jail, known));
    push(&mut all, &command::set_bantime_formula(jail, text.parse().ok()));
    push(&mut all, &command::set_bantime_multipliers(jail, text.parse().ok().as_ref()));
    push(&mut all, &command::set_bantime_max_time(jail, Some(number)));
    push(&mut all, &command::set_bantime_random_time(jail, Some(number)));
    push(&mut all, &command::set_bantime_over_all_jails(jail, Some(number == 0)));
    push(&mut all, &command::set_bantime(jail, Bantime::Seconds(number.into())));
    push(&mut all, &command::set_find_time(jail, number));
    push(&mut all, &command::set_action_timeout(jail, &action, number));
    push(&mut all, &command::set_ignore_command(jail, Some(&root)));
    push(&mut all, &command::add_fail_regex(jail, text));
    push(&mut all, &command::set_date_patterns(jail, &[text]));
    push(&mut all, &command::set_log_time_zone(jail, Some(text)));
    push(&mut all, &command::set_log_encoding(jail, text));
    push(&mut all, &command::set_database_purge_age(number));
    if let Ok(cache) = IgnoreCache::new(text, number, number) {
        push(&mut all, &command::set_ignore_cache(jail, Some(&cache)));
    }
    if let Ok(entry) = text.parse::<IgnoreEntry>() {
        push(&mut all, &command::add_ignored(jail, &[entry]));
    }
    if let Ok(property) = ActionProperty::new(text) {
        push(&mut all, &command::set_action_property(jail, &action, &property, &root));
        push(&mut all, &command::set_action_properties(jail, &action, &[(property, root)]));
    }
    if let Ok(method) = ActionMethod::new(text) {
        push(&mut all, &command::call_action(jail, &action, &method, &Arguments::new().with("x", text)));
    }
    all
}

fn push<T>(all: &mut Vec<Vec<Arg>>, command: &Command<T>) {
    all.push(command.args().to_vec());
}

proptest! {
    #[test]
    fn nothing_that_a_caller_writes_is_evaluated(name in text(), text in text(), number: u32) {
        let jail = JailName::new(name).unwrap_or_else(|_| JailName::new("sshd").unwrap());
        let mut seen = 0;
        for args in commands(&jail, &text, number) {
            for arg in evaluated(&args) {
                prop_assert!(harmless(&arg), "{arg:?} in {args:?}");
                seen += 1;
            }
        }
        prop_assert!(seen >= 9, "only {seen} places");
    }

    #[test]
    fn a_factor_is_the_number_that_was_meant(factor in prop::num::f64::POSITIVE | prop::num::f64::SUBNORMAL) {
        let factor = BantimeFactor::new(factor.abs()).unwrap();
        prop_assert_eq!(factor.to_string().parse::<BantimeFactor>().unwrap(), factor);
    }

    /// Whatever a server tells, it is read: as something known that prints the same, or as it is.
    #[test]
    fn no_word_of_a_server_is_an_error(text in text()) {
        let text = Text::from(text);
        let levels = Reported::<LogLevel>::from(text.clone());
        let others = [
            Reported::<UseDns>::from(text.clone()).to_string(),
            Reported::<LogTarget>::from(text.clone()).to_string(),
        ];
        prop_assert!(levels.known().is_some() || levels.to_string() == text.to_string());
        prop_assert!(others.iter().all(|other| other.eq_ignore_ascii_case(&text.to_string())));
        if let Ok(path) = ServerPath::try_from(&text) {
            prop_assert_eq!(path.to_text(), text);
        }
    }
}

/// The model of the server sees what it should.
#[test]
fn texts_in_evaluated_places_would_be_seen() {
    let raw = |args: &[&str]| -> Vec<Arg> { args.iter().map(|arg| Arg::from(*arg)).collect() };
    for args in [
        &["set", "sshd", "bantime", "1d"][..],
        &["set", "sshd", "bantime.formula", "x()"],
        &["set", "dbpurgeage", "x()"],
        &["set", "sshd", "action", "a", "timeout", "x()"],
        &["set", "sshd", "ignorecache", "key=\"a\", max-time=\"x()\", max-count=1, max-time=5"],
    ] {
        assert!(evaluated(&raw(args)).iter().any(|arg| !harmless(arg)), "{args:?}");
    }
}
