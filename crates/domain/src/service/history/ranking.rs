//! The largest groups of a period, each beside its own bans in the period before.

use std::collections::HashMap;

use super::HistoryService;
use crate::ServiceError;
use crate::model::{Dimension, Group, HistoryFilter, Period, Top, TopRow};

/// Groups that are looked at to find those that no filter can name.
const WIDE: usize = 100_000;

/// The largest groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranking {
    /// The largest first.
    pub rows: Vec<RankedRow>,
    /// How many groups there are in all.
    pub groups: u64,
    /// The bans of all groups.
    pub bans: u64,
}

/// One of the largest groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankedRow {
    /// The group with its bans.
    pub row: TopRow,
    /// Its bans in the period before.
    pub before: u64,
}

impl HistoryService {
    /// The `most` largest groups of a period.
    pub async fn top(
        &self,
        filter: &HistoryFilter,
        period: Period,
        by: Dimension,
        most: usize,
    ) -> Result<Ranking, ServiceError> {
        let Top { rows, groups, bans } = self.history.top(filter, period, by, most).await?;
        let before = self.bans_before(filter, period.before(), by, &rows).await?;
        let rows = rows.into_iter().map(|row| {
            let before = before.get(&row.group.key()).copied().unwrap_or(0);
            RankedRow { row, before }
        });
        Ok(Ranking { rows: rows.collect(), groups, bans })
    }

    /// The bans that the groups of `rows` had in `period`.
    async fn bans_before(
        &self,
        filter: &HistoryFilter,
        period: Period,
        by: Dimension,
        rows: &[TopRow],
    ) -> Result<HashMap<String, u64>, ServiceError> {
        if rows.is_empty() {
            return Ok(HashMap::new());
        }
        let narrowed = narrowed(filter, by, rows);
        let top = self.history.top(narrowed.as_ref().unwrap_or(filter), period, by, WIDE).await?;
        Ok(top.rows.into_iter().map(|row| (row.group.key(), row.bans)).collect())
    }
}

/// The filter, narrowed to the groups of `rows`. `None` if one of them cannot be named: what is no address. And where there
/// are few groups: to leave some out costs more than to count them.
fn narrowed(filter: &HistoryFilter, by: Dimension, rows: &[TopRow]) -> Option<HistoryFilter> {
    let mut filter = filter.clone();
    match by {
        Dimension::Jail => {
            let jail = |group: &Group| if let Group::Jail(jail) = group { Some(jail.clone()) } else { None };
            filter.jails.any_of = each(rows, jail)?;
        }
        Dimension::Origin | Dimension::Country => return None,
        Dimension::Network => {
            let network = |group: &Group| match group {
                Group::Network(network) => Some(network.as_ref().map(|network| network.asn)),
                _ => None,
            };
            filter.networks.any_of = each(rows, network)?;
        }
        Dimension::Address => {
            let target = |group: &Group| if let Group::Address(id, _) = group { id.target() } else { None };
            filter.targets.any_of = each(rows, target)?;
        }
    }
    Some(filter)
}

fn each<T>(rows: &[TopRow], name: impl Fn(&Group) -> Option<T>) -> Option<Vec<T>> {
    rows.iter().map(|row| name(&row.group)).collect()
}
