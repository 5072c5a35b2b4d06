//! What a jail lists as banned, as the domain takes it: what can be read, and what is wrong with the rest.

use std::collections::HashSet;

use bangui_domain::model::{BanId, BanTime, ProblemCode};
use bangui_domain::ports::BanList;
use fail2ban_client as client;

use crate::Zone;
use crate::convert::reported;

/// How many of the lines or bans with the same fault are named.
const NAMED: usize = 3;

/// The bans with their times. A line that cannot be read costs its times alone where `all` says which ids are banned; a ban
/// that is longer than any calendar is permanent.
pub(crate) fn listed(list: &client::BanList, all: Option<&[client::Text]>, zone: &Zone) -> BanList {
    let (mut bans, mut ids) = (Vec::with_capacity(list.len()), Vec::new());
    if let Some(all) = all {
        let timed: HashSet<&client::Text> = list.iter().map(|ticket| &ticket.id).collect();
        let untimed = all.iter().filter(|id| !timed.contains(id));
        ids.extend(untimed.map(|id| BanId::from_reported(id.to_string())));
    }
    let mut odd: Vec<String> = list.unreadable.iter().map(ToString::to_string).collect();
    let mut beyond = Vec::new();
    for ticket in list {
        if BanTime::is_beyond_calendar(ticket.bantime_secs) {
            beyond.push(format!("{} is banned for {} s", ticket.id, ticket.bantime_secs));
        }
        if let Some(ban) = reported(ticket, zone) {
            bans.push(ban);
        } else {
            odd.push(format!(
                "{} is banned since {}, which no clock there has shown",
                ticket.id, ticket.start
            ));
            ids.push(BanId::from_reported(ticket.id.to_string()));
        }
    }
    let faults = [(ProblemCode::BanUnreadable, odd), (ProblemCode::BantimeBeyond, beyond)];
    let faults = faults.into_iter().filter_map(|(code, named)| Some((code, in_words(&named)?)));
    BanList { bans, ids, partial: !list.unreadable.is_empty() && all.is_none(), faults: faults.collect() }
}

/// What is banned, where fail2ban refuses to tell the times: `refused` is what it said.
pub(crate) fn ids_alone(ids: &[client::Text], refused: String) -> BanList {
    let ids = ids.iter().map(|id| BanId::from_reported(id.to_string())).collect();
    BanList { ids, faults: vec![(ProblemCode::JailUnreadable, refused)], ..BanList::default() }
}

/// The first ones, and how many there are; `None` where there are none.
fn in_words(named: &[String]) -> Option<String> {
    let first = named.get(..NAMED).unwrap_or(named).join("; ");
    match named.len() {
        0 => None,
        all if all > NAMED => Some(format!("{first}; and {} more", all - NAMED)),
        _ => Some(first),
    }
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn the_first_ones_are_named_and_the_others_counted() {
        let named = |count: usize| (1..=count).map(|it| it.to_string()).collect::<Vec<_>>();
        assert_eq!(in_words(&[]), None);
        assert_eq!(in_words(&named(3)).as_deref(), Some("1; 2; 3"));
        assert_eq!(in_words(&named(100_000)).as_deref(), Some("1; 2; 3; and 99997 more"));
    }
}
