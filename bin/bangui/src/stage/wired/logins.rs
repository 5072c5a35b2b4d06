//! Wires who may log in.

use std::sync::Arc;
use std::time::Duration;

use bangui_domain::chain;
use bangui_domain::ports::{AuditLog, Clock, Notices, SessionStore, TryStore, UserStore};
use bangui_persistence::Db;
use bangui_session_cache::{AccountStores, Accounts, SessionSettings, Sessions};

use crate::exit::{ExitCode, Fatal};
use crate::settings::Settings;

pub(super) fn session_settings(settings: &Settings) -> SessionSettings {
    SessionSettings {
        absolute_expiry: Duration::from_secs(settings.session.lifetime_secs),
        idle_expiry: Duration::from_secs(settings.session.idle_secs),
        cache_life: Duration::from_secs(settings.session.cache_secs),
        ..SessionSettings::default()
    }
}

pub(super) fn accounts(
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
pub(super) async fn first_user(settings: &Settings, accounts: &Accounts) -> Result<(), Fatal> {
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
