//! Rules about the Compose files in `Docker/` that Compose itself does not know: a misspelt restart policy passes there, and
//! so does a volume that nobody can explain. What each file sets for BanGUI is judged by a test of the binary.

mod lines;
mod service;

use serde_json::{Map, Value};

use super::Problem;
use super::tree::Tree;

/// A file that only makes sense together with another, whose services it changes.
const OVERRIDES: [(&str, &str); 1] = [("Docker/compose.debug.yml", "Docker/docker-compose.yml")];

/// Broken rules.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (file, text) in
        tree.texts().filter(|(file, _)| file.path.starts_with("Docker/") && file.extension() == "yml")
    {
        let found = judge(tree, &file.path, text).unwrap_or_else(|error| vec![error]);
        problems.extend(found.into_iter().map(|what| Problem::new(&file.path, what)));
    }
    problems.extend(toolchain(tree));
    problems
}

fn judge(tree: &Tree, path: &str, text: &str) -> Result<Vec<String>, String> {
    let mut problems = lines::check(text);
    let mut services = read_services(text)?;
    let base = OVERRIDES.iter().find(|(file, _)| *file == path).map(|(_, base)| *base);
    if let Some((_, text)) = tree.texts().find(|(file, _)| Some(file.path.as_str()) == base) {
        let mut merged = read_services(text)?;
        merged.retain(|name, _| services.contains_key(name));
        for (name, service) in services {
            merge(merged.entry(name).or_insert_with(|| Value::Object(Map::new())), service);
        }
        services = merged;
    }
    for (name, service) in &services {
        problems.extend(service::check(service).into_iter().map(|what| format!("the service {name} {what}")));
    }
    if services.get("bangui").and_then(|bangui| bangui.pointer("/environment/BANGUI_WORKERS")).is_none() {
        problems.push("sets no BANGUI_WORKERS for the service bangui: one process must be meant".to_owned());
    }
    Ok(problems)
}

fn read_services(text: &str) -> Result<Map<String, Value>, String> {
    let document: Value = serde_saphyr::from_str(text).map_err(|error| format!("is not YAML: {error}"))?;
    if document.get("name").and_then(Value::as_str).is_none() {
        return Err("has no `name:`: the project would be called after the folder".to_owned());
    }
    document.get("services").and_then(Value::as_object).cloned().ok_or_else(|| "has no services".to_owned())
}

/// As Compose puts a second file on top of a first, as far as these rules look.
fn merge(below: &mut Value, above: Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (key, value) in above {
                merge(below.entry(key).or_insert(Value::Null), value);
            }
        }
        (Value::Array(below), Value::Array(above)) => below.extend(above),
        (below, above) => *below = above,
    }
}

/// The image compiles with the compiler that everything else is compiled with.
fn toolchain(tree: &Tree) -> Option<Problem> {
    let text = |path: &str| tree.texts().find(|(file, _)| file.path == path).map(|(_, text)| text);
    let dockerfile = text("Docker/Dockerfile")?;
    let channel = text("rust-toolchain.toml")?.split("channel = \"").nth(1)?.split('"').next()?;
    let image = dockerfile.lines().find_map(|line| line.strip_prefix("ARG RUST_IMAGE="))?;
    let minor = channel.rsplit_once('.').map_or(channel, |(minor, _)| minor);
    let version = image.strip_prefix("rust:")?.split('-').next()?;
    (version != minor && version != channel).then(|| {
        Problem::new(
            "Docker/Dockerfile",
            format!("builds with {image}, and rust-toolchain.toml says {channel}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = "# BANGUI_WORKERS is 1.
name: x
services:
  bangui:
    restart: unless-stopped
    cap_drop: [ALL]
    security_opt: [\"no-new-privileges:true\"]
    logging: {driver: json-file}
    healthcheck: {test: [CMD, x]}
    stop_grace_period: 20s
    environment:
      BANGUI_WORKERS: \"1\"
    deploy: {resources: {limits: {memory: 1G}}}
    volumes:
      # Kept.
      - data:/data
";

    fn problems(files: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::fixture(files)).into_iter().map(|problem| problem.what).collect()
    }

    #[test]
    fn a_sound_file_has_no_problems() {
        assert_eq!(problems(&[("Docker/a.yml", SOUND)]), [""; 0]);
    }

    #[test]
    fn what_compose_lets_pass_is_found() {
        let of = |from: &str, to: &str| problems(&[("Docker/a.yml", &SOUND.replace(from, to))]).join("; ");
        assert!(of("unless-stopped", "unless-stoped").contains("unless-stoped"));
        assert!(of("      # Kept.\n", "").contains("data:/data"));
        assert!(of("BANGUI_WORKERS", "BANGUI_LOG__FILTER").contains("BANGUI_WORKERS"));
        assert!(of("name: x\n", "").contains("name"));
        assert!(of("data:/data", "/run/fail2ban/fail2ban.sock:/s.sock").contains("socket"));
        assert!(
            of("BANGUI_WORKERS: \"1\"", "BANGUI_WORKERS: \"1\"\n      BANGUI_ADMIN__PASSWORD: x")
                .contains("_FILE")
        );
    }

    #[test]
    fn an_override_counts_together_with_what_it_changes() {
        let over = "# BANGUI_WORKERS is 1.\nname: over\nservices:\n  bangui:\n    read_only: false\n";
        let files = [("Docker/docker-compose.yml", SOUND), ("Docker/compose.debug.yml", over)];
        assert_eq!(problems(&files), [""; 0]);
        assert!(!problems(&[files[1]]).is_empty());
    }

    #[test]
    fn the_image_is_built_with_our_compiler() {
        let toolchain = ("rust-toolchain.toml", "[toolchain]\nchannel = \"1.95.0\"\n");
        let image = |tag| format!("ARG RUST_IMAGE=rust:{tag}\n");
        assert!(problems(&[toolchain, ("Docker/Dockerfile", &image("1.95-slim"))]).is_empty());
        assert_eq!(problems(&[toolchain, ("Docker/Dockerfile", &image("1.94-slim"))]).len(), 1);
    }
}
