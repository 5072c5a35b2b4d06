//! Notifications on both databases, under a clock that a test moves: each event is told once, whoever dies in between.

mod courier;
mod rules;
mod telling;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bangui_domain::FieldError;
use bangui_domain::model::notify::{
    Answer, Channel, ChannelId, ChannelSpec, Condition, Digest, Note, Preset, RuleSpec, SecretText, Way,
    Webhook,
};
use bangui_domain::model::{Fence, Outage, OutageCode, Probe, ServerId, Timestamp};
use bangui_domain::ports::{Clock, Messenger, Preview, RuleStore, Undelivered};
use bangui_domain::service::{Courier, Notifier, NotifierParts, Watch};
use bangui_persistence::Db;
use bangui_test_support::db::TestDb;

/// The tests' clock begins here.
const START: i64 = 1_700_000_000;

/// A clock that stands still until it is moved.
#[derive(Clone)]
struct Hands(Arc<AtomicI64>);

impl Hands {
    fn wait(&self, secs: i64) {
        self.0.fetch_add(secs, Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_secs(self.0.load(Ordering::SeqCst))
    }

    fn uptime(&self) -> std::time::Duration {
        std::time::Duration::from_secs(self.0.load(Ordering::SeqCst).unsigned_abs())
    }
}

/// A way out that notes what goes through it, and answers as told.
#[derive(Default)]
struct Noted {
    sent: Mutex<Vec<(String, Digest)>>,
    refusal: Mutex<Option<Undelivered>>,
    /// Set, each try is told here and never ends.
    hangs: Mutex<Option<Arc<tokio::sync::Notify>>>,
}

#[async_trait]
impl Messenger for Noted {
    async fn problems(&self, _: &ChannelSpec) -> Vec<FieldError> {
        Vec::new()
    }

    async fn preview(&self, _: &ChannelSpec, _: &Digest) -> Result<Preview, FieldError> {
        Err(FieldError::new("template", "none"))
    }

    async fn send(&self, channel: &Channel, _: &str, digest: &Digest) -> Result<Answer, Undelivered> {
        let hangs = self.hangs.lock().unwrap().clone();
        if let Some(begun) = hangs {
            begun.notify_one();
            return std::future::pending().await;
        }
        if let Some(refusal) = self.refusal.lock().unwrap().clone() {
            return Err(refusal);
        }
        self.sent.lock().unwrap().push((channel.spec.name.clone(), digest.clone()));
        Ok(Answer { status: Some(200), text: "ok".to_owned() })
    }
}

/// A process that leads.
struct World {
    db: Db,
    fence: Fence,
    clock: Hands,
    watch: Arc<Watch>,
    noted: Arc<Noted>,
    notifier: Notifier,
    courier: Courier,
}

impl World {
    /// With one channel, and the first look behind it.
    async fn new(test: &TestDb) -> (Self, ChannelId) {
        let fence = test.lead().await;
        let clock = Hands(Arc::new(AtomicI64::new(START)));
        let world = Self::on(test.db().clone(), fence, clock);
        let channel = world.db.save_channel(None, &channel("ops"), world.clock.now()).await.unwrap();
        assert_eq!(world.notifier.look(fence).await.unwrap(), 0);
        (world, channel.id)
    }

    /// As a process that starts on what another has left.
    fn on(db: Db, fence: Fence, clock: Hands) -> Self {
        let (shared, store) = (Arc::new(clock.clone()), Arc::new(db.clone()));
        let watch = Arc::new(Watch::new(shared.clone()));
        let noted = Arc::new(Noted::default());
        let parts = NotifierParts {
            rules: store.clone(),
            outbox: store.clone(),
            events: store.clone(),
            history: store.clone(),
            watch: watch.clone(),
            clock: shared.clone(),
        };
        let notifier = Notifier::new(ServerId::local(), parts);
        let courier = Courier::new(store, noted.clone(), shared);
        Self { db, fence, clock, watch, noted, notifier, courier }
    }

    /// Another process takes over: what was only in memory is gone.
    fn restarted(&self) -> Self {
        Self::on(self.db.clone(), self.fence, self.clock.clone())
    }

    async fn rule(&self, spec: RuleSpec) {
        self.db.save_rule(None, &spec, self.clock.now()).await.unwrap();
    }

    /// Waits, looks and sends.
    async fn after(&self, secs: i64) -> Vec<Digest> {
        self.clock.wait(secs);
        self.notifier.look(self.fence).await.unwrap();
        self.send().await
    }

    /// Sends what is due.
    async fn send(&self) -> Vec<Digest> {
        for waiting in self.courier.due().await.unwrap() {
            self.courier.send(self.fence, &waiting).await.unwrap();
        }
        std::mem::take(&mut *self.noted.sent.lock().unwrap()).into_iter().map(|(_, digest)| digest).collect()
    }

    fn online(&self) {
        let version = "1.1.0".to_owned();
        let (rules, logs) = (Arc::new([]), Arc::new([]));
        let probe = Probe {
            version,
            latency_micros: 1,
            jails: 1,
            database_file: None,
            purge_age_secs: None,
            rules,
            logs,
            unreadable: Arc::default(),
        };
        self.watch.online(probe);
    }

    fn offline(&self) {
        let detail = "no socket".to_owned();
        self.watch.offline(Outage { code: OutageCode::SocketMissing, detail });
    }
}

fn channel(name: &str) -> ChannelSpec {
    let url = SecretText::new("https://hooks.test/s3cret");
    let webhook = Webhook { preset: Preset::Json, url, token: None, recipient: None, template: None };
    ChannelSpec { name: name.to_owned(), way: Way::Webhook(webhook) }
}

fn rule(channel: ChannelId, condition: Condition) -> RuleSpec {
    let (name, channels) = ("rule".to_owned(), vec![channel]);
    RuleSpec { name, enabled: true, condition, channels, group_secs: 0, throttle_secs: 0 }
}

fn bans(least_bans: u32) -> Condition {
    Condition::Bans { jails: Vec::new(), countries: Vec::new(), origins: Vec::new(), least_bans }
}

/// The banned addresses that a message names.
fn addresses(digest: &Digest) -> Vec<&str> {
    let names = digest.notes.iter().filter_map(|note| match note {
        Note::Ban { ip, .. } => Some(ip.as_str()),
        _ => None,
    });
    names.collect()
}
