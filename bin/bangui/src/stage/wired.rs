//! Stage 5: every part is built and knows its neighbours. Nothing runs yet: no job, no request.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Data;
use bangui_api::{
    ApiServices, ApiSettings, ApiState, DatabaseKind, Metrics, MetricsToken, Proxies, SecureCookies,
    SystemView,
};
use bangui_domain::model::ServerId;
use bangui_domain::ports::{
    AddressStore, Atlas, AuditLog, BanStore, Clock, Fail2banHistory, JailControl, LeaseStore, Notices,
    RuntimeStore, SessionStore, TryStore, UserStore,
};
use bangui_domain::service::{
    EventService, Feed, HistoryService, JailService, JobService, LogService, Observer, PlaceService, Prober,
    Runtime, Watch,
};
use bangui_gateway::{CommandMeter, Fail2banControl, Outgoing};
use bangui_jobs::{Board, JobContext, JobMeter, JobStorage, LeaseKeeper, Retention};
use bangui_persistence::{Db, DbKind, Fail2banDb, NoticeListener};
use bangui_session_cache::{AccountStores, Accounts, SessionSettings, Sessions};
use tokio_util::sync::CancellationToken;

use super::Locked;
use super::listener::Listener;
use crate::banning::Banning;
use crate::clock::SystemClock;
use crate::exit::{ExitCode, Fatal};
use crate::logging::LogFilter;
use crate::notifying::Notifying;
use crate::places;
use crate::settings::{self, BasePath, Settings, Trusted};
use crate::system::System;
use crate::zone::zone;
use bangui_domain::chain;

/// How long fail2ban may take to answer before the server answers without it.
const FIRST_LOOK: Duration = Duration::from_secs(1);

/// A server that only has to be started.
pub(crate) struct Wired {
    pub(super) listeners: Vec<Listener>,
    pub(super) metrics_listeners: Vec<TcpListener>,
    pub(super) threads: usize,
    pub(super) base_path: BasePath,
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
        let (commands, meter, metrics) = meters().map_err(unmeasured)?;
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

/// Learns of fail2ban before the first request comes, so that a replica that joins others does not answer worse than they:
/// from the leader, or else by asking. What does not answer at once is left to the jobs.
async fn first_look(jobs: &JobContext) {
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
fn observer(
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
fn runtime_store(db: &Db) -> Option<Arc<dyn RuntimeStore>> {
    match db.kind() {
        DbKind::Sqlite => None,
        DbKind::Postgres => Some(Arc::new(db.clone())),
    }
}

/// What counts commands and tries of jobs, and what tells of both.
fn meters() -> Result<(CommandMeter, JobMeter, Metrics), bangui_api::MetricsError> {
    let (commands, jobs) = (CommandMeter::new()?, JobMeter::new()?);
    let counted = commands.collectors().into_iter().chain(jobs.collectors());
    let metrics = Metrics::new(counted.collect())?;
    Ok((commands, jobs, metrics))
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

fn control(settings: &Settings, meter: CommandMeter) -> Result<Arc<Fail2banControl>, Fatal> {
    Ok(Arc::new(Fail2banControl::new(&settings.fail2ban.socket, zone(settings)?, meter)))
}

/// What is kept: 0 stands for all.
fn retention(history: &settings::History) -> Retention {
    let days = |days: u32| (days > 0).then_some(days);
    Retention {
        ban_days: days(history.days),
        bans: (history.bans > 0).then_some(history.bans),
        matches_days: days(history.log_lines_days),
        matches_bytes: days(history.log_lines_mib).map(|mib| u64::from(mib) << 20),
        audit_days: days(history.audit_days),
    }
}

fn session_settings(settings: &Settings) -> SessionSettings {
    SessionSettings {
        absolute_expiry: Duration::from_secs(settings.session.lifetime_secs),
        idle_expiry: Duration::from_secs(settings.session.idle_secs),
        cache_life: Duration::from_secs(settings.session.cache_secs),
        ..SessionSettings::default()
    }
}

fn accounts(
    db: &Db,
    audit: Arc<dyn AuditLog>,
    notices: &dyn Notices,
    clock: &Arc<dyn Clock>,
    settings: &SessionSettings,
) -> Result<Accounts, Fatal> {
    let (users, tries, store): (Arc<dyn UserStore>, Arc<dyn TryStore>, Arc<dyn SessionStore>) =
        (Arc::new(db.clone()), Arc::new(db.clone()), Arc::new(db.clone()));
    let sessions = Arc::new(Sessions::new(store, Arc::clone(clock), settings));
    // Ends with the notices, which end with the process.
    let (following, heard) = (Arc::clone(&sessions), notices.listen());
    drop(tokio::spawn(async move { following.follow(heard).await }));
    Accounts::new(AccountStores { users, audit, tries, sessions }, Arc::clone(clock), settings)
        .map_err(|error| Fatal::new(ExitCode::Internal, chain(&error)))
}

/// Makes the configured administrator, or offers the set-up token to whoever can read the log.
async fn first_user(settings: &Settings, accounts: &Accounts) -> Result<(), Fatal> {
    let failed = |error: bangui_domain::ServiceError| Fatal::new(ExitCode::Unavailable, chain(&error));
    if let Some(password) = &settings.admin.password
        && accounts.ensure_admin(password.expose()).await.map_err(failed)?
    {
        tracing::info!("the user admin was made with the configured password");
    }
    if let Some(token) = accounts.offer_setup().await.map_err(failed)? {
        tracing::warn!(
            "There is no user yet. Open the page and make the first one with this set-up token, which is good \
             until the next start: {token}"
        );
    }
    Ok(())
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

fn api_settings(settings: &Settings) -> ApiSettings {
    let trusted = &settings.http.trusted_proxies;
    let networks = trusted.iter().filter_map(|trusted| match trusted {
        Trusted::Net(net) => Some(*net),
        Trusted::Unix => None,
    });
    ApiSettings {
        trusted_proxies: Proxies::new(networks.collect(), trusted.contains(&Trusted::Unix)),
        base_path: settings.http.base_path.as_str().to_owned(),
        secure_cookies: match settings.http.secure_cookies {
            settings::SecureCookies::Auto => SecureCookies::Auto,
            settings::SecureCookies::Always => SecureCookies::Always,
            settings::SecureCookies::Never => SecureCookies::Never,
        },
        metrics_token: settings.metrics.token.as_ref().map(|token| MetricsToken::new(token.expose())),
        ..ApiSettings::default()
    }
}

/// A thread for each core, but not more than four: the work is elsewhere.
fn threads(settings: &Settings) -> usize {
    match settings.http.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from).min(4),
        threads => threads,
    }
}
