//! A server that cannot be reached at all: which of the reasons it is, and what to do.

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::Duration;

use fail2ban_client::fake::Reply;
use fail2ban_client::{Client, Error, Options};

#[tokio::test]
async fn the_socket_is_missing_dead_or_none_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("s");
    let error = Client::new(&path).ping().await.unwrap_err();
    assert!(matches!(error, Error::SocketMissing { .. }), "{error}");
    assert!(error.is_offline());
    assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");

    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let error = Client::new(&path).ping().await.unwrap_err();
    assert!(matches!(error, Error::NobodyListens { .. }), "{error}");

    let plain = dir.path().join("plain");
    std::fs::write(&plain, "").unwrap();
    let error = Client::new(&plain).ping().await.unwrap_err();
    assert!(matches!(error, Error::NotASocket { .. }), "{error}");
    let error = Client::new(dir.path()).ping().await.unwrap_err();
    assert!(matches!(error, Error::NotASocket { .. }), "{error}");

    let error = Client::new(dir.path().join("s".repeat(200))).ping().await.unwrap_err();
    assert!(matches!(error, Error::Connect { .. }), "{error}");
}

/// Run by the test below, as another user, in the directory of the socket.
#[tokio::test]
#[ignore = "part of the test below"]
async fn as_a_stranger() {
    let error = Client::new("s").ping().await.unwrap_err();
    assert!(matches!(error, Error::PermissionDenied { .. }), "{error}");
    assert!(error.to_string().contains("write permission"), "{error}");
}

/// The super-user may connect to everything, so that the question is asked by a process of the user nobody; other
/// users ask it themselves.
#[tokio::test]
async fn permission_is_denied() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("s");
    let _listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    // The build directory may be closed to others.
    let program = dir.path().join("it");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let mut command = Command::new(&program);
    command.args(["--ignored", "--exact", "absent::as_a_stranger"]).current_dir(dir.path());
    if std::fs::metadata("/proc/self").map(|data| std::os::unix::fs::MetadataExt::uid(&data)).unwrap() == 0 {
        command.uid(65534).gid(65534);
    }
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && printed.contains("1 passed"), "{printed}");
}

#[tokio::test]
async fn a_full_queue_is_tried_again_until_the_time_is_over() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("s");
    let socket = tokio::net::UnixSocket::new_stream().unwrap();
    socket.bind(&path).unwrap();
    let listener = socket.listen(1).unwrap();
    let mut waiting = Vec::new();
    while let Ok(stream) = tokio::net::UnixStream::connect(&path).await {
        waiting.push(stream);
    }
    assert!(waiting.len() < 10);
    let client =
        Client::with_options(&path, Options::default().with_connect_timeout(Duration::from_millis(500)));
    let error = client.ping().await.unwrap_err();
    assert!(matches!(error, Error::TimedOut { doing: "accept the connection", .. }), "{error}");
    assert_eq!(client.generation(), 0);

    // Room comes while the client tries.
    let client = Client::new(&path);
    let asked = tokio::spawn(async move { client.version().await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    for _ in 0..waiting.len() {
        drop(listener.accept().await.unwrap());
    }
    let (mut stream, _) = listener.accept().await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stream, Reply::text("9").as_bytes()).await.unwrap();
    assert_eq!(asked.await.unwrap().unwrap().as_str(), "9");
}
