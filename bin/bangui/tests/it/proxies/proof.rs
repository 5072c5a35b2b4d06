//! What has to hold behind any proxy.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

use serde_json::Value;

use super::proxy::Proxy;
use crate::server::{PASSWORD, PATIENCE};
use crate::tls::{Got, curl, fetch};

/// Where the client of these tests comes from: loopback, but not the proxy's own address.
const CLIENT: &str = "127.0.0.9";
const ATTACKER: &str = "203.0.113.77";

/// Proves all of it.
pub(crate) fn all(proxy: &Proxy) {
    page(proxy);
    let cookie = login(proxy);
    address(proxy, &cookie);
    other_sites(proxy, &cookie);
    events(proxy, &cookie);
}

fn ask(proxy: &Proxy, path: &str) -> Command {
    let mut curl = curl(&proxy.tls.certificate);
    curl.args(["--interface", CLIENT]).arg(proxy.url(path));
    curl
}

fn post(proxy: &Proxy, path: &str, origin: &str, cookie: Option<&str>, body: &Value) -> Got {
    let mut curl = ask(proxy, path);
    curl.args(["--header", "content-type: application/json", "--header", &format!("origin: {origin}")]);
    curl.args(["--data", &body.to_string()]);
    if let Some(cookie) = cookie {
        curl.args(["--cookie", cookie]);
    }
    fetch(curl)
}

fn page(proxy: &Proxy) {
    let got = fetch(ask(proxy, "/bangui/jails/sshd"));
    assert_eq!(got.status, 200, "{got:?}");
    let script = got
        .body
        .split('"')
        .find(|part| part.contains("/assets/index-"))
        .expect("the pages were built by `cargo xtask web`");
    assert!(script.starts_with("/bangui/assets/"), "{script}");
    assert_eq!(fetch(ask(proxy, script)).status, 200, "{script}");
    let got = fetch(ask(proxy, "/bangui"));
    let moved = got.status == 200 || got.header("location").ends_with("/bangui/");
    assert!(moved, "{got:?}");
}

/// Logs in as a browser does, and tells a false address on the way.
fn login(proxy: &Proxy) -> String {
    let mut curl = ask(proxy, "/bangui/api/auth/login");
    let origin = proxy.url("");
    curl.args(["--header", "content-type: application/json", "--header", &format!("origin: {origin}")]);
    curl.args(["--header", "sec-fetch-site: same-origin", "--header", "x-forwarded-for: 198.51.100.1"]);
    curl.args(["--data", &serde_json::json!({"username": "admin", "password": PASSWORD}).to_string()]);
    let got = fetch(curl);
    assert_eq!(got.status, 200, "{got:?}");
    let cookie = got.header("set-cookie");
    assert!(cookie.contains("; Secure") && cookie.contains("; Path=/bangui"), "{cookie}");
    cookie.split(';').next().expect("name and value").to_owned()
}

/// The session comes from the client, neither from the proxy nor from where the client said, in whatever bytes.
fn address(proxy: &Proxy, cookie: &str) {
    let mut spoiled = ask(proxy, "/bangui/api/auth/login");
    spoiled.arg("--header").arg(OsStr::from_bytes(b"x-forwarded-for: \xff"));
    spoiled.args(["--header", "forwarded: for=198.51.100.1", "--header", "x-real-ip: 198.51.100.1"]);
    spoiled.args(["--header", "content-type: application/json", "--data"]);
    spoiled.arg(serde_json::json!({"username": "admin", "password": PASSWORD}).to_string());
    assert_eq!(fetch(spoiled).status, 200);
    let mut curl = ask(proxy, "/bangui/api/sessions");
    curl.args(["--cookie", cookie]);
    let got = fetch(curl);
    let sessions: Value = serde_json::from_str(&got.body).expect("JSON");
    let sessions = sessions["items"].as_array().expect("a list");
    assert!(
        sessions.len() == 2 && sessions.iter().all(|session| session["address"] == CLIENT),
        "{sessions:?}"
    );
}

/// Behind a proxy that passes on whatever name it is asked for.
pub(crate) fn names(proxy: &Proxy) {
    for (host, forwarded, status) in [
        ("host.example", "host.example", 401),
        ("evil.example", "host.example", 421),
        ("host.example", "evil.example", 421),
    ] {
        let mut curl = ask(proxy, "/bangui/api/bans");
        curl.args([
            "--header",
            &format!("host: {host}"),
            "--header",
            &format!("x-forwarded-host: {forwarded}"),
        ]);
        let got = fetch(curl);
        assert_eq!(got.status, status, "{host} {forwarded}: {got:?}");
    }
}

fn other_sites(proxy: &Proxy, cookie: &str) {
    let ban = serde_json::json!({"ip": ATTACKER, "jail": "sshd"});
    let got = post(proxy, "/bangui/api/bans", "https://evil.example", Some(cookie), &ban);
    assert_eq!(got.status, 403, "{got:?}");
}

/// A ban is told while the stream is open: a proxy that buffered would keep it.
fn events(proxy: &Proxy, cookie: &str) {
    let mut curl = ask(proxy, "/bangui/api/events/stream");
    curl.args(["--no-buffer", "--cookie", cookie]).stdout(Stdio::piped());
    let mut stream = Stream(curl.spawn().expect("curl runs"));
    let lines = BufReader::new(stream.0.stdout.take().expect("a pipe")).lines();
    let (tell, told) = mpsc::channel();
    let reading = std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            if tell.send(line).is_err() {
                return;
            }
        }
    });
    let until = |what: &str| loop {
        let line = told.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("waited for {what} in the stream"));
        if line.contains(what) {
            return;
        }
    };
    until("event:");
    let ban = serde_json::json!({"ip": ATTACKER, "jail": "sshd"});
    let got = post(proxy, "/bangui/api/bans", &proxy.url(""), Some(cookie), &ban);
    assert!(got.status < 300, "{got:?}");
    until(ATTACKER);
    drop(stream);
    drop(told);
    reading.join().expect("the reader ends");
}

struct Stream(Child);

impl Drop for Stream {
    fn drop(&mut self) {
        // It ends with the connection, or here.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A real browser builds the page: script, style and the first calls of the API are all found below the path.
pub(crate) fn in_a_browser(proxy: &Proxy) {
    let home = tempfile::TempDir::new().expect("a directory");
    let output = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
        ])
        .args(["--disable-component-update", "--disable-sync", "--ignore-certificate-errors"])
        .args(["--virtual-time-budget=20000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", home.path().display()))
        .arg(proxy.url("/bangui/jails/sshd"))
        .output()
        .expect("chromium runs");
    let dom = String::from_utf8_lossy(&output.stdout);
    let form = dom.contains("current-password") && dom.contains("Log in");
    assert!(form, "{dom}\n{}", String::from_utf8_lossy(&output.stderr));
}
