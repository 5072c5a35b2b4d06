//! Random bans, and random questions that mean the same in words and in SQL.

use bangui_domain::model::{BanId, Origin, Target};
use bangui_domain::ports::BanRecord;
use proptest::prelude::*;

use crate::fail2ban::START;
use crate::past::{ban, place};

const JAILS: [&str; 4] = ["sshd", "nginx", "postfix", "my jail"];
const COUNTRIES: [&str; 5] = ["NL", "DE", "US", "private", "unknown"];
const REASONS: [&str; 3] = ["by mistake", "Scanner 100%", "ticket_4711"];
const ZONES: [&str; 4] = ["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe"];

/// What can be banned: addresses of a few networks, a network around some of them, and something else.
fn id(number: usize) -> String {
    match number {
        0 => "198.51.100.0/24".to_owned(),
        1 => "not an address".to_owned(),
        2..12 => format!("2001:db8::{number:x}"),
        12..30 => format!("198.51.100.{number}"),
        _ => format!("203.0.113.{number}"),
    }
}

prop_compose! {
    /// A ban within the last year, half of them within the last days.
    pub(super) fn some_ban()(
        jail in prop::sample::select(JAILS.to_vec()),
        number in prop_oneof![0..60_usize, 12..20_usize],
        ago in prop_oneof![0..10 * 86_400_i64, 0..380 * 86_400_i64],
        origin in prop::sample::select(vec![Origin::Detected, Origin::Detected, Origin::Manual, Origin::Restored]),
        reason in prop::option::weighted(0.2, prop::sample::select(REASONS.to_vec())),
    ) -> BanRecord {
        let mut ban = ban(jail, &id(number), ago);
        ban.ban.origin = origin;
        ban.ban.reason = reason.map(str::to_owned);
        let country = COUNTRIES[number % 5];
        let network = (country != "private" && number % 4 != 0)
            .then(|| (64_500 + u32::try_from(number % 3).unwrap(), (number % 3 > 0).then_some("Some Network")));
        ban.place = Some(place(country, network));
        ban
    }
}

/// A word of a question, and what it means in SQL.
#[derive(Debug, Clone)]
pub(super) struct Word {
    text: String,
    sql: String,
    /// What it means in lists, which tell restored bans as well.
    pub(super) listed: String,
}

fn word(text: impl Into<String>, sql: impl Into<String>) -> Word {
    let sql = sql.into();
    Word { text: text.into(), listed: sql.clone(), sql }
}

fn jails() -> impl Strategy<Value = Word> {
    let some = prop::sample::subsequence(JAILS.to_vec(), 1..3);
    (some, any::<bool>()).prop_map(|(jails, negated)| {
        let values = jails.iter().map(|jail| format!("\"{jail}\"")).collect::<Vec<_>>().join(",");
        let names = jails.iter().map(|jail| format!("'{jail}'")).collect::<Vec<_>>().join(", ");
        let (sign, not) = if negated { ("-", "NOT ") } else { ("", "") };
        word(format!("{sign}jail:{values}"), format!("j.name {not}IN ({names})"))
    })
}

fn countries() -> impl Strategy<Value = Word> {
    let some = prop::sample::subsequence(COUNTRIES.to_vec(), 1..4);
    (some, any::<bool>()).prop_map(|(countries, negated)| {
        let names = countries.iter().map(|country| format!("'{country}'")).collect::<Vec<_>>().join(", ");
        let (sign, not) = if negated { ("-", "NOT ") } else { ("", "") };
        let country = "coalesce(a.country, 'unknown')";
        word(format!("{sign}country:{}", countries.join(",")), format!("{country} {not}IN ({names})"))
    })
}

fn networks() -> impl Strategy<Value = Word> {
    prop::sample::select(vec![
        word("asn:64500,64502", "a.asn IN (64500, 64502)"),
        word("network:unknown", "a.asn IS NULL"),
        word("-network:AS64501", "coalesce(a.asn, 0) <> 64501"),
        word("-network:unknown,AS64500", "coalesce(a.asn, 64500) <> 64500"),
    ])
}

fn targets() -> impl Strategy<Value = Word> {
    let asked =
        ["198.51.100.13", "198.51.100.0/28", "198.51.0.0/16", "2001:db8::/124", "203.0.113.0/24", "::/0"];
    (prop::sample::select(asked.to_vec()), any::<bool>()).prop_map(|(asked, negated)| {
        let target = Target::parse(asked).unwrap();
        let fits =
            |id: &String| BanId::from_reported(id.as_str()).target().is_some_and(|own| own.overlaps(&target));
        let ids: Vec<String> = (0..60).map(id).filter(fits).map(|id| format!("'{id}'")).collect();
        let list = if ids.is_empty() { "''".to_owned() } else { ids.join(", ") };
        let (sign, not) = if negated { ("-", "NOT ") } else { ("", "") };
        word(format!("{sign}ip:{asked}"), format!("a.ip {not}IN ({list})"))
    })
}

fn origins() -> impl Strategy<Value = Word> {
    prop::sample::select(vec![
        word("origin:manual", "b.origin = 1"),
        word("origin:restored,detected", "b.origin IN (0, 2)"),
        Word { listed: "b.origin <> 0".to_owned(), ..word("-origin:detected", "b.origin NOT IN (0, 2)") },
    ])
}

fn texts() -> impl Strategy<Value = Word> {
    let texts = ["ssh", "198.51", "\"BY mistake\"", "100%", "t_4", "db8::1", "address", "zzz"];
    prop::sample::select(texts.to_vec()).prop_map(|text| {
        let plain = text.trim_matches('"').to_lowercase().replace('%', "\\%").replace('_', "\\_");
        let like = |column: &str| format!("lower({column}) LIKE '%{plain}%' ESCAPE '\\'");
        let noted = format!(
            "EXISTS (SELECT 1 FROM ban_notes AS n WHERE n.ban_id = b.id AND n.at_end = 0 AND {})",
            like("n.reason")
        );
        word(text, format!("({} OR {} OR {noted})", like("a.ip"), like("j.name")))
    })
}

/// A question in words, and in SQL. Times are seconds.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) words: Vec<Word>,
    pub(super) since: i64,
    pub(super) until: i64,
    zone: &'static str,
}

prop_compose! {
    pub(super) fn question()(
        words in (
            prop::option::weighted(0.3, jails()),
            prop::option::weighted(0.3, countries()),
            prop::option::weighted(0.2, networks()),
            prop::option::weighted(0.3, targets()),
            prop::option::weighted(0.3, origins()),
            prop::option::weighted(0.2, texts()),
        ),
        until_ago in prop_oneof![Just(0), 0..200 * 86_400_i64],
        length in prop_oneof![1..86_400_i64, 1..30 * 86_400_i64, 1..400 * 86_400_i64],
        zone in prop::sample::select(ZONES.to_vec()),
    ) -> Question {
        let (jails, countries, networks, targets, origins, texts) = words;
        let origins =
            origins.or_else(|| Some(Word { listed: "1 = 1".to_owned(), ..word("", "b.origin <> 2") }));
        let words = [jails, countries, networks, targets, origins, texts].into_iter().flatten().collect();
        let until = START - until_ago;
        Question { words, since: until - length, until, zone }
    }
}

impl Question {
    pub(super) fn query(&self) -> String {
        let texts: Vec<&str> = self.words.iter().map(|word| word.text.as_str()).collect();
        let bytes = texts.join(" ").into_bytes();
        let encoded = bytes.iter().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
        let time = |secs: i64| jiff::Timestamp::from_second(secs).unwrap();
        format!("q={encoded}&since={}&until={}&tz={}", time(self.since), time(self.until), self.zone)
    }

    /// The bans that are meant, of another period and with a further condition.
    pub(super) fn sql(&self, since_millis: i64, until_millis: i64, and: &str) -> String {
        let conditions: Vec<&str> = self.words.iter().map(|word| word.sql.as_str()).collect();
        rows(&conditions, since_millis, until_millis, and)
    }
}

/// The bans of a period that fulfil all conditions.
pub(super) fn rows(conditions: &[&str], since_millis: i64, until_millis: i64, and: &str) -> String {
    format!(
        "bans AS b JOIN jails AS j ON j.id = b.jail_id JOIN addresses AS a ON a.id = b.address_id \
         WHERE {} AND b.banned_at >= {since_millis} AND b.banned_at < {until_millis} {and}",
        conditions.join(" AND ")
    )
}
