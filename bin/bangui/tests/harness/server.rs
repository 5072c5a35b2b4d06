//! Starts the binary and talks to it as a script would.

use std::io::Read;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// How long anything may take before a test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A command for the binary with nothing inherited that could set anything.
pub(crate) fn bangui() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bangui"));
    command.env_clear().env("TZ", "UTC").stdin(Stdio::null());
    command
}

/// A port of loopback that nobody uses at this moment.
pub(crate) fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port")
}

/// What gives a program mounts of its own: root may, and others in a user namespace.
pub(crate) fn namespace() -> Vec<String> {
    let flags = if rustix::process::geteuid().is_root() { "--mount" } else { "--map-root-user --mount" };
    std::iter::once("unshare").chain(flags.split(' ')).map(str::to_owned).collect()
}

/// Asks again and again until the answer is there.
pub(crate) fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "waited {} s for {what}", PATIENCE.as_secs());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// What a test sets about the server.
pub(crate) struct Setup {
    pub(crate) socket: PathBuf,
    pub(crate) settings: Vec<(&'static str, String)>,
    /// Run as this user, from a copy of the binary that it can read.
    pub(crate) uid: Option<u32>,
    /// Where it listens; a free port of its own if nowhere is said.
    pub(crate) address: Option<SocketAddr>,
    /// A program that starts it, with arguments that come before the binary's own path.
    pub(crate) through: Vec<String>,
}

impl Setup {
    pub(crate) fn with_socket(socket: &Path) -> Self {
        Self {
            socket: socket.to_path_buf(),
            settings: Vec::new(),
            uid: None,
            address: None,
            through: Vec::new(),
        }
    }
}

/// A running server with a user `admin`, on SQLite in a directory of its own.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) dir: TempDir,
    child: Child,
    pub(crate) cookie: Option<String>,
}

impl Server {
    pub(crate) fn start(setup: &Setup) -> Self {
        let mut server = Self::spawn(setup);
        server.wait_until_alive();
        server
    }

    /// Starts the process, and waits for nothing.
    pub(crate) fn spawn(setup: &Setup) -> Self {
        let dir = TempDir::new().expect("a directory");
        let address = setup.address.unwrap_or_else(free_port);
        let mut command = bangui();
        if let [program, arguments @ ..] = setup.through.as_slice() {
            command = Command::new(program);
            command
                .env_clear()
                .env("TZ", "UTC")
                .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
                .stdin(Stdio::null());
            command.args(arguments).arg(env!("CARGO_BIN_EXE_bangui"));
        }
        if let Some(uid) = setup.uid {
            let copy = dir.path().join("bangui");
            std::fs::copy(env!("CARGO_BIN_EXE_bangui"), &copy).expect("a copy of the binary");
            std::os::unix::fs::chown(dir.path(), Some(uid), Some(uid)).expect("root may give files away");
            command = Command::new(copy);
            command.env_clear().stdin(Stdio::null()).uid(uid).gid(uid);
        }
        let log = std::fs::File::create(dir.path().join("log")).expect("a log");
        command
            .arg("serve")
            .env("BANGUI_HTTP__LISTEN", address.to_string())
            .env("BANGUI_DATABASE__URL", format!("sqlite://{}", dir.path().join("bangui.db").display()))
            .env("BANGUI_FAIL2BAN__SOCKET", &setup.socket)
            .env("BANGUI_FAIL2BAN__POLL_INTERVAL_MS", "200")
            .env("BANGUI_ADMIN__PASSWORD", PASSWORD)
            .env("BANGUI_LOG__FORMAT", "text")
            .stdout(Stdio::null())
            .stderr(log);
        for (key, value) in &setup.settings {
            command.env(key, value);
        }
        let child = command.spawn().expect("the binary starts");
        Self { address, dir, child, cookie: None }
    }

    /// Waits until a started process answers.
    pub(crate) fn wait_until_alive(&mut self) {
        eventually("the server to answer", || {
            if let Some(status) = self.child.try_wait().expect("a child") {
                panic!("the server ended with {status}: {}", self.log());
            }
            self.try_get("/api/health/live").filter(|(status, _)| *status == 200)
        });
    }

    /// A running server that this test is logged in to.
    pub(crate) fn start_and_login(setup: &Setup) -> Self {
        let mut server = Self::start(setup);
        server.log_in(PASSWORD);
        server
    }

    /// Logs the user `admin` in.
    pub(crate) fn log_in(&mut self, password: &str) {
        let credentials = json!({"username": "admin", "password": password});
        let mut answer = self.send("POST", "/api/auth/login", Some(&credentials), None).expect("an answer");
        assert_eq!(answer.status(), 200, "{:?}", answer.body_mut().read_to_string());
        let cookie = answer.headers()["set-cookie"].to_str().expect("text");
        self.cookie = cookie.split(';').next().map(str::to_owned);
    }

    /// Asks with the session of another process's user from now on.
    pub(crate) fn share_session(&mut self, other: &Self) {
        self.cookie.clone_from(&other.cookie);
    }

    /// Sends a request, with an id of the caller's own if it has one.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        id: Option<&str>,
    ) -> Result<ureq::http::Response<ureq::Body>, ureq::Error> {
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address))
            .header("content-type", "application/json");
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        if let Some(id) = id {
            request = request.header("x-request-id", id);
        }
        let config = ureq::config::Config::builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .build();
        let agent = ureq::Agent::new_with_config(config);
        let request = request.body(body.map(Value::to_string).unwrap_or_default()).expect("a request");
        agent.run(request)
    }

    /// The same, unless no answer comes.
    pub(crate) fn try_get(&self, path: &str) -> Option<(u16, Value)> {
        let mut answer = self.send("GET", path, None, None).ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.body_mut().read_json().ok()?))
    }

    /// Status and body of a request.
    pub(crate) fn call(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let mut answer = self.send(method, path, body, None).expect("an answer");
        let status = answer.status().as_u16();
        let text = answer.body_mut().read_to_string().expect("a body");
        let value = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        };
        (status, value)
    }

    pub(crate) fn get(&self, path: &str) -> (u16, Value) {
        self.call("GET", path, None)
    }

    /// The items of a list.
    pub(crate) fn items(&self, path: &str) -> Vec<Value> {
        let (status, body) = self.get(path);
        assert_eq!(status, 200, "{path}: {body}");
        body["items"].as_array().expect("a list").clone()
    }

    /// Waits until `GET /api/health` answers with `status`.
    pub(crate) fn wait_for_health(&self, status: u16) -> Value {
        eventually(&format!("/api/health to answer {status}"), || {
            self.try_get("/api/health").filter(|(found, _)| *found == status).map(|(_, body)| body)
        })
    }

    /// What the server has logged.
    pub(crate) fn log(&self) -> String {
        let mut text = String::new();
        std::fs::File::open(self.dir.path().join("log"))
            .and_then(|mut file| file.read_to_string(&mut text))
            .expect("a log");
        text
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).expect("the server runs");
    }

    /// Waits until the server has ended.
    pub(crate) fn wait(&mut self) -> i32 {
        let mut code = None;
        eventually("the server to end", || {
            code = self.child.try_wait().expect("a child");
            code
        });
        code.and_then(|status| status.code()).unwrap_or(-1)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already, which is what is wanted.
        drop(self.child.kill());
        drop(self.child.wait());
        if std::thread::panicking() {
            eprintln!("--- log of the server ---\n{}", self.log());
        }
    }
}
