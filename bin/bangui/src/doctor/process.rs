//! Whom this process runs as, and what it may do beyond that.

use std::fmt;

use rustix::process::{Gid, getegid, geteuid, getgroups};

use super::Finding;

const CHECK: &str = "process";

/// A user with all groups, as numbers: names differ between a container and its host.
pub(super) struct Identity {
    uid: u32,
    gid: u32,
    /// Unknown where the system does not tell.
    groups: Option<Vec<u32>>,
}

impl Identity {
    /// This process's.
    pub(super) fn own() -> Self {
        let gid = getegid().as_raw();
        let others =
            |groups: Vec<Gid>| groups.into_iter().map(Gid::as_raw).filter(|group| *group != gid).collect();
        let groups = getgroups().ok().map(others);
        Self { uid: geteuid().as_raw(), gid, groups }
    }

    /// Whether it is a member of the group.
    pub(super) fn is_in(&self, group: u32) -> bool {
        self.gid == group || self.groups.as_ref().is_some_and(|groups| groups.contains(&group))
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "uid {}, gid {}", self.uid, self.gid)?;
        let Some(groups) = &self.groups else { return f.write_str(", groups unknown") };
        groups.iter().try_for_each(|group| write!(f, ", {group}"))
    }
}

/// Looks at the user and the capabilities.
pub(super) fn check() -> Vec<Finding> {
    let identity = Identity::own();
    let capabilities =
        std::fs::read_to_string("/proc/self/status").ok().and_then(|status| effective(&status));
    let found = match capabilities {
        None => Finding::skipped(CHECK, format!("runs as {identity}; its capabilities are not told")),
        Some(0) => Finding::ok(CHECK, format!("runs as {identity}, without capabilities")),
        Some(set) if identity.uid == 0 => Finding::warning(
            CHECK,
            format!(
                "runs as root with capabilities ({set:#x}), so that what it finds says nothing of other users"
            ),
            "If the server runs like this, take the capabilities away (cap_drop: [ALL], CapabilityBoundingSet=): it needs \
             none. If it runs as another user, run bangui doctor as that user.",
        ),
        Some(set) => Finding::warning(
            CHECK,
            format!("runs as {identity} with capabilities ({set:#x})"),
            "Take them away: BanGUI needs none.",
        ),
    };
    vec![found]
}

/// The set of effective capabilities in a process's status (proc(5)).
fn effective(status: &str) -> Option<u64> {
    let hex = status.lines().find_map(|line| line.strip_prefix("CapEff:"))?;
    u64::from_str_radix(hex.trim(), 16).ok()
}

#[cfg(test)]
mod tests {
    use super::effective;

    #[test]
    fn capabilities_are_read_from_the_status() {
        assert_eq!(effective("Name:\tx\nCapPrm:\t01\nCapEff:\t000001ffffffffff\n"), Some(0x1ff_ffff_ffff));
        assert_eq!(effective("CapEff:\t0000000000000000\n"), Some(0));
        assert_eq!(effective("Name:\tx\n"), None);
    }
}
