//! What every service of a Compose file has to say.

use serde_json::Value;

const RESTARTS: [&str; 4] = ["no", "always", "on-failure", "unless-stopped"];
/// What must be there at all.
const NEEDED: [&str; 4] = ["/restart", "/cap_drop", "/logging/driver", "/deploy/resources/limits/memory"];
const NO_NEW_PRIVILEGES: &str = "no-new-privileges:true";

/// Broken rules.
pub(super) fn check(service: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    for pointer in NEEDED.into_iter().filter(|pointer| service.pointer(pointer).is_none()) {
        problems.push(format!("has no {}", pointer.trim_start_matches('/').replace('/', ".")));
    }
    if let Some(restart) = service.get("restart")
        && !restart
            .as_str()
            .is_some_and(|word| RESTARTS.contains(&word.split(':').next().unwrap_or_default()))
    {
        problems.push(format!("has the restart policy {restart}, which does not exist"));
    }
    let options = service.get("security_opt").and_then(Value::as_array);
    if !options.is_some_and(|options| options.iter().any(|option| option == NO_NEW_PRIVILEGES)) {
        problems.push(format!("lacks {NO_NEW_PRIVILEGES} in security_opt"));
    }
    problems.extend(list(service, "volumes").filter_map(volume));
    problems.extend(list(service, "ports").filter_map(port));
    let environment = service.get("environment").and_then(Value::as_object);
    for name in environment.into_iter().flat_map(|variables| variables.keys()) {
        let secret = ["PASSWORD", "SECRET", "TOKEN", "DATABASE__URL"].iter().any(|word| name.contains(word));
        let plain = environment.and_then(|all| all.get(name)).and_then(Value::as_str).unwrap_or_default();
        if secret && !name.ends_with("_FILE") && !plain.starts_with("sqlite:") {
            problems.push(format!("sets {name}: hand the secret over as a file, in {name}_FILE"));
        }
    }
    problems
}

fn list<'a>(service: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    service.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn volume(volume: &Value) -> Option<String> {
    let text = volume.to_string();
    if text.contains(".sock\"") || text.contains(".sock:") {
        return Some(format!(
            "mounts a socket itself ({text}): a restart makes another; mount its directory"
        ));
    }
    let bind = volume.get("type").and_then(Value::as_str) == Some("bind");
    if bind && volume.pointer("/bind/create_host_path") != Some(&Value::Bool(false)) {
        return Some(format!(
            "lets Docker make {} where it is missing: say create_host_path: false",
            volume.get("source").unwrap_or(volume)
        ));
    }
    None
}

fn port(port: &Value) -> Option<String> {
    let text = port.as_str()?;
    let addressed = text.starts_with("127.0.0.1:") || text.starts_with("${BANGUI_BIND:-127.0.0.1}:");
    (!addressed).then(|| format!("publishes {text} on every address of the machine: name one"))
}
