//! Reads the settings: defaults, then a file, then the environment. A name that does not exist is an error
//! wherever it stands, since it is a typo.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use config::{Config, ConfigError, Environment, File, FileFormat};
use thiserror::Error;

use super::{Secret, Settings, secrets};

/// The file that is read when none is named and it exists.
const DEFAULT_FILE: &str = "/etc/bangui/bangui.toml";

/// Why the settings could not be read.
#[derive(Debug, Error)]
pub(crate) enum LoadError {
    /// The file or the environment does not parse.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// A file that holds a secret cannot be read.
    #[error("the file {path} that {key} names cannot be read: {source}")]
    SecretFile {
        /// The setting.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Reads all settings. `file` must exist if it is given. `environment` replaces the process's own in tests.
pub(crate) fn load(
    file: Option<&Path>,
    environment: Option<HashMap<String, String>>,
) -> Result<Settings, LoadError> {
    let default_file = Path::new(DEFAULT_FILE);
    let builder = Config::builder();
    let builder = match file {
        Some(path) => builder.add_source(File::from(path).format(FileFormat::Toml)),
        None => builder.add_source(File::from(default_file).format(FileFormat::Toml).required(false)),
    };
    // Values stay texts until their field is known: a password of digits is no number.
    let variables = Environment::with_prefix("BANGUI")
        .prefix_separator("_")
        .separator("__")
        .ignore_empty(true)
        .source(environment);
    let mut settings: Settings = builder.add_source(variables).build()?.try_deserialize()?;

    if let Some(path) = settings.database.url_file.clone() {
        settings.database.url = secret_file("database.url_file", path)?;
    }
    if let Some(path) = settings.admin.password_file.clone() {
        settings.admin.password = Some(secret_file("admin.password_file", path)?);
    }
    if let Some(path) = settings.metrics.token_file.clone() {
        settings.metrics.token = Some(secret_file("metrics.token_file", path)?);
    }
    Ok(settings)
}

/// The settings file that is read, and the secrets that stand in it in plain text.
pub(crate) fn secrets_in(file: Option<&Path>) -> (PathBuf, Vec<&'static str>) {
    let path = file.unwrap_or(Path::new(DEFAULT_FILE));
    let read =
        Config::builder().add_source(File::from(path).format(FileFormat::Toml).required(false)).build();
    // What cannot be read is told of the settings.
    let settings = read.and_then(Config::try_deserialize::<Settings>);
    (path.to_owned(), settings.map(|settings| secrets::held(&settings)).unwrap_or_default())
}

fn secret_file(key: &'static str, path: PathBuf) -> Result<Secret, LoadError> {
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned())),
        Err(source) => Err(LoadError::SecretFile { key, path, source }),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::io::Write;

    use super::load;
    use crate::settings::Workers;

    fn from(environment: &[(&str, &str)], file: &str) -> Result<super::Settings, String> {
        let mut toml = tempfile::NamedTempFile::new().expect("a file");
        toml.write_all(file.as_bytes()).expect("written");
        let environment: HashMap<String, String> =
            environment.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
        load(Some(toml.path()), Some(environment)).map_err(|error| error.to_string())
    }

    #[test]
    fn defaults_are_whole() {
        let settings = from(&[], "").expect("defaults");
        assert_eq!(settings.workers, Workers::Count(1));
        assert_eq!(settings.http.listen.len(), 1);
        assert_eq!(settings.database.url.expose(), "sqlite:///var/lib/bangui/bangui.db");
    }

    #[test]
    fn the_environment_beats_the_file_and_lists_are_split() {
        let settings = from(
            &[
                ("BANGUI_HTTP__LISTEN", "127.0.0.1:1,[::1]:2"),
                ("BANGUI_WORKERS", "3"),
                ("BANGUI_DATABASE__URL", "postgres://u:p,w@h/d"),
            ],
            "workers = 2\n[fail2ban]\nsocket = \"/tmp/s\"\n",
        )
        .expect("settings");
        assert_eq!(settings.http.listen.len(), 2);
        assert_eq!(settings.workers, Workers::Count(3));
        assert_eq!(settings.fail2ban.socket.to_str(), Some("/tmp/s"));
        assert_eq!(settings.database.url.expose(), "postgres://u:p,w@h/d");
    }

    #[test]
    fn a_password_of_digits_stays_what_it_is_and_lists_may_be_arrays() {
        let settings = from(
            &[("BANGUI_ADMIN__PASSWORD", "000123456789")],
            "[http]\nlisten = [\"127.0.0.1:1\"]\ntrusted_proxies = [\"10.0.0.0/8\", \"fd00::/8\"]\n",
        )
        .expect("settings");
        assert_eq!(settings.admin.password.as_ref().map(super::Secret::expose), Some("000123456789"));
        assert_eq!((settings.http.listen.len(), settings.http.trusted_proxies.len()), (1, 2));
        let error = from(&[("BANGUI_HTTP__LISTEN", "127.0.0.1:1, nowhere")], "").expect_err("no address");
        assert!(error.contains("nowhere"), "{error}");
    }

    #[test]
    fn the_file_of_the_packages_sets_nothing_and_names_every_setting() {
        let file = include_str!("../../../../packaging/bangui.toml");
        let shown = |settings: &super::Settings| serde_json::to_value(settings).expect("a value");
        let defaults = shown(&super::Settings::default());
        assert_eq!(shown(&from(&[], file).expect("settings")), defaults);

        let is_setting = |line: &&str| line.starts_with("# ") && line.contains(" = ");
        // A file that holds a secret would have to be there.
        let whole: Vec<&str> = file
            .lines()
            .filter(|line| !(is_setting(line) && line.contains("_file = ")))
            .map(|line| if is_setting(&line) { &line[2..] } else { line })
            .collect();
        let whole = whole.join("\n");
        let loaded =
            shown(&from(&[], &whole).expect("each name and each value is one that the server knows"));
        for (section, settings) in defaults.as_object().expect("sections") {
            for (name, default) in settings.as_object().into_iter().flatten() {
                assert!(file.contains(&format!("\n# {name} = ")), "{section}.{name}");
                if !default.is_null() {
                    assert_eq!(loaded[section][name], *default, "{section}.{name}");
                }
            }
        }
    }

    #[test]
    fn typos_are_named_in_file_and_environment() {
        let error = from(&[], "[fail2ban]\nsockett = \"/x\"\n").expect_err("a typo");
        assert!(error.contains("sockett"), "{error}");
        let error = from(&[("BANGUI_HTTP__LISTN", "127.0.0.1:1")], "").expect_err("a typo");
        assert!(error.contains("listn"), "{error}");
    }

    #[test]
    fn what_is_no_number_of_processes_is_kept_to_be_named() {
        let wrong = |text: &str| Workers::Wrong(text.to_owned());
        for text in ["many", "0", "-3", " 2", "02", "99999999999"] {
            assert_eq!(from(&[("BANGUI_WORKERS", text)], "").expect("settings").workers, wrong(text));
        }
        for (file, text) in [("workers = 0", "0"), ("workers = -3", "-3"), ("workers = 1.5", "1.5")] {
            assert_eq!(from(&[], file).expect("settings").workers, wrong(text));
        }
        assert_eq!(from(&[], "workers = \"3\"").expect("settings").workers, Workers::Count(3));
    }

    #[test]
    fn secrets_come_from_files_and_are_never_printed() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(b"correct horse battery\n").expect("written");
        let path = file.path().to_str().expect("a path");
        let settings = from(&[("BANGUI_ADMIN__PASSWORD_FILE", path)], "").expect("settings");
        assert_eq!(
            settings.admin.password.as_ref().map(super::Secret::expose),
            Some("correct horse battery")
        );
        assert!(!format!("{settings:?}").contains("horse"));
        let error = from(&[("BANGUI_ADMIN__PASSWORD_FILE", "/nowhere/x")], "").expect_err("no file");
        assert!(error.contains("/nowhere/x") && error.contains("admin.password_file"), "{error}");
    }
}
