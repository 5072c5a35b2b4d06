//! Judges the settings: all problems at once, each with what to do about it. Touches the file system only to
//! look; binds nothing and connects nowhere.

mod geo;
mod http;
mod metrics;

use std::fmt;
use std::path::Path;

use super::Settings;

/// One thing that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The setting.
    pub(crate) key: &'static str,
    /// What is wrong, and what to do.
    pub(crate) message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.message)
    }
}

/// Every problem there is.
pub(crate) fn check(settings: &Settings) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut add = |key, message: String| problems.push(Problem { key, message });

    match bangui_persistence::sqlite_file(settings.database.url.expose()) {
        Err(error) => add("database.url", error.to_string()),
        Ok(Some(path)) => {
            if let Some(count @ 2..) = settings.workers.count() {
                add("workers", single_process(count));
            }
            if let Some(message) = file_problem(&path) {
                add("database.url", message);
            }
        }
        Ok(None) => {}
    }
    if let Some(message) = settings.workers.problem() {
        add("workers", message);
    }
    problems.extend(http::check(&settings.http));
    problems.extend(metrics::check(settings));
    problems.extend(geo::check(settings));
    let mut add = |key, message: String| problems.push(Problem { key, message });
    if !settings.fail2ban.socket.is_absolute() {
        add("fail2ban.socket", format!("{} is not a full path", settings.fail2ban.socket.display()));
    }
    if !(200..=60_000).contains(&settings.fail2ban.poll_interval_ms) {
        add(
            "fail2ban.poll_interval_ms",
            format!("{} is not between 200 and 60000", settings.fail2ban.poll_interval_ms),
        );
    }
    if let Some(name) = &settings.fail2ban.timezone
        && let Err(error) = jiff::tz::TimeZone::get(name)
    {
        add(
            "fail2ban.timezone",
            format!("{name} is not a known time zone ({error}): write one such as Europe/Berlin"),
        );
    }
    // Without a file there is nothing that could be wrong.
    if settings.outgoing.ca_file.is_some()
        && let Err(error) = crate::outgoing::client(&settings.outgoing)
    {
        add("outgoing.ca_file", error.to_string());
    }
    if let Some(name) = &settings.outgoing.host_name
        && !crate::outgoing::is_full_name(name)
    {
        add(
            "outgoing.host_name",
            "is no full name of a machine: write one such as bangui.example.net".to_owned(),
        );
    }
    if settings.outgoing.mail_ports.is_empty() {
        add(
            "outgoing.mail_ports",
            "names no port: mail could never be sent; leave it out for 25,465,587,2525".to_owned(),
        );
    }
    if settings.outgoing.mail_ports.contains(&0) {
        add("outgoing.mail_ports", "0 is no port: write some of 25, 465, 587".to_owned());
    }
    if settings.session.idle_secs < 60 {
        add("session.idle_secs", "less than 60 s would end sessions in the middle of their use".to_owned());
    }
    if settings.session.lifetime_secs < settings.session.idle_secs {
        add("session.lifetime_secs", "is shorter than session.idle_secs".to_owned());
    }
    if settings.session.cache_secs > 300 {
        add(
            "session.cache_secs",
            format!(
                "{} is more than 300: a session that has ended would live on for too long",
                settings.session.cache_secs
            ),
        );
    }
    if let Some(password) = &settings.admin.password
        && let Some(problem) = bangui_session_cache::Passwords::problem(password.expose())
    {
        add("admin.password", problem.message);
    }
    if let Some(problem) = crate::logging::problem(&settings.log.filter) {
        add("log.filter", problem);
    }
    problems
}

fn single_process(workers: u32) -> String {
    format!(
        "{workers} processes cannot share a SQLite database: sessions that one has ended would live on in the others, \
         each would have a run-time state of its own, the login throttle and every other write would wait for one \
         another, and jobs would run more than once. Leave workers at 1 (http.threads sets the threads of the one \
         process), or set database.url to a PostgreSQL server. See docs/deployment.md, \"One process or many\"."
    )
}

/// Why the database file cannot be made or written where it is to be. A path that depends on where the server was
/// started from is refused: it would make a second, empty database one day.
fn file_problem(path: &Path) -> Option<String> {
    if !path.is_absolute() {
        return Some(
            "names a file by a part of its path: write all of it, as in sqlite:///var/lib/bangui/bangui.db"
                .to_owned(),
        );
    }
    writable_problem(path.parent()?)
}

/// Why nothing can be made in this directory.
fn writable_problem(directory: &Path) -> Option<String> {
    let place = directory.display();
    match std::fs::metadata(directory) {
        Err(error) => Some(format!(
            "the directory {place} cannot be used ({error}): make it and give it to the user that runs BanGUI"
        )),
        Ok(found) if !found.is_dir() => Some(format!("{place} is not a directory")),
        Ok(_) => rustix::fs::access(directory, rustix::fs::Access::WRITE_OK).err().map(|error| {
            format!("the directory {place} cannot be written ({error}): give it to the user that runs BanGUI")
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::settings::{Secret, Settings, Workers};

    fn settings(url: &str) -> Settings {
        let mut settings = Settings::default();
        settings.database.url = Secret::new(url.to_owned());
        settings
    }

    fn keys(settings: &Settings) -> Vec<&'static str> {
        check(settings).into_iter().map(|problem| problem.key).collect()
    }

    #[test]
    fn all_problems_come_at_once() {
        let mut settings = settings("mysql://secret@host");
        settings.http.listen.clear();
        settings.fail2ban.timezone = Some("Middle/Earth".to_owned());
        settings.outgoing.ca_file = Some("/nowhere/authorities.pem".into());
        settings.outgoing.mail_ports.clear();
        settings.session.cache_secs = 301;
        settings.log.filter = "bangui=loud".to_owned();
        let expected = [
            "database.url",
            "http.listen",
            "fail2ban.timezone",
            "outgoing.ca_file",
            "outgoing.mail_ports",
            "session.cache_secs",
            "log.filter",
        ];
        assert_eq!(keys(&settings), expected);
        assert!(check(&settings).iter().all(|problem| !problem.message.contains("secret")));
    }

    #[test]
    fn many_processes_need_postgresql() {
        let mut settings = settings("sqlite:///tmp/bangui.db");
        assert!(keys(&settings).is_empty(), "{:?}", check(&settings));
        settings.workers = Workers::Count(4);
        let message = check(&settings).remove(0).message;
        for part in [
            "4 processes",
            "sessions",
            "throttle",
            "run-time state",
            "jobs",
            "PostgreSQL",
            "docs/deployment.md",
        ] {
            assert!(message.contains(part), "{part}: {message}");
        }
        settings.database.url = Secret::new("postgres://h/d".to_owned());
        assert!(keys(&settings).is_empty());
    }

    #[test]
    fn a_directory_that_is_missing_or_a_file_is_named() {
        assert!(
            check(&settings("sqlite:///nowhere/at/all/bangui.db"))[0].message.contains("/nowhere/at/all")
        );
        assert!(check(&settings("sqlite:///etc/passwd/bangui.db"))[0].message.contains("/etc/passwd"));
        assert!(check(&settings("sqlite:///nowhere/a%20b/bangui.db"))[0].message.contains("/nowhere/a b"));
        assert_eq!(keys(&settings("sqlite://bangui.db")), ["database.url"]);
        assert!(keys(&settings("postgresql://h/d")).is_empty());
    }
}
