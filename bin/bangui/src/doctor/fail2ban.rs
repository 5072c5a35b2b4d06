//! fail2ban itself: whether it answers in time, which version it is, and what it tells of itself.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bangui_domain::model::{Fail2banDatabase, OutageCode};
use fail2ban_client::{Client, Error, JailName, LogTarget, Options, Reported, Version};

use super::{Finding, read_later};

const CHECK: &str = "fail2ban";
/// The longest that an answer may take, as for the running server's health.
const PATIENCE: Duration = Duration::from_secs(8);

/// A fail2ban that answers, and what it has told.
pub(super) struct Patient {
    pub(super) client: Client,
    pub(super) jails: Vec<JailName>,
    /// Its database, by the path that it uses.
    pub(super) database: Option<PathBuf>,
}

/// Asks the server at `socket`.
pub(super) async fn check(socket: &Path) -> (Vec<Finding>, Option<Patient>) {
    let options = Options::default()
        .with_connect_timeout(PATIENCE)
        .with_write_timeout(PATIENCE)
        .with_timeout(PATIENCE)
        .with_reconnect_for(Duration::ZERO);
    let client = Client::with_options(socket, options);
    match ask(client).await {
        Ok((found, patient)) => (found, Some(patient)),
        Err(error) => (vec![Finding::failure(CHECK, error.to_string(), advice(&error))], None),
    }
}

async fn ask(client: Client) -> Result<(Vec<Finding>, Patient), Error> {
    let asked = Instant::now();
    client.ping().await?;
    let took = asked.elapsed();
    let version = client.version().await?;
    let oldest = Version::oldest_tested();
    if version.is_older_than(&oldest) {
        return Err(Error::TooOld { version, oldest });
    }
    let settings = client.server_settings().await?;
    let jails = client.jails().await?;
    let dbfile = settings.dbfile.as_deref().map(Path::to_string_lossy);
    let database = match Fail2banDatabase::of(dbfile.as_deref()) {
        Fail2banDatabase::File(path) => format!("its database is {path}"),
        Fail2banDatabase::Memory => "its database is in memory".to_owned(),
        Fail2banDatabase::Nowhere => "it keeps no database".to_owned(),
    };
    let mut found = vec![
        judged(&version, took),
        Finding::ok(
            CHECK,
            format!("it runs {} jail(s), logs at level {}, {database}", jails.len(), settings.loglevel),
        ),
    ];
    if let Some(target) = &settings.logtarget {
        found.push(log(target).await);
    }
    Ok((found, Patient { client, jails, database: settings.dbfile }))
}

/// A later release of a line that is tested, such as 1.1.2 of 1.1, is taken for tested.
fn judged(version: &Version, took: Duration) -> Finding {
    let what = format!("version {version} answers in {:.1} ms", took.as_secs_f64() * 1000.0);
    let line = |version: &Version| version.numbers().into_iter().take(2).collect::<Vec<_>>();
    if Version::TESTED.map(Version::new).iter().any(|tested| line(tested) == line(version)) {
        return Finding::ok(CHECK, what);
    }
    let advice = format!(
        "BanGUI is tested with {}. It works with others from {} on as far as they answer alike: watch its log for answers that it \
         cannot read.",
        Version::TESTED.join(", "),
        Version::oldest_tested()
    );
    Finding::warning(CHECK, what, advice)
}

/// Where fail2ban writes its own log.
async fn log(target: &Reported<LogTarget>) -> Finding {
    const CHECK: &str = "fail2ban log";
    let Some(LogTarget::File(file)) = target.known() else {
        return Finding::ok(CHECK, format!("fail2ban logs to {target}"));
    };
    let path = file.path().as_path();
    match read_later(path.to_owned()).await {
        Ok(()) => Finding::ok(CHECK, format!("{} can be read", path.display())),
        Err(error) => Finding::warning(
            CHECK,
            format!("fail2ban logs to {}, which cannot be read here: {error}", path.display()),
            "Nothing depends on it today. To see it from a container, mount its directory read-only and let this user read it.",
        ),
    }
}

fn advice(error: &Error) -> &'static str {
    match error {
        Error::TimedOut { .. } => {
            "It hangs: it is starting, runs a slow action, or is stuck. If it stays so, restart it (systemctl restart fail2ban); \
             its log says what it did last."
        }
        Error::TooOld { .. } => OutageCode::TooOld.hint(),
        Error::NobodyListens { .. } => "Start fail2ban: systemctl start fail2ban.",
        Error::Malformed { .. } | Error::UnexpectedReply { .. } => {
            "See what listens on that socket, and set fail2ban.socket to fail2ban's."
        }
        _ => "See whether fail2ban runs (systemctl status fail2ban), and run bangui doctor again.",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fail2ban_client::Version;

    use super::judged;
    use crate::doctor::Verdict;

    #[test]
    fn versions_that_are_not_tested_are_named_and_not_refused() {
        let verdict = |text: &str| judged(&Version::new(text), Duration::from_millis(1)).verdict;
        for tested in Version::TESTED.into_iter().chain(["1.0.1", "1.1.2.dev1"]) {
            assert_eq!(verdict(tested), Verdict::Ok, "{tested}");
        }
        for other in ["1.2.0", "2.0", "strange"] {
            assert_eq!(verdict(other), Verdict::Warning, "{other}");
        }
    }
}
