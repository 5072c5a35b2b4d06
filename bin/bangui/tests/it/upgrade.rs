//! An older database under this binary, and a newer one, which it leaves alone.

use std::path::Path;

use bangui_persistence::DbKind;
use bangui_test_support::db::{Place, schema};
use tempfile::TempDir;

use crate::command::run;
use crate::data::on;
use crate::server::{Server, Setup, bangui};

const BOTH: [DbKind; 2] = [DbKind::Sqlite, DbKind::Postgres];

/// The first schema that has users.
const FIRST: &str = "0003";

#[test]
fn a_server_serves_what_an_older_one_has_left() {
    for kind in BOTH {
        let place = Place::of_schema(kind, FIRST);
        let mut setup = Setup::with_socket(Path::new("/nowhere/fail2ban.sock"));
        setup.settings.push(("BANGUI_DATABASE__URL", place.url().to_owned()));
        let server = Server::start_and_login(&setup);
        let events = server.items("/api/events");
        let told: Vec<&str> = events.iter().map(|event| event["ip"].as_str().expect("an address")).collect();
        let all = ["mallory@example", "198.51.100.9", "2001:db8::1", "192.0.2.1", "192.0.2.1"];
        assert_eq!(told, all);
        assert_eq!(server.items("/api/bans").len(), 3);
        let last = schema::versions().pop().expect("a migration");
        let told = format!("from the schema {FIRST} to {last}");
        assert!(server.log().contains(&told) && server.log().contains("docs/backup.md"), "{}", server.log());
    }
}

#[test]
fn what_is_pending_is_told_and_left() {
    for kind in BOTH {
        let place = Place::of_schema(kind, FIRST);
        let table = "SELECT count(*) AS count FROM __diesel_schema_migrations";
        let (code, text) = on(place.url(), &["migrate", "--check"]);
        assert_eq!(code, 1, "{text}");
        let later: Vec<String> =
            schema::versions().into_iter().filter(|version| version.as_str() > FIRST).collect();
        let named = format!("lacks the migrations {}", later.join(", "));
        assert!(text.contains(&named) && text.contains("of the job queue"), "{text}");
        assert_eq!(place.count(table).expect("a count"), 3);
        let (code, text) = on(place.url(), &["migrate"]);
        assert_eq!(code, 0, "{text}");
        let (code, text) = on(place.url(), &["migrate", "--check"]);
        assert_eq!((code, text.contains("is up to date")), (0, true), "{text}");
    }
    let dir = TempDir::new().expect("a directory");
    let missing = format!("sqlite://{}/bangui.db", dir.path().display());
    for command in [&["migrate", "--check"][..], &["backup", "-"]] {
        let (code, text) = on(&missing, command);
        assert_eq!(code, 74, "{text}");
        assert!(text.contains("there is no database"), "{text}");
    }
    assert_eq!(dir.path().read_dir().expect("a directory").count(), 0);
}

#[test]
fn every_command_refuses_the_database_of_a_newer_version() {
    let dir = TempDir::new().expect("a directory");
    let archive = dir.path().join("a.gz");
    let archive = archive.to_str().expect("a path");
    let last = schema::versions().pop().expect("a migration");
    for kind in BOTH {
        let (place, other) = (Place::of_schema(kind, &last), Place::new(kind));
        let (code, text) = on(place.url(), &["backup", "--force", archive]);
        assert_eq!(code, 0, "{text}");
        place
            .execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')")
            .expect("a newer one");
        for arguments in [
            &["serve"][..],
            &["migrate"],
            &["migrate", "--check"],
            &["backup", "-"],
            &["restore", "--replace", archive],
            &["copy", "--from", place.url(), "--to", other.url()],
            &["copy", "--replace", "--from", other.url(), "--to", place.url()],
        ] {
            if arguments.contains(&"--replace") && arguments.contains(&"copy") {
                let (code, text) = on(other.url(), &["migrate"]);
                assert_eq!(code, 0, "{text}");
            }
            let mut command = bangui();
            command.args(arguments).env("BANGUI_DATABASE__URL", place.url());
            command.env("BANGUI_HTTP__LISTEN", crate::server::free_port().to_string());
            let (code, text) = run(&mut command);
            assert_eq!(code, 70, "{arguments:?}: {text}");
            assert!(
                text.contains("comes from a newer BanGUI") && text.contains("9999"),
                "{arguments:?}: {text}"
            );
        }
    }
}
