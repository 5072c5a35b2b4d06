//! What is wrong with a fail2ban that answers, or with one of its jails. An answer that tells an error is another thing.

use bangui_domain::model::{JailName, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use super::time::rfc3339;
use super::word::ServerProblemCode;

/// Something that is wrong with a server that answers, or with one of its jails, while the rest goes on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ServerProblem {
    /// What is wrong.
    #[schema(example = "jail_unreadable")]
    code: ServerProblemCode,
    /// The jail it is about; null if it is about the server.
    #[schema(example = "sshd")]
    jail: Option<String>,
    /// What happened, in fail2ban's own words where it said something.
    #[schema(example = "fail2ban refused: ValueError: year 4461763 is out of range")]
    detail: String,
    /// What to do.
    hint: String,
    /// Since when, as far as BanGUI knows.
    #[schema(format = DateTime)]
    since: String,
}

impl ServerProblem {
    /// All of them.
    pub(crate) fn all(problems: &[Problem]) -> Vec<Self> {
        problems.iter().map(Self::from).collect()
    }

    /// The weightiest one of a jail.
    pub(crate) fn of_jail(problems: &[Problem], jail: &JailName) -> Option<Self> {
        problems.iter().find(|problem| problem.jail.as_ref() == Some(jail)).map(Self::from)
    }
}

impl From<&Problem> for ServerProblem {
    fn from(problem: &Problem) -> Self {
        Self {
            code: ServerProblemCode(problem.code),
            jail: problem.jail.as_ref().map(|jail| jail.as_str().to_owned()),
            detail: problem.detail.clone(),
            hint: problem.hint.clone(),
            since: rfc3339(problem.since),
        }
    }
}
