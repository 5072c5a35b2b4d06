//! Background jobs: shown with all that is known of them, and started by hand.

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::model::{
    JobPulse, JobRun, JobRunState, JobSchedule, JobStatus, JobTally, JobTrigger, Timestamp,
};
use bangui_domain::ports::{JobBoard, StoreError};
use serde_json::json;

use crate::fail2ban::START;
use crate::world::World;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_secs(START + seconds)
}

/// Two jobs, and what was started.
#[derive(Default)]
pub(crate) struct Jobs {
    pub(crate) away: Mutex<bool>,
    started: Mutex<Vec<JobRun>>,
}

#[async_trait]
impl JobBoard for Jobs {
    async fn jobs(&self) -> Result<Vec<JobStatus>, StoreError> {
        if *self.away.lock().unwrap() {
            return Err(StoreError::Unavailable("gone".to_owned()));
        }
        let pulse = |seconds, error: Option<&str>| JobPulse {
            started_at: at(seconds),
            took_millis: 2,
            error: error.map(str::to_owned),
        };
        let mut tally = JobTally::first("observe_bans", pulse(0, Some("fail2ban refused: <b>no</b>")));
        tally.add(pulse(1, None));
        let failed = JobRun {
            id: Some("01J".to_owned()),
            trigger: JobTrigger::Schedule,
            due_at: at(-60),
            started_at: Some(at(-58)),
            took_millis: Some(1_500),
            state: JobRunState::Retrying,
            attempts: 1,
            max_attempts: 3,
            error: Some("the database is busy".to_owned()),
        };
        let mut runs = self.started.lock().unwrap().clone();
        runs.push(failed);
        let every = Duration::from_millis(500);
        let observe = JobStatus {
            name: "observe_bans",
            about: "turns what fail2ban reports into events",
            schedule: JobSchedule::Every(every),
            max_attempts: 1,
            timeout: Duration::from_mins(5),
            next_run_at: Some(at(1).plus_millis(500)),
            pending: 0,
            tally: Some(tally),
            runs: Vec::new(),
        };
        let prune = JobStatus {
            name: "prune_sessions",
            about: "deletes sessions that have ended",
            schedule: JobSchedule::Cron("0 7 * * * *"),
            max_attempts: 3,
            timeout: Duration::from_mins(1),
            next_run_at: Some(at(3_600)),
            pending: 1,
            tally: None,
            runs,
        };
        Ok(vec![observe, prune])
    }

    async fn run_now(&self, job: &str, by: &str) -> Result<Option<JobRun>, StoreError> {
        if job != "prune_sessions" {
            return Ok(None);
        }
        let run = JobRun {
            id: Some("01K".to_owned()),
            trigger: JobTrigger::Manual { by: by.to_owned() },
            due_at: at(5),
            started_at: None,
            took_millis: None,
            state: JobRunState::Waiting,
            attempts: 0,
            max_attempts: 3,
            error: None,
        };
        self.started.lock().unwrap().insert(0, run.clone());
        Ok(Some(run))
    }
}

#[actix_web::test]
async fn jobs_are_shown_with_schedule_and_runs() {
    let world = World::ready().await;
    let body = world.get("/api/jobs").await.ok(200);
    assert_eq!(body["next"], json!(null));
    let (observe, prune) = (&body["items"][0], &body["items"][1]);
    assert_eq!(observe["schedule"], json!({"kind": "every", "every_ms": 500}));
    assert_eq!((&observe["tally"]["runs"], &observe["tally"]["failed"]), (&json!(2), &json!(1)));
    assert_eq!(observe["tally"]["last"]["error"], json!(null));
    assert_eq!(observe["tally"]["last_failure"]["error"], "fail2ban refused: <b>no</b>");
    assert_eq!(prune["schedule"], json!({"kind": "cron", "expression": "0 7 * * * *"}));
    assert_eq!(
        (&prune["timeout_secs"], &prune["pending"], &prune["tally"]),
        (&json!(60), &json!(1), &json!(null))
    );
    let run = &prune["runs"][0];
    assert_eq!(
        (&run["state"], &run["trigger"], &run["by"]),
        (&json!("retrying"), &json!("schedule"), &json!(null))
    );
    assert_eq!(
        (&run["attempts"], &run["max_attempts"], &run["duration_ms"]),
        (&json!(1), &json!(3), &json!(1_500))
    );
    assert_eq!(run["error"], "the database is busy");
    for time in [&run["due_at"], &run["started_at"], &prune["next_run_at"], &observe["tally"]["since"]] {
        assert!(time.as_str().unwrap().ends_with('Z'), "{time}");
    }
}

#[actix_web::test]
async fn a_job_is_started_and_who_did_it_is_written_down() {
    let world = World::ready().await;
    let run = world.send(world.request("POST", "/api/jobs/prune_sessions/run")).await.ok(202);
    assert_eq!((&run["id"], &run["state"], &run["by"]), (&json!("01K"), &json!("waiting"), &json!("admin")));
    assert_eq!(world.get("/api/jobs").await.ok(200)["items"][1]["runs"][0], run);
    let line = "audit WHERE action = 'job' AND user_name = 'admin' AND subject = 'prune_sessions' AND \
                detail = 'run 01K' AND address = '198.51.100.77'";
    assert_eq!(world.db.count(line), 1);
}

#[actix_web::test]
async fn a_job_that_is_none_and_a_queue_that_is_away_are_told_apart() {
    let world = World::ready().await;
    for job in ["dance", "%3Cscript%3E", "observe_bans%00"] {
        let answer = world.send(world.request("POST", &format!("/api/jobs/{job}/run"))).await;
        answer.problem(404, "job_not_found");
    }
    assert_eq!(world.db.count("audit WHERE action = 'job'"), 0);
    *world.jobs.away.lock().unwrap() = true;
    world.get("/api/jobs").await.problem(503, "database_unavailable");
}
