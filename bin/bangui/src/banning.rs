//! Wires what bans and what must never be banned.

use std::sync::Arc;

use bangui_domain::model::ServerId;
use bangui_domain::ports::Clock;
use bangui_domain::service::{AllowService, BanService, Observer, Watch};
use bangui_gateway::Fail2banControl;
use bangui_persistence::Db;

/// Bans, and the allowlist that they keep to.
pub(crate) struct Banning {
    pub(crate) bans: Arc<BanService>,
    pub(crate) allowlist: Arc<AllowService>,
}

impl Banning {
    pub(crate) fn new(
        db: &Db,
        control: Arc<Fail2banControl>,
        observer: Arc<Observer>,
        watch: Arc<Watch>,
        clock: &Arc<dyn Clock>,
    ) -> Self {
        let bans = Arc::new(BanService::new(
            ServerId::local(),
            Arc::<Fail2banControl>::clone(&control),
            Arc::new(db.clone()),
            Arc::new(db.clone()),
            Arc::new(db.clone()),
            observer,
            Arc::clone(clock),
        ));
        let allowlist = Arc::new(AllowService::new(
            ServerId::local(),
            Arc::new(db.clone()),
            control,
            Arc::clone(&bans),
            watch,
            Arc::new(db.clone()),
            Arc::clone(clock),
        ));
        Self { bans, allowlist }
    }
}
