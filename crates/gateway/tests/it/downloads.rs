//! Files of places, fetched from a server of loopback.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use bangui_domain::model::{BanId, Country, CountryCode, Timestamp};
use bangui_domain::ports::{Atlas as _, PlaceDownloads as _, Wanted};
use bangui_gateway::{DbipLite, FileAtlas, Outgoing, OutgoingSettings, SystemNames};
use bangui_test_support::places::{PlacesFile, nested, system};
use bangui_test_support::receiver::{Answer, Received, Receiver};
use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

/// 2026-11-15 and 2026-12-01, at noon.
const NOVEMBER: Timestamp = Timestamp::from_secs(1_794_744_000);
const DECEMBER: Timestamp = Timestamp::from_secs(1_796_126_400);

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packing = GzEncoder::new(Vec::new(), Compression::fast());
    packing.write_all(bytes).expect("packed");
    packing.finish().expect("packed")
}

fn countries(letters: &str) -> Vec<u8> {
    PlacesFile::new("DBIP-Country-Lite (compat=Country)", 1_793_000_000)
        .with("5.0.0.0/24", nested(letters))
        .bytes()
}

fn networks() -> Vec<u8> {
    let file = PlacesFile::new("DBIP-ASN-Lite (compat=GeoLite2-ASN)", 1_793_000_000);
    file.with("5.0.0.0/24", system(64_500, "Example")).bytes()
}

fn downloads(url: String, directory: &Path) -> DbipLite {
    let settings = OutgoingSettings {
        allow_networks: vec!["127.0.0.0/8".parse().expect("a network")],
        allow_http: true,
        ..OutgoingSettings::default()
    };
    let outgoing = Outgoing::new(&settings, Arc::new(SystemNames)).expect("a client");
    DbipLite::new(outgoing, url, directory.to_owned())
}

fn country(atlas: &FileAtlas) -> Country {
    atlas.refresh();
    atlas.place(&BanId::from_reported("5.0.0.1")).country
}

fn known(letters: &str) -> Country {
    Country::Known(CountryCode::parse(letters).expect("a country"))
}

/// What lies in the directory, but for receipts.
fn files(directory: &Path) -> Vec<String> {
    let names = std::fs::read_dir(directory).expect("a directory").flatten();
    let files = names.filter(|entry| entry.path().extension().is_none_or(|extension| extension != "json"));
    let mut names: Vec<String> =
        files.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// A provider that has the file of November, and from then on an answer for each request that comes.
fn provider(later: impl Fn(&Received) -> Answer + Send + Sync + 'static) -> Receiver {
    Receiver::answering(move |_, request| match request.path.as_str() {
        "/dbip-country-lite-2026-11.mmdb.gz" => Answer::new(200, packed(&countries("NL"))),
        "/dbip-asn-lite-2026-11.mmdb.gz" => Answer::new(200, packed(&networks())),
        _ => later(request),
    })
    .expect("a server")
}

fn template(server: &Receiver) -> String {
    server.url("/dbip-{file}-lite-{month}.mmdb.gz")
}

#[tokio::test]
async fn both_files_are_fetched_once_a_month() {
    let directory = TempDir::new().expect("a directory");
    let server = provider(|_| Answer::new(404, "not yet"));
    let downloads = downloads(template(&server), directory.path());
    let atlas = FileAtlas::open(DbipLite::paths(directory.path()));
    assert!(
        atlas.sources()[0].trouble.as_deref().is_some_and(|trouble| trouble.contains("not been downloaded"))
    );
    assert_eq!(downloads.wanted(NOVEMBER).await, Wanted::Missing);
    assert_eq!(downloads.fetch(NOVEMBER).await, Ok(Wanted::Nothing));
    assert_eq!(downloads.wanted(NOVEMBER).await, Wanted::Nothing);
    assert_eq!(country(&atlas), known("NL"));
    let place = atlas.place(&BanId::from_reported("5.0.0.1"));
    assert_eq!(place.network.expect("a network").name.as_deref(), Some("Example"));
    let sources = atlas.sources();
    assert_eq!(
        (sources[0].name.as_str(), sources[1].name.as_str()),
        ("DB-IP Lite Country", "DB-IP Lite ASN")
    );
    assert_eq!(sources[0].attribution.as_ref().expect("asked for").0, "IP Geolocation by DB-IP");

    assert_eq!(downloads.fetch(NOVEMBER).await, Ok(Wanted::Nothing));
    assert_eq!(server.received().len(), 2, "what is there is not asked for again");
    assert_eq!(downloads.wanted(DECEMBER).await, Wanted::Newer);
    assert_eq!(downloads.fetch(DECEMBER).await, Ok(Wanted::Newer), "the provider is not so far yet");
    assert_eq!(country(&atlas), known("NL"));
    let agent = server.received().remove(0).header("user-agent").expect("a name").to_owned();
    assert!(agent.starts_with("BanGUI/"), "{agent}");
}

#[tokio::test]
async fn a_first_start_on_the_first_of_a_month_takes_the_month_before() {
    let directory = TempDir::new().expect("a directory");
    let server = provider(|_| Answer::new(404, "not yet"));
    let downloads = downloads(template(&server), directory.path());
    assert_eq!(downloads.fetch(DECEMBER).await, Ok(Wanted::Newer));
    assert_eq!(files(directory.path()), ["dbip-asn-lite.mmdb", "dbip-country-lite.mmdb"]);
    assert_eq!(downloads.wanted(DECEMBER).await, Wanted::Newer);
}

#[tokio::test]
async fn what_is_broken_never_takes_the_place_of_what_was_there() {
    let whole = packed(&countries("DE"));
    let cut = whole[..whole.len() - 9].to_vec();
    let mut flipped = countries("DE");
    let middle = flipped.len() / 2;
    flipped.truncate(middle);
    let anonymous = PlacesFile::new("GeoIP2-Anonymous-IP", 1).bytes();
    for (status, body, why) in [
        (200, cut, "not usable"),
        (200, packed(&flipped), "not usable"),
        (200, b"<html>Sorry</html>".to_vec(), "not usable"),
        (200, Vec::new(), "not usable"),
        (200, packed(&anonymous), "GeoIP2-Anonymous-IP"),
        (200, packed(&vec![0; 257 << 20]), "more than 256 MiB"),
        (500, Vec::new(), "status 500"),
        (0, Vec::new(), "cannot be reached"),
    ] {
        let directory = TempDir::new().expect("a directory");
        let server = provider(move |_| Answer::new(status, body.clone()));
        let downloads = downloads(template(&server), directory.path());
        downloads.fetch(NOVEMBER).await.expect("fetched");
        let atlas = FileAtlas::open(DbipLite::paths(directory.path()));
        let error = downloads.fetch(DECEMBER).await.expect_err("nothing usable").to_string();
        assert!(error.contains("DB-IP Lite Country") && error.contains(why), "{why}: {error}");
        assert_eq!(country(&atlas), known("NL"), "{why}");
        assert_eq!(files(directory.path()), ["dbip-asn-lite.mmdb", "dbip-country-lite.mmdb"], "{why}");
    }
}

#[tokio::test]
async fn a_mirror_without_months_is_asked_whether_it_has_another_file() {
    let directory = TempDir::new().expect("a directory");
    let server = Receiver::answering(|number, request| match request.header("if-none-match") {
        Some("\"a\"") => Answer::new(304, ""),
        _ if number == 0 => Answer::new(200, countries("NL")).header("ETag", "\"a\""),
        _ => Answer::new(200, networks()).header("ETag", "\"a\""),
    })
    .expect("a server");
    let downloads = downloads(server.url("/{file}.mmdb"), directory.path());
    assert_eq!(downloads.fetch(NOVEMBER).await, Ok(Wanted::Nothing));
    assert_eq!(downloads.fetch(DECEMBER).await, Ok(Wanted::Nothing));
    assert_eq!(downloads.wanted(DECEMBER).await, Wanted::Nothing);
    let asked: Vec<bool> =
        server.received().iter().map(|one| one.header("if-none-match").is_some()).collect();
    assert_eq!(asked, [false, false, true, true]);
}

#[tokio::test]
async fn a_directory_that_cannot_be_written_is_named() {
    let server = provider(|_| Answer::new(404, ""));
    let error = downloads(template(&server), Path::new("/nowhere/at/all")).fetch(NOVEMBER).await;
    let error = error.expect_err("no directory").to_string();
    assert!(error.contains("/nowhere/at/all"), "{error}");
}
