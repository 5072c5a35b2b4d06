//! Against a real fail2ban: the server as a whole, its log, its database, its end.

use std::num::NonZeroU32;
use std::path::Path;
use std::time::Duration;

use bangui_test_support::fail2ban::Fail2ban;
use fail2ban_client::codec::{Arg, Value};
use fail2ban_client::command::{self, Sequence};
use fail2ban_client::{
    AllowIpv6, Backend, Client, Error, FlushedLog, LogFormat, LogLevel, LogOptions, LogTarget, Reported,
    ServerPath, Standstill, SyslogSocket,
};

use crate::live::{jail, lab};

fn path(path: &Path) -> ServerPath {
    ServerPath::new(path).unwrap()
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

#[tokio::test]
async fn what_it_says_of_itself() {
    let lab = lab();
    let client = Client::new(lab.socket());
    client.server_ready().await.unwrap();
    let values = [Arg::Int(-1), Arg::from("né"), Arg::List(vec![Arg::None])];
    let echoed = client.echo(&values).await.unwrap();
    assert_eq!((&echoed[0], echoed[1].as_str()), (&Value::Int(-1), Some("né")));
    assert_eq!(client.echo(&[]).await.unwrap(), []);
    let settings = client.server_settings().await.unwrap();
    assert_eq!(settings.loglevel, client.log_level().await.unwrap());
    assert_eq!(settings.logtarget, Some(client.log_target().await.unwrap()));
    assert_eq!(settings.syslogsocket, client.syslog_socket().await.unwrap());
    assert_eq!(settings.stacksize, client.thread_stack().await.unwrap());
    assert_eq!(settings.dbfile, client.database_file().await.unwrap());
    assert_eq!(settings.dbmaxmatches, client.database_max_matches().await.unwrap());
    assert_eq!(settings.dbpurgeage, client.database_purge_age().await.unwrap());
    assert_eq!((settings.dbmaxmatches, settings.dbpurgeage), (Some(10), Some(86_400)));
    assert_eq!(settings.loglevel, Reported::Known(LogLevel::Info));
    assert_eq!(settings.logtarget.unwrap().to_string(), lab.server_log().display().to_string());
}

#[tokio::test]
async fn its_log() {
    let lab = lab();
    let client = Client::new(lab.socket());
    for level in LogLevel::NAMED.into_iter().chain([LogLevel::Number(25), LogLevel::Info]) {
        assert_eq!(client.set_log_level(level).await.unwrap(), Reported::Known(level));
        assert!(lab.client(&["get", "loglevel"]).unwrap().contains(&format!("{level}")));
        assert_eq!(client.log_level().await.unwrap(), Reported::Known(level));
    }
    lab.client(&["set", "loglevel", "notice"]).unwrap();
    assert_eq!(client.log_level().await.unwrap(), Reported::Known(LogLevel::Notice));

    client.log_error("a line of ours, né %s %(x)d").await.unwrap();
    assert!(text(&lab.server_log()).contains("a line of ours, né %s %(x)d"));
    let moved = lab.dir().join("moved.log");
    std::fs::rename(lab.server_log(), &moved).unwrap();
    assert_eq!(client.flush_logs().await.unwrap(), Reported::Known(FlushedLog::RolledOver));
    client.log_error("behind the move").await.unwrap();
    assert!(text(&lab.server_log()).contains("behind the move"));

    let file = lab.dir().join("né, other.log");
    let target: LogTarget = file.display().to_string().parse().unwrap();
    let format = LogFormat::new("it's 100%% <%(levelname)-7s> [a, b] %(message)s").unwrap();
    let options = LogOptions::new().with_padding(false).with_datetime(false).with_format(format);
    assert_eq!(client.set_log_target(&target, &options).await.unwrap(), Reported::Known(target.clone()));
    assert!(lab.client(&["get", "logtarget"]).unwrap().contains("né, other.log"));
    assert_eq!(client.log_target().await.unwrap(), Reported::Known(target.clone()));
    client.log_error("in our form").await.unwrap();
    assert!(text(&file).ends_with("it's 100% <ERROR  > [a, b] in our form\n"), "{}", text(&file));
    let error = client.set_log_target(&target, &options).await.unwrap_err();
    assert!(matches!(error, Error::Unchanged { .. }), "{error}");
    let error =
        client.set_log_target(&"/nonexistent/x.log".parse().unwrap(), &LogOptions::new()).await.unwrap_err();
    assert!(error.to_string().contains("Failed to change log target"), "{error}");
    let stdout = client.set_log_target(&LogTarget::Stdout, &LogOptions::new()).await.unwrap();
    assert_eq!(stdout, Reported::Known(LogTarget::Stdout));
    assert_eq!(client.flush_logs().await.unwrap(), Reported::Known(FlushedLog::Flushed));

    let socket = SyslogSocket::Path(path(&lab.dir().join("no-such-socket")));
    for socket in [socket, SyslogSocket::Auto] {
        assert_eq!(client.set_syslog_socket(&socket).await.unwrap(), Reported::Known(socket.clone()));
        assert!(lab.client(&["get", "syslogsocket"]).unwrap().contains(&socket.to_string()));
        assert_eq!(client.syslog_socket().await.unwrap(), Reported::Known(socket));
    }
}

#[tokio::test]
async fn its_threads_its_family_and_its_sleep() {
    let lab = lab();
    let client = Client::new(lab.socket());
    for kib in [256, 0] {
        client.set_thread_stack(kib).await.unwrap();
        assert_eq!(client.thread_stack().await.unwrap(), u64::from(kib));
    }
    let error = client.set_thread_stack(1).await.unwrap_err();
    assert_eq!(error.exception().unwrap().name(), "ValueError");
    let has_family = client.version().await.unwrap().at_least(1, 0);
    for allow in AllowIpv6::ALL {
        match client.set_allow_ipv6(allow).await {
            Ok(told) => assert_eq!((told, has_family), (Reported::Known(allow), true)),
            Err(error) => {
                assert!(matches!(error, Error::Unsupported { .. }) && !has_family, "{error}");
            }
        }
    }
    client.sleep(Standstill::new(Duration::from_millis(20)).unwrap()).await.unwrap();
}

#[tokio::test]
async fn its_database() {
    let lab = Fail2ban::builder().start().unwrap();
    let client = Client::new(lab.socket());
    assert_eq!(client.set_database_max_matches(3).await.unwrap(), Some(3));
    assert_eq!(client.database_max_matches().await.unwrap(), Some(3));
    assert_eq!(client.set_database_purge_age(7200).await.unwrap(), Some(7200));
    assert!(lab.client(&["get", "dbpurgeage"]).unwrap().contains("7200"));
    assert_eq!(client.database_purge_age().await.unwrap(), Some(7200));
    let other = lab.dir().join("other né.sqlite3");
    assert_eq!(
        client.set_database_file(Some(&path(&other))).await.unwrap().as_deref(),
        Some(other.as_path())
    );
    assert!(other.exists());
    assert!(lab.client(&["get", "dbfile"]).unwrap().contains("other né.sqlite3"));
    client.add_jail(&jail("one"), &Backend::Polling).await.unwrap();
    let error = client.set_database_file(None).await.unwrap_err();
    assert_eq!(error.exception().unwrap().name(), "RuntimeError", "while there are jails");
    client.stop_all_jails().await.unwrap();
    assert_eq!(client.set_database_file(None).await.unwrap(), None);
    assert_eq!(client.database_file().await.unwrap(), None);
    assert_eq!(client.database_max_matches().await.unwrap(), None);
    assert_eq!(client.database_purge_age().await.unwrap(), None);
    assert_eq!(client.set_database_max_matches(3).await.unwrap(), None);
    assert_eq!(client.set_database_purge_age(3).await.unwrap(), None);
}

#[tokio::test]
async fn commands_as_one() {
    let lab = lab();
    let client = Client::new(lab.socket());
    let sshd = jail("sshd");
    let number = |n| NonZeroU32::new(n).unwrap();
    let mut commands = Sequence::new();
    commands.push(&command::set_max_retry(&sshd, number(8))).unwrap();
    commands.push(&command::add_fail_regex(&sshd, "^x <HOST>$")).unwrap();
    client.server_stream(&commands).await.unwrap();
    assert_eq!(client.max_retry(&sshd).await.unwrap(), 8);
    assert_eq!(client.fail_regexes(&sshd).await.unwrap().len(), 2);
    client.server_stream(&Sequence::new()).await.unwrap();

    let mut commands = Sequence::new();
    commands.push(&command::set_max_retry(&sshd, number(2))).unwrap();
    commands.push(&command::add_fail_regex(&sshd, "(")).unwrap();
    commands.push(&command::set_max_retry(&sshd, number(3))).unwrap();
    let error = client.server_stream(&commands).await.unwrap_err();
    assert_eq!(error.exception().unwrap().name(), "RegexException");
    assert_eq!(client.max_retry(&sshd).await.unwrap(), 2, "those before the bad one stay done");
}

#[tokio::test]
async fn its_end() {
    let mut lab = lab();
    let client = Client::new(lab.socket());
    client.stop_server().await.unwrap();
    lab.stop().unwrap();
    assert!(!lab.socket().exists());
    let error = client.ping().await.unwrap_err();
    assert!(matches!(error, Error::SocketMissing { .. }), "{error}");
}
