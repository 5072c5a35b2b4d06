//! Believable log lines of an attack, stamped with the present moment. Every date carries its offset from UTC, so
//! that fail2ban reads it rightly in any time zone.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

static LINES: AtomicU32 = AtomicU32::new(0);

const USERS: [&str; 8] = ["root", "admin", "oracle", "test", "ubuntu", "git", "postgres", "pi"];
const PAGES: [&str; 6] =
    ["/wp-login.php", "/.env", "/phpmyadmin/index.php", "/.git/config", "/admin.php", "/cgi-bin/luci"];

/// A failed password as sshd reports it through rsyslog. Matches [`Filter::Sshd`](super::Filter::Sshd).
pub fn sshd(ip: IpAddr) -> String {
    let n = LINES.fetch_add(1, Ordering::Relaxed);
    let user = pick(&USERS, n);
    let (pid, port) = (2000 + n % 28_000, 32_768 + n.wrapping_mul(7919) % 28_000);
    format!(
        "{} web1 sshd[{pid}]: Failed password for invalid user {user} from {ip} port {port} ssh2",
        Civil::now().iso()
    )
}

/// A request for a page that is not there, in nginx's combined format. Matches [`Filter::Nginx`](super::Filter::Nginx).
pub fn nginx(ip: IpAddr) -> String {
    let page = pick(&PAGES, LINES.fetch_add(1, Ordering::Relaxed));
    format!("{ip} - - [{}] \"GET {page} HTTP/1.1\" 404 153 \"-\" \"Mozilla/5.0\"", Civil::now().clf())
}

/// A failed login at a mail server. Matches [`Filter::Postfix`](super::Filter::Postfix).
pub fn postfix(ip: IpAddr) -> String {
    let pid = 3000 + LINES.fetch_add(1, Ordering::Relaxed) % 28_000;
    format!(
        "{} mail postfix/smtpd[{pid}]: warning: unknown[{ip}]: SASL LOGIN authentication failed: UGFzc3dvcmQ6",
        Civil::now().iso()
    )
}

fn pick<'a>(from: &[&'a str], n: u32) -> &'a str {
    let places = from.iter().cycle();
    places.copied().nth(usize::try_from(n % 64).unwrap_or(0)).unwrap_or("root")
}

/// The present moment in UTC, field by field.
struct Civil {
    year: u64,
    month: u64,
    day: u64,
    second_of_day: u64,
    micros: u32,
}

impl Civil {
    #[expect(clippy::disallowed_methods, reason = "fail2ban compares these lines with the real clock")]
    fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::at(since.as_secs(), since.subsec_micros())
    }

    /// Counts whole years and months off the days since 1970.
    fn at(seconds: u64, micros: u32) -> Self {
        let leap =
            |year: u64| (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
        let mut days = seconds / 86_400;
        let mut year = 1970;
        while days >= 365 + u64::from(leap(year)) {
            days -= 365 + u64::from(leap(year));
            year += 1;
        }
        let mut month = 1;
        for length in [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30] {
            if days < length {
                break;
            }
            days -= length;
            month += 1;
        }
        Self { year, month, day: days + 1, second_of_day: seconds % 86_400, micros }
    }

    fn clock(&self) -> String {
        let s = self.second_of_day;
        format!("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
    }

    /// `2026-11-23T18:45:41.123456+00:00`
    fn iso(&self) -> String {
        format!(
            "{:04}-{:02}-{:02}T{}.{:06}+00:00",
            self.year,
            self.month,
            self.day,
            self.clock(),
            self.micros
        )
    }

    /// `23/Nov/2026:18:45:41 +0000`
    fn clf(&self) -> String {
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let month =
            usize::try_from(self.month - 1).ok().and_then(|m| MONTHS.get(m)).copied().unwrap_or("Jan");
        format!("{:02}/{month}/{:04}:{} +0000", self.day, self.year, self.clock())
    }
}

#[cfg(test)]
mod tests {
    use super::Civil;

    #[test]
    fn days_become_dates() {
        // Reference values: date --utc --date=@N
        assert_eq!(Civil::at(0, 0).iso(), "1970-01-01T00:00:00.000000+00:00");
        assert_eq!(Civil::at(1_709_210_096, 7).iso(), "2024-02-29T12:34:56.000007+00:00");
        assert_eq!(Civil::at(1_798_761_599, 0).clf(), "31/Dec/2026:23:59:59 +0000");
        assert_eq!(Civil::at(4_107_542_400, 0).clf(), "01/Mar/2100:00:00:00 +0000");
    }
}
