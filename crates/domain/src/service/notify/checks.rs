//! What can be wrong with a rule, or with a name.

use std::collections::BTreeSet;

use crate::FieldError;
use crate::model::notify::{Channel, Condition, RuleSpec};

/// The longest name, in characters.
const NAME_CHARS: usize = 100;
/// The most channels of a rule, and the most jails, countries or origins of a condition.
const MOST: usize = 50;
/// The longest time that messages are grouped or held back, in seconds.
const LONGEST_SECS: u32 = 24 * 3_600;

/// What is wrong with a name.
pub(super) fn name(name: &str) -> Option<FieldError> {
    let length = name.trim().chars().count();
    let problem = if length == 0 {
        "is missing".to_owned()
    } else if length > NAME_CHARS {
        format!("at most {NAME_CHARS} characters, this has {length}")
    } else if name.chars().any(char::is_control) {
        "no control characters and no line breaks, please".to_owned()
    } else {
        return None;
    };
    Some(FieldError::new("name", problem))
}

/// Everything that is wrong with a rule.
pub(super) fn rule(spec: &RuleSpec, channels: &[Channel]) -> Vec<FieldError> {
    let mut problems: Vec<FieldError> = name(&spec.name).into_iter().collect();
    let mut bad = |field, message: String| problems.push(FieldError::new(field, message));
    let distinct: BTreeSet<_> = spec.channels.iter().collect();
    if spec.channels.is_empty() {
        bad("channels", "is empty: name a channel to send through".to_owned());
    } else if distinct.len() != spec.channels.len() || distinct.len() > MOST {
        bad("channels", format!("name each channel once, and at most {MOST}"));
    } else if let Some(gone) =
        spec.channels.iter().find(|id| channels.iter().all(|channel| channel.id != **id))
    {
        bad("channels", format!("there is no channel {}", gone.0));
    }
    for (field, secs) in [("group_secs", spec.group_secs), ("throttle_secs", spec.throttle_secs)] {
        if secs > LONGEST_SECS {
            bad(field, format!("is not between 0 and {LONGEST_SECS}"));
        }
    }
    let mut within = |field, value: u32, least: u32, most: u32| {
        if !(least..=most).contains(&value) {
            bad(field, format!("is not between {least} and {most}"));
        }
    };
    let named = match &spec.condition {
        Condition::Bans { jails, countries, origins, least_bans } => {
            within("least_bans", *least_bans, 1, 1_000_000);
            jails.len().max(countries.len()).max(origins.len())
        }
        Condition::Unusual { jails, minutes, factor, least_bans } => {
            within("minutes", *minutes, 1, 24 * 60);
            within("factor", *factor, 1, 1_000);
            within("least_bans", *least_bans, 1, 1_000_000);
            jails.len()
        }
        Condition::Offline { secs } => {
            within("secs", *secs, 1, LONGEST_SECS);
            0
        }
        Condition::Silent { jails, hours } => {
            within("hours", *hours, 1, 24 * 365);
            if jails.is_empty() {
                bad("jails", "is empty: name the jails whose silence is to be told".to_owned());
            }
            jails.len()
        }
    };
    if named > MOST {
        bad("condition", format!("at most {MOST} jails, countries or origins, this has {named}"));
    }
    problems
}
