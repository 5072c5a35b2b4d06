//! What could be meant by a question that is being typed: names, and values of which the history or fail2ban knows.

use std::collections::BTreeSet;

use super::HistoryService;
use crate::ServiceError;
use crate::model::search::{Name, Typing, UNKNOWN, Wanted, quoted};
use crate::model::{Country, Dimension, EventKind, Group, HistoryFilter, Origin, Period, Target, countries};

/// How far back the history is searched for values, in seconds: 30 days.
const BACK_SECS: i64 = 30 * 86_400;
/// The most that is proposed.
const MOST: usize = 20;
/// The largest groups that are looked through for a value.
const LOOKED_AT: usize = 1_000;

/// What could be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestions {
    /// Where the part that is replaced begins, in UTF-16 units.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// The likeliest first.
    pub items: Vec<Suggestion>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What takes the place of the part.
    pub text: String,
    /// What it is, for people.
    pub about: Option<String>,
}

impl Suggestion {
    fn new(value: &str, about: Option<String>) -> Self {
        Self { text: quoted(value), about }
    }

    fn plain(value: &str) -> Self {
        Self::new(value, None)
    }
}

impl HistoryService {
    /// What could be meant in `text` where the caret is at `at` (UTF-16 units, as browsers count).
    pub async fn suggest(&self, text: &str, at: usize) -> Result<Suggestions, ServiceError> {
        let Typing { from, to, wanted } = Typing::at(text, at);
        let mut items = match wanted {
            Wanted::Name { negated, typed } => names(negated, &typed),
            Wanted::Value { name, typed } => self.values(name, &typed).await?,
        };
        items.truncate(MOST);
        Ok(Suggestions { from, to, items })
    }

    async fn values(&self, name: Name, typed: &str) -> Result<Vec<Suggestion>, ServiceError> {
        let words = |all: &[&str]| {
            let fitting = all.iter().filter(|word| begins(word, typed));
            fitting.map(|word| Suggestion::plain(word)).collect()
        };
        Ok(match name {
            Name::Origin => words(&Origin::ALL.map(Origin::as_str)),
            Name::Kind => words(&[EventKind::Ban.as_str(), EventKind::Unban.as_str()]),
            Name::Since => words(&["1h", "12h", "24h", "7d", "30d", "90d", "52w", "all"]),
            Name::Until => words(&["1h", "24h", "7d", "30d"]),
            Name::Country => country_names(typed),
            Name::Jail => self.jails(typed).await?,
            Name::Network => self.networks(typed).await?,
            Name::Ip => self.addresses(typed).await?,
        })
    }

    /// Jails of fail2ban, and those that banned lately but are no more.
    async fn jails(&self, typed: &str) -> Result<Vec<Suggestion>, ServiceError> {
        let lately = self.lately(HistoryFilter::of(self.server.clone()), Dimension::Jail).await?;
        let mut names: BTreeSet<String> = lately.iter().map(|(group, _)| group.key()).collect();
        if let Some(seen) = self.watch.jails() {
            names.extend(seen.jails.iter().map(|jail| jail.name.to_string()));
        }
        let mut fitting: Vec<_> = names.iter().filter(|name| contains(name, typed)).collect();
        fitting.sort_by_key(|name| !begins(name, typed));
        Ok(fitting.into_iter().map(|name| Suggestion::plain(name)).collect())
    }

    /// Networks that were banned lately, by number or by a word of their name.
    async fn networks(&self, typed: &str) -> Result<Vec<Suggestion>, ServiceError> {
        let lately = self.lately(HistoryFilter::of(self.server.clone()), Dimension::Network).await?;
        let known = lately.into_iter().filter_map(|(group, bans)| match group {
            Group::Network(Some(network)) => Some((network, bans)),
            _ => None,
        });
        let fitting = known.filter(|(network, _)| {
            let number = network.asn.number().to_string();
            begins(&number, typed)
                || begins(&network.asn.to_string(), typed)
                || network.name.as_deref().is_some_and(|name| any_word_begins(name, typed))
        });
        let numbers = fitting.map(|(network, bans)| {
            let about = network.name.unwrap_or_else(|| tally(bans));
            Suggestion::new(&network.asn.to_string(), Some(about))
        });
        let unknown = Suggestion::new(UNKNOWN, Some("Not known".to_owned()));
        Ok(numbers.chain(begins(UNKNOWN, typed).then_some(unknown)).collect())
    }

    /// Addresses that were banned lately and begin like this.
    async fn addresses(&self, typed: &str) -> Result<Vec<Suggestion>, ServiceError> {
        let mut filter = HistoryFilter::of(self.server.clone());
        filter.targets.any_of.extend(around(typed));
        let lately = self.lately(filter, Dimension::Address).await?;
        let fitting = lately.into_iter().filter(|(group, _)| begins(&group.key(), typed));
        Ok(fitting.map(|(group, bans)| Suggestion::new(&group.key(), Some(tally(bans)))).collect())
    }

    /// The groups with the most bans of late.
    async fn lately(&self, filter: HistoryFilter, by: Dimension) -> Result<Vec<(Group, u64)>, ServiceError> {
        let until = self.now();
        let period = Period { since: until.plus_secs(-BACK_SECS), until };
        let top = self.history.top(&filter, period, by, LOOKED_AT).await?;
        Ok(top.rows.into_iter().map(|row| (row.group, row.bans)).collect())
    }
}

fn names(negated: bool, typed: &str) -> Vec<Suggestion> {
    let fitting = Name::ALL.into_iter().filter(|name| {
        let can_be_negated = !matches!(name, Name::Since | Name::Until);
        begins(name.as_str(), typed) && (can_be_negated || !negated)
    });
    let sign = if negated { "-" } else { "" };
    fitting
        .map(|name| Suggestion {
            text: format!("{sign}{}:", name.as_str()),
            about: Some(name.examples().to_owned()),
        })
        .collect()
}

/// Countries by code or by a word of their name; those whose code fits come first.
fn country_names(typed: &str) -> Vec<Suggestion> {
    let known = countries().map(|(code, name)| (Country::Known(code).to_string(), name));
    let others = [(Country::Private, "Not on the Internet"), (Country::Unknown, "Not known")];
    let all = known.chain(others.map(|(country, about)| (country.to_string(), about)));
    let mut fitting: Vec<_> =
        all.filter(|(code, name)| begins(code, typed) || any_word_begins(name, typed)).collect();
    fitting.sort_by_key(|(code, name)| {
        (!code.eq_ignore_ascii_case(typed), !begins(code, typed), !begins(name, typed), *name)
    });
    fitting.into_iter().map(|(code, name)| Suggestion::new(&code, Some(name.to_owned()))).collect()
}

/// The smallest network that holds every address which begins like `typed`; none where it is not the beginning of one.
fn around(typed: &str) -> Option<Target> {
    if typed.contains(':') {
        let whole = typed.rsplit_once(':').map(|(whole, _)| whole).filter(|whole| !whole.contains("::"))?;
        let groups = whole.split(':').count();
        return Target::parse(&format!("{whole}::/{}", groups.checked_mul(16)?)).ok();
    }
    let (whole, _) = typed.rsplit_once('.')?;
    let octets = whole.split('.').count();
    let rest = ".0".repeat(4_usize.checked_sub(octets)?);
    Target::parse(&format!("{whole}{rest}/{}", octets.checked_mul(8)?)).ok()
}

fn tally(bans: u64) -> String {
    if bans == 1 { "1 ban".to_owned() } else { format!("{bans} bans") }
}

fn begins(text: &str, typed: &str) -> bool {
    text.to_lowercase().starts_with(&typed.to_lowercase())
}

fn contains(text: &str, typed: &str) -> bool {
    text.to_lowercase().contains(&typed.to_lowercase())
}

fn any_word_begins(text: &str, typed: &str) -> bool {
    let text = text.to_lowercase();
    let typed = typed.to_lowercase();
    let starts = text.match_indices(' ').map(|(at, _)| at.saturating_add(1)).chain([0]);
    starts.filter_map(|at| text.get(at..)).any(|rest| rest.trim_start_matches('(').starts_with(&typed))
}
