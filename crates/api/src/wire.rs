//! The shapes of requests and responses, and the way from and to the domain's own.

pub(crate) mod address;
pub(crate) mod allowlist;
pub(crate) mod ban;
pub(crate) mod catch_up;
pub(crate) mod cursor;
pub(crate) mod event;
pub(crate) mod field;
pub(crate) mod health;
pub(crate) mod history;
pub(crate) mod jail;
pub(crate) mod jail_log;
pub(crate) mod job;
pub(crate) mod log;
pub(crate) mod notification;
pub(crate) mod places;
pub(crate) mod problem;
pub(crate) mod question;
pub(crate) mod session;
pub(crate) mod stream;
pub(crate) mod system;
pub(crate) mod time;
pub(crate) mod word;

use serde::Serialize;
use utoipa::ToSchema;

/// How a ban or unban came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Origin {
    /// A filter found failures in a log.
    Detected,
    /// A person or program asked for it; `by` names the BanGUI user.
    Manual,
    /// Found in force when fail2ban or BanGUI came up.
    Restored,
    /// The ban time was over.
    Expired,
}

impl From<bangui_domain::model::Origin> for Origin {
    fn from(origin: bangui_domain::model::Origin) -> Self {
        use bangui_domain::model::Origin as Known;
        match origin {
            Known::Detected => Self::Detected,
            Known::Manual => Self::Manual,
            Known::Restored => Self::Restored,
            Known::Expired => Self::Expired,
        }
    }
}

/// The network that an address belongs to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Network {
    /// Its number.
    #[schema(example = "AS64500")]
    pub(crate) asn: String,
    /// Its holder's name, where known.
    #[schema(example = "Example Networks")]
    pub(crate) name: Option<String>,
}

impl From<&bangui_domain::model::Network> for Network {
    fn from(network: &bangui_domain::model::Network) -> Self {
        Self { asn: network.asn.to_string(), name: network.name.clone() }
    }
}
