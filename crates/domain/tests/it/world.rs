//! The services over a scripted fail2ban and a real store, and what they tell.

use std::sync::Arc;

use async_trait::async_trait;
use bangui_domain::ServiceError;
use bangui_domain::model::{BanEvent, EventQuery, Fence, Limit, Period, ServerId, Timestamp};
use bangui_domain::ports::{
    AllowStore, AuditLog, BanStore, Clock, Fail2banHistory, History as _, HistoryCursor, HistoryError,
    HistoryPage, JailControl,
};
use bangui_domain::service::{AllowService, BanService, Feed, Observer, Watch};
use bangui_test_support::db::TestDb;

use crate::fake::{START, Script, name};

/// A history that cannot be read, as when fail2ban's database is not mounted.
pub(crate) struct NoHistory;

#[async_trait]
impl Fail2banHistory for NoHistory {
    async fn read(&self, path: &str, _: HistoryCursor, _: u16) -> Result<HistoryPage, HistoryError> {
        Err(HistoryError::Unreadable { path: path.to_owned(), reason: "not mounted".to_owned() })
    }
}

/// The services over one script and one store.
pub(crate) struct World {
    pub(crate) script: Script,
    pub(crate) store: Arc<dyn BanStore>,
    pub(crate) observer: Arc<Observer>,
    pub(crate) bans: Arc<BanService>,
    pub(crate) allow: AllowService,
    pub(crate) watch: Arc<Watch>,
    pub(crate) db: TestDb,
}

impl World {
    pub(crate) async fn new() -> Self {
        let script = Script::new();
        Self::over(TestDb::sqlite().await, script.clone(), Arc::new(script), None).await
    }

    /// fail2ban's database cannot be read.
    pub(crate) async fn without_history() -> Self {
        Self::over(TestDb::sqlite().await, Script::new(), Arc::new(NoHistory), None).await
    }

    /// fail2ban's database is the file at `path`, read by `history`.
    pub(crate) async fn reading(script: Script, history: Arc<dyn Fail2banHistory>, path: &str) -> Self {
        Self::over(TestDb::sqlite().await, script, history, Some(path.to_owned())).await
    }

    /// BanGUI is started again: same store, same fail2ban, nothing remembered.
    pub(crate) async fn restarted(self) -> Self {
        let history = Arc::new(self.script.clone());
        Self::over(self.db, self.script, history, None).await
    }

    async fn over(
        db: TestDb,
        script: Script,
        history: Arc<dyn Fail2banHistory>,
        history_path: Option<String>,
    ) -> Self {
        let store: Arc<dyn BanStore> = Arc::new(db.db().clone());
        let audit: Arc<dyn AuditLog> = Arc::new(db.db().clone());
        let allowlist: Arc<dyn AllowStore> = Arc::new(db.db().clone());
        let control: Arc<dyn JailControl> = Arc::new(script.clone());
        let clock: Arc<dyn Clock> = Arc::new(script.clone());
        let watch = Arc::new(Watch::new(Arc::clone(&clock)));
        let feed = Feed::begin(ServerId::local(), Arc::clone(&store), Arc::clone(&watch));
        let feed = feed.await.expect("a feed");
        let observer = Observer::new(
            ServerId::local(),
            Arc::clone(&control),
            Arc::clone(&store),
            history,
            history_path,
            Arc::new(feed),
            Arc::clone(&clock),
        );
        let observer = Arc::new(observer.with_watch_log(Arc::new(db.db().clone())));
        let bans = BanService::new(
            ServerId::local(),
            control,
            Arc::clone(&store),
            Arc::clone(&allowlist),
            Arc::clone(&audit),
            Arc::clone(&observer),
            Arc::clone(&clock),
        );
        let bans = Arc::new(bans);
        let allow = AllowService::new(
            ServerId::local(),
            allowlist,
            Arc::new(script.clone()),
            Arc::clone(&bans),
            Arc::clone(&watch),
            audit,
            clock,
        );
        Self { script, store, observer, bans, allow, watch, db }
    }

    pub(crate) async fn look(&self) {
        self.observer.look(None).await.expect("a look");
    }

    /// A look of the process that holds the scheduler lock.
    pub(crate) async fn leads(&self, fence: Fence) -> Result<(), ServiceError> {
        self.observer.look(Some(fence)).await.map(drop)
    }

    /// Takes the scheduler lock.
    pub(crate) async fn lead(&self) -> Fence {
        self.db.lead().await
    }

    /// The gaps of the history, in seconds from the start.
    pub(crate) async fn gaps(&self) -> Vec<(i64, i64, &'static str)> {
        let all = Period { since: Timestamp::from_millis(0), until: Timestamp::from_secs(START * 2) };
        let gaps = self.db.db().gaps(&ServerId::local(), all).await.expect("gaps");
        let after = |at: Timestamp| at.as_secs() - START;
        gaps.iter()
            .map(|gap| (after(gap.period.since), after(gap.period.until), gap.cause.as_str()))
            .collect()
    }

    /// The history in short, oldest first: `ban 192.0.2.1 detected +0`, times in seconds from the start.
    pub(crate) async fn story(&self) -> Vec<String> {
        self.events().await.iter().map(line).collect()
    }

    /// The history, oldest first.
    pub(crate) async fn events(&self) -> Vec<BanEvent> {
        let limit = Limit::new(Limit::MAX).expect("a limit");
        let query = EventQuery { limit, ..EventQuery::of(ServerId::local()) };
        let mut events = self.store.find_events(&query).await.expect("events").items;
        events.reverse();
        events
    }

    /// What is banned, as BanGUI sees it.
    pub(crate) async fn active(&self, jail: &str) -> Vec<String> {
        let bans = self.store.active(&ServerId::local(), &name(jail)).await.expect("bans");
        let mut ids: Vec<String> = bans.into_iter().map(|ban| ban.key.id.to_string()).collect();
        ids.sort();
        ids
    }
}

fn line(event: &BanEvent) -> String {
    let by = event.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
    let offset = event.occurred_at.as_secs() - START;
    format!("{} {} {}{by} {offset:+}", event.kind.as_str(), event.key.id, event.origin.as_str())
}
