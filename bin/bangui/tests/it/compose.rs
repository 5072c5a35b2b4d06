//! What the Compose files in `Docker/` set for BanGUI, and what its image sets, read by the binary itself: a variable that it
//! does not know, or a value that it refuses, would be noticed only by whoever starts the container.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command::run;
use crate::server::{PASSWORD, bangui};

const DATABASE_URL: &str = "postgres://bangui:secret@postgres/bangui";

type Variables = BTreeMap<String, String>;

/// The folder of the Compose files and of the image.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Docker")
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What the image itself sets: the words `BANGUI_…=…` of its last stage.
fn of_image() -> Variables {
    let dockerfile = text(&folder().join("Dockerfile"));
    let last = dockerfile.rsplit("\nFROM ").next().expect("a stage");
    let words = last.split_whitespace().filter(|word| word.starts_with("BANGUI_"));
    words
        .filter_map(|word| word.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// What each service of each Compose file sets that BanGUI is to read.
fn of_compose_files() -> Vec<(String, Variables)> {
    let mut found = Vec::new();
    for entry in folder().read_dir().expect("the folder Docker") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "yml") {
            continue;
        }
        let document: Value = serde_saphyr::from_str(&text(&path)).expect("YAML");
        for (name, service) in document["services"].as_object().expect("services") {
            let environment = service["environment"].as_object().into_iter().flatten();
            let ours: Variables = environment
                .filter(|(name, _)| name.starts_with("BANGUI_") && !name.starts_with("BANGUI_DEV_"))
                .map(|(name, value)| (name.clone(), with_defaults(value.as_str().expect("a text in quotes"))))
                .collect();
            if !ours.is_empty() {
                found.push((format!("{}, service {name}", path.display()), ours));
            }
        }
    }
    found
}

/// The text with `${NAME:-default}` replaced as Compose does it when nothing is set.
fn with_defaults(text: &str) -> String {
    let mut done = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (variable, after) = after.split_once('}').expect("an end of the variable");
        done.push_str(before);
        done.push_str(variable.split_once(":-").map_or("", |(_, default)| default));
        rest = after;
    }
    done + rest
}

/// Runs `check-config` with these variables, where the paths inside the container stand for ones of this machine.
fn judge(variables: &Variables) -> (i32, String) {
    let dir = tempfile::tempdir().expect("a directory");
    let database_url = dir.path().join("database-url");
    std::fs::write(&database_url, DATABASE_URL).expect("written");
    let password = dir.path().join("password");
    std::fs::write(&password, PASSWORD).expect("written");
    let mut command = bangui();
    command.arg("check-config");
    for (name, value) in variables {
        let value = value
            .replace("sqlite:///data/", &format!("sqlite://{}/", dir.path().display()))
            .replace("/run/secrets/database-url", &database_url.display().to_string())
            .replace("/run/secrets/admin-password", &password.display().to_string());
        command.env(name, value);
    }
    run(&mut command)
}

#[test]
fn every_variable_of_the_compose_files_is_one_that_the_server_takes() {
    let image = of_image();
    assert!(image.contains_key("BANGUI_HTTP__LISTEN"), "{image:?}");
    let files = of_compose_files();
    for part in ["docker-compose.yml", "compose.prod.yml", "compose.debug.yml", "compose.scale.yml"] {
        assert!(files.iter().any(|(place, _)| place.contains(part)), "{part} sets nothing");
    }
    for (place, variables) in files {
        let mut all = image.clone();
        all.extend(variables);
        let (code, output) = judge(&all);
        assert_eq!(code, 0, "{place}: {output}");
        for path in all.values().filter(|value| value.starts_with('/')) {
            assert!(path.starts_with("/run/secrets/"), "{place}: this test does not know {path}");
        }
    }
}

#[test]
fn the_judge_refuses_a_variable_that_nobody_knows() {
    let mut variables = of_image();
    variables.insert("BANGUI_HTTP__PORT".to_owned(), "8686".to_owned());
    let (code, output) = judge(&variables);
    assert_ne!(code, 0);
    assert!(output.contains("port"), "{output}");
}
