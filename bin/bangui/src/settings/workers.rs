//! How many server processes a deployment means to run, read so that what was written can be named when it makes no
//! sense. Also the variables by which process managers are told how many to start.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};

/// The number of processes, or what was written instead of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Workers {
    /// From 1 to [`Workers::MOST`].
    Count(u32),
    /// Anything else, as it was written.
    Wrong(String),
}

impl Workers {
    /// More than this is a mistake: each process holds connections of its own to the database.
    pub(crate) const MOST: u32 = 256;

    /// The number, where it is one.
    pub(crate) fn count(&self) -> Option<u32> {
        match self {
            Self::Count(count) => Some(*count),
            Self::Wrong(_) => None,
        }
    }

    /// What is wrong, and what to write instead.
    pub(crate) fn problem(&self) -> Option<String> {
        let Self::Wrong(text) = self else { return None };
        let what = if text.trim() != text {
            "has blanks around it"
        } else if text.starts_with('-') && digits(text.trim_start_matches('-')) {
            "is less than 1"
        } else if !digits(text) {
            "is not a whole number"
        } else if text.bytes().all(|digit| digit == b'0') {
            "is no process at all"
        } else if text.starts_with('0') {
            "has zeros before it"
        } else {
            "is more than any deployment needs"
        };
        let shown: String = text.chars().take(40).collect();
        Some(format!(
            "{shown:?} {what}: write the number of server processes that use this database, from 1 to {}",
            Self::MOST
        ))
    }

    fn read(text: &str) -> Self {
        let canonical = digits(text) && !text.starts_with('0');
        match text.parse() {
            Ok(count @ 1..=Self::MOST) if canonical => Self::Count(count),
            _ => Self::Wrong(text.to_owned()),
        }
    }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Serialize for Workers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Count(count) => serializer.serialize_u32(*count),
            Self::Wrong(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Workers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;

        impl Visitor<'_> for Written {
            type Value = Workers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of processes")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Workers, E> {
                Ok(Workers::read(&number.to_string()))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Workers, E> {
                Ok(Workers::read(&number.to_string()))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Workers, E> {
                Ok(Workers::Wrong(number.to_string()))
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Workers, E> {
                Ok(Workers::Wrong(value.to_string()))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Workers, E> {
                Ok(Workers::read(text))
            }
        }

        deserializer.deserialize_any(Written)
    }
}

/// By which variables process managers and platforms are told how many copies of a server to start.
const MANAGERS: [(&str, &str); 7] = [
    ("WEB_CONCURRENCY", "gunicorn, uvicorn, Puma and hosting platforms"),
    ("UVICORN_WORKERS", "uvicorn"),
    ("HYPERCORN_WORKERS", "hypercorn"),
    ("UWSGI_PROCESSES", "uWSGI"),
    ("UWSGI_WORKERS", "uWSGI"),
    ("PASSENGER_MAX_POOL_SIZE", "Passenger"),
    ("PM2_INSTANCES", "PM2"),
];

/// What is to be said about such variables in the environment of this process: one sentence each.
pub(crate) fn warnings() -> Vec<String> {
    #[expect(clippy::disallowed_methods, reason = "these are other programs' variables, and no settings")]
    let lookup = |name: &str| std::env::var(name).ok();
    managers(lookup)
}

fn managers(lookup: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let set = MANAGERS.iter().filter_map(|(name, whose)| Some((name, whose, lookup(name)?)));
    set.filter(|(.., value)| !value.is_empty() && value != "1")
        .map(|(name, whose, value)| {
            let shown: String = value.chars().take(40).collect();
            format!(
                "{name}={shown:?} is set, a variable of {whose}. BanGUI starts no processes and does not read it; if a \
                 process manager starts several BanGUI because of it, set BANGUI_WORKERS to their number, which needs \
                 PostgreSQL, or unset it"
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_of_processes_is_named_and_explained() {
        for (text, why) in [
            ("many", "is not a whole number"),
            ("1.5", "is not a whole number"),
            ("+2", "is not a whole number"),
            ("٣", "is not a whole number"),
            ("0", "is no process at all"),
            ("000", "is no process at all"),
            ("-1", "is less than 1"),
            ("02", "has zeros before it"),
            (" 2", "has blanks around it"),
            ("2\n", "has blanks around it"),
            ("257", "is more than"),
            ("99999999999999999999", "is more than"),
        ] {
            let problem = Workers::read(text).problem().expect(text);
            assert!(problem.contains(why) && problem.contains(&format!("{text:?}")), "{problem}");
        }
        for (text, count) in [("1", 1), ("256", 256)] {
            assert_eq!(Workers::read(text), Workers::Count(count));
        }
    }

    #[test]
    fn variables_of_process_managers_are_named() {
        let environment = |name: &str| match name {
            "WEB_CONCURRENCY" => Some("4".to_owned()),
            "UVICORN_WORKERS" => Some("1".to_owned()),
            _ => None,
        };
        let told = managers(environment);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("WEB_CONCURRENCY=\"4\"") && told[0].contains("BANGUI_WORKERS"), "{told:?}");
    }
}
