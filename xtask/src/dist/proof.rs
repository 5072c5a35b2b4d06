//! The Debian package on a real machine: installed beside Debian's own fail2ban, used, disturbed, upgraded, removed and
//! purged. Each line that is printed is something that was seen to hold.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::machine::Machine;

/// fail2ban is asked through BanGUI.
const HEALTHY: &str = "test \"$(curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8686/api/health)\" = 200 && bangui healthcheck";
const UNHEALTHY: &str =
    "test \"$(curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8686/api/health)\" = 503";
/// The service's user reaches this very fail2ban: what BanGUI answers may be a moment old.
const REACHED: &str = "runuser -u bangui -- fail2ban-client ping";
/// The user that was made logs in: what is in the database is still there.
const LOG_IN: &str = "curl -sf -c /srv/jar -H 'content-type: application/json' \
     -d '{\"username\": \"proof\", \"password\": \"a password for the proof\"}' http://127.0.0.1:8686/api/auth/login";
/// Debian's sshd jail has no log file to read in a machine without syslog, and no firewall is needed here.
const JAILS: &str = "[DEFAULT]\nbackend = systemd\nbanaction = noop\nbanaction_allports = noop\n";
const NOOP: &str = "[Definition]\nactionban = true\nactionunban = true\n";

/// `first` is installed, and `second`, of a higher version, is the upgrade.
pub(crate) fn run(first: &Path, second: &Path) -> Result<()> {
    println!("Booting a machine.");
    let mut machine = Machine::boot(&[first, second])?;
    fs::write(machine.path("/etc/fail2ban/jail.d/proof.local"), JAILS)?;
    fs::write(machine.path("/etc/fail2ban/action.d/noop.conf"), NOOP)?;
    machine.run("systemctl restart fail2ban")?;
    machine.wait_until("fail2ban to answer", "fail2ban-client ping")?;
    installed(&mut machine, first)?;
    disturbed(&mut machine)?;
    upgraded(&mut machine, second)?;
    removed(&mut machine, second)
}

fn dpkg(machine: &Machine, order: &str, package: &Path) -> Result<String> {
    let name = package.file_name().context("a package without a name")?.to_string_lossy().into_owned();
    println!("dpkg {order} {name}");
    machine.run(&format!("cd /srv && DEBIAN_FRONTEND=noninteractive dpkg {order} ./{name}"))
}

fn installed(machine: &mut Machine, package: &Path) -> Result<()> {
    dpkg(machine, "--install", package)?;
    machine.require(
        "the service is active and enabled",
        "systemctl is-active bangui && systemctl is-enabled bangui",
    )?;
    machine.require("it runs as the user bangui", "test \"$(ps -o user= -C bangui)\" = bangui")?;
    machine.wait_until("/api/health to answer 200", HEALTHY)?;
    for (path, wanted) in [
        ("/run/fail2ban/fail2ban.sock", "root:bangui 660"),
        ("/var/lib/fail2ban/fail2ban.sqlite3", "root:bangui 640"),
        ("/etc/bangui", "root:bangui 750"),
        ("/etc/bangui/bangui.toml", "root:bangui 640"),
        ("/var/lib/bangui", "bangui:bangui 700"),
        ("/var/lib/bangui/bangui.db", "bangui:bangui 600"),
    ] {
        machine.require(
            &format!("{path} is {wanted}"),
            &format!("test \"$(stat -c '%U:%G %a' {path})\" = '{wanted}'"),
        )?;
    }
    machine.require("others have no use of the socket", "! runuser -u nobody -- fail2ban-client ping")?;
    machine.require(
        "the journal has the set-up token",
        "journalctl -u bangui -o cat | grep -q 'set-up token'",
    )?;
    machine.require(
        "a user is made beside the running server",
        "printf 'a password for the proof' | runuser -u bangui -- bangui user add proof --password-stdin",
    )?;
    machine.require("who logs in", LOG_IN)?;
    machine.require(
        "and bans through the API",
        "curl -sf -b /srv/jar -H 'content-type: application/json' -d '{\"ip\": \"192.0.2.7\", \"jail\": \"sshd\"}' \
         http://127.0.0.1:8686/api/bans && fail2ban-client banned 192.0.2.7 | grep -q sshd",
    )?;
    machine.require(
        "the history of fail2ban's database can be read",
        "runuser -u bangui -- test -r /var/lib/fail2ban/fail2ban.sqlite3 && \
         ! journalctl -u bangui -o cat | grep -i 'permission denied'",
    )
}

fn disturbed(machine: &mut Machine) -> Result<()> {
    for round in 1..=10 {
        // systemd allows five starts in ten seconds.
        machine.run("systemctl reset-failed fail2ban; systemctl restart fail2ban")?;
        machine.wait_until(&format!("the way to fail2ban after its restart {round}"), REACHED)?;
        machine.wait_until("/api/health to answer 200", HEALTHY)?;
    }
    machine.run(
        "for i in 1 2 3 4 5 6 7 8 9 10; do systemctl reset-failed fail2ban; systemctl restart fail2ban; done",
    )?;
    machine.wait_until("the way to fail2ban after ten restarts in a row", REACHED)?;
    machine.wait_until("/api/health to answer 200", HEALTHY)?;
    machine.run("systemctl stop fail2ban")?;
    machine.wait_until("/api/health to answer 503 without fail2ban", UNHEALTHY)?;
    machine.require("the service goes on", "systemctl is-active bangui")?;
    machine.run("systemctl start fail2ban")?;
    machine.wait_until("/api/health to answer 200 with it", HEALTHY)?;
    machine.run("kill -KILL \"$(systemctl show -p MainPID --value bangui)\"")?;
    machine.wait_until("the service to be back after SIGKILL", HEALTHY)?;
    machine.require("with its users", LOG_IN)?;
    machine.require(
        "who still ban and unban",
        "curl -sf -b /srv/jar -X DELETE http://127.0.0.1:8686/api/bans/192.0.2.7 && \
         ! fail2ban-client banned 192.0.2.7 | grep -q sshd",
    )?;
    machine
        .run("cp -p /etc/bangui/bangui.toml /srv/kept && echo 'nonsense = 1' >> /etc/bangui/bangui.toml")?;
    machine.require("wrong settings do not start", "! systemctl restart bangui")?;
    machine.require(
        "and are not tried again: exit code 78",
        "test \"$(systemctl show -p ExecMainStatus -p NRestarts -p ActiveState bangui | sort | tr '\\n' ' ')\" \
         = 'ActiveState=failed ExecMainStatus=78 NRestarts=0 '",
    )?;
    machine.run("cp -p /srv/kept /etc/bangui/bangui.toml && systemctl restart bangui")?;
    machine.wait_until("the right ones to start", HEALTHY)
}

fn upgraded(machine: &mut Machine, package: &Path) -> Result<()> {
    machine.run("echo '# a line of the administrator' >> /etc/bangui/bangui.toml")?;
    let before = machine.run("systemctl show -p MainPID --value bangui")?;
    dpkg(machine, "--install", package)?;
    machine.wait_until("/api/health to answer 200", HEALTHY)?;
    machine.require(
        "the service was started again",
        &format!("test \"$(systemctl show -p MainPID --value bangui)\" != {}", before.trim()),
    )?;
    machine.require("the users are there", LOG_IN)?;
    machine.require(
        "the settings are the administrator's",
        "grep -q 'a line of the administrator' /etc/bangui/bangui.toml",
    )?;
    machine.run("systemctl disable --now bangui")?;
    dpkg(machine, "--install", package)?;
    machine.require("a service that was disabled stays so", "! systemctl is-enabled bangui")?;
    machine.run("systemctl enable --now bangui").map(drop)
}

fn removed(machine: &mut Machine, package: &Path) -> Result<()> {
    println!("dpkg --remove bangui");
    machine.run("dpkg --remove bangui")?;
    machine.require("the service is gone", "! systemctl is-active bangui && ! systemctl cat bangui")?;
    machine.require(
        "fail2ban is root's again",
        "test \"$(stat -c '%U:%G %a' /run/fail2ban/fail2ban.sock /var/lib/fail2ban/fail2ban.sqlite3 | sort -u)\" = 'root:root 600'",
    )?;
    machine.require("and runs", "fail2ban-client ping")?;
    machine.require(
        "settings and data are kept",
        "test -f /etc/bangui/bangui.toml && test -s /var/lib/bangui/bangui.db",
    )?;
    println!("dpkg --purge bangui");
    let said = machine.run("dpkg --purge bangui")?;
    anyhow::ensure!(said.contains("kept in /var/lib/bangui"), "a purge does not say what it keeps: {said}");
    machine.require(
        "the settings are gone, the data are kept",
        "! test -e /etc/bangui && test -s /var/lib/bangui/bangui.db",
    )?;
    machine.require(
        "nothing of the package is left",
        "! dpkg -s bangui && ! find /etc /usr -name '*bangui*' | grep .",
    )?;

    dpkg(machine, "--install", package)?;
    machine.wait_until("/api/health to answer 200", HEALTHY)?;
    machine.require("the users are those of before", LOG_IN)?;
    machine.run("touch /etc/bangui/purge-data")?;
    println!("dpkg --purge bangui, with /etc/bangui/purge-data");
    machine.run("dpkg --purge bangui")?;
    machine.require("data and settings are gone", "! test -e /var/lib/bangui && ! test -e /etc/bangui")?;
    machine.require("and fail2ban runs", "fail2ban-client ping")
}
