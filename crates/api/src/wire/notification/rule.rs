//! Rules.

use bangui_domain::ServiceError;
use bangui_domain::model::notify::{ChannelId, Condition as Known, Rule as KnownRule, RuleSpec};
use bangui_domain::model::{Country, JailName, Origin as KnownOrigin};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wire::Origin;
use crate::wire::field::Fields;
use crate::wire::time::rfc3339;

/// What a rule waits for. Empty lists ask for nothing.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Condition {
    /// An address is banned.
    Bans {
        /// By one of these jails.
        jails: Vec<String>,
        /// And is in one of these countries (`NL`, `private`, `unknown`).
        countries: Vec<String>,
        /// And the ban came about in one of these ways; without any: all but restored bans.
        origins: Vec<Origin>,
        /// And the address has been banned so often, this time included.
        least_bans: u32,
    },
    /// More is banned than usual.
    Unusual {
        /// By one of these jails.
        jails: Vec<String>,
        /// In so many minutes.
        minutes: u32,
        /// More than so many times the mean of the last seven days.
        factor: u32,
        /// And at least so many bans.
        least_bans: u32,
    },
    /// fail2ban cannot be reached, and is back.
    Offline {
        /// For longer than so many seconds.
        secs: u32,
    },
    /// A jail bans nobody.
    Silent {
        /// One of these jails.
        jails: Vec<String>,
        /// For so many hours.
        hours: u32,
    },
}

fn names(jails: &[JailName]) -> Vec<String> {
    jails.iter().map(|jail| jail.as_str().to_owned()).collect()
}

impl From<Known> for Condition {
    fn from(condition: Known) -> Self {
        match condition {
            Known::Bans { jails, countries, origins, least_bans } => Self::Bans {
                jails: names(&jails),
                countries: countries.iter().map(ToString::to_string).collect(),
                origins: origins.into_iter().map(Origin::from).collect(),
                least_bans,
            },
            Known::Unusual { jails, minutes, factor, least_bans } => {
                Self::Unusual { jails: names(&jails), minutes, factor, least_bans }
            }
            Known::Offline { secs } => Self::Offline { secs },
            Known::Silent { jails, hours } => Self::Silent { jails: names(&jails), hours },
        }
    }
}

/// A rule that says when a message is sent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Rule {
    /// Its number.
    id: i64,
    /// What it is called.
    #[schema(example = "SSH from afar")]
    name: String,
    /// Whether it is in use.
    enabled: bool,
    /// What it waits for.
    condition: Condition,
    /// The channels that its messages go through, by their numbers.
    channels: Vec<i64>,
    /// How long a message waits for more to tell, in seconds.
    #[schema(example = 30)]
    group_secs: u32,
    /// The shortest time between two messages, in seconds.
    #[schema(example = 300)]
    throttle_secs: u32,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<KnownRule> for Rule {
    fn from(rule: KnownRule) -> Self {
        Self {
            id: rule.id.0,
            name: rule.spec.name,
            enabled: rule.spec.enabled,
            condition: rule.spec.condition.into(),
            channels: rule.spec.channels.iter().map(|id| id.0).collect(),
            group_secs: rule.spec.group_secs,
            throttle_secs: rule.spec.throttle_secs,
            created_at: rfc3339(rule.created_at),
        }
    }
}

/// All rules.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleList {
    /// The rules, by name.
    items: Vec<Rule>,
    /// Always null: rules come on one page.
    next: Option<String>,
}

impl From<Vec<KnownRule>> for RuleList {
    fn from(rules: Vec<KnownRule>) -> Self {
        Self { items: rules.into_iter().map(Rule::from).collect(), next: None }
    }
}

/// What a rule is to wait for. Lists that are left out ask for nothing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum ConditionRequest {
    /// An address is banned.
    Bans {
        /// By one of these jails.
        #[serde(default)]
        jails: Vec<String>,
        /// And is in one of these countries (`NL`, `private`, `unknown`).
        #[serde(default)]
        countries: Vec<String>,
        /// And the ban came about in one of these ways; without any: all but restored bans.
        #[serde(default)]
        #[schema(value_type = Vec<Origin>)]
        origins: Vec<String>,
        /// And the address has been banned so often, this time included.
        #[serde(default = "one")]
        least_bans: u32,
    },
    /// More is banned than usual.
    Unusual {
        /// By one of these jails.
        #[serde(default)]
        jails: Vec<String>,
        /// In so many minutes (1 to 1440).
        minutes: u32,
        /// More than so many times the mean of the last seven days.
        factor: u32,
        /// And at least so many bans.
        #[serde(default = "one")]
        least_bans: u32,
    },
    /// fail2ban cannot be reached, and is back.
    Offline {
        /// For longer than so many seconds.
        secs: u32,
    },
    /// A jail bans nobody.
    Silent {
        /// One of these jails.
        jails: Vec<String>,
        /// For so many hours.
        hours: u32,
    },
}

fn one() -> u32 {
    1
}

fn yes() -> bool {
    true
}

/// A rule to be made, or as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleRequest {
    /// What it is called, unlike all others.
    #[schema(example = "SSH from afar")]
    name: String,
    /// Whether it is in use.
    #[serde(default = "yes")]
    enabled: bool,
    /// What it waits for.
    condition: ConditionRequest,
    /// The channels that its messages go through, by their numbers.
    channels: Vec<i64>,
    /// How long a message waits for more to tell, in seconds (0 to 86400).
    #[serde(default)]
    #[schema(example = 30)]
    group_secs: u32,
    /// The shortest time between two messages, in seconds (0 to 86400).
    #[serde(default)]
    #[schema(example = 300)]
    throttle_secs: u32,
}

impl RuleRequest {
    pub(crate) fn spec(self) -> Result<RuleSpec, ServiceError> {
        let mut fields = Fields::default();
        let condition = match self.condition {
            ConditionRequest::Bans { jails, countries, origins, least_bans } => {
                let known = KnownOrigin::ALL.map(KnownOrigin::as_str).join(", ");
                let origin = |word: &str| {
                    KnownOrigin::parse(word).ok_or_else(|| format!("{word:?} is not one of {known}"))
                };
                Known::Bans {
                    jails: fields.list("jails", &jails, JailName::parse),
                    countries: fields.list("countries", &countries, str::parse::<Country>),
                    origins: fields.list("origins", &origins, origin),
                    least_bans,
                }
            }
            ConditionRequest::Unusual { jails, minutes, factor, least_bans } => {
                let jails = fields.list("jails", &jails, JailName::parse);
                Known::Unusual { jails, minutes, factor, least_bans }
            }
            ConditionRequest::Offline { secs } => Known::Offline { secs },
            ConditionRequest::Silent { jails, hours } => {
                Known::Silent { jails: fields.list("jails", &jails, JailName::parse), hours }
            }
        };
        fields.finish()?;
        Ok(RuleSpec {
            name: self.name,
            enabled: self.enabled,
            condition,
            channels: self.channels.into_iter().map(ChannelId).collect(),
            group_secs: self.group_secs,
            throttle_secs: self.throttle_secs,
        })
    }
}
