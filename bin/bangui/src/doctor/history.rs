//! fail2ban's own database: whether it can be read, and whether its times agree with the ones that fail2ban prints, which
//! come without a zone.

use std::collections::HashMap;
use std::path::Path;

use bangui_domain::model::{BanId, Fail2banDatabase, Timestamp};
use bangui_domain::ports::{Clock as _, Fail2banHistory as _, HistoryCursor, HistoryError, LocalTime};
use bangui_gateway::Zone;
use bangui_persistence::Fail2banDb;
use fail2ban_client::BanTicket;

use super::Finding;
use super::fail2ban::Patient;
use crate::clock::SystemClock;
use crate::settings::Settings;

const CHECK: &str = "history";
/// Rows at a time, and how often that: the newest bans are wanted, and the oldest come first.
const ROWS: u16 = 1_000;
const PAGES: usize = 100;
/// Jails whose bans are compared.
const JAILS: usize = 20;
/// fail2ban rounds a ban's begin in its database and cuts it off in its lists.
const SAME_MILLIS: i64 = 2_000;
/// Zones differ by quarters of an hour.
const QUARTER_MILLIS: i64 = 15 * 60_000;

/// When bans began, by jail and id.
type Begins = HashMap<(String, BanId), Timestamp>;

/// Reads fail2ban's database and compares it with what fail2ban lists.
pub(super) async fn check(settings: &Settings, patient: &Patient) -> Vec<Finding> {
    let told = patient.database.as_deref();
    let shown = told.map(Path::to_string_lossy);
    let lack = Fail2banDatabase::of(shown.as_deref()).lack();
    let (Some(told), None) = (told, lack) else {
        return vec![
            Finding::warning(CHECK, lack.unwrap_or_default(), Fail2banDatabase::REMEDY),
            Finding::skipped("time zone", "there is no database to compare with"),
        ];
    };
    let path = settings.fail2ban.database.as_deref().unwrap_or(told);
    match read(path).await {
        Ok(begins) => {
            let what = format!("{} can be read; it remembers {} ban(s)", path.display(), begins.len());
            vec![Finding::ok(CHECK, what), clock(&begins), zone(settings, patient, &begins).await]
        }
        Err(error) => vec![
            Finding::warning(
                CHECK,
                format!("{error}: bans that come and go while BanGUI is down stay unknown"),
                "Let this user read the file; in a container mount its directory read-only. Where it lies elsewhere here, set \
                 fail2ban.database (BANGUI_FAIL2BAN__DATABASE).",
            ),
            Finding::skipped("time zone", "fail2ban's database cannot be read"),
        ],
    }
}

async fn read(path: &Path) -> Result<Begins, HistoryError> {
    let (database, path) = (Fail2banDb::default(), path.to_string_lossy());
    let (mut begins, mut cursor) = (Begins::new(), HistoryCursor::default());
    for _ in 0..PAGES {
        let page = database.read(&path, cursor, ROWS).await?;
        for row in page.rows {
            begins.insert((row.jail.to_string(), row.id), row.banned_at);
        }
        cursor = page.cursor;
        if !page.more {
            break;
        }
    }
    Ok(begins)
}

/// No ban begins in the future, unless the clocks differ.
fn clock(begins: &Begins) -> Finding {
    const CHECK: &str = "clock";
    let Some(newest) = begins.values().max() else {
        return Finding::skipped(CHECK, "fail2ban remembers no ban whose time could be compared");
    };
    let ahead = newest.millis_since(SystemClock.now());
    if ahead <= SAME_MILLIS {
        return Finding::ok(CHECK, "fail2ban's newest ban is not in the future");
    }
    Finding::failure(
        CHECK,
        format!("fail2ban's newest ban begins {} s from now: its clock and this one differ", ahead / 1000),
        "Set both clocks by NTP.",
    )
}

/// What fail2ban lists now, compared with when its database says that it began.
async fn zone(settings: &Settings, patient: &Patient, begins: &Begins) -> Finding {
    const CHECK: &str = "time zone";
    let zone = match &settings.fail2ban.timezone {
        None => Zone::system(),
        Some(name) => match Zone::named(name) {
            Ok(zone) => zone,
            Err(error) => return Finding::skipped(CHECK, error.to_string()),
        },
    };
    let mut unread = None;
    for jail in patient.jails.iter().take(JAILS) {
        let tickets = match patient.client.banned_with_times(jail).await {
            Ok(tickets) => tickets,
            // Another jail may tell as much.
            Err(error) => {
                unread = Some(error.to_string());
                continue;
            }
        };
        for ticket in tickets.iter().rev() {
            let known = begins.get(&(jail.to_string(), BanId::from_reported(ticket.id.to_string())));
            if let Some(millis) = known.and_then(|began| off(ticket, *began, &zone)) {
                return judged(millis, &format!("{} in {jail}", ticket.id));
            }
        }
    }
    let lists = unread.unwrap_or_else(|| "fail2ban lists no ban that its database has as well".to_owned());
    Finding::skipped(CHECK, lists)
}

/// By how much the begin of a ban is read wrong; `None` where that hour comes twice, or where it is not what two zones
/// differ by, so that the database has another ban of the same address.
fn off(ticket: &BanTicket, began: Timestamp, zone: &Zone) -> Option<i64> {
    match zone.resolve(ticket.start)? {
        LocalTime::Exact(at) => {
            let off = at.millis_since(began);
            let quarters = (off + off.signum() * QUARTER_MILLIS / 2) / QUARTER_MILLIS;
            ((off - quarters * QUARTER_MILLIS).abs() <= SAME_MILLIS).then_some(off)
        }
        LocalTime::Repeated(..) => None,
    }
}

fn judged(off: i64, ban: &str) -> Finding {
    const CHECK: &str = "time zone";
    if off.abs() <= SAME_MILLIS {
        return Finding::ok(CHECK, format!("fail2ban's times are read right, judged by the ban of {ban}"));
    }
    let minutes = (off.abs() + 30_000) / 60_000;
    let way = if off > 0 { "late" } else { "early" };
    Finding::failure(
        CHECK,
        format!(
            "fail2ban's times are read {} h {} min too {way}, judged by the ban of {ban}: it runs in another time zone",
            minutes / 60,
            minutes % 60
        ),
        "Set fail2ban.timezone (BANGUI_FAIL2BAN__TIMEZONE) to the zone of the machine that runs fail2ban, such as \
         Europe/Berlin.",
    )
}
