//! Places and names of banned addresses: from a file that the operator supplies and changes, from one that is fetched, and
//! from a name server, all of them of loopback.

use std::path::Path;

use bangui_test_support::db::SqliteFile;
use bangui_test_support::dns::Dns;
use bangui_test_support::places::{PlacesFile, flat, nested, system};
use bangui_test_support::receiver::{Answer, Receiver};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::lab::fail2ban;
use crate::server::{Server, Setup, eventually};

/// Puts a file in its place as a careful program does.
fn supply(path: &Path, letters: &str) {
    let file = PlacesFile::new("Test-Country", 1_790_000_000).with("5.0.0.0/24", flat(letters));
    let beside = path.with_extension("new");
    std::fs::write(&beside, file.bytes()).expect("written");
    std::fs::rename(&beside, path).expect("renamed");
}

/// A provider of free files.
fn provider() -> Receiver {
    Receiver::answering(|_, request| {
        let built = 1_793_000_000;
        let file = if request.path.contains("country") {
            PlacesFile::new("DBIP-Country-Lite", built).with("5.0.1.0/24", nested("BE"))
        } else {
            PlacesFile::new("DBIP-ASN-Lite", built).with("5.0.0.0/16", system(64_500, "Example Networks"))
        };
        Answer::new(200, file.bytes())
    })
    .expect("a server")
}

fn places(server: &Server) -> Value {
    let (status, body) = server.get("/api/places");
    assert_eq!(status, 200, "{body}");
    body
}

/// Waits until so many addresses are like this in the database, which a second reader may look at.
fn wait_for(server: &Server, count: i64, condition: &str) {
    let mut file = SqliteFile::open(&server.dir.path().join("bangui.db"));
    eventually(condition, || {
        let query = format!("SELECT count(*) AS count FROM addresses WHERE {condition}");
        (file.count(&query) == count).then_some(())
    });
}

fn ban(server: &Server, ip: &str) {
    let (status, body) = server.call("POST", "/api/bans", Some(&json!({"ip": ip, "jail": "sshd"})));
    assert_eq!(status, 201, "{body}");
}

#[test]
fn addresses_get_their_places_and_names_and_follow_a_new_file() {
    let (fail2ban, provider, home) = (fail2ban(), provider(), TempDir::new().expect("a directory"));
    let dns = Dns::start()
        .calls("5.0.0.1", &[b"host", b"example", b"net"])
        .leads("host.example.net", "5.0.0.1")
        .calls("5.0.1.1", &[b"<img src=x>", b"example", b"net"]);
    let file = home.path().join("places.mmdb");
    supply(&file, "NL");
    let mut setup = Setup::with_socket(&fail2ban.socket());
    setup.settings = vec![
        ("BANGUI_GEO__DATABASE", file.display().to_string()),
        ("BANGUI_GEO__DOWNLOAD", "true".to_owned()),
        ("BANGUI_GEO__DOWNLOAD_URL", provider.url("/{file}-{month}.mmdb")),
        ("BANGUI_GEO__REVERSE_DNS", "true".to_owned()),
        ("BANGUI_GEO__NAME_SERVERS", dns.address().to_string()),
        ("BANGUI_OUTGOING__ALLOW_NETWORKS", "127.0.0.0/8".to_owned()),
        ("BANGUI_OUTGOING__ALLOW_HTTP", "true".to_owned()),
    ];
    let server = Server::start_and_login(&setup);
    server.wait_for_health(200);
    for ip in ["5.0.0.1", "5.0.1.1", "203.0.113.7"] {
        ban(&server, ip);
    }
    wait_for(&server, 1, "ip = '5.0.0.1' AND country = 'NL' AND asn = 64500 AND host = 'host.example.net'");
    wait_for(&server, 1, "ip = '5.0.1.1' AND country = 'BE' AND asn = 64500 AND host IS NULL");
    wait_for(&server, 1, "ip = '203.0.113.7' AND country = 'private' AND asn IS NULL AND host IS NULL");
    let told = places(&server);
    assert_eq!((&told["located"], &told["to_locate"]), (&json!(3), &json!(0)));
    let names: Vec<&str> =
        told["sources"].as_array().expect("a list").iter().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(names[..3], [file.to_str().expect("text"), "DB-IP Lite Country", "DB-IP Lite ASN"]);
    assert_eq!(told["sources"][1]["attribution"]["text"], "IP Geolocation by DB-IP");
    assert!(!dns.asked().iter().any(|asked| asked.contains("203")), "{:?}", dns.asked());

    // One that was never banned is looked up when it is asked for.
    let (status, never) = server.call("GET", "/api/addresses/5.0.0.9", None);
    assert_eq!((status, &never["bans"], &never["country"]), (200, &json!(0), &json!("NL")));
    assert_eq!(never["network"]["asn"], "AS64500");
    let (_, banned) = server.call("GET", "/api/addresses/203.0.113.7", None);
    assert_eq!((&banned["country"], &banned["special"]), (&json!("private"), &json!("documentation")));

    supply(&file, "DE");
    wait_for(&server, 1, "ip = '5.0.0.1' AND country = 'DE' AND host = 'host.example.net'");
    std::fs::write(&file, "broken").expect("written");
    eventually("the broken file to be told of", || {
        places(&server)["sources"][0]["trouble"].is_string().then_some(())
    });
    let told = places(&server);
    assert!(
        told["sources"][0]["trouble"].as_str().is_some_and(|text| text.contains("still in use")),
        "{told}"
    );
    wait_for(&server, 1, "ip = '5.0.0.1' AND country = 'DE'");
}

#[test]
fn nothing_is_asked_of_anybody_unless_that_is_switched_on() {
    let (fail2ban, provider, dns) = (fail2ban(), provider(), Dns::start());
    let mut setup = Setup::with_socket(&fail2ban.socket());
    setup.settings = vec![
        ("BANGUI_GEO__DOWNLOAD_URL", provider.url("/{file}-{month}.mmdb")),
        ("BANGUI_GEO__NAME_SERVERS", dns.address().to_string()),
        ("BANGUI_OUTGOING__ALLOW_NETWORKS", "127.0.0.0/8".to_owned()),
        ("BANGUI_OUTGOING__ALLOW_HTTP", "true".to_owned()),
    ];
    let server = Server::start_and_login(&setup);
    server.wait_for_health(200);
    ban(&server, "193.0.6.139");
    wait_for(
        &server,
        1,
        "ip = '193.0.6.139' AND country = 'NL' AND asn IS NULL AND host IS NULL AND place_no > 0",
    );
    assert_eq!(places(&server)["sources"].as_array().map(Vec::len), Some(1));
    let jobs: Vec<Value> = server.items("/api/jobs").into_iter().map(|job| job["name"].clone()).collect();
    assert!(jobs.contains(&json!("locate_addresses")), "{jobs:?}");
    assert!(!jobs.contains(&json!("fetch_places")) && !jobs.contains(&json!("resolve_names")), "{jobs:?}");
    assert!(provider.received().is_empty() && dns.asked().is_empty());
}
