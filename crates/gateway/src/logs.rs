//! Whether the log files of jails are there, as seen from here. fail2ban may run in another container, where the same path
//! is another file or none: a file that was never seen here is not known to be missing; one that was, and is gone, is.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bangui_domain::model::LogFileState;
use tokio::sync::Semaphore;

/// The longest that anybody waits for a look: files on a network can hang.
const PATIENCE: Duration = Duration::from_secs(1);
/// Where a file is gone, it is looked for again after this: who rotates logs moves one away and then makes the next.
const AGAIN: Duration = Duration::from_millis(300);

/// Looks at files, and remembers which ones it has seen.
#[derive(Clone)]
pub(crate) struct LogFiles {
    seen: Arc<Mutex<HashSet<PathBuf>>>,
    /// One look at a time: one that hangs keeps its thread, and may not be followed by others.
    free: Arc<Semaphore>,
}

impl LogFiles {
    pub(crate) fn new() -> Self {
        Self { seen: Arc::default(), free: Arc::new(Semaphore::new(1)) }
    }

    /// The states of these files, in their order. All are unknown where looking takes too long.
    pub(crate) async fn look(&self, paths: Vec<PathBuf>) -> Vec<LogFileState> {
        let unknown = vec![LogFileState::Unknown; paths.len()];
        let Ok(permit) = Arc::clone(&self.free).try_acquire_owned() else { return unknown };
        let seen = Arc::clone(&self.seen);
        let looking = tokio::task::spawn_blocking(move || {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            let states = states(&paths, &mut seen, || std::thread::sleep(AGAIN));
            drop(permit);
            states
        });
        let Ok(Ok(states)) = tokio::time::timeout(PATIENCE, looking).await else {
            tracing::warn!("whether the jails' log files are there is not known: to look takes too long");
            return unknown;
        };
        states
    }
}

/// Looks, and where something is gone looks once more, after `pause`.
fn states(paths: &[PathBuf], seen: &mut HashSet<PathBuf>, pause: impl FnOnce()) -> Vec<LogFileState> {
    // What no jail reads any more is forgotten.
    let read: HashSet<&PathBuf> = paths.iter().collect();
    seen.retain(|path| read.contains(path));
    let mut found: Vec<LogFileState> = paths.iter().map(here).collect();
    let mut known = paths.iter().zip(&found).filter(|(path, _)| seen.contains(*path));
    if known.any(|(_, state)| *state == LogFileState::Missing) {
        pause();
        found = paths.iter().map(here).collect();
    }
    for (path, state) in paths.iter().zip(&mut found) {
        match state {
            LogFileState::Present => drop(seen.insert(path.clone())),
            LogFileState::Missing if !seen.contains(path) => *state = LogFileState::Unknown,
            LogFileState::Missing | LogFileState::Unknown => {}
        }
    }
    found
}

/// Whether there is a file at a path of this process.
fn here(path: &PathBuf) -> LogFileState {
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => LogFileState::Missing,
        Ok(_) => LogFileState::Present,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            LogFileState::Missing
        }
        Err(_) => LogFileState::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::ffi::OsString;
    use std::fs;
    use std::os::unix::ffi::OsStringExt as _;
    use std::path::PathBuf;
    use std::sync::mpsc;

    use bangui_domain::model::LogFileState::{Missing, Present, Unknown};

    use super::{LogFiles, states};

    #[tokio::test]
    async fn only_what_was_here_can_be_missing() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        let odd = dir.path().join(OsString::from_vec(b"not-\xff-utf8.log".to_vec()));
        let paths = vec![path("auth.log"), odd.clone(), path("elsewhere/nginx.log"), path("dir.log")];
        let files = LogFiles::new();
        for file in [&paths[0], &odd] {
            fs::write(file, "").unwrap();
        }
        fs::create_dir(&paths[3]).unwrap();
        assert_eq!(files.look(paths.clone()).await, [Present, Present, Unknown, Unknown]);

        fs::remove_file(&odd).unwrap();
        fs::remove_file(&paths[0]).unwrap();
        fs::create_dir(&paths[0]).unwrap();
        assert_eq!(files.look(paths.clone()).await, [Missing, Missing, Unknown, Unknown]);
        assert_eq!(files.look(paths.clone()).await, [Missing, Missing, Unknown, Unknown], "and stays so");

        fs::remove_dir(&paths[0]).unwrap();
        fs::write(&paths[0], "").unwrap();
        assert_eq!(files.look(paths.clone()).await, [Present, Missing, Unknown, Unknown]);
        assert_eq!(files.look(vec![path("auth.log")]).await, [Present]);
        assert_eq!(files.look(paths).await, [Present, Unknown, Unknown, Unknown], "forgotten with its jail");
    }

    #[test]
    fn a_rotation_is_no_alarm() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("auth.log");
        let (mut seen, paths) = (HashSet::from([path.clone()]), [path.clone()]);
        assert_eq!(states(&paths, &mut seen, || fs::write(&path, "").unwrap()), [Present]);
        assert_eq!(states(&paths, &mut seen, || panic!("nothing is gone")), [Present]);
    }

    #[tokio::test]
    async fn a_look_that_hangs_is_not_waited_for_nor_followed() {
        let files = LogFiles::new();
        let (held, is_held) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let seen = files.seen.clone();
        let thread = std::thread::spawn(move || {
            let lock = seen.lock().unwrap();
            held.send(()).unwrap();
            released.recv().unwrap();
            drop(lock);
        });
        is_held.recv().unwrap();
        let here = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")];
        assert_eq!(files.look(here.clone()).await, [Unknown]);
        assert_eq!(files.free.available_permits(), 0, "it still hangs");
        assert_eq!(files.look(here.clone()).await, [Unknown]);
        release.send(()).unwrap();
        thread.join().unwrap();
        drop(files.free.acquire().await.unwrap());
        assert_eq!(files.look(here).await, [Present]);
    }
}
