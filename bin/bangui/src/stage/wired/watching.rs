//! Wires what watches fail2ban.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bangui_domain::chain;
use bangui_domain::model::ServerId;
use bangui_domain::ports::{Atlas, Clock, Fail2banHistory, JailControl, RuntimeStore};
use bangui_domain::service::{Feed, Observer};
use bangui_gateway::{CommandMeter, Fail2banControl};
use bangui_jobs::JobContext;
use bangui_persistence::{Db, DbKind, Fail2banDb};

use crate::exit::Fatal;
use crate::settings::Settings;
use crate::zone::zone;

/// How long fail2ban may take to answer before the server answers without it.
const FIRST_LOOK: Duration = Duration::from_secs(1);

pub(super) fn control(settings: &Settings, meter: CommandMeter) -> Result<Arc<Fail2banControl>, Fatal> {
    Ok(Arc::new(Fail2banControl::new(&settings.fail2ban.socket, zone(settings)?, meter)))
}

/// Learns of fail2ban before the first request comes, so that a replica that joins others does not answer worse than they:
/// from the leader, or else by asking. What does not answer at once is left to the jobs.
pub(super) async fn first_look(jobs: &JobContext) {
    if let Err(error) = jobs.runtime.follow().await {
        tracing::warn!("what other replicas know of fail2ban is not known yet: {}", chain(&error));
    }
    if jobs.runtime.watch().runtime().is_some() {
        return;
    }
    match tokio::time::timeout(FIRST_LOOK, jobs.prober.probe()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!("the first probe of fail2ban failed: {}", chain(&error)),
        Err(_) => tracing::warn!("fail2ban has not answered within {} s: asking on", FIRST_LOOK.as_secs()),
    }
}

/// What turns what fail2ban tells into events.
pub(super) fn observer(
    settings: &Settings,
    db: &Db,
    control: &Arc<dyn JailControl>,
    feed: &Arc<Feed>,
    atlas: &Arc<dyn Atlas>,
    clock: &Arc<dyn Clock>,
) -> Arc<Observer> {
    let history: Arc<dyn Fail2banHistory> = Arc::new(Fail2banDb::default());
    let history_path = settings.fail2ban.database.as_deref().map(Path::to_string_lossy);
    let observer = Observer::new(
        ServerId::local(),
        Arc::clone(control),
        Arc::new(db.clone()),
        history,
        history_path.map(std::borrow::Cow::into_owned),
        Arc::clone(feed),
        Arc::clone(clock),
    );
    Arc::new(observer.with_watch_log(Arc::new(db.clone())).with_atlas(Arc::clone(atlas)))
}

/// Where replicas share the run-time state; on SQLite there is one process.
pub(super) fn runtime_store(db: &Db) -> Option<Arc<dyn RuntimeStore>> {
    match db.kind() {
        DbKind::Sqlite => None,
        DbKind::Postgres => Some(Arc::new(db.clone())),
    }
}
