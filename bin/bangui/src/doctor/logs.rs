//! The log files that fail2ban's jails read, as they are seen from here.

use std::io;
use std::path::PathBuf;

use super::fail2ban::Patient;
use super::{Finding, read_later};

const CHECK: &str = "jail logs";

/// Looks at every log file of every jail.
pub(super) async fn check(patient: &Patient) -> Vec<Finding> {
    let jails = match patient.client.status_all_short().await {
        Ok(jails) => jails,
        Err(error) => return vec![Finding::skipped(CHECK, error.to_string())],
    };
    let (mut found, mut files, mut journals) = (Vec::new(), 0, 0);
    for (jail, status) in jails {
        let paths: Vec<String> = status.files.iter().map(ToString::to_string).collect();
        journals += usize::from(paths.is_empty() && !status.journal_matches.is_empty());
        if paths.is_empty() && status.journal_matches.is_empty() {
            found.push(Finding::warning(
                CHECK,
                format!("the jail {jail} reads no log at all"),
                "Set its logpath in jail.local, or its backend to systemd; fail2ban's log says why it found none.",
            ));
        }
        for path in paths {
            match read_later(PathBuf::from(&path)).await {
                Ok(()) => files += 1,
                Err(error) => found.push(unseen(jail.as_ref(), &path, &error)),
            }
        }
    }
    if files + journals > 0 {
        found.push(Finding::ok(
            CHECK,
            format!("{files} log file(s) can be read here; {journals} jail(s) read the journal"),
        ));
    }
    if found.is_empty() {
        found.push(Finding::skipped(CHECK, "fail2ban has no jail"));
    }
    found
}

fn unseen(jail: &str, path: &str, error: &io::Error) -> Finding {
    let advice = if error.kind() == io::ErrorKind::PermissionDenied {
        "Let this user read it, such as through the group adm. fail2ban itself is not affected, nor are bans."
    } else {
        "If fail2ban runs elsewhere (BanGUI in a container), mount the log's directory read-only. If not, the jail reads a file \
         that is not there: correct its logpath."
    };
    Finding::warning(CHECK, format!("{path} of the jail {jail} cannot be read here: {error}"), advice)
}
