//! Stage 5: every part is built and knows its neighbours. Nothing runs yet: no job, no request.

mod logins;
mod plain;
mod serving;
mod watching;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Data;
use bangui_api::{ApiServices, ApiState, DatabaseKind, Metrics, SystemView};
use bangui_domain::chain;
use bangui_domain::model::ServerId;
use bangui_domain::ports::{
    AddressStore, Atlas, AuditLog, BanStore, Clock, JailControl, LeaseStore, Notices,
};
use bangui_domain::service::{
    EventService, Feed, HistoryService, JailService, JobService, LogService, PlaceService, Prober, Runtime,
    Watch,
};
use bangui_edge::{ConnectionMeter, Served};
use bangui_gateway::{CommandMeter, Fail2banControl, Outgoing};
use bangui_jobs::{Board, JobContext, JobMeter, JobStorage, LeaseKeeper};
use bangui_persistence::{Db, DbKind, NoticeListener};
use tokio_util::sync::CancellationToken;

use self::logins::{accounts, first_user, session_settings};
use self::plain::{api_settings, retention, threads};
use self::watching::{control, first_look, observer, runtime_store};
use super::Locked;
use super::listener::Listener;
use crate::banning::Banning;
use crate::clock::SystemClock;
use crate::exit::{ExitCode, Fatal};
use crate::logging::LogFilter;
use crate::notifying::Notifying;
use crate::places;
use crate::settings::{BasePath, Settings};
use crate::system::System;

/// A server that only has to be started.
pub(crate) struct Wired {
    pub(super) listeners: Vec<Listener>,
    pub(super) metrics_listeners: Vec<TcpListener>,
    pub(super) threads: usize,
    pub(super) base_path: BasePath,
    pub(super) served: Served,
    pub(super) api: Data<ApiState>,
    pub(super) jobs: JobContext,
    pub(super) queue: JobStorage,
    pub(super) lease: Arc<LeaseKeeper>,
    pub(super) ending: Ending,
    /// Whether others may serve the same users.
    pub(super) has_replicas: bool,
}

/// How the parts of a process are told that it ends: first that it will, then that it does.
#[derive(Clone, Default)]
pub(crate) struct Ending {
    /// It tells those who ask whether it is ready that they should go elsewhere.
    pub(crate) announced: CancellationToken,
    /// Live streams end.
    pub(crate) begun: CancellationToken,
}

impl Wired {
    /// Builds everything, and makes the first user if one is configured.
    pub(crate) async fn build(locked: Locked, log: LogFilter) -> Result<Self, Fatal> {
        let Locked { settings, listeners, metrics_listeners, db, lease, queue } = locked;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let server = ServerId::local();
        let (commands, connections, meter, metrics) = meters().map_err(unmeasured)?;
        let fail2ban = control(&settings, commands)?;
        let control: Arc<dyn JailControl> = Arc::<Fail2banControl>::clone(&fail2ban);
        let (store, audit): (Arc<dyn BanStore>, Arc<dyn AuditLog>) =
            (Arc::new(db.clone()), Arc::new(db.clone()));

        let outgoing = outgoing(&settings)?;
        let atlas: Arc<dyn Atlas> = places::atlas(&settings).await?;
        let addresses: Arc<dyn AddressStore> = Arc::new(db.clone());
        let watch = Arc::new(Watch::new(Arc::clone(&clock)));
        let notices: Arc<dyn Notices> = Arc::new(NoticeListener::start(&db));
        let feed = Feed::begin(server.clone(), Arc::clone(&store), Arc::clone(&watch));
        let feed = feed.await.map_err(|error| Fatal::new(ExitCode::Unavailable, chain(&error)))?;
        let feed = Arc::new(feed);
        let runtime =
            Runtime::new(server.clone(), runtime_store(&db), Arc::clone(&watch), Arc::clone(&clock));
        let observer = observer(&settings, &db, &control, &feed, &atlas, &clock);
        let banning = Banning::new(&db, fail2ban, Arc::clone(&observer), Arc::clone(&watch), &clock);
        let session_settings = session_settings(&settings);
        let accounts = accounts(&db, Arc::clone(&audit), notices.as_ref(), &clock, &session_settings)?;
        first_user(&settings, &accounts).await?;

        let notifying = Notifying::new(&db, &watch, outgoing.clone(), &clock);

        let jobs = JobContext {
            observer: Arc::clone(&observer),
            allowlist: Arc::clone(&banning.allowlist),
            prober: Arc::new(Prober::new(Arc::clone(&control), Arc::clone(&watch))),
            runtime: Arc::new(runtime),
            feed,
            notices,
            notifier: notifying.notifier,
            courier: notifying.courier,
            sessions: Arc::new(db.clone()),
            history: Arc::new(db.clone()),
            retention: retention(&settings.history),
            tries: Arc::new(db.clone()),
            atlas: Arc::clone(&atlas),
            addresses: Arc::clone(&addresses),
            place_downloads: places::downloads(&settings, &outgoing),
            host_names: places::host_names(&settings)?,
            meter,
            clock: Arc::clone(&clock),
            poll_interval: Duration::from_millis(settings.fail2ban.poll_interval_ms),
            session_idle: session_settings.idle_expiry,
        };
        let board = Board::new(&jobs, queue.clone());
        first_look(&jobs).await;
        let ending = Ending::default();

        let questions =
            HistoryService::new(server.clone(), Arc::new(db.clone()), Arc::clone(&watch), Arc::clone(&clock));
        let services = ApiServices {
            watch: Arc::clone(&watch),
            bans: banning.bans,
            allowlist: banning.allowlist,
            jails: Arc::new(JailService::new(control, watch)),
            places: Arc::new(PlaceService::new(atlas, addresses)),
            jobs: Arc::new(JobService::new(
                server.clone(),
                Arc::new(board),
                Arc::clone(&audit),
                Arc::clone(&clock),
            )),
            log: Arc::new(LogService::new(server.clone(), Arc::new(log), audit, Arc::clone(&clock))),
            notifications: notifying.notifications,
            events: Arc::new(EventService::new(server, store)),
            history: Arc::new(questions),
            accounts: Arc::new(accounts),
            system: system(&settings, &db, &lease, clock.as_ref(), ending.announced.clone()),
            metrics,
        };
        let api = Data::new(ApiState::new(services, api_settings(&settings), ending.begun.clone()));
        Ok(Self {
            listeners,
            metrics_listeners,
            threads: threads(&settings),
            served: self::serving::served(&settings, connections, ending.begun.clone()),
            base_path: settings.http.base_path,
            api,
            jobs,
            queue,
            lease,
            ending,
            has_replicas: db.kind() == DbKind::Postgres,
        })
    }
}

/// What counts commands, connections and tries of jobs, and what tells of all.
fn meters() -> Result<(CommandMeter, ConnectionMeter, JobMeter, Metrics), bangui_api::MetricsError> {
    let (commands, connections, jobs) = (CommandMeter::new()?, ConnectionMeter::new()?, JobMeter::new()?);
    let counted = [commands.collectors(), connections.collectors(), jobs.collectors()];
    let metrics = Metrics::new(counted.into_iter().flatten().collect())?;
    Ok((commands, connections, jobs, metrics))
}

/// What is counted has names that the library refuses: a defect.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn unmeasured(error: bangui_api::MetricsError) -> Fatal {
    Fatal::new(ExitCode::Internal, format!("Metrics cannot be counted: {error}."))
}

fn outgoing(settings: &Settings) -> Result<Outgoing, Fatal> {
    crate::outgoing::client(&settings.outgoing)
        .map_err(|error| Fatal::new(ExitCode::Config, format!("outgoing: {error}.")))
}

fn system(
    settings: &Settings,
    db: &Db,
    lease: &Arc<LeaseKeeper>,
    clock: &dyn Clock,
    ending: CancellationToken,
) -> Arc<dyn SystemView> {
    let kind = match db.kind() {
        DbKind::Sqlite => DatabaseKind::Sqlite,
        DbKind::Postgres => DatabaseKind::Postgres,
    };
    let store: Arc<dyn LeaseStore> = Arc::new(db.clone());
    let workers = settings.workers.count().unwrap_or(1);
    Arc::new(System::new(clock.now(), kind, store, Arc::clone(lease), workers, ending))
}
