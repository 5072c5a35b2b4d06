//! What the process logs: shown and changed by those who are logged in, written to the audit trail.

use std::sync::Mutex;
use std::time::Duration;

use bangui_domain::model::{LogState, Timestamp};
use bangui_domain::ports::LogControl;
use serde_json::json;

use crate::fail2ban::START;
use crate::world::World;

/// A log that takes every filter without the letter x.
pub(crate) struct Log(Mutex<LogState>);

impl Default for Log {
    fn default() -> Self {
        let text = || "info".to_owned();
        Self(Mutex::new(LogState { filter: text(), configured: text(), until: None }))
    }
}

impl LogControl for Log {
    fn state(&self) -> LogState {
        self.0.lock().unwrap().clone()
    }

    fn problem(&self, filter: &str) -> Option<String> {
        filter.contains('x').then(|| "has an x: write one without".to_owned())
    }

    fn apply(&self, filter: &str, duration: Option<Duration>) -> Result<LogState, String> {
        let mut state = self.0.lock().unwrap();
        filter.clone_into(&mut state.filter);
        state.until = duration.map(|_| Timestamp::from_secs(START + 900));
        Ok(state.clone())
    }
}

#[actix_web::test]
async fn the_filter_is_shown_changed_and_reset_and_the_trail_tells() {
    let world = World::ready().await;
    let path = "/api/system/log";
    let put = async |body| world.send(world.request("PUT", path).set_json(body)).await;
    let configured = json!({"filter": "info", "configured": "info", "until": null});
    assert_eq!(world.get(path).await.ok(200), configured);

    let message = put(json!({"filter": "x", "for_secs": 900})).await.bad_field("filter");
    assert_eq!(message, "has an x: write one without");
    let message = put(json!({"filter": "debug", "for_secs": 86_401})).await.bad_field("for_secs");
    assert_eq!(message, "is not between 1 and 86400");
    let message = put(json!({"filter": "debug"})).await.bad_field("for_secs");
    assert!(message.starts_with("is missing"), "{message}");
    put(json!({"filter": "debug", "seconds": 1})).await.problem(400, "body_malformed");
    assert_eq!(world.get(path).await.ok(200), configured);
    assert_eq!(world.db.count("audit WHERE action = 'log_filter'"), 0);

    let changed = put(json!({"filter": " debug ", "for_secs": 900})).await.ok(200);
    assert_eq!(changed["filter"], "debug");
    assert_eq!(changed["until"], "2026-11-23T12:15:00.000Z");
    assert_eq!(world.get(path).await.ok(200), changed);
    assert_eq!(world.delete(path).await.ok(200), configured);
    let line = "audit WHERE action = 'log_filter' AND user_name = 'admin' AND address = '198.51.100.77' AND detail = ";
    assert_eq!(world.db.count(&format!("{line}'for 900 s: debug'")), 1);
    assert_eq!(world.db.count(&format!("{line}'as configured'")), 1);
}

#[actix_web::test]
async fn what_the_trail_cannot_tell_is_not_done() {
    let world = World::ready().await;
    world.get("/api/auth/me").await.ok(200);
    world.db.execute("DROP TABLE audit");
    let answer = world
        .send(world.request("PUT", "/api/system/log").set_json(json!({"filter": "debug", "for_secs": 900})))
        .await;
    answer.problem(500, "database_failed");
    assert_eq!(world.get("/api/system/log").await.ok(200)["filter"], "info");
}
