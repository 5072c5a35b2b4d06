//! Debian's own jails as streams: made on the spot from the installed configuration.

use bangui_test_support::fail2ban::{Fail2ban, stock_config};
use fail2ban_client::{Backend, Client, JailStream};

use crate::live::jail;
use crate::streams::{changed, lines_of, printed, with};

/// Debian's own jails, all of them enabled, in a copy of its configuration.
#[tokio::test]
async fn the_stock_jails() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("fail2ban");
    let copied =
        std::process::Command::new("cp").arg("-r").arg(stock_config()).arg(&config).status().unwrap();
    assert!(copied.success());
    let stock = std::fs::read_to_string(config.join("jail.conf")).unwrap();
    let sections = stock.lines().filter_map(|line| line.strip_prefix('[')?.strip_suffix(']'));
    let names: Vec<&str> = sections.filter(|name| !["INCLUDES", "DEFAULT"].contains(name)).collect();
    let section = |name: &&str| format!("[{name}]\nenabled = true\n");
    std::fs::write(config.join("jail.local"), names.iter().map(section).collect::<Vec<_>>().concat())
        .unwrap();

    // Every one is a stream, and fail2ban takes it.
    let lines = printed(&config);
    let lab = Fail2ban::builder().start().unwrap();
    let client = Client::new(lab.socket());
    for name in &names {
        let stream = JailStream::from_commands(lines_of(&lines, name)).unwrap();
        let check = client.check_jail(&stream).await.unwrap();
        assert!(check.is_ok(), "{name}: {check}");
        // What the server tells of a jail that was made so can be set again: without its actions, which would run.
        let harmless = changed(&stream, |command| {
            let key = command.get(2).cloned();
            let runs = ["action", "addaction", "addlogpath"].map(|key| Some(key.into())).contains(&key);
            (!runs).then_some(command)
        });
        for command in harmless.commands() {
            client.raw(command).await.unwrap();
        }
        let snapshot = client.snapshot_jail(&jail(name)).await.unwrap();
        assert!(snapshot.is_complete(), "{name}: {:?}", snapshot.missing);
        let check = client.check_jail(&snapshot.stream).await.unwrap();
        assert!(check.is_ok(), "{name}: {check}");
        client.stop_jail(&jail(name)).await.unwrap();
    }
    assert!(names.len() > 50, "{}", names.len());
    assert!(
        client
            .check_jail(&with(&JailStream::new(jail("x"), Backend::Auto), &["set", "x", "maxretry", "1"]))
            .await
            .unwrap()
            .is_ok()
    );
}
