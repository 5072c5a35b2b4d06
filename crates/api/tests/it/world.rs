//! Everything that a test of the API stands on, and short ways to ask it.

mod answer;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::middleware::from_fn;
use actix_web::test::{self, TestRequest};
use actix_web::{App, web};
use async_trait::async_trait;
use bangui_api::{
    ApiServices, ApiSettings, ApiState, DatabaseKind, Hosts, Metrics, Proxies, SchedulerRole, SystemInfo,
    SystemView, UNDER_ANY_NAME,
};
use bangui_domain::model::{Fence, Lease, LeaseHolder, ServerId, Timestamp};
use bangui_domain::service::{
    AllowService, BanService, EventService, Feed, HistoryService, JailService, JobService, LogService,
    Notifications, Observer, PlaceService, Prober, Watch,
};
use bangui_session_cache::{AccountStores, Accounts, Client, PasswordCost, SessionSettings, Sessions};
use bangui_test_support::db::TestDb;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

pub(crate) use self::answer::Answer;
use crate::fail2ban::{START, Script};
use crate::jobs::Jobs;
use crate::log::Log;
use crate::notifications::Post;
use crate::places::Map;

pub(crate) const PASSWORD: &str = "correct horse battery";
/// Where requests come from unless a test says otherwise.
pub(crate) const CALLER: &str = "198.51.100.77:4711";
/// The name of the server.
pub(crate) const HOST: &str = "ban.example";
/// A proxy that is trusted.
pub(crate) const PROXY: &str = "10.0.0.1:4711";

pub(crate) struct World {
    pub(crate) fail2ban: Script,
    pub(crate) observer: Arc<Observer>,
    pub(crate) watch: Arc<Watch>,
    pub(crate) prober: Prober,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) system: Arc<System>,
    pub(crate) jobs: Arc<Jobs>,
    pub(crate) post: Arc<Post>,
    pub(crate) shutdown: CancellationToken,
    pub(crate) state: web::Data<ApiState>,
    pub(crate) cookie: Option<String>,
    pub(crate) db: TestDb,
}

/// A process that a test may break.
#[derive(Default)]
pub(crate) struct System {
    pub(crate) database_down: AtomicBool,
    pub(crate) lock_lost: AtomicBool,
    pub(crate) ending: AtomicBool,
}

#[async_trait]
impl SystemView for System {
    async fn system(&self) -> SystemInfo {
        let lost = self.lock_lost.load(Ordering::SeqCst);
        let id = "a".repeat(16);
        let holder = LeaseHolder { id, host: "guard".to_owned(), pid: 4711, version: "0.1.0".to_owned() };
        let acquired_at = Timestamp::from_secs(START);
        let expires_at = acquired_at.plus_secs(15);
        SystemInfo {
            version: "0.1.0".to_owned(),
            started_at: acquired_at,
            database: DatabaseKind::Sqlite,
            database_ok: !self.database_down.load(Ordering::SeqCst),
            role: if lost { SchedulerRole::Lost } else { SchedulerRole::Leader },
            lease: Some(Lease { holder, fence: Fence(3), acquired_at, expires_at }),
            workers: 2,
            ending: self.ending.load(Ordering::SeqCst),
        }
    }
}

impl World {
    /// No user, fail2ban not asked yet.
    pub(crate) async fn empty() -> Self {
        Self::with(ApiSettings::default()).await
    }

    pub(crate) async fn with(settings: ApiSettings) -> Self {
        Self::build(TestDb::sqlite().await, settings, SessionSettings::default()).await
    }

    /// No user, with the session cache and without.
    pub(crate) async fn with_and_without_cache() -> [Self; 2] {
        let off = SessionSettings { cache_life: std::time::Duration::ZERO, ..SessionSettings::default() };
        let settings = ApiSettings::default;
        [Self::with(settings()).await, Self::build(TestDb::sqlite().await, settings(), off).await]
    }

    async fn build(db: TestDb, settings: ApiSettings, session_settings: SessionSettings) -> Self {
        let settings = ApiSettings {
            trusted_proxies: Proxies::new(vec!["10.0.0.0/8".parse().unwrap()], false),
            hosts: Hosts::new([HOST.parse().unwrap()]),
            ..settings
        };
        let store = Arc::new(db.db().clone());
        let fail2ban = Script::new();
        let (control, clock) = (Arc::new(fail2ban.clone()), Arc::new(fail2ban.clone()));
        let watch = Arc::new(Watch::new(clock.clone()));
        let feed = Feed::begin(ServerId::local(), store.clone(), watch.clone()).await.unwrap();
        let observer = Arc::new(Observer::new(
            ServerId::local(),
            control.clone(),
            store.clone(),
            control.clone(),
            None,
            Arc::new(feed),
            clock.clone(),
        ));
        let bans = Arc::new(BanService::new(
            ServerId::local(),
            control.clone(),
            store.clone(),
            store.clone(),
            store.clone(),
            observer.clone(),
            clock.clone(),
        ));
        let allowlist = Arc::new(AllowService::new(
            ServerId::local(),
            store.clone(),
            control.clone(),
            bans.clone(),
            watch.clone(),
            store.clone(),
            clock.clone(),
        ));
        let cheap = PasswordCost { memory_kib: 8, passes: 1, lanes: 1 };
        let session_settings = SessionSettings { password_cost: cheap, ..session_settings };
        let sessions = Arc::new(Sessions::new(store.clone(), clock.clone(), &session_settings));
        let stores =
            AccountStores { users: store.clone(), audit: store.clone(), tries: store.clone(), sessions };
        let accounts = Arc::new(Accounts::new(stores, clock.clone(), &session_settings).unwrap());
        let system = Arc::new(System::default());
        let jobs = Arc::new(Jobs::default());
        let post = Arc::new(Post::default());
        let shutdown = CancellationToken::new();
        let services = ApiServices {
            watch: watch.clone(),
            bans,
            allowlist,
            jails: Arc::new(JailService::new(control.clone(), watch.clone())),
            places: Arc::new(PlaceService::new(Arc::new(Map), store.clone())),
            jobs: Arc::new(JobService::new(ServerId::local(), jobs.clone(), store.clone(), clock.clone())),
            log: Arc::new(LogService::new(
                ServerId::local(),
                Arc::new(Log::default()),
                store.clone(),
                clock.clone(),
            )),
            notifications: Arc::new(Notifications::new(
                ServerId::local(),
                store.clone(),
                store.clone(),
                post.clone(),
                store.clone(),
                clock.clone(),
            )),
            events: Arc::new(EventService::new(ServerId::local(), store.clone())),
            history: Arc::new(HistoryService::new(ServerId::local(), store, watch.clone(), clock.clone())),
            accounts: accounts.clone(),
            system: system.clone(),
            metrics: Metrics::new(Vec::new()).unwrap(),
        };
        let state = web::Data::new(ApiState::new(services, settings, shutdown.clone()));
        let prober = Prober::new(control, watch.clone());
        Self {
            fail2ban,
            watch,
            observer,
            prober,
            accounts,
            system,
            jobs,
            post,
            shutdown,
            state,
            cookie: None,
            db,
        }
    }

    /// fail2ban online and counted, the user `admin` logged in.
    pub(crate) async fn ready() -> Self {
        Self::over(TestDb::sqlite().await).await
    }

    /// The same over a database of either kind.
    pub(crate) async fn over(db: TestDb) -> Self {
        let mut world = Self::build(db, ApiSettings::default(), SessionSettings::default()).await;
        world.log_in().await;
        world.look().await;
        world
    }

    pub(crate) async fn log_in(&mut self) {
        self.accounts.ensure_admin(PASSWORD).await.unwrap();
        let login = self.accounts.login("admin", PASSWORD, &Client::default()).await.unwrap();
        self.cookie = Some(format!("bangui_session={}", login.token.reveal()));
    }

    /// What the jobs do: a probe, and a look at the bans.
    pub(crate) async fn look(&self) {
        self.prober.probe().await.unwrap();
        self.observer.look(None).await.unwrap();
    }

    pub(crate) async fn send(&self, request: TestRequest) -> Answer {
        Answer::read(self.open(request).await).await
    }

    /// Sends a request as it is, by an application as the server builds it, and leaves the body unread.
    pub(crate) async fn open(&self, request: TestRequest) -> ServiceResponse<BoxBody> {
        let (state, measured, seen, guarded) =
            (self.state.clone(), self.state.clone(), self.state.clone(), self.state.clone());
        let app = App::new()
            .wrap(from_fn(move |request, next| {
                bangui_api::guard(guarded.clone(), UNDER_ANY_NAME, request, next)
            }))
            .wrap(from_fn(move |request, next| bangui_api::measure(measured.clone(), request, next)))
            .wrap(from_fn(move |request, next| bangui_api::requests(seen.clone(), request, next)))
            .configure(|config| bangui_api::configure(config, state));
        let app = test::init_service(app).await;
        test::call_service(&app, request.to_request()).await.map_into_boxed_body()
    }

    /// A request with the session, from [`CALLER`].
    pub(crate) fn request(&self, method: &str, path: &str) -> TestRequest {
        let request = TestRequest::with_uri(path)
            .method(method.parse().unwrap())
            .insert_header(("host", HOST))
            .peer_addr(CALLER.parse().unwrap());
        match &self.cookie {
            Some(cookie) => request.insert_header(("cookie", cookie.as_str())),
            None => request,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path)).await
    }

    /// The text of an answer that is no JSON.
    pub(crate) async fn text(&self, path: &str) -> String {
        let response = self.open(self.request("GET", path)).await;
        let status = response.status();
        let body = test::read_body(response).await;
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert_eq!(status, 200, "{text}");
        text
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request("POST", path).set_json(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(self.request("DELETE", path)).await
    }
}
