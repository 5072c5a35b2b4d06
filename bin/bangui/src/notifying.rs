//! Notifications, on the concrete database and the guarded way out.

use std::sync::Arc;

use bangui_domain::model::ServerId;
use bangui_domain::ports::{Clock, Messenger};
use bangui_domain::service::{Courier, Notifications, Notifier, NotifierParts, Watch};
use bangui_gateway::{Outgoing, Postman, TemplateProcess};

use crate::command::render_template;
use bangui_persistence::Db;

/// What users set up, what turns events into messages, and what sends them.
pub(crate) struct Notifying {
    pub(crate) notifications: Arc<Notifications>,
    pub(crate) notifier: Arc<Notifier>,
    pub(crate) courier: Arc<Courier>,
}

impl Notifying {
    /// About the server that `watch` watches.
    pub(crate) fn new(db: &Db, watch: &Arc<Watch>, outgoing: Outgoing, clock: &Arc<dyn Clock>) -> Self {
        let server = ServerId::local();
        let store = Arc::new(db.clone());
        let messenger: Arc<dyn Messenger> = Arc::new(Postman::new(outgoing, templates()));
        let notifications = Notifications::new(
            server.clone(),
            store.clone(),
            store.clone(),
            Arc::clone(&messenger),
            store.clone(),
            Arc::clone(clock),
        );
        let parts = NotifierParts {
            rules: store.clone(),
            outbox: store.clone(),
            events: store.clone(),
            history: store.clone(),
            watch: Arc::clone(watch),
            clock: Arc::clone(clock),
        };
        Self {
            notifications: Arc::new(notifications),
            notifier: Arc::new(Notifier::new(server, parts)),
            courier: Arc::new(Courier::new(store, messenger, Arc::clone(clock))),
        }
    }
}

/// This very program renders templates, in a process of its own: also where it is the only file there is, and after an upgrade
/// has put another one in its place.
fn templates() -> TemplateProcess {
    TemplateProcess::new("/proc/self/exe", &[render_template::NAME])
}
