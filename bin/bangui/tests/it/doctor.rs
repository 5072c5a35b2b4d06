//! `bangui doctor`: everything in order, and each thing that can be wrong, provoked for real.

mod databases;
mod fail2bans;
mod places;
mod sockets;

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use bangui_test_support::fail2ban::Fail2ban;
use serde_json::Value;
use tempfile::TempDir;

use crate::lab::{attack, fail2ban};
use crate::server::{Server, Setup, bangui, free_port};

/// What doctor looks at in a test, and how it is run.
pub(crate) struct Visit {
    home: TempDir,
    settings: Vec<(&'static str, String)>,
    uid: Option<u32>,
    /// A program that starts it, with arguments that come before the binary's own path.
    through: Vec<String>,
}

impl Visit {
    /// With a fail2ban at `socket`, and no server.
    fn to(socket: &Path) -> Self {
        let home = TempDir::new().expect("a directory");
        let url = format!("sqlite://{}/bangui.db", home.path().display());
        let settings = vec![
            ("BANGUI_FAIL2BAN__SOCKET", socket.display().to_string()),
            ("BANGUI_DATABASE__URL", url),
            ("BANGUI_HTTP__LISTEN", free_port().to_string()),
        ];
        Self { home, settings, uid: None, through: Vec::new() }
    }

    /// Where a server runs, with its settings.
    pub(crate) fn to_server(server: &Server, socket: &Path) -> Self {
        let url = format!("sqlite://{}/bangui.db", server.dir.path().display());
        let listen = server.address.to_string();
        Self::to(socket).set("BANGUI_DATABASE__URL", &url).set("BANGUI_HTTP__LISTEN", &listen)
    }

    fn set(mut self, key: &'static str, value: &str) -> Self {
        self.settings.retain(|(known, _)| *known != key);
        self.settings.push((key, value.to_owned()));
        self
    }

    /// Exit code and standard output.
    pub(crate) fn run(&self, arguments: &[&str]) -> (i32, String) {
        let mut binary = Path::new(env!("CARGO_BIN_EXE_bangui")).to_owned();
        if let Some(uid) = self.uid {
            let copy = self.home.path().join("bangui");
            std::fs::copy(&binary, &copy).expect("a copy of the binary");
            std::os::unix::fs::chown(self.home.path(), Some(uid), Some(uid))
                .expect("root may give files away");
            binary = copy;
        }
        let mut command = bangui();
        if let [program, more @ ..] = self.through.as_slice() {
            command = Command::new(program);
            command
                .env_clear()
                .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
                .env("TZ", "UTC")
                .args(more)
                .arg(binary);
        } else if let Some(uid) = self.uid {
            command = Command::new(binary);
            command.env_clear().env("TZ", "UTC").uid(uid).gid(uid);
        }
        command.arg("doctor").args(arguments);
        for (key, value) in &self.settings {
            command.env(key, value);
        }
        let output = command.output().expect("the binary runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!text.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        (output.status.code().unwrap_or(-1), text)
    }

    /// The findings. The exit code says whether one of them is a failure, and so does the report.
    fn findings(&self) -> Findings {
        let (code, text) = self.run(&["--json"]);
        let report: Value = serde_json::from_str(&text).expect("JSON");
        let findings = Findings(report["findings"].as_array().expect("a list").clone());
        let failures = findings.0.iter().filter(|finding| finding["verdict"] == "failure").count();
        assert_eq!(
            (code, &report["ok"]),
            (i32::from(failures > 0), &Value::from(failures == 0)),
            "{report:#}"
        );
        findings
    }
}

struct Findings(Vec<Value>);

impl Findings {
    /// Fails unless `check` has a finding like this one: what was found has `what` in it, the advice `advice`.
    fn has(&self, check: &str, verdict: &str, what: &str, advice: &str) {
        let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        let found = self.0.iter().any(|finding| {
            finding["check"] == check
                && finding["verdict"] == verdict
                && text(finding, "what").contains(what)
                && text(finding, "advice").contains(advice)
        });
        assert!(found, "no {verdict} of {check} with {what:?} and {advice:?} in {:#?}", self.0);
    }

    /// The checks with this verdict.
    fn with(&self, verdict: &str) -> Vec<&str> {
        let them = self.0.iter().filter(|finding| finding["verdict"] == verdict);
        them.filter_map(|finding| finding["check"].as_str()).collect()
    }
}

/// A fail2ban that has banned somebody, and has it in its database.
fn with_a_ban() -> Fail2ban {
    let fail2ban = fail2ban();
    attack(&fail2ban, "sshd", "192.0.2.7");
    fail2ban.wait_for_row("192.0.2.7").expect("a row");
    fail2ban
}

fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("a mode");
}

#[test]
fn everything_is_in_order_beside_a_server_and_its_fail2ban() {
    let fail2ban = with_a_ban();
    let server = Server::start(&Setup::with_socket(&fail2ban.socket()));
    server.wait_for_health(200);
    let visit = Visit::to_server(&server, &fail2ban.socket());
    let found = visit.findings();
    // Tests run as root, and of that doctor warns.
    found.has("process", "warning", "root with capabilities", "cap_drop");
    assert_eq!((found.with("warning"), found.with("failure")), (vec!["process"], vec![]), "{:#?}", found.0);
    found.has("fail2ban", "ok", "answers in", "");
    found.has("fail2ban", "ok", "2 jail(s)", "");
    found.has("jail logs", "ok", "2 log file(s) can be read", "");
    found.has("history", "ok", "can be read", "");
    found.has("time zone", "ok", "192.0.2.7 in sshd", "");
    found.has("scheduler lock", "ok", &format!("held by process {}", server.pid()), "");
    found.has("listen", "ok", "a BanGUI server answers", "");
    found.has("geo", "ok", "built-in table", "");
    let ok = found.with("ok");
    for check in ["settings", "socket", "fail2ban log", "clock", "database", "data files", "disk", "secrets"]
    {
        assert!(ok.contains(&check), "{check} in {:#?}", found.0);
    }
    let (code, text) = visit.run(&[]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("0 failures, 1 warning.") && !text.contains('\u{1b}'), "{text}");
}

#[test]
fn wrong_settings_are_told_and_all_else_is_still_looked_at() {
    let visit = Visit::to(Path::new("/nowhere/f.sock")).set("BANGUI_WORKERS", "4");
    let found = visit.findings();
    found.has("settings", "failure", "workers", "does not start");
    found.has("disk", "ok", "are left", "");
    let found = visit.set("BANGUI_WORKERZ", "4").findings();
    found.has("settings", "failure", "workerz", "Correct");
    assert_eq!(found.with("skipped"), ["everything else"]);
}

#[test]
fn a_port_of_another_program_and_open_secrets_are_named() {
    let other = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = other.local_addr().expect("an address").to_string();
    // It accepts and hangs up, so that nothing waits for it.
    std::thread::spawn(move || other.incoming().for_each(drop));
    let visit = Visit::to(Path::new("/nowhere/f.sock")).set("BANGUI_HTTP__LISTEN", &address);
    let secret = visit.home.path().join("password");
    std::fs::write(&secret, "correct horse battery staple").expect("written");
    mode(&secret, 0o644);
    let config = visit.home.path().join("bangui.toml");
    std::fs::write(&config, "[admin]\npassword = \"correct horse battery staple\"\n").expect("written");
    mode(&config, 0o644);
    let visit = visit.set("BANGUI_ADMIN__PASSWORD_FILE", &secret.display().to_string());
    let found = visit.findings();
    found.has("listen", "failure", "another program", "ss -ltnp");
    found.has("secrets", "warning", "password", "chmod o-rwx");
    let (_, text) = visit.run(&["--config", &config.display().to_string()]);
    assert!(text.contains("bangui.toml") && !text.contains("horse"), "{text}");
    for path in [&secret, &config] {
        mode(path, 0o600);
    }
    visit.findings().has("secrets", "ok", "no file", "");
}

#[test]
fn every_file_with_a_secret_that_is_open_is_named() {
    let home = TempDir::new().expect("a directory");
    let file = |name: &str, text: &str| {
        let path = home.path().join(name);
        std::fs::write(&path, text).expect("written");
        mode(&path, 0o644);
        path
    };
    let (token, key) = (file("token", "scrape-7d1f09c2b4e8"), file("tls.key", "-----BEGIN PRIVATE KEY-----"));
    let (client_key, database) =
        (file("client.key", "-----BEGIN PRIVATE KEY-----"), file("bangui-jobs.db", ""));
    let config =
        file("bangui.toml", "[database]\nurl = \"postgres://db.example/d?user=u&password=hunter22\"\n");
    let visit = Visit::to(Path::new("/nowhere/f.sock"))
        .set("BANGUI_METRICS__TOKEN_FILE", &token.display().to_string())
        .set("BANGUI_HTTP__TLS_KEY", &key.display().to_string());
    let sqlite = format!("sqlite://{}/bangui.db", home.path().display());
    std::fs::write(home.path().join("bangui.db"), "").expect("written");
    let url = format!("postgres://127.0.0.1:1/d?connect_timeout=1&sslkey={}", client_key.display());
    let found = visit.set("BANGUI_DATABASE__URL", &sqlite).findings();
    for path in [&token, &key] {
        found.has("secrets", "warning", &path.display().to_string(), "chmod o-rwx");
    }
    found.has("data files", "warning", &database.display().to_string(), "chmod o-rwx");
    let visit = Visit::to(Path::new("/nowhere/f.sock")).set("BANGUI_DATABASE__URL", &url);
    visit.findings().has("secrets", "warning", &client_key.display().to_string(), "chmod o-rwx");
    // The one of the file is what is looked for, whatever the environment says.
    let (_, text) = visit.run(&["--config", &config.display().to_string()]);
    assert!(
        text.contains("can read") && text.contains("bangui.toml") && !text.contains("hunter22"),
        "{text}"
    );
}

#[test]
fn a_database_server_that_need_not_prove_who_it_is_is_named() {
    let url = "postgres://bangui:p4ssword@192.0.2.1:5432/d?connect_timeout=1";
    let visit = Visit::to(Path::new("/nowhere/f.sock")).set("BANGUI_DATABASE__URL", url);
    let found = visit.findings();
    found.has("settings", "warning", "192.0.2.1", "docs/deployment.md");
    found.has("settings", "warning", "sslmode=verify-full", "");
    let found = visit.set("BANGUI_DATABASE__URL", "postgres://127.0.0.1:1/d?connect_timeout=1").findings();
    assert!(!found.with("warning").contains(&"settings"), "{:#?}", found.0);
}
