//! Bans: in lists, asked for, and lifted.

use bangui_domain::ServiceError;
use bangui_domain::model::{ActiveBan, BanQuery, BanSort, JailName, Page, ServerId, SortKey};
use bangui_domain::service::{BanOrder, BanOutcome, UnbanOrder, UnbanOutcome};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Origin;
use super::cursor;
use super::field::Fields;
use super::time::rfc3339;

/// The orders of the list of bans.
const SORTS: &str = "banned_at, -banned_at, expires_at, -expires_at, ip, -ip, jail, -jail";
const DEFAULT_SORT: &str = "-banned_at";

/// An address, network or other entry that is banned now.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "ban_count is what fail2ban calls it")]
pub(crate) struct Ban {
    /// What is banned: nearly always an address or network, in its canonical spelling.
    #[schema(example = "203.0.113.7")]
    pub(crate) ip: String,
    /// The jail.
    #[schema(example = "sshd")]
    pub(crate) jail: String,
    /// When the ban began.
    #[schema(format = DateTime)]
    pub(crate) banned_at: String,
    /// When it ends; null for a permanent ban.
    #[schema(format = DateTime)]
    pub(crate) expires_at: Option<String>,
    /// Its length in seconds; -1 for a permanent ban.
    #[schema(example = 600)]
    pub(crate) bantime: i64,
    /// How often this jail has banned it, this time included, where known.
    pub(crate) ban_count: Option<u32>,
    /// How it came about.
    pub(crate) origin: Origin,
    /// The BanGUI user who asked for it.
    pub(crate) by: Option<String>,
    /// The reason that user gave.
    pub(crate) reason: Option<String>,
}

impl From<ActiveBan> for Ban {
    fn from(ban: ActiveBan) -> Self {
        Self {
            banned_at: rfc3339(ban.key.banned_at),
            expires_at: ban.expires_at().map(rfc3339),
            ip: ban.key.id.as_str().to_owned(),
            jail: ban.key.jail.as_str().to_owned(),
            bantime: ban.bantime.as_fail2ban(),
            ban_count: ban.ban_count,
            origin: ban.origin.into(),
            by: ban.by,
            reason: ban.reason,
        }
    }
}

/// A page of bans.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BanPage {
    /// The bans, in the order that was asked for.
    pub(crate) items: Vec<Ban>,
    /// The cursor of the next page; null on the last one.
    pub(crate) next: Option<String>,
}

impl BanPage {
    pub(crate) fn new(page: Page<ActiveBan>, sort: BanSort) -> Self {
        let next = page.next.map(|place| cursor::encode(&place, sort_word(sort)));
        Self { items: page.items.into_iter().map(Ban::from).collect(), next }
    }
}

/// Which bans, in which order.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct BansParams {
    /// Only this jail.
    jail: Option<String>,
    /// Only entries in this address or network, and networks that contain it.
    #[param(example = "203.0.113.0/24")]
    ip: Option<String>,
    /// Only rows where address, jail, reason or user contain this text, at most 200 characters.
    q: Option<String>,
    /// One of banned_at, -banned_at, expires_at, -expires_at, ip, -ip, jail, -jail; - is the largest first.
    #[param(example = "-banned_at")]
    sort: Option<String>,
    /// Rows of a page.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 500, default = 50)]
    limit: Option<String>,
    /// The `next` of the page before; it belongs to one sort.
    cursor: Option<String>,
}

impl BansParams {
    pub(crate) fn query(&self) -> Result<BanQuery, ServiceError> {
        let mut fields = Fields::default();
        let mut query = BanQuery {
            jail: fields.jail(self.jail.as_deref()),
            overlapping: fields.target(self.ip.as_deref()),
            text: fields.search(self.q.as_deref()),
            limit: fields.limit(self.limit.as_deref()),
            sort: fields.word("sort", self.sort.as_deref(), SORTS, parse_sort).unwrap_or_default(),
            ..BanQuery::of(ServerId::local())
        };
        fields.finish()?;
        query.after =
            self.cursor.as_deref().map(|text| cursor::decode(text, sort_word(query.sort))).transpose()?;
        Ok(query)
    }
}

const fn sort_word(sort: BanSort) -> &'static str {
    match (sort.key, sort.descending) {
        (SortKey::BannedAt, false) => "banned_at",
        (SortKey::BannedAt, true) => DEFAULT_SORT,
        (SortKey::ExpiresAt, false) => "expires_at",
        (SortKey::ExpiresAt, true) => "-expires_at",
        (SortKey::Ip, false) => "ip",
        (SortKey::Ip, true) => "-ip",
        (SortKey::Jail, false) => "jail",
        (SortKey::Jail, true) => "-jail",
    }
}

fn parse_sort(text: &str) -> Option<BanSort> {
    let keys = [SortKey::BannedAt, SortKey::ExpiresAt, SortKey::Ip, SortKey::Jail];
    let sorts = keys.into_iter().flat_map(|key| [false, true].map(|descending| BanSort { key, descending }));
    sorts.into_iter().find(|sort| sort_word(*sort) == text)
}

/// A ban to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateBanRequest {
    /// An address or network.
    #[schema(example = "203.0.113.7")]
    ip: String,
    /// The jail that bans it.
    #[schema(example = "sshd")]
    jail: String,
    /// Why, in at most 500 characters.
    #[schema(max_length = 500)]
    reason: Option<String>,
    /// Bans even your own address, loopback, an address that the jail ignores, or a very large network.
    #[serde(default)]
    force: bool,
}

impl CreateBanRequest {
    pub(crate) fn order(&self) -> Result<BanOrder, ServiceError> {
        let mut fields = Fields::default();
        let target = fields.target(Some(&self.ip));
        let jail = fields.jail(Some(&self.jail));
        let reason = fields.reason(self.reason.as_deref());
        fields.finish()?;
        let (Some(jail), Some(target)) = (jail, target) else {
            return Err(ServiceError::Internal("a field was neither read nor refused".to_owned()));
        };
        Ok(BanOrder { jail, target, reason, force: self.force })
    }
}

/// What fail2ban says after a ban.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BannedResponse {
    /// What is banned: an address or network in its canonical spelling, or another text.
    #[schema(example = "203.0.113.7")]
    ip: String,
    /// The jails in which it is banned now.
    jails: Vec<String>,
    /// Whether this request made the difference.
    newly_banned: bool,
    /// The ban with its times; null if fail2ban is too busy to list the jail now.
    ban: Option<Ban>,
}

impl From<BanOutcome> for BannedResponse {
    fn from(outcome: BanOutcome) -> Self {
        Self {
            ip: outcome.id.as_str().to_owned(),
            jails: names(&outcome.jails),
            newly_banned: outcome.newly_banned,
            ban: outcome.ban.map(Ban::from),
        }
    }
}

/// Where and why to unban.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UnbanParams {
    /// Only in this jail; in every jail if left out.
    jail: Option<String>,
    /// Why, in at most 500 characters.
    reason: Option<String>,
}

impl UnbanParams {
    pub(crate) fn order(&self, id: String) -> Result<UnbanOrder, ServiceError> {
        let mut fields = Fields::default();
        let jail = fields.jail(self.jail.as_deref());
        let reason = fields.reason(self.reason.as_deref());
        fields.finish()?;
        Ok(UnbanOrder { id, jail, reason })
    }
}

/// What fail2ban says after an unban.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnbannedResponse {
    /// What was banned: an address or network in its canonical spelling, or another text.
    #[schema(example = "203.0.113.7")]
    ip: String,
    /// In how many jails the ban was lifted.
    unbanned: usize,
    /// The jails in which it is still banned.
    jails: Vec<String>,
}

impl From<UnbanOutcome> for UnbannedResponse {
    fn from(outcome: UnbanOutcome) -> Self {
        Self { ip: outcome.id.as_str().to_owned(), unbanned: outcome.unbanned, jails: names(&outcome.jails) }
    }
}

fn names(jails: &[JailName]) -> Vec<String> {
    jails.iter().map(|jail| jail.as_str().to_owned()).collect()
}
