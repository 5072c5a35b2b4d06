//! Where the server listens: several addresses, Unix sockets, its own TLS; and what is asked of it there.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command::run;
use crate::server::{PASSWORD, Server, Setup, bangui, eventually, free_port};
use crate::tls::{Got, Pair, curl, fetch, try_fetch};

/// A server without fail2ban that listens at `places`; the first has to be its usual address.
fn server(places: &[String], settings: &[(&'static str, String)]) -> Server {
    let mut setup = Setup::with_socket(Path::new("/nowhere/fail2ban.sock"));
    setup.address = places.first().map(|place| place.parse().expect("an address"));
    setup.settings.push(("BANGUI_HTTP__LISTEN", places.join(",")));
    setup.settings.extend_from_slice(settings);
    Server::start(&setup)
}

fn by_socket(socket: &Path, path: &str) -> Got {
    let mut curl = curl(Path::new("/dev/null"));
    curl.arg("--unix-socket").arg(socket).arg(format!("http://localhost{path}"));
    fetch(curl)
}

fn healthcheck(listen: &str, settings: &[(&str, &Path)]) -> (i32, String) {
    let mut command = bangui();
    command.args(["healthcheck", "--live"]).env("BANGUI_HTTP__LISTEN", listen);
    for (key, value) in settings {
        command.env(key, value);
    }
    run(&mut command)
}

#[test]
fn several_addresses_and_a_unix_socket_serve_the_same() {
    let dir = TempDir::new().expect("a directory");
    let socket = dir.path().join("bangui.sock");
    let [first, second] = [free_port().to_string(), free_port().to_string()];
    let unix = format!("unix:{}", socket.display());
    let mut server = server(&[first.clone(), format!("http://{second}"), unix.clone()], &[]);

    assert_eq!(healthcheck(&first, &[]).0, 0);
    assert_eq!(healthcheck(&second, &[]).0, 0);
    assert_eq!(healthcheck(&unix, &[]).0, 0);
    assert_eq!(by_socket(&socket, "/api/health/live").status, 200);
    let mode = std::fs::metadata(&socket).expect("the socket").permissions().mode();
    assert_eq!(mode & 0o777, 0o660);

    // Another server leaves the socket of a living one alone, and takes over that of a dead one.
    let (code, text) = run(bangui()
        .arg("serve")
        .env("BANGUI_HTTP__LISTEN", &unix)
        .env("BANGUI_DATABASE__URL", format!("sqlite://{}", dir.path().join("other.db").display())));
    assert!(code == 74 && text.contains("another program listens there"), "{code} {text}");
    assert_eq!(by_socket(&socket, "/api/health/live").status, 200);
    server.signal(rustix::process::Signal::KILL);
    server.wait();
    let (code, text) = healthcheck(&unix, &[]);
    assert!(code == 1 && text.contains("is not answered"), "{code} {text}");
    let again = free_port().to_string();
    let _server = self::server(&[again, unix], &[("BANGUI_HTTP__SOCKET_MODE", "600".to_owned())]);
    assert_eq!(by_socket(&socket, "/api/health/live").status, 200);
    let mode = std::fs::metadata(&socket).expect("the socket").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn what_is_no_socket_is_not_replaced() {
    let dir = TempDir::new().expect("a directory");
    let file = dir.path().join("precious");
    std::fs::write(&file, "kept").expect("written");
    let (code, text) = run(bangui()
        .arg("serve")
        .env("BANGUI_HTTP__LISTEN", format!("unix:{}", file.display()))
        .env("BANGUI_DATABASE__URL", format!("sqlite://{}", dir.path().join("bangui.db").display())));
    assert!(code == 74 && text.contains("it is no socket"), "{code} {text}");
    assert_eq!(std::fs::read_to_string(&file).expect("read"), "kept");
}

fn tls_settings(pair: &Pair) -> [(&'static str, String); 2] {
    let text = |path: &PathBuf| path.display().to_string();
    [("BANGUI_HTTP__TLS_CERTIFICATE", text(&pair.certificate)), ("BANGUI_HTTP__TLS_KEY", text(&pair.key))]
}

fn log_in(certificate: &Path, url: &str) -> Got {
    let mut curl = curl(certificate);
    curl.args(["--header", "content-type: application/json", "--data"]);
    curl.arg(json!({"username": "admin", "password": PASSWORD}).to_string());
    curl.arg(format!("{url}/api/auth/login"));
    fetch(curl)
}

#[test]
fn tls_is_built_in_and_takes_up_a_new_certificate() {
    let dir = TempDir::new().expect("a directory");
    let pair = Pair::write(dir.path());
    let [plain, secure] = [free_port().to_string(), free_port().to_string()];
    let place = format!("https://{secure}");
    let server = server(&[plain.clone(), place.clone()], &tls_settings(&pair));

    let got = log_in(&pair.certificate, &place);
    assert_eq!(got.status, 200, "{got:?}");
    assert!(got.header("set-cookie").contains("; Secure"), "{got:?}");
    let got = log_in(&pair.certificate, &format!("http://{plain}"));
    assert!(got.status == 200 && !got.header("set-cookie").contains("Secure"), "{got:?}");
    let mut old = curl(&pair.certificate);
    old.args(["--tls-max", "1.1", &format!("{place}/api/health/live")]);
    assert!(try_fetch(old).is_none(), "TLS 1.1 is not spoken");

    // Only the certificate of the settings is taken for this server.
    let asked =
        [("BANGUI_HTTP__TLS_CERTIFICATE", pair.certificate.as_path()), ("BANGUI_HTTP__TLS_KEY", &pair.key)];
    assert_eq!(healthcheck(&place, &asked).0, 0);
    let stranger = TempDir::new().expect("a directory");
    let other = Pair::write(stranger.path());
    let strange =
        [("BANGUI_HTTP__TLS_CERTIFICATE", other.certificate.as_path()), ("BANGUI_HTTP__TLS_KEY", &other.key)];
    let (code, text) = healthcheck(&place, &strange);
    assert!(code == 1 && text.contains("no TLS with the certificate"), "{code} {text}");

    // A broken renewal changes nothing; a whole one is taken up.
    let before = std::fs::read(&pair.certificate).expect("read");
    let kept = dir.path().join("kept.pem");
    std::fs::write(&kept, before).expect("written");
    std::fs::write(&pair.key, "no key").expect("written");
    eventually("the broken key to be told", || server.log().contains("stays in use").then_some(()));
    let live = |certificate: &Path| {
        let mut curl = curl(certificate);
        curl.arg(format!("{place}/api/health/live"));
        try_fetch(curl).filter(|got| got.status == 200)
    };
    assert!(live(&kept).is_some());
    let new = Pair::write(dir.path());
    eventually("the new certificate to be in use", || live(&new.certificate));
    assert!(live(&kept).is_none(), "the certificate before is gone");
}

#[test]
fn under_a_base_path_everything_begins_with_it() {
    let address = free_port().to_string();
    let server =
        server(std::slice::from_ref(&address), &[("BANGUI_HTTP__BASE_PATH", "/tools/bangui/".to_owned())]);
    let url = format!("http://{address}/tools/bangui");
    let got = log_in(Path::new("/dev/null"), &url);
    assert!(got.status == 200 && got.header("set-cookie").contains("; Path=/tools/bangui;"), "{got:?}");
    let ask = |path: &str| {
        let mut curl = curl(Path::new("/dev/null"));
        curl.args(["--cookie", got.header("set-cookie").split(';').next().expect("a cookie")]);
        curl.arg(format!("http://{address}{path}"));
        fetch(curl)
    };
    let document: Value = serde_json::from_str(&ask("/tools/bangui/api/openapi.json").body).expect("JSON");
    assert_eq!(document["servers"], json!([{"url": "/tools/bangui"}]));
    assert_eq!(ask("/tools/bangui/api/nothing").status, 404);
    assert_eq!(ask("/tools/bangui/jails/sshd").status, 200);
    // Health checks, and proxies that take the path off, come without it.
    assert_eq!(server.get("/api/health/live").0, 200);
    assert_eq!(ask("/api/auth/me").status, 200);
}

#[test]
fn what_cannot_be_listened_at_is_named() {
    for (key, value, what) in [
        ("BANGUI_HTTP__LISTEN", "localhost:80", "http.listen"),
        ("BANGUI_HTTP__LISTEN", "https://127.0.0.1:1", "http.tls_certificate"),
        ("BANGUI_HTTP__LISTEN", "unix:/nowhere/at/all.sock", "/nowhere/at/all.sock"),
        ("BANGUI_HTTP__BASE_PATH", "bangui", "/bangui"),
        ("BANGUI_HTTP__SOCKET_MODE", "rw-rw----", "http.socket_mode"),
        ("BANGUI_HTTP__TRUSTED_PROXIES", "proxy", "172.16.0.0/12"),
        ("BANGUI_HTTP__TLS_KEY", "/etc/ssl/host.key", "http.tls_certificate"),
    ] {
        let (code, text) = run(bangui()
            .arg("check-config")
            .env("BANGUI_DATABASE__URL", "sqlite:///tmp/x.db")
            .env(key, value));
        assert!(code == 78 && text.contains(what), "{key}={value}: {code} {text}");
    }
}
