//! A PostgreSQL server of a test's own on loopback, that may be stopped, killed, frozen and started again. Gone with its
//! directory when dropped. Without protection against a power cut, since nothing in it is to be kept.

use std::ffi::OsStr;
use std::fmt;
use std::fs::File;
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

const READY_WITHIN: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(50);

/// Why there is no server.
#[derive(Debug)]
pub struct ClusterError(String);

impl fmt::Display for ClusterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ClusterError {}

fn failed<E: fmt::Display>(what: impl fmt::Display) -> impl FnOnce(E) -> ClusterError {
    move |error| ClusterError(format!("{what}: {error}"))
}

/// A server, running or not.
#[derive(Debug)]
pub struct Cluster {
    dir: TempDir,
    bin: PathBuf,
    owner: Owner,
    port: u16,
    env: Vec<(String, String)>,
    server: Option<Child>,
}

impl Cluster {
    /// Makes a cluster in a temporary directory and starts it with these variables in its environment.
    ///
    /// # Errors
    ///
    /// When the server's programs are missing, the user to run them is, or the server does not come up.
    pub fn start(env: &[(&str, &str)]) -> Result<Self, ClusterError> {
        let bin = postgres_bin().ok_or_else(|| {
            ClusterError("no PostgreSQL server binaries below /usr/lib/postgresql".to_owned())
        })?;
        let owner = Owner::find()?;
        let dir = tempfile::Builder::new()
            .prefix("bangui-pg-")
            .tempdir()
            .map_err(failed("make a temporary directory"))?;
        if let Some((user, group)) = owner.0 {
            std::os::unix::fs::chown(dir.path(), Some(user), Some(group))
                .map_err(failed(format!("give {} to the user postgres", dir.path().display())))?;
        }
        let mut initdb = owner.command(&bin.join("initdb"), dir.path());
        initdb.args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]);
        let made =
            initdb.arg("--pgdata").arg(dir.path().join("data")).output().map_err(failed("run initdb"))?;
        if !made.status.success() {
            return Err(ClusterError(format!("initdb: {}", String::from_utf8_lossy(&made.stderr))));
        }
        let env = env.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
        let mut cluster = Self { dir, bin, owner, port: free_port()?, env, server: None };
        cluster.start_again()?;
        Ok(cluster)
    }

    /// Starts the server, on the same port and data as before, and waits until it answers.
    ///
    /// # Errors
    ///
    /// When it does not come up.
    pub fn start_again(&mut self) -> Result<(), ClusterError> {
        let mut command = self.owner.command(&self.bin.join("postgres"), self.dir.path());
        command.arg("-D").arg(self.dir.path().join("data"));
        for setting in [
            "listen_addresses=127.0.0.1".to_owned(),
            format!("port={}", self.port),
            format!("unix_socket_directories={}", self.dir.path().display()),
            // Concurrent tests each hold a pool or two.
            "max_connections=300".to_owned(),
            "fsync=off".to_owned(),
            "synchronous_commit=off".to_owned(),
            "full_page_writes=off".to_owned(),
        ] {
            command.arg("-c").arg(setting);
        }
        let log = self.log_file();
        let out = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .map_err(failed(format!("open {}", log.display())))?;
        let err = out.try_clone().map_err(failed("open the log twice"))?;
        command.envs(self.env.iter().map(|(key, value)| (key, value)));
        command.stdin(Stdio::null()).stdout(out).stderr(err).process_group(0);
        self.server = Some(command.spawn().map_err(failed("start postgres"))?);
        let started = Instant::now();
        while !self.answers() {
            let ended = self.server.as_mut().is_none_or(|server| !matches!(server.try_wait(), Ok(None)));
            if ended || started.elapsed() > READY_WITHIN {
                return Err(ClusterError(format!("PostgreSQL does not answer; its log:\n{}", self.log())));
            }
            std::thread::sleep(POLL);
        }
        Ok(())
    }

    fn answers(&self) -> bool {
        let port = self.port.to_string();
        let mut ready = Command::new(self.bin.join("pg_isready"));
        ready.args(["-q", "-h", "127.0.0.1", "-p", &port]).stdin(Stdio::null());
        ready.status().is_ok_and(|status| status.success())
    }

    /// Ends the server: with `Signal::INT` it ends all transactions and connections in order, with `Signal::QUIT` at once
    /// as after a crash.
    ///
    /// # Errors
    ///
    /// When it does not end.
    pub fn stop(&mut self, signal: Signal) -> Result<(), ClusterError> {
        let Some(mut server) = self.server.take() else { return Ok(()) };
        kill_process(Pid::from_child(&server), signal).map_err(failed("signal postgres"))?;
        let started = Instant::now();
        while matches!(server.try_wait(), Ok(None)) {
            if started.elapsed() > READY_WITHIN {
                return Err(ClusterError(format!("PostgreSQL does not stop; its log:\n{}", self.log())));
            }
            std::thread::sleep(POLL);
        }
        Ok(())
    }

    /// Stops all its processes where they are, as a machine does that hangs; connections stay open and nothing answers.
    ///
    /// # Errors
    ///
    /// When they cannot be signalled.
    pub fn freeze(&self) -> Result<(), ClusterError> {
        self.signal_all(Signal::STOP)
    }

    /// Lets all its processes go on.
    ///
    /// # Errors
    ///
    /// When they cannot be signalled.
    pub fn thaw(&self) -> Result<(), ClusterError> {
        self.signal_all(Signal::CONT)
    }

    /// The postmaster first, so that it makes no new child meanwhile; each child has a process group of its own.
    fn signal_all(&self, signal: Signal) -> Result<(), ClusterError> {
        let Some(server) = &self.server else { return Ok(()) };
        let postmaster = Pid::from_child(server);
        kill_process(postmaster, signal).map_err(failed("signal postgres"))?;
        for child in children(server.id())? {
            // One that has ended meanwhile needs no signal.
            let _gone = kill_process(child, signal);
        }
        Ok(())
    }

    /// Address of the server's database `postgres`, as its superuser, without password.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// What the server has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_else(|error| error.to_string())
    }

    fn log_file(&self) -> PathBuf {
        self.dir.path().join("log")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let Some(mut server) = self.server.take() else { return };
        // SIGQUIT is PostgreSQL's immediate shutdown; a frozen one has to be let go first. A server that has ended needs
        // neither.
        if let Ok(children) = children(server.id()) {
            for child in children {
                let _gone = kill_process(child, Signal::CONT);
            }
        }
        let _gone = kill_process(Pid::from_child(&server), Signal::CONT);
        let _gone = kill_process(Pid::from_child(&server), Signal::QUIT);
        drop(server.wait());
    }
}

/// The processes whose parent is `parent`.
fn children(parent: u32) -> Result<Vec<Pid>, ClusterError> {
    let mut found = Vec::new();
    for entry in Path::new("/proc").read_dir().map_err(failed("read /proc"))?.flatten() {
        let number = entry.file_name().to_string_lossy().parse::<i32>().ok().and_then(Pid::from_raw);
        // One that has ended between has no such file any more.
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // The name in the second field may hold spaces; the parent is the second field behind it.
        let of = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1));
        if let (Some(number), Some(of)) = (number, of)
            && of.parse() == Ok(parent)
        {
            found.push(number);
        }
    }
    Ok(found)
}

/// The newest folder with `initdb` and `postgres`; Debian keeps them off the path.
pub fn postgres_bin() -> Option<PathBuf> {
    let versions = Path::new("/usr/lib/postgresql").read_dir().ok()?;
    versions
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version: u32 = entry.file_name().to_string_lossy().parse().ok()?;
            let bin = entry.path().join("bin");
            (bin.join("initdb").is_file() && bin.join("postgres").is_file()).then_some((version, bin))
        })
        .max()
        .map(|(_, bin)| bin)
}

/// Whom the server runs as: PostgreSQL refuses to run as root, so then it is Debian's user `postgres`.
#[derive(Debug)]
struct Owner(Option<(u32, u32)>);

impl Owner {
    fn find() -> Result<Self, ClusterError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self(None));
        }
        let id = |flag: &str| {
            let output = Command::new("id").args([flag, "postgres"]).output().map_err(failed("run id"))?;
            String::from_utf8_lossy(&output.stdout).trim().parse::<u32>().map_err(|_| {
                ClusterError(
                    "PostgreSQL does not run as root, and this machine has no user `postgres` to run it as: \
                     `adduser --system --group postgres` makes one"
                        .to_owned(),
                )
            })
        };
        Ok(Self(Some((id("-u")?, id("-g")?))))
    }

    fn command(&self, program: &Path, dir: &Path) -> Command {
        let mut command = Command::new::<&OsStr>(program.as_ref());
        command.current_dir(dir);
        if let Some((user, group)) = self.0 {
            command.uid(user).gid(group);
        }
        command
    }
}

/// A port of loopback that was free a moment ago.
fn free_port() -> Result<u16, ClusterError> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(failed("find a free port on loopback"))?;
    let address = listener.local_addr().map_err(failed("read the port that was found"))?;
    Ok(address.port())
}
