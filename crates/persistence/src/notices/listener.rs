//! One connection that listens for notices as long as the process runs. It is sqlx's, as the job queue's are: diesel
//! offers no way to wait for a notification. When it is lost it is opened again, with growing pauses.

use std::sync::Arc;
use std::time::Duration;

use bangui_domain::ports::{Notice, Notices};
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use tokio::sync::broadcast;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::{CHANNEL, read};
use crate::connection::connect_text;
use crate::db::Db;
use crate::location::{Location, PostgresUrl};

/// How many notices a slow receiver may fall behind.
const DEPTH: usize = 1_024;
/// The pause before a lost connection is opened again, at first and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(10));
/// A connection that is silent for this long is asked whether it still stands.
const SILENCE: Duration = Duration::from_secs(30);
/// How long it may take to open a connection, or to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Brings the notices of a database. Stops listening when dropped.
#[derive(Debug)]
pub struct NoticeListener {
    notices: broadcast::Sender<Notice>,
    task: Option<JoinHandle<()>>,
}

impl NoticeListener {
    /// Begins to listen in the background; on SQLite there is nothing to listen for. A server that is away is tried
    /// again and again, which is logged. Needs tokio's runtime.
    pub fn start(db: &Db) -> Self {
        let (notices, _) = broadcast::channel(DEPTH);
        let location = db.location();
        let task = match &*location {
            Location::Sqlite(_) => None,
            Location::Postgres(_) => Some(tokio::spawn(keep(location, notices.clone()))),
        };
        Self { notices, task }
    }
}

impl Notices for NoticeListener {
    fn listen(&self) -> broadcast::Receiver<Notice> {
        self.notices.subscribe()
    }
}

impl Drop for NoticeListener {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// Listens without end.
async fn keep(location: Arc<Location>, notices: broadcast::Sender<Notice>) {
    let Location::Postgres(url) = &*location else { return };
    let mut pause = PAUSES.0;
    loop {
        let started = Instant::now();
        let why = match timeout(PATIENCE, connect(url)).await {
            Ok(Ok(listener)) => {
                tracing::debug!("listening for notices of other processes");
                // Whatever was sent while nobody listened here is lost.
                tell(&notices, Notice::Missed);
                hear(listener, &notices).await
            }
            Ok(Err(error)) => connect_text(&location, &error.to_string()),
            Err(_) => format!("no answer within {} s", PATIENCE.as_secs()),
        };
        if started.elapsed() > PAUSES.1 + PATIENCE {
            pause = PAUSES.0;
        }
        tracing::warn!(
            "notices of other processes do not come in ({why}): BanGUI looks by itself until they do, which takes it \
             some seconds longer; trying again"
        );
        tokio::time::sleep(pause).await;
        pause = pause.saturating_mul(2).min(PAUSES.1);
    }
}

async fn connect(url: &PostgresUrl) -> Result<PgListener, sqlx::Error> {
    let options: PgConnectOptions = url.as_given().parse()?;
    // The listener takes its connection from a pool; here it is the only one.
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .connect_with(options.application_name("bangui notices"))
        .await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    // A lost connection ends in `keep`, which says that notices were missed.
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

/// Passes notices on until the connection is lost; answers why.
async fn hear(mut listener: PgListener, notices: &broadcast::Sender<Notice>) -> String {
    loop {
        match timeout(SILENCE, listener.try_recv()).await {
            Ok(Ok(Some(heard))) => match read(heard.payload()) {
                Some(notice) => tell(notices, notice),
                None => {
                    tracing::debug!(payload = heard.payload(), "a notice that this version does not know");
                }
            },
            Ok(Ok(None)) => return "the connection was closed".to_owned(),
            Ok(Err(error)) => return error.to_string(),
            Err(_) => match timeout(PATIENCE, sqlx::query("SELECT 1").execute(&mut listener)).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return error.to_string(),
                Err(_) => return "the connection does not answer any more".to_owned(),
            },
        }
    }
}

fn tell(notices: &broadcast::Sender<Notice>, notice: Notice) {
    // An error means that nobody listens, which is fine.
    drop(notices.send(notice));
}
