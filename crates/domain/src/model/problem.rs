//! Problems: what is wrong with a fail2ban server that answers, or with one of its jails, while the rest goes on. A server
//! that does not answer is an [`super::Outage`]. Every code is here, so that all who show problems show the same.

use super::{JailName, Timestamp};

/// What is wrong. In the order of weight: where there is room for one problem only, the first is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemCode {
    /// fail2ban answers, but no poll of it has succeeded for a while: what it bans is not recorded.
    Unpolled,
    /// The list of a jail's bans cannot be read: fail2ban refuses it, or does not answer in time.
    JailUnreadable,
    /// The counters of a jail cannot be read: its list is read now and then instead.
    CountersUnreadable,
    /// Some of a jail's bans cannot be read from its list; the others are known.
    BanUnreadable,
    /// A ban is longer than any calendar: it is shown as permanent.
    BantimeBeyond,
    /// Some of a jail's settings cannot be read, or have a value that no ban can have.
    SettingUnreadable,
    /// fail2ban's database cannot be read: bans that came and went while BanGUI was not watching are missing.
    DatabaseUnreadable,
    /// fail2ban runs in another time zone than the one in which its times are read: BanGUI corrects them.
    ZoneDiffers,
    /// What a jail ignores cannot be read or changed: the allowlist does not hold there.
    AllowlistPending,
}

impl ProblemCode {
    /// All codes, in their order.
    pub const ALL: [Self; 9] = [
        Self::Unpolled,
        Self::JailUnreadable,
        Self::CountersUnreadable,
        Self::BanUnreadable,
        Self::BantimeBeyond,
        Self::SettingUnreadable,
        Self::DatabaseUnreadable,
        Self::ZoneDiffers,
        Self::AllowlistPending,
    ];

    /// The code of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == word)
    }

    /// The word used in the API, the metrics and between replicas.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unpolled => "unpolled",
            Self::JailUnreadable => "jail_unreadable",
            Self::CountersUnreadable => "counters_unreadable",
            Self::BanUnreadable => "ban_unreadable",
            Self::BantimeBeyond => "bantime_beyond",
            Self::SettingUnreadable => "setting_unreadable",
            Self::DatabaseUnreadable => "database_unreadable",
            Self::ZoneDiffers => "zone_differs",
            Self::AllowlistPending => "allowlist_pending",
        }
    }

    /// What an operator can do about it, where the problem itself does not say it better.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Unpolled => {
                "Look at the job observe_bans on the System page, and into BanGUI's log: it says why each poll fails."
            }
            Self::JailUnreadable => {
                "Ask fail2ban itself: fail2ban-client get JAIL banip --with-time. A bantime beyond the year 9999 is a known \
                 cause: give the jail a shorter one, or -1 for permanent bans, and lift the bans that have it already."
            }
            Self::CountersUnreadable => {
                "Ask fail2ban itself: fail2ban-client status JAIL. Restart the jail if it stays so."
            }
            Self::BantimeBeyond => {
                "BanGUI shows it as permanent. Set bantime.maxtime in the jail's configuration so that bans do not grow beyond \
                 all bounds; the bantime of permanent bans is -1."
            }
            Self::BanUnreadable => {
                "Ask fail2ban itself: fail2ban-client get JAIL banip --with-time. Lift the ban that is named and ban anew \
                 to get rid of it."
            }
            Self::SettingUnreadable => {
                "Correct the setting in the jail's configuration, and reload the jail. The bantime of permanent bans is -1."
            }
            Self::DatabaseUnreadable => {
                "Bans that fail2ban made and lifted while BanGUI was not watching will be missing from the history. Give \
                 BanGUI read access to the file, or set fail2ban.database to where it is mounted."
            }
            Self::ZoneDiffers => {
                "Set fail2ban.timezone (BANGUI_FAIL2BAN__TIMEZONE) to the zone of the machine that runs fail2ban, such as \
                 Europe/Berlin. Bans that an older BanGUI recorded twice are joined by bangui history check --mend."
            }
            Self::AllowlistPending => {
                "BanGUI tries again by itself. Until then the jail may ban what the allowlist holds."
            }
        }
    }

    /// The codes that a reading of a jail's list decides.
    pub const OF_LISTS: [Self; 3] = [Self::JailUnreadable, Self::BanUnreadable, Self::BantimeBeyond];

    /// Whether nothing of the server is watched while it lasts, so that BanGUI is not healthy.
    pub const fn is_outage(self) -> bool {
        matches!(self, Self::Unpolled)
    }
}

/// A problem, in words. There is one at most for each code and jail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub code: ProblemCode,
    /// The jail it is about; `None` if it is about the server.
    pub jail: Option<JailName>,
    /// What happened, in the server's own words where it said something.
    pub detail: String,
    /// What to do about it.
    pub hint: String,
    /// Since when, as far as BanGUI knows.
    pub since: Timestamp,
}
