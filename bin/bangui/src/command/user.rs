//! `bangui user`: makes users and sets passwords from the command line, beside a running server or without one.
//! Passwords come from standard input, never from the command line, where every process could read them.

use std::io::Read;
use std::sync::Arc;

use bangui_domain::ports::{AuditLog, Clock, SessionStore, TryStore, UserStore};
use bangui_session_cache::{AccountStores, Accounts, SessionSettings, Sessions};
use clap::Subcommand;

use crate::clock::SystemClock;
use crate::exit::{ExitCode, Fatal};
use crate::stage::Validated;

/// What to do with users.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a user.
    Add {
        /// The login name.
        name: String,
        /// Read the password from standard input (required: there is no other way to give it).
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// Set a user's password, and end all their sessions.
    Passwd {
        /// The login name.
        name: String,
        /// Read the password from standard input (required: there is no other way to give it).
        #[arg(long, required = true)]
        password_stdin: bool,
    },
}

/// Carries out the command.
pub(crate) async fn run(validated: Validated, command: Command) -> Result<(), Fatal> {
    let db = validated.open().await?;
    let (users, audit): (Arc<dyn UserStore>, Arc<dyn AuditLog>) =
        (Arc::new(db.clone()), Arc::new(db.clone()));
    let (tries, store): (Arc<dyn TryStore>, Arc<dyn SessionStore>) = (Arc::new(db.clone()), Arc::new(db));
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let settings = SessionSettings::default();
    let sessions = Arc::new(Sessions::new(store, Arc::clone(&clock), &settings));
    let accounts = Accounts::new(AccountStores { users, audit, tries, sessions }, clock, &settings)
        .map_err(|error| Fatal::new(ExitCode::Internal, error.to_string()))?;
    let password = read_password()?;
    let refused = |error: bangui_domain::ServiceError| Fatal::new(ExitCode::Failed, format!("{error}."));
    match command {
        Command::Add { name, .. } => {
            let user = accounts.create_user(&name, &password).await.map_err(refused)?;
            println!("User {} was made.", user.name);
        }
        Command::Passwd { name, .. } => {
            accounts.set_password(&name, &password).await.map_err(refused)?;
            println!("The password of {name} was set, and all sessions of {name} have ended.");
        }
    }
    Ok(())
}

fn read_password() -> Result<String, Fatal> {
    let mut text = String::new();
    std::io::stdin().take(4096).read_to_string(&mut text).map_err(|error| {
        Fatal::new(ExitCode::Io, format!("The password cannot be read from standard input: {error}"))
    })?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
