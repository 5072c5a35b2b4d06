//! Where the database is: reads the URL, and takes every secret out of what is shown of it.

mod exposure;

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use crate::db::DbKind;
use crate::error::DbError;

pub use exposure::UrlExposure;

/// What libpq is told unless the URL says otherwise. A server that vanishes without a word, its machine or the network
/// gone, is noticed within these times; the system's own are hours.
const DEFAULTS: [(&str, &str); 6] = [
    ("connect_timeout", "10"),
    ("application_name", "bangui"),
    ("tcp_user_timeout", "10000"),
    ("keepalives_idle", "5"),
    ("keepalives_interval", "2"),
    ("keepalives_count", "3"),
];

const FORMS: &str = "write sqlite:///absolute/path/bangui.db, sqlite://relative/path.db or postgres://user@host:5432/database";

/// A database that a URL names.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Location {
    Sqlite(PathBuf),
    Postgres(PostgresUrl),
}

/// A URL for libpq, with what must not be shown of it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct PostgresUrl {
    /// As it stands in the settings.
    given: String,
    /// What libpq is given.
    url: String,
    /// Host, port and database, for messages.
    shown: String,
    /// The URL and the passwords in it, as they stand there and decoded, longest first.
    secrets: Vec<String>,
}

/// The SQLite file that a URL names, or `None` for one that names PostgreSQL; opens nothing. [`DbError::Url`] if it
/// is no database URL.
pub fn sqlite_file(url: &str) -> Result<Option<PathBuf>, DbError> {
    Ok(match Location::parse(url)? {
        Location::Sqlite(path) => Some(path),
        Location::Postgres(_) => None,
    })
}

impl Location {
    /// Reads a URL. The scheme alone decides which database it is, so that a typo never makes a SQLite file.
    pub(crate) fn parse(url: &str) -> Result<Self, DbError> {
        let bad = |why: String| DbError::Url { why, forms: FORMS };
        let Some((scheme, rest)) = url.split_once("://") else {
            return Err(bad("it has no scheme".to_owned()));
        };
        match scheme {
            "sqlite" => sqlite_path(rest).map(Self::Sqlite).map_err(bad),
            "postgres" | "postgresql" => {
                PostgresUrl::parse(url, rest).map(Self::Postgres).map_err(|why| bad(why.to_owned()))
            }
            other => Err(bad(format!("{:?} is not a database that BanGUI knows", shorten(other)))),
        }
    }

    pub(crate) fn kind(&self) -> DbKind {
        match self {
            Self::Sqlite(_) => DbKind::Sqlite,
            Self::Postgres(_) => DbKind::Postgres,
        }
    }

    /// The place without secrets: a path, or host and database.
    pub(crate) fn shown(&self) -> Cow<'_, str> {
        match self {
            Self::Sqlite(path) => path.to_string_lossy(),
            Self::Postgres(url) => Cow::Borrowed(&url.shown),
        }
    }

    /// A message from the database without secrets: libpq repeats the URL where it cannot read it.
    pub(crate) fn redact(&self, message: &str) -> String {
        match self {
            Self::Sqlite(_) => message.to_owned(),
            Self::Postgres(url) => {
                url.secrets.iter().fold(message.to_owned(), |text, secret| text.replace(secret, "***"))
            }
        }
    }
}

/// The path behind `sqlite://`, with %-escapes decoded.
fn sqlite_path(rest: &str) -> Result<PathBuf, String> {
    if rest.contains('?') {
        return Err("a SQLite path takes no parameters (write %3F for a question mark)".to_owned());
    }
    let path = percent_decode(rest).ok_or("its path has a broken %-escape")?;
    if path.is_empty() || path.ends_with('/') || path.contains('\0') {
        return Err("it names no file".to_owned());
    }
    if path == ":memory:" {
        return Err("a database in memory is lost at every restart and cannot be shared".to_owned());
    }
    Ok(PathBuf::from(path))
}

impl PostgresUrl {
    /// libpq reads a stray `/`, `?` or `@` of a password as the end of the host or of the password, and would go
    /// on to tell the remainder as host or port: such URLs are refused.
    fn parse(url: &str, rest: &str) -> Result<Self, &'static str> {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let at_signs = rest.matches('@').count();
        if at_signs > 1 || at_signs != authority.matches('@').count() {
            return Err(
                "the characters / ? # @ in a user name, password or parameter have to be written as \
                 %2F %3F %23 %40",
            );
        }
        Ok(Self::split(url, rest))
    }

    fn split(url: &str, rest: &str) -> Self {
        let (user_info, place) = rest.rsplit_once('@').unwrap_or(("", rest));
        let mut secrets = vec![url.to_owned(), rest.to_owned()];
        let mut hide = |text: &str| {
            if !text.is_empty() {
                secrets.push(text.to_owned());
                secrets.extend(percent_decode(text));
            }
        };
        if let Some((_, password)) = user_info.split_once(':') {
            hide(password);
        }
        let (shown, query) = place.split_once('?').unwrap_or((place, ""));
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            // libpq reads names with escapes, too.
            if matches!(percent_decode(name).as_deref(), Some("password" | "sslpassword")) {
                hide(value);
            }
        }
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.dedup();
        let given = url.to_owned();
        let mut url = given.clone();
        for (name, value) in DEFAULTS {
            if !query.contains(name) {
                url.push(if url.contains('?') { '&' } else { '?' });
                url.extend([name, "=", value]);
            }
        }
        let shown =
            if shown.is_empty() { "PostgreSQL (libpq's defaults)".to_owned() } else { shown.to_owned() };
        Self { given, url, shown, secrets }
    }

    /// As it stands in the settings: holds the password.
    pub(crate) fn as_given(&self) -> &str {
        &self.given
    }

    /// What libpq is given: holds the password.
    pub(crate) fn for_libpq(&self) -> &str {
        &self.url
    }
}

/// `file:` URI for SQLite, which reads `%`, `?` and `#` in it as its own.
pub(crate) fn sqlite_uri(path: &Path, mode: &str) -> Option<String> {
    let path = path.to_str()?;
    let mut uri = String::from(if path.starts_with('/') { "file:" } else { "file:./" });
    for char in path.chars() {
        match char {
            '%' => uri.push_str("%25"),
            '?' => uri.push_str("%3f"),
            '#' => uri.push_str("%23"),
            other => uri.push(other),
        }
    }
    uri.push_str("?mode=");
    uri.push_str(mode);
    Some(uri)
}

/// Decodes `%XX`; `None` if an escape is broken or the result is not UTF-8.
fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Location, sqlite_uri};

    fn sqlite(url: &str) -> PathBuf {
        match Location::parse(url).unwrap() {
            Location::Sqlite(path) => path,
            Location::Postgres(_) => panic!("{url} became PostgreSQL"),
        }
    }

    #[test]
    fn paths_are_absolute_relative_and_decoded() {
        assert_eq!(sqlite("sqlite:///var/lib/bangui.db"), Path::new("/var/lib/bangui.db"));
        assert_eq!(sqlite("sqlite://data/bangui.db"), Path::new("data/bangui.db"));
        assert_eq!(sqlite("sqlite:///a%20b%3F.db"), Path::new("/a b?.db"));
    }

    #[test]
    fn a_uri_escapes_what_sqlite_reads_as_its_own() {
        assert_eq!(sqlite_uri(Path::new("/a?b#c%d"), "ro").unwrap(), "file:/a%3fb%23c%25d?mode=ro");
        assert_eq!(sqlite_uri(Path::new("file:x"), "rw").unwrap(), "file:./file:x?mode=rw");
    }

    #[test]
    fn no_secret_is_shown() {
        let url = "postgres://ban:s%40cret%2Fx@db.example:5432/bangui?sslpassword=hidden&a=b";
        let location = Location::parse(url).unwrap();
        assert_eq!(location.shown(), "db.example:5432/bangui");
        let said = location.redact(&format!("cannot read {url}: s@cret/x s%40cret%2Fx hidden"));
        assert!(!said.contains("cret") && !said.contains("hidden"), "{said}");
    }

    #[test]
    fn what_is_no_database_url_says_what_would_be() {
        for url in [
            "",
            "/var/lib/bangui.db",
            "postgress://host/db",
            "mysql://h/d",
            "sqlite://",
            "sqlite:///a/",
            "sqlite://:memory:",
            "sqlite:///a?mode=rw",
            "sqlite:///a%zz",
        ] {
            let message = Location::parse(url).err().unwrap().to_string();
            assert!(
                message.contains("sqlite:///absolute/path") && message.contains("postgres://"),
                "{message}"
            );
        }
    }
}
