//! What BanGUI remembers, to be compared before and after something that must not make it forget.

use std::collections::BTreeSet;

use anyhow::{Result, bail, ensure};
use serde_json::Value;

use crate::api::Api;

/// The identities of all events, which must not be more than one page.
pub(super) fn events(api: &Api) -> Result<BTreeSet<String>> {
    let (status, body) = api.get("/api/events?limit=500")?;
    let Some(items) = body.get("items").and_then(Value::as_array).filter(|_| status == 200) else {
        bail!("GET /api/events answers {status} {body}");
    };
    ensure!(items.len() < 500, "there are too many events to compare");
    Ok(items.iter().filter_map(|event| Some(event.get("id")?.to_string())).collect())
}

/// The addresses that are banned in a jail, as BanGUI lists them.
pub(super) fn banned(api: &Api, jail: &str) -> Result<BTreeSet<String>> {
    let (status, body) = api.get(&format!("/api/bans?jail={jail}&limit=500"))?;
    let Some(items) = body.get("items").and_then(Value::as_array).filter(|_| status == 200) else {
        bail!("GET /api/bans answers {status} {body}");
    };
    Ok(items.iter().filter_map(|ban| Some(ban.get("ip")?.as_str()?.to_owned())).collect())
}
