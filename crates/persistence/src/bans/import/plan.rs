//! What of fail2ban's log is new, what is known, and which known bans get their end. Reads and writes nothing.

use std::collections::HashMap;

use bangui_domain::model::{BanId, BanTime, Course, JailName, Logged, LoggedBan, Origin, Timestamp};

use super::Imported;
use crate::bans::latest::{Known, Latest};

/// What has to be written.
#[derive(Default)]
pub(super) struct Plan<'a> {
    pub(super) new: Vec<LoggedBan>,
    /// Bans that are known, as their ends are now; with the end that was stored.
    pub(super) ended: Vec<(Latest, Option<(Timestamp, Origin)>)>,
    /// The latest ban of an address in a jail, where this batch changes it.
    latest: HashMap<(&'a JailName, &'a BanId), Latest>,
    pub(super) imported: Imported,
}

impl<'a> Plan<'a> {
    /// Takes into account what the log tells; `stored` is the ban that it may be.
    pub(super) fn take(&mut self, told: &'a Logged, stored: Option<Latest>) {
        let (place, course) = match told {
            Logged::Ban(ban) => ((&ban.key.jail, &ban.key.id), &ban.course),
            Logged::End(end) => ((&end.jail, &end.id), &end.course),
        };
        let planned = self.latest.get(&place).copied();
        // Of two accounts of the same ban, the planned one is newer.
        let latest = stored.into_iter().chain(planned).max_by_key(|latest| latest.banned_at);
        let latest = match (told, latest) {
            (Logged::Ban(ban), None) => return self.begin(place, ban),
            (Logged::Ban(ban), Some(latest)) if !latest.is_same_ban(ban) => return self.begin(place, ban),
            (Logged::End(_), None) => return,
            (_, Some(latest)) => latest,
        };
        self.imported.known += u64::from(matches!(told, Logged::Ban(_)));
        // Between two parts of a log may lie another one, with more bans: an end alone is its end only if the time fits.
        let is_its_own = match told {
            Logged::Ban(ban) => ban.origin != Origin::Restored || latest.banned_at == ban.key.banned_at,
            Logged::End(_) => false,
        };
        if !latest.is_end_unknown() || !(is_its_own || course.is_end_of(latest.banned_at, latest.bantime)) {
            return;
        }
        let known_bantime = Some(latest.bantime).filter(|bantime| *bantime != BanTime::Seconds(0));
        if let (bantime, Some((at, how))) = course.end(latest.banned_at, known_bantime) {
            let end = Some((at.max(latest.banned_at), how));
            let bantime = bantime.unwrap_or(latest.bantime);
            let after = Latest { bantime, end, unended: false, ..latest };
            match latest.known {
                Known::Stored { .. } => {
                    self.imported.ends += 1;
                    self.ended.push((after, latest.end.filter(|_| !latest.unended)));
                }
                Known::New(index) => {
                    if let Some(ban) = self.new.get_mut(index) {
                        ban.course = Course { bantime: ban.course.bantime.or(course.bantime), ..*course };
                    }
                }
            }
            self.latest.insert(place, after);
        }
    }

    fn begin(&mut self, place: (&'a JailName, &'a BanId), ban: &LoggedBan) {
        let is_restored = ban.origin == Origin::Restored;
        self.imported.new += u64::from(!is_restored);
        self.imported.restored += u64::from(is_restored);
        self.latest.insert(place, Latest::new(ban, self.new.len()));
        self.new.push(ban.clone());
    }
}
