//! A small fail2ban 1.1.0 for the tests of the examples: jails with bans, settings and expressions, behind the fake
//! server. Knows the commands that the examples send, and refuses all others.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use fail2ban_client::codec::Value;
use fail2ban_client::fake::{Reply, Request, Server, ban_id};

/// The server and its state, which a test may change as log lines would.
pub(crate) struct Model {
    pub(crate) server: Server,
    jails: Arc<Mutex<BTreeMap<String, Jail>>>,
}

pub(crate) struct Jail {
    pub(crate) bans: Vec<String>,
    total: i64,
    settings: BTreeMap<&'static str, i64>,
    ignored: Vec<String>,
    regexes: Vec<String>,
}

impl Jail {
    pub(crate) fn ban(&mut self, id: &str) -> bool {
        let new = !self.bans.iter().any(|ban| ban == id);
        if new {
            self.bans.push(id.to_owned());
            self.total += 1;
        }
        new
    }
}

impl Model {
    /// A server with these jails, in which nothing is banned.
    pub(crate) fn start(jails: &[&str]) -> Self {
        let jail = |name: &&str| {
            let settings = BTreeMap::from([("bantime", 600), ("findtime", 300), ("maxretry", 5)]);
            let regexes = ["^one <HOST>$", "^two <HOST>$"].map(expanded).to_vec();
            let ignored = vec!["127.0.0.0/8".to_owned()];
            ((*name).to_owned(), Jail { bans: Vec::new(), total: 0, settings, ignored, regexes })
        };
        let jails: BTreeMap<_, _> = jails.iter().map(jail).collect();
        let jails = Arc::new(Mutex::new(jails));
        let answering = Arc::clone(&jails);
        let answer = move |request: &Request| answer(&mut answering.lock().unwrap(), &request.words());
        Self { server: Server::answering(answer).unwrap(), jails }
    }

    pub(crate) fn socket(&self) -> String {
        self.server.socket().to_str().unwrap().to_owned()
    }

    pub(crate) fn jails(&self) -> MutexGuard<'_, BTreeMap<String, Jail>> {
        self.jails.lock().unwrap()
    }

    /// The commands that came, as an operator would type them.
    pub(crate) fn commands(&self) -> Vec<String> {
        self.server.recording().commands().iter().map(|words| words.join(" ")).collect()
    }

    /// The commands that change something.
    pub(crate) fn changes(&self) -> Vec<String> {
        self.commands().into_iter().filter(|command| command.starts_with("set ")).collect()
    }
}

fn expanded(regex: &str) -> String {
    regex.replace("<HOST>", "(?P<ip>[0-9a-f.:]+)")
}

fn answer(jails: &mut BTreeMap<String, Jail>, words: &[&str]) -> Reply {
    match *words {
        ["version"] => Reply::text("1.1.0"),
        ["get", "dbfile"] => Reply::text("/var/lib/fail2ban/fail2ban.sqlite3"),
        ["status"] => {
            let names: Vec<&str> = jails.keys().map(String::as_str).collect();
            let count = Value::Int(names.len().try_into().unwrap());
            Reply::value([("Number of jail", count), ("Jail list", names.join(", ").into())])
        }
        ["stats"] => Reply::value(Value::dict(jails.iter().map(|(name, jail)| {
            let banned = i64::try_from(jail.bans.len()).unwrap();
            (name.as_str(), Value::from(["polling".into(), Value::from((1, 7)), (banned, jail.total).into()]))
        }))),
        ["get" | "set", name, ..] if !jails.contains_key(name) => Reply::unknown_jail(name),
        ["get", name, ref rest @ ..] => get(&jails[name], rest),
        ["set", name, ref rest @ ..] => set(jails.get_mut(name).unwrap(), rest),
        _ => Reply::invalid_command(),
    }
}

fn get(jail: &Jail, words: &[&str]) -> Reply {
    let ids = |ids: &[String]| Reply::value(ids.iter().map(|id| ban_id(id)).collect::<Vec<_>>());
    match *words {
        ["banned" | "banip"] => ids(&jail.bans),
        ["banned", id] => Reply::value(i32::from(jail.bans.iter().any(|ban| ban == id))),
        ["ignoreip"] => ids(&jail.ignored),
        ["failregex"] => Reply::value(jail.regexes.clone()),
        [key] if jail.settings.contains_key(key) => Reply::value(jail.settings[key]),
        _ => Reply::invalid_command(),
    }
}

fn set(jail: &mut Jail, words: &[&str]) -> Reply {
    match *words {
        ["banip", ref ids @ ..] => Reply::value(ids.iter().map(|id| i32::from(jail.ban(id))).sum::<i32>()),
        ["addignoreip", ref entries @ ..] => {
            jail.ignored.extend(entries.iter().map(ToString::to_string));
            get(jail, &["ignoreip"])
        }
        ["delignoreip", entry] => {
            jail.ignored.retain(|known| known != entry);
            get(jail, &["ignoreip"])
        }
        ["addfailregex", regex] if !regex.contains("<HOST>") => {
            let text = format!("No failure-id group in '{regex}'");
            Reply::exception("fail2ban.server.failregex", "RegexException", [text.into()])
        }
        ["addfailregex", regex] => {
            jail.regexes.push(expanded(regex));
            get(jail, &["failregex"])
        }
        ["delfailregex", index] => {
            jail.regexes.remove(index.parse().unwrap());
            get(jail, &["failregex"])
        }
        [key, value] if jail.settings.contains_key(key) => {
            *jail.settings.get_mut(key).unwrap() = value.parse().unwrap();
            get(jail, &[key])
        }
        _ => Reply::invalid_command(),
    }
}
