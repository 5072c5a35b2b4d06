//! Sockets that are bound and not yet served: TCP, TCP for TLS, and Unix sockets. Knows no request.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::{DirBuilderExt as _, FileTypeExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bangui_domain::chain;
use bangui_edge::Socket;

use crate::exit::{ExitCode, Fatal};
use crate::settings::{Http, Listen, socket_mode};
use crate::tls::{self, Certificate};

/// The name of a socket before it is moved to its path.
const SOCKET: &str = "s";
/// How long another start may take to bind its socket in the same directory.
const LOCKED: Duration = Duration::from_secs(5);

/// A socket that is ours.
pub(super) enum Listener {
    /// For HTTP.
    Tcp(TcpListener),
    /// For HTTPS.
    Tls(TcpListener, Arc<Certificate>),
    /// For HTTP from this machine, at this path.
    Unix(UnixListener, PathBuf),
}

impl Listener {
    /// The certificate that it shows.
    pub(super) fn certificate(&self) -> Option<Arc<Certificate>> {
        match self {
            Self::Tls(_, certificate) => Some(Arc::clone(certificate)),
            Self::Tcp(_) | Self::Unix(..) => None,
        }
    }

    /// Where it is reached, as in `http.listen`.
    pub(super) fn address(&self) -> String {
        let tcp = |scheme: &str, listener: &TcpListener| match listener.local_addr() {
            Ok(address) => format!("{scheme}://{address}"),
            Err(error) => format!("{scheme} on an address that the system does not tell ({error})"),
        };
        match self {
            Self::Tcp(listener) => tcp("http", listener),
            Self::Tls(listener, _) => tcp("https", listener),
            Self::Unix(_, path) => format!("unix:{}", path.display()),
        }
    }

    /// The socket as it is served, with the certificate that it shows.
    pub(super) fn into_socket(self) -> Result<Socket, tls::TlsError> {
        Ok(match self {
            Self::Tcp(listener) => Socket::Tcp(listener),
            Self::Tls(listener, certificate) => Socket::Tls(listener, Arc::new(tls::server(certificate)?)),
            Self::Unix(listener, _) => Socket::Unix(listener),
        })
    }
}

/// Binds every place of `http.listen`.
pub(super) fn bind(http: &Http) -> Result<Vec<Listener>, Fatal> {
    let certificate = match (&http.tls_certificate, &http.tls_key) {
        (Some(certificate), Some(key)) => Some(Arc::new(load(certificate, key)?)),
        _ => None,
    };
    let one = |listen: &Listen| match (listen, &certificate) {
        (Listen::Http(address), _) => Ok(Listener::Tcp(tcp("http.listen", *address)?)),
        (Listen::Https(address), Some(certificate)) => {
            Ok(Listener::Tls(tcp("http.listen", *address)?, Arc::clone(certificate)))
        }
        (Listen::Https(address), None) => Err(Fatal::new(
            ExitCode::Config,
            format!("https://{address} needs http.tls_certificate and http.tls_key."),
        )),
        (Listen::Unix(path), _) => {
            Ok(Listener::Unix(unix(path, socket_mode(&http.socket_mode))?, path.clone()))
        }
    };
    http.listen.iter().map(one).collect()
}

fn load(certificate: &Path, key: &Path) -> Result<Certificate, Fatal> {
    Certificate::load(certificate, key)
        .map_err(|error: tls::TlsError| Fatal::new(ExitCode::Config, format!("{}.", chain(&error))))
}

/// Binds one address that the setting `key` names.
pub(super) fn tcp(key: &str, address: SocketAddr) -> Result<TcpListener, Fatal> {
    let listener = TcpListener::bind(address).map_err(|error| {
        let advice = match error.kind() {
            ErrorKind::AddrInUse => {
                let variable = key.to_uppercase().replace('.', "__");
                format!(
                    "another program listens there: stop it, or set {key} (BANGUI_{variable}) to a free port"
                )
            }
            ErrorKind::PermissionDenied => {
                "ports below 1024 need a privilege: choose a higher one, and put a proxy in front".to_owned()
            }
            ErrorKind::AddrNotAvailable => format!("this machine has no such address: check {key}"),
            _ => format!("check {key}"),
        };
        Fatal::new(ExitCode::Io, format!("Cannot listen on {address} ({error}): {advice}."))
    })?;
    ready(listener.set_nonblocking(true), &address)?;
    Ok(listener)
}

/// Binds a Unix socket. One that a dead process has left behind is replaced; anything else in its place is not touched.
///
/// A socket can be connected to from the moment that it is bound. So it is bound where nobody else comes, given its
/// permissions, and moved to its place: whoever finds it there finds them, too.
fn unix(path: &Path, mode: Option<u32>) -> Result<UnixListener, Fatal> {
    let shown = path.display();
    let refuse = |why: String| Fatal::new(ExitCode::Io, format!("Cannot listen on unix:{shown}: {why}."));
    let directory = path.parent().unwrap_or(Path::new("/"));
    let _one_at_a_time = lock(directory).map_err(&refuse)?;
    if let Ok(found) = std::fs::symlink_metadata(path) {
        if !found.file_type().is_socket() {
            return Err(refuse("there is a file of that name, and it is no socket".to_owned()));
        }
        match UnixStream::connect(path) {
            // The new one takes its place.
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => {}
            Ok(_) => {
                return Err(refuse(
                    "another program listens there: stop it, or set http.listen (BANGUI_HTTP__LISTEN) to another path"
                        .to_owned(),
                ));
            }
            Err(error) => return Err(refuse(format!("what is there cannot be asked ({error})"))),
        }
    }
    let private = Private::make(directory).map_err(|error| {
        refuse(format!("{error}: check that the directory exists and that BanGUI's user may write there"))
    })?;
    let listener = UnixListener::bind(private.socket()).map_err(|error| refuse(error.to_string()))?;
    if let Some(mode) = mode {
        std::fs::set_permissions(private.socket(), std::fs::Permissions::from_mode(mode))
            .map_err(|error| refuse(format!("its permissions cannot be set ({error})")))?;
    }
    ready(listener.set_nonblocking(true), &shown)?;
    std::fs::rename(private.socket(), path)
        .map_err(|error| refuse(format!("it cannot be moved to its place ({error})")))?;
    Ok(listener)
}

/// Keeps other starts from binding a socket in this directory until it is dropped: of two at once the second would find nobody
/// listening, and silently take the path from the first. `None` where the directory cannot be locked.
fn lock(directory: &Path) -> Result<Option<File>, String> {
    // It is missing, may be searched and written but not read, or is on a file system without locks.
    let Ok(opened) = File::open(directory) else { return Ok(None) };
    let began = Instant::now();
    loop {
        match opened.try_lock() {
            Ok(()) => return Ok(Some(opened)),
            Err(TryLockError::Error(_)) => return Ok(None),
            Err(TryLockError::WouldBlock) if began.elapsed() > LOCKED => {
                return Err(format!(
                    "another process has locked the directory {} for {} s: wait until it has started, or end it",
                    directory.display(),
                    LOCKED.as_secs()
                ));
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// A directory that only this user can enter, beside the path of a socket; its name is short, since a socket's path is.
struct Private(PathBuf);

impl Private {
    fn make(beside: &Path) -> std::io::Result<Self> {
        // Not the number of the process, which is 1 in every container.
        let path = beside.join(format!(".b{:08x}", getrandom::u32().map_err(std::io::Error::other)?));
        std::fs::DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }

    fn socket(&self) -> PathBuf {
        self.0.join(SOCKET)
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        // Nothing is left in it, unless the socket could not be moved.
        drop(std::fs::remove_file(self.socket()));
        drop(std::fs::remove_dir(&self.0));
    }
}

fn ready(done: std::io::Result<()>, place: &dyn std::fmt::Display) -> Result<(), Fatal> {
    done.map_err(|error| {
        Fatal::new(ExitCode::Io, format!("Cannot prepare the listener on {place}: {error}."))
    })
}

#[cfg(test)]
mod tests {
    use super::unix;
    use std::sync::Barrier;

    #[test]
    fn of_starts_at_once_one_gets_the_path() {
        let dir = tempfile::TempDir::new().expect("a directory");
        for round in 0..10 {
            let path = dir.path().join(format!("{round}.sock"));
            // A dead process has left one, every other time.
            if round % 2 == 0 {
                drop(std::os::unix::net::UnixListener::bind(&path).expect("a socket"));
            }
            let together = Barrier::new(8);
            let bound: Vec<_> = std::thread::scope(|scope| {
                let start = || {
                    together.wait();
                    unix(&path, Some(0o600))
                };
                let starts: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
                starts.into_iter().filter_map(|start| start.join().expect("it ends").ok()).collect()
            });
            assert_eq!(bound.len(), 1);
        }
    }
}
