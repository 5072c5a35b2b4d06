//! Every setting that is a secret or names a file with one, in one list: whatever looks after secrets goes through it.

use std::path::{Path, PathBuf};

use super::{Secret, Settings};

/// A setting that is a secret, or names a file with one.
pub(crate) enum SecretSetting {
    /// The secret itself.
    Text(fn(&Settings) -> Option<&Secret>),
    /// A file that holds one.
    File(fn(&Settings) -> Option<&PathBuf>),
}

/// All of them, with their names.
pub(crate) const SECRETS: [(&str, SecretSetting); 7] = [
    ("database.url", SecretSetting::Text(|settings| Some(&settings.database.url))),
    ("database.url_file", SecretSetting::File(|settings| settings.database.url_file.as_ref())),
    ("admin.password", SecretSetting::Text(|settings| settings.admin.password.as_ref())),
    ("admin.password_file", SecretSetting::File(|settings| settings.admin.password_file.as_ref())),
    ("metrics.token", SecretSetting::Text(|settings| settings.metrics.token.as_ref())),
    ("metrics.token_file", SecretSetting::File(|settings| settings.metrics.token_file.as_ref())),
    ("http.tls_key", SecretSetting::File(|settings| settings.http.tls_key.as_ref())),
];

/// The files with secrets that the settings name; those that the database's URL names besides.
pub(crate) fn files(settings: &Settings) -> Vec<PathBuf> {
    let named = SECRETS.iter().filter_map(|(_, setting)| match setting {
        SecretSetting::File(file) => file(settings).cloned(),
        SecretSetting::Text(_) => None,
    });
    named.chain(super::warnings::exposure(settings).secret_files).collect()
}

/// The settings that hold a secret in plain text. A database URL is one only with a password in it.
pub(crate) fn held(settings: &Settings) -> Vec<&'static str> {
    let is_held = |(name, setting): &(&str, SecretSetting)| match setting {
        SecretSetting::Text(text) => text(settings).is_some_and(|text| match *name {
            "database.url" => super::warnings::exposure_of(text.expose()).has_password,
            _ => !text.expose().is_empty(),
        }),
        SecretSetting::File(_) => false,
    };
    SECRETS.iter().filter(|setting| is_held(setting)).map(|(name, _)| *name).collect()
}

/// Whether a container engine has put a file there for the container's own user, readable by all in it.
pub(crate) fn is_mounted(path: &Path) -> bool {
    path.starts_with("/run/secrets")
}

#[cfg(test)]
mod tests {
    use super::{SECRETS, Secret, SecretSetting, Settings};

    /// Looks like a secret by its name, and is none.
    const NONE: [&str; 1] = ["outgoing.ca_file"];

    #[test]
    fn every_setting_that_is_a_secret_is_in_the_list() {
        let mut settings = Settings::default();
        let secret = || Some(Secret::new("s".to_owned()));
        (settings.admin.password, settings.metrics.token) = (secret(), secret());
        let shown = serde_json::to_value(&settings).expect("a value");
        for (section, values) in shown.as_object().expect("sections") {
            for (name, value) in values.as_object().into_iter().flatten() {
                let name = format!("{section}.{name}");
                let is_text = value == "***";
                let words = ["_file", "key", "password", "token", "secret", "credential"];
                let is_file = !is_text
                    && words.iter().any(|word| name.contains(word))
                    && !NONE.contains(&name.as_str());
                let listed = SECRETS.iter().find(|(known, _)| *known == name).map(|(_, setting)| setting);
                match listed {
                    Some(SecretSetting::Text(_)) => assert!(is_text, "{name}"),
                    Some(SecretSetting::File(_)) => assert!(is_file, "{name}"),
                    None => assert!(!is_text && !is_file, "{name} is in no list of secrets"),
                }
            }
        }
    }
}
