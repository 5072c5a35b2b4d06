//! BanGUI's own database: whether it answers, has this version's tables and takes writes, and who schedules on it.

use std::time::Duration;

use bangui_domain::chain;
use bangui_domain::model::Timestamp;
use bangui_domain::ports::{Clock as _, LeaseStore as _, SCHEDULER_LEASE};
use bangui_persistence::{Db, DbError, DbKind, DbOptions, Inspection, Schema};

use super::Finding;
use crate::clock::SystemClock;
use crate::settings::Settings;

const CHECK: &str = "database";
/// How far the clocks of two machines may be apart before it is worth a word.
const CLOCKS_MILLIS: i64 = 5_000;

/// Opens the database without making or changing anything.
pub(super) async fn check(settings: &Settings) -> Vec<Finding> {
    let options = DbOptions {
        create: false,
        connections: 2,
        connect_wait: Duration::ZERO,
        busy_wait: Duration::from_secs(8),
    };
    let db = match Db::connect(settings.database.url.expose(), &options).await {
        Ok(db) => db,
        Err(DbError::Missing { path }) => {
            return vec![Finding::skipped(
                CHECK,
                format!("{path} is not there yet: the first start makes it"),
            )];
        }
        // What is wrong with the URL is said of the settings.
        Err(DbError::Url { .. }) => return vec![Finding::skipped(CHECK, "database.url cannot be used")],
        Err(error) => {
            return vec![Finding::failure(
                CHECK,
                chain(&error),
                "Nothing works without it; the server does not start.",
            )];
        }
    };
    let asked = SystemClock.now();
    match db.inspect().await {
        Ok(seen) => judged(&db, &seen, asked).await,
        Err(error) => {
            let what = format!("{} does not answer: {}", db.place(), chain(&error));
            vec![Finding::failure(
                CHECK,
                what,
                "See that it runs, is not locked by another program, and is BanGUI's own.",
            )]
        }
    }
}

async fn judged(db: &Db, seen: &Inspection, asked: Timestamp) -> Vec<Finding> {
    let mut found = vec![schema(&db.place(), &seen.schema)];
    if let Err(error) = &seen.writable {
        let what = format!("{} takes no writes: {}", db.place(), chain(error));
        let advice = "Give the user that runs BanGUI write permission on the file and its directory, or the role its privileges; \
                      a PostgreSQL standby takes none.";
        found.push(Finding::failure(CHECK, what, advice));
    }
    if db.kind() == DbKind::Postgres {
        found.push(clock(seen.now.millis_since(asked)));
    }
    if !matches!(seen.schema, Schema::Absent | Schema::Foreign(_)) {
        found.push(lock(db, seen.now).await);
    }
    found
}

fn schema(place: &str, schema: &Schema) -> Finding {
    match schema {
        Schema::Current => Finding::ok(CHECK, format!("{place} answers and has this version's tables")),
        Schema::Absent => {
            Finding::ok(CHECK, format!("{place} answers and is empty: the first start makes the tables"))
        }
        Schema::Foreign(table) => Finding::failure(
            CHECK,
            format!("{place} belongs to another program: it has the table {table} and none of BanGUI's"),
            "Set database.url (BANGUI_DATABASE__URL) to a file of BanGUI's own.",
        ),
        Schema::Pending(names) => Finding::warning(
            CHECK,
            format!("{place} comes from an older BanGUI: {} migration(s) are to be applied", names.len()),
            "The next start applies them; so does bangui migrate. Make a backup before.",
        ),
        Schema::Newer(names) => Finding::failure(
            CHECK,
            format!("{place} comes from a newer BanGUI: this version does not know {}", names.join(", ")),
            "Run that version, or restore a backup from before the upgrade.",
        ),
    }
}

fn clock(ahead: i64) -> Finding {
    const CHECK: &str = "database clock";
    if ahead.abs() <= CLOCKS_MILLIS {
        return Finding::ok(CHECK, "the database server's clock agrees with this machine's");
    }
    let way = if ahead > 0 { "ahead of" } else { "behind" };
    Finding::warning(
        CHECK,
        format!("the database server's clock is {} s {way} this machine's", ahead.abs() / 1000),
        "Set both by NTP. No lock depends on it; the times that are shown do.",
    )
}

/// Who holds the scheduler lock, by the database's own clock.
async fn lock(db: &Db, now: Timestamp) -> Finding {
    const CHECK: &str = "scheduler lock";
    let lease = match db.current(SCHEDULER_LEASE).await {
        Ok(lease) => lease,
        Err(error) => return Finding::skipped(CHECK, chain(&error)),
    };
    let Some(lease) = lease.filter(|lease| !lease.is_free()) else {
        return Finding::ok(CHECK, "nobody holds it: no server runs on this database");
    };
    let held = now.millis_since(lease.acquired_at).max(0) / 1000;
    let holder = &lease.holder;
    let who = format!("process {} on {} (version {})", holder.pid, holder.host, holder.version);
    let over = now.millis_since(lease.expires_at);
    if over <= 0 {
        return Finding::ok(CHECK, format!("held by {who} for {held} s"));
    }
    Finding::warning(
        CHECK,
        format!("left behind by {who}, whose time ended {} s ago", over / 1000),
        "That process was killed or hangs. The next start takes the lock over; on SQLite it waits up to 17 s first.",
    )
}
