//! The private fail2ban bans from log lines, survives stop and kill, and leaves nothing behind.

#![expect(clippy::unwrap_used, reason = "a helper of the tests fails as they do")]

use std::io::{BufRead as _, BufReader};
use std::net::IpAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec, LabError, lines};

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn each_kind_of_line_leads_to_a_ban_and_nothing_is_left_behind() {
    let mut lab = Fail2ban::builder()
        .jail(JailSpec::new("sshd", Filter::Sshd))
        .jail(JailSpec::new("nginx", Filter::Nginx).maxretry(2))
        .jail(JailSpec::new("postfix", Filter::Postfix).bantime(-1))
        .env("TZ", "Asia/Tokyo")
        .start()
        .unwrap();
    let (four, six) = (ip("192.0.2.7"), ip("2001:db8::7"));
    for address in [four, six] {
        for _ in 0..3 {
            lab.append("sshd", &lines::sshd(address)).unwrap();
            lab.append("nginx", &lines::nginx(address)).unwrap();
            lab.append("postfix", &lines::postfix(address)).unwrap();
        }
    }
    for jail in ["sshd", "nginx", "postfix"] {
        lab.wait_for_ban(jail, four).unwrap();
        lab.wait_for_ban(jail, six).unwrap();
        assert!(!lab.is_banned(jail, ip("192.0.2.8")).unwrap());
    }

    let pid = lab.pid().unwrap();
    let dir = lab.dir().to_owned();
    assert!(lab.database_path().exists());
    lab.stop().unwrap();
    assert_eq!(lab.pid(), None);
    assert!(!lab.socket().exists(), "a clean stop removes the socket");
    assert!(!Path::new(&format!("/proc/{pid}")).exists());
    drop(lab);
    assert!(!dir.exists());
}

#[test]
fn bans_outlive_a_kill_and_the_directory_may_be_given() {
    let dir = tempfile::tempdir().unwrap();
    let mut lab = Fail2ban::builder()
        .dir(dir.path())
        .jail(JailSpec::new("web, two", Filter::Failregex("^ login failed from <HOST>$".into())).maxretry(1))
        .start()
        .unwrap();
    lab.client(&["set", "web, two", "banip", "192.0.2.9"]).unwrap();
    lab.wait_for_ban("web, two", ip("192.0.2.9")).unwrap();
    let first = lab.pid().unwrap();
    lab.wait_for_row("192.0.2.9").unwrap();
    lab.kill();
    assert!(lab.socket().exists(), "a killed server leaves its socket file");
    assert!(lab.client(&["ping"]).is_err());
    lab.start_again().unwrap();
    assert_ne!(lab.pid().unwrap(), first);
    lab.wait_for_ban("web, two", ip("192.0.2.9")).unwrap();
    drop(lab);
    assert!(dir.path().join("fail2ban.log").exists(), "a given directory stays");
}

#[test]
fn a_wrong_configuration_is_told_with_the_servers_own_words() {
    let error = Fail2ban::builder()
        .jail(JailSpec::new("bad", Filter::Failregex("(".into())))
        .database(false)
        .start()
        .unwrap_err();
    let LabError::NotReady { output, .. } = &error else { panic!("{error}") };
    assert!(output.contains("regular expression"), "{output}");
}

#[test]
fn a_directory_too_deep_for_a_socket_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let deep = dir.path().join("d".repeat(100));
    let error = Fail2ban::builder().dir(deep).start().unwrap_err();
    assert!(matches!(error, LabError::PathTooLong { .. }), "{error}");
}

#[test]
fn an_unknown_jail_is_an_error() {
    let lab = Fail2ban::builder().jail(JailSpec::new("one", Filter::Sshd)).database(false).start().unwrap();
    assert!(!lab.database_path().exists());
    let error = lab.append("two", "x").unwrap_err();
    assert!(error.to_string().contains("two"), "{error}");
    let error = lab.client(&["status", "two"]).unwrap_err();
    assert!(matches!(error, LabError::Client { .. }), "{error}");
}

#[test]
fn a_missing_program_is_told_with_the_way_to_install_it() {
    let error = Fail2ban::builder().env("PATH", "/nonexistent").start().unwrap_err();
    assert!(matches!(error, LabError::Missing { program: "fail2ban-server" }), "{error}");
    assert!(error.to_string().contains("apt-get install"), "{error}");
}

/// Run by the test below in a process of its own, which is then killed.
#[test]
#[ignore = "part of the test below"]
fn holder() {
    let lab = Fail2ban::builder().jail(JailSpec::new("one", Filter::Sshd)).start().unwrap();
    println!("lab {} {}", lab.pid().unwrap(), lab.dir().display());
    std::thread::sleep(std::time::Duration::from_mins(2));
}

#[test]
fn a_killed_owner_takes_the_server_and_its_directory_along() {
    let mut owner = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "fail2ban::holder", "--nocapture"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut printed = BufReader::new(owner.stdout.take().unwrap()).lines().map(Result::unwrap);
    let line = printed.find_map(|line| line.split_once("lab ").map(|(_, rest)| rest.to_owned())).unwrap();
    let (pid, dir) = line.split_once(' ').unwrap();
    let process = format!("/proc/{pid}");
    assert!(Path::new(&process).exists());
    assert!(Path::new(dir).exists());
    owner.kill().unwrap();
    owner.wait().unwrap();
    for _ in 0..1500 {
        if !running(&process) && !Path::new(dir).exists() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("{line} was left behind");
}

/// An orphan that ended stays listed until the system's first process collects it.
fn running(process: &str) -> bool {
    std::fs::read_to_string(format!("{process}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}
