//! The allowlist: its entries, orders to change it, and what allows an address.

use bangui_domain::ServiceError;
use bangui_domain::model::{AllowEntry as Known, AllowSpec, Target};
use bangui_domain::ports::IgnoreList as KnownList;
use bangui_domain::service::{AllowBook, AllowCheck, AllowOrder, AllowOutcome};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ban::Ban;
use super::field::Fields;
use super::time::{moment, rfc3339};

/// An address or network that fail2ban must never ban.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AllowEntry {
    /// Its number.
    id: i64,
    /// The address or network.
    #[schema(example = "203.0.113.0/24")]
    address: String,
    /// Only in this jail; null for every jail.
    #[schema(example = "sshd")]
    jail: Option<String>,
    /// Why.
    note: Option<String>,
    /// The BanGUI user who made it.
    by: String,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it ends; null if it does not.
    #[schema(format = DateTime)]
    until: Option<String>,
}

impl From<Known> for AllowEntry {
    fn from(Known { id, spec }: Known) -> Self {
        Self {
            id: id.0,
            address: spec.target.to_string(),
            jail: spec.jail.map(|jail| jail.as_str().to_owned()),
            note: spec.note,
            by: spec.by,
            created_at: rfc3339(spec.created_at),
            until: spec.until.map(rfc3339),
        }
    }
}

/// What a jail ignores by its own configuration.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JailIgnores {
    /// The jail.
    #[schema(example = "sshd")]
    jail: String,
    /// Addresses, networks, names and files, as fail2ban spells them.
    #[schema(example = json!(["127.0.0.0/8", "::1"]))]
    entries: Vec<String>,
}

fn ignores(lists: Option<Vec<KnownList>>) -> Option<Vec<JailIgnores>> {
    let list = |list: KnownList| JailIgnores { jail: list.jail.as_str().to_owned(), entries: list.entries };
    lists.map(|lists| lists.into_iter().map(list).collect())
}

/// The whole allowlist.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AllowList {
    /// The entries, newest first.
    items: Vec<AllowEntry>,
    /// Always null: the entries come on one page.
    next: Option<String>,
    /// The most entries that there can be.
    #[schema(example = 1000)]
    most: usize,
    /// What jails ignore by themselves (`ignoreip`), without what BanGUI has told them; null while fail2ban cannot be
    /// asked.
    own: Option<Vec<JailIgnores>>,
}

impl From<AllowBook> for AllowList {
    fn from(book: AllowBook) -> Self {
        Self {
            items: book.entries.into_iter().map(AllowEntry::from).collect(),
            next: None,
            most: AllowSpec::MOST,
            own: ignores(book.own),
        }
    }
}

/// An address to be allowed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AllowRequest {
    /// An address or network: at least /8 for IPv4 and /16 for IPv6.
    #[schema(example = "203.0.113.0/24")]
    address: String,
    /// Only in this jail; in every jail if left out.
    #[schema(example = "sshd")]
    jail: Option<String>,
    /// Why, in at most 500 characters.
    #[schema(max_length = 500)]
    note: Option<String>,
    /// When it ends; never if left out.
    #[schema(format = DateTime)]
    until: Option<String>,
}

impl AllowRequest {
    pub(crate) fn order(&self) -> Result<AllowOrder, ServiceError> {
        let mut fields = Fields::default();
        let target = fields.optional("address", Some(&self.address), Target::parse);
        let jail = fields.jail(self.jail.as_deref());
        let note = fields.note(self.note.as_deref());
        let until = fields.optional("until", self.until.as_deref(), moment);
        fields.finish()?;
        let Some(target) = target else {
            return Err(ServiceError::Internal("a field was neither read nor refused".to_owned()));
        };
        Ok(AllowOrder { target, jail, note, until })
    }
}

/// What came of a change of the allowlist.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AllowResponse {
    /// The entry that was made or removed.
    entry: AllowEntry,
    /// Why fail2ban does not know yet: it is told as soon as it can be. Null if it knows.
    #[schema(example = json!(null))]
    pending: Option<String>,
    /// How many bans were lifted.
    lifted: usize,
    /// Bans that still hit some of its addresses: of networks around them, and what fail2ban could not lift.
    still_banned: Vec<Ban>,
}

impl From<AllowOutcome> for AllowResponse {
    fn from(outcome: AllowOutcome) -> Self {
        Self {
            entry: outcome.entry.into(),
            pending: outcome.pending,
            lifted: outcome.lifted,
            still_banned: outcome.still_banned.into_iter().map(Ban::from).collect(),
        }
    }
}

/// Which address.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AllowCheckParams {
    /// An address or network.
    #[param(example = "203.0.113.7")]
    address: String,
}

impl AllowCheckParams {
    pub(crate) fn target(&self) -> Result<Target, ServiceError> {
        Target::parse(&self.address).map_err(|error| ServiceError::field("address", error.to_string()))
    }
}

/// What allows an address.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AllowCheckResponse {
    /// The address or network.
    #[schema(example = "203.0.113.7")]
    address: String,
    /// Whether anything allows all of it, in some jail at least.
    allowed: bool,
    /// The entries of the allowlist that do, newest first.
    entries: Vec<AllowEntry>,
    /// What jails ignore by themselves that does; names and files are not looked into. Null while fail2ban cannot be
    /// asked.
    own: Option<Vec<JailIgnores>>,
}

impl AllowCheckResponse {
    pub(crate) fn new(target: Target, check: AllowCheck) -> Self {
        let own = ignores(check.own);
        let allowed = !check.entries.is_empty() || own.as_ref().is_some_and(|lists| !lists.is_empty());
        let entries = check.entries.into_iter().map(AllowEntry::from).collect();
        Self { address: target.to_string(), allowed, entries, own }
    }
}
