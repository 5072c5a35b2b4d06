//! The numbers of the API are those that plain SQL counts over the same rows: random bans, random questions, both
//! databases, zones with daylight saving.

mod random;

use std::collections::BTreeSet;

use bangui_domain::model::Origin;
use bangui_domain::ports::BanRecord;
use bangui_test_support::db::TestDb;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::Value;

use self::random::{Question, question, rows, some_ban};
use crate::past::{end, record};
use crate::world::World;

const BANS: usize = 600;
const QUESTIONS: usize = 16;

/// A question, and what its answers claim about the rows.
struct Check<'a> {
    world: &'a World,
    question: &'a Question,
    /// What it is about, the number in the answer, and where SQL counts it: all is put in one statement, since each takes
    /// a connection of its own.
    claims: Vec<(String, i64, String)>,
}

/// Milliseconds: the first one, and the one behind the last.
type Millis = (i64, i64);

impl Check<'_> {
    async fn ask(&self, path: &str, more: &str) -> Value {
        self.world.get(&format!("/api/history/{path}?{}{more}", self.question.query())).await.ok(200)
    }

    fn period(&self) -> Millis {
        (self.question.since * 1_000, self.question.until * 1_000)
    }

    fn before(&self) -> Millis {
        let (since, until) = self.period();
        (since - (until - since), since)
    }

    fn claim(&mut self, what: &str, number: &Value, from: String) {
        self.claims.push((what.to_owned(), number.as_i64().unwrap(), from));
    }

    fn bans(&mut self, what: &str, number: &Value, (since, until): Millis, and: &str) {
        let rows = self.question.sql(since, until, and);
        self.claim(what, number, rows);
    }

    fn different(&mut self, what: &str, number: &Value, column: &str, (since, until): Millis, and: &str) {
        let rows = self.question.sql(since, until, and);
        self.claim(what, number, format!("(SELECT DISTINCT {column} FROM {rows}) AS found"));
    }

    /// Compares all that was claimed with the rows.
    fn compare(self) {
        let wrong = |(_, number, from): &(String, i64, String)| {
            format!("SELECT 1 AS wrong WHERE (SELECT count(*) FROM {from}) <> {number}")
        };
        let count = |sql: &str| self.world.db.count(sql);
        for claims in self.claims.chunks(100) {
            let all: Vec<String> = claims.iter().map(wrong).collect();
            if count(&format!("({}) AS wrong", all.join(" UNION ALL "))) > 0 {
                for (what, number, from) in claims {
                    assert_eq!(*number, count(from), "{what} of {:?}", self.question);
                }
            }
        }
    }

    async fn totals(&mut self) {
        let totals = self.ask("totals", "").await;
        for (answer, period) in [(&totals, self.period()), (&totals["before"], self.before())] {
            self.bans("bans", &answer["bans"], period, "");
            self.different("addresses", &answer["addresses"], "b.address_id", period, "");
            self.different("networks", &answer["networks"], "a.asn", period, "AND a.asn IS NOT NULL");
            let known = "AND a.country <> 'private'";
            self.different("countries", &answer["countries"], "a.country", period, known);
            let repeated = "GROUP BY b.address_id HAVING count(*) > 1";
            self.different("repeaters", &answer["repeaters"], "b.address_id", period, repeated);
        }
    }

    /// What is usual, by a statement for each of the periods before.
    async fn usual(&self, first: i64) {
        let usual = self.ask("totals", "").await["usual_bans"].as_i64();
        let (since, until) = self.period();
        let length = until - since;
        let periods = (1..=7).map(|number| (since - number * length, since - (number - 1) * length));
        let known = periods.filter(|(since, _)| *since >= first);
        let mut counts: Vec<i64> =
            known.map(|(since, until)| self.world.db.count(&self.question.sql(since, until, ""))).collect();
        counts.sort_unstable();
        let middle = |counts: &[i64]| i64::midpoint(counts[counts.len() / 2], counts[(counts.len() - 1) / 2]);
        assert_eq!(usual, (counts.len() >= 3).then(|| middle(&counts)), "{:?}", self.question);
    }

    async fn timeline(&mut self, by: &str, column: &str) {
        let timeline = self.ask("timeline", &format!("&by={by}")).await;
        let list = |value: &Value| value.as_array().unwrap().clone();
        let starts: Vec<i64> = list(&timeline["starts"])
            .iter()
            .map(|start| start.as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_millisecond())
            .collect();
        let ends: Vec<i64> = starts.iter().skip(1).copied().chain([self.period().1]).collect();
        assert!(starts.len() <= 124 && starts[0] == self.period().0);
        let (series, others) = (list(&timeline["series"]), list(&timeline["others"]));
        assert!(series.len() <= 8);
        let counted = |counts: &Value, index: usize| counts.as_array().unwrap()[index].as_i64().unwrap();
        for (index, period) in starts.iter().copied().zip(ends).enumerate() {
            let all: i64 = series.iter().map(|one| counted(&one["counts"], index)).sum();
            let all = all + others[index].as_i64().unwrap();
            self.bans(&format!("{by}, stretch {index}"), &all.into(), period, "");
        }
        for one in &series {
            let all: i64 = list(&one["counts"]).iter().map(|count| count.as_i64().unwrap()).sum();
            let and = format!("AND {column} = '{}'", one["key"].as_str().unwrap());
            self.bans(&format!("the series {one}"), &all.into(), self.period(), &and);
        }
    }

    async fn top(&mut self, by: &str, column: &str) {
        let top = self.ask("top", &format!("&by={by}&limit=5")).await;
        self.bans(&format!("all by {by}"), &top["bans"], self.period(), "");
        self.different(&format!("groups by {by}"), &top["groups"], column, self.period(), "");
        let rows = top["rows"].as_array().unwrap();
        let groups = usize::try_from(top["groups"].as_u64().unwrap()).unwrap();
        assert_eq!(rows.len(), groups.min(5));
        assert!(rows.is_sorted_by(|a, b| a["bans"].as_i64() >= b["bans"].as_i64()));
        let mut listed = Vec::new();
        for row in rows {
            let key = format!("'{}'", row["key"].as_str().unwrap());
            let and = format!("AND {column} = {key}");
            self.bans(&format!("bans of {row}"), &row["bans"], self.period(), &and);
            self.bans(&format!("before of {row}"), &row["before"], self.before(), &and);
            let what = format!("addresses of {row}");
            self.different(&what, &row["addresses"], "b.address_id", self.period(), &and);
            listed.push(key);
        }
        if let Some(least) = rows.last() {
            let larger = format!(
                "AND {column} NOT IN ({}) GROUP BY {column} HAVING count(*) > {}",
                listed.join(", "),
                least["bans"]
            );
            self.different(&format!("larger ones by {by}"), &0.into(), column, self.period(), &larger);
        }
    }

    async fn offenders(&mut self) {
        let offenders = self.ask("offenders", "&limit=5").await;
        for item in offenders["items"].as_array().unwrap() {
            assert!(item["bans"].as_i64().unwrap() > 1);
            let and = format!("AND a.ip = '{}'", item["ip"].as_str().unwrap());
            self.bans(&format!("bans of {item}"), &item["bans"], self.period(), &and);
            let jails = item["jails"].as_array().unwrap().len();
            self.different(&format!("jails of {item}"), &jails.into(), "b.jail_id", self.period(), &and);
        }
    }

    /// The list and the export tell the same bans as SQL, restored ones too.
    async fn lists(&mut self) {
        let query = self.question.query();
        let (q, rest) = query.split_once('&').unwrap();
        let mut listed = BTreeSet::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/api/events?{q}%20kind:ban&{rest}&limit=70{cursor}");
            let page = self.world.get(&path).await.ok(200);
            for event in page["items"].as_array().unwrap() {
                assert!(listed.insert(event["id"].as_i64().unwrap()), "told twice: {event}");
            }
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        let conditions: Vec<&str> = self.question.words.iter().map(|word| word.listed.as_str()).collect();
        let from = rows(&conditions, self.period().0, self.period().1, "");
        self.claim("the list", &listed.len().into(), from);
        let path = format!("/api/history/export?{q}%20kind:ban&{rest}&format=ndjson");
        let file = self.world.text(&path).await;
        let ids =
            file.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_i64().unwrap());
        assert_eq!(ids.collect::<BTreeSet<_>>(), listed);
    }
}

async fn numbers_agree(db: TestDb) {
    let mut runner = TestRunner::deterministic();
    let world = World::over(db).await;
    let bans: Vec<BanRecord> =
        (0..BANS).map(|_| some_ban().new_tree(&mut runner).unwrap().current()).collect();
    let ends = bans.iter().step_by(3).map(|ban| end(ban, 600, Origin::Expired)).collect();
    let first = bans.iter().map(|ban| ban.ban.key.banned_at.as_millis()).min().unwrap();
    record(&world.db, bans, ends).await;
    for number in 0..QUESTIONS {
        let question = question().new_tree(&mut runner).unwrap().current();
        let mut check = Check { world: &world, question: &question, claims: Vec::new() };
        check.totals().await;
        check.timeline("jail", "j.name").await;
        check.timeline("country", "coalesce(a.country, 'unknown')").await;
        check.top("address", "a.ip").await;
        check.top("country", "coalesce(a.country, 'unknown')").await;
        check.top("jail", "j.name").await;
        let network = "coalesce('AS' || CAST(a.asn AS TEXT), 'unknown')";
        check.top("network", network).await;
        check.timeline("network", network).await;
        check.offenders().await;
        check.lists().await;
        if number % 4 == 0 {
            check.usual(first).await;
        }
        check.compare();
    }
}

#[actix_web::test]
async fn numbers_agree_with_sql_on_sqlite() {
    numbers_agree(TestDb::sqlite().await).await;
}

#[actix_web::test]
async fn numbers_agree_with_sql_on_postgres() {
    numbers_agree(TestDb::postgres().await).await;
}
