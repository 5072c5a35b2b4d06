//! The log of deliveries.

use std::collections::BTreeMap;

use bangui_domain::ServiceError;
use bangui_domain::model::Page;
use bangui_domain::model::notify::{Delivery as Known, DeliveryQuery, DeliveryState as KnownState, Note};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::wire::cursor;
use crate::wire::field::Fields;
use crate::wire::time::rfc3339;

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeliveryState {
    /// It is to be sent, for the first time or again.
    Waiting,
    /// The receiver has taken it.
    Sent,
    /// It was given up.
    Failed,
}

/// What a message is about.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeliveryKind {
    /// Bans.
    Ban,
    /// More bans than usual.
    Unusual,
    /// fail2ban cannot be reached.
    Offline,
    /// fail2ban is back.
    Online,
    /// A jail that bans nobody.
    Silent,
    /// A test.
    Test,
}

/// A message that went, or is to go, through a channel.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Delivery {
    /// Its number, which is also sent, as `X-BanGUI-Delivery`.
    id: i64,
    /// The rule that made it.
    rule: String,
    /// The channel.
    channel: String,
    /// What it is about, by the first thing that it tells.
    kind: DeliveryKind,
    /// How many things it tells.
    count: u64,
    /// The bans that it tells, by jail.
    jails: BTreeMap<String, u64>,
    /// How far it has come.
    state: DeliveryState,
    /// Tries so far.
    tries: u32,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it is tried next; null when it has ended.
    #[schema(format = DateTime)]
    next_at: Option<String>,
    /// When it was sent or given up.
    #[schema(format = DateTime)]
    ended_at: Option<String>,
    /// The status of the receiver's last answer, of HTTP or SMTP.
    #[schema(example = 200)]
    status: Option<u16>,
    /// How its last answer begins, or why there was none.
    answer: Option<String>,
}

impl From<Known> for Delivery {
    fn from(delivery: Known) -> Self {
        let (status, answer) =
            delivery.answer.map_or((None, None), |answer| (answer.status, Some(answer.text)));
        Self {
            id: delivery.id.0,
            rule: delivery.rule,
            channel: delivery.channel,
            kind: match delivery.digest.notes.first() {
                Some(Note::Ban { .. }) => DeliveryKind::Ban,
                Some(Note::Unusual { .. }) => DeliveryKind::Unusual,
                Some(Note::Offline { .. }) => DeliveryKind::Offline,
                Some(Note::Online { .. }) => DeliveryKind::Online,
                Some(Note::Silent { .. }) => DeliveryKind::Silent,
                Some(Note::Test { .. }) | None => DeliveryKind::Test,
            },
            count: delivery.digest.count,
            jails: delivery.digest.jails,
            state: match delivery.state {
                KnownState::Waiting => DeliveryState::Waiting,
                KnownState::Sent => DeliveryState::Sent,
                KnownState::Failed => DeliveryState::Failed,
            },
            tries: delivery.tries,
            created_at: rfc3339(delivery.created_at),
            next_at: delivery.next_at.map(rfc3339),
            ended_at: delivery.ended_at.map(rfc3339),
            status,
            answer,
        }
    }
}

/// A page of the log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryPage {
    /// The deliveries, newest first.
    items: Vec<Delivery>,
    /// The cursor of the next page; null on the last one.
    next: Option<String>,
}

impl DeliveryPage {
    pub(crate) fn new(page: Page<Known>, order: &str) -> Self {
        let next = page.next.map(|place| cursor::encode(&place, order));
        Self { items: page.items.into_iter().map(Delivery::from).collect(), next }
    }
}

/// Which deliveries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeliveriesParams {
    /// Only in this state.
    #[param(value_type = Option<DeliveryState>)]
    state: Option<String>,
    /// Rows of a page.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 500, default = 50)]
    limit: Option<String>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

impl DeliveriesParams {
    /// The query, and the name of its order for cursors.
    pub(crate) fn query(&self) -> Result<(DeliveryQuery, String), ServiceError> {
        let mut fields = Fields::default();
        let words = KnownState::ALL.map(KnownState::as_str).join(", ");
        let state = fields.word("state", self.state.as_deref(), &words, KnownState::parse);
        let limit = fields.limit(self.limit.as_deref());
        fields.finish()?;
        let order = format!("deliveries {}", state.map_or("", KnownState::as_str));
        let after = self.cursor.as_deref().map(|text| cursor::decode(text, &order)).transpose()?;
        Ok((DeliveryQuery { state, limit, after }, order))
    }
}
