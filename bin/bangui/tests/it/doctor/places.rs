//! The configuration directory, and files of places.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use bangui_test_support::places::{PlacesFile, flat, system};

use super::Visit;

#[expect(clippy::disallowed_methods, reason = "the age of a file is by the real clock")]
fn days_ago(days: u64) -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs() - days * 24 * 3600
}

#[test]
fn files_of_places_are_judged_by_their_age() {
    let visit = Visit::to(Path::new("/nowhere/f.sock"));
    visit.findings().has("geo", "ok", "built-in table", "");
    let file = visit.home.path().join("places.mmdb");
    let second = visit.home.path().join("asn.mmdb");
    let asn = PlacesFile::new("GeoLite2-ASN", days_ago(61)).with("5.0.0.0/24", system(64_500, "Example"));
    std::fs::write(&second, asn.bytes()).expect("written");
    let both = format!("{},{}", file.display(), second.display());
    let visit = visit.set("BANGUI_GEO__DATABASE", &both);
    visit.findings().has("geo", "warning", "places.mmdb is not used", "MaxMind");
    std::fs::write(&file, "no places at all").expect("written");
    visit.findings().has("geo", "warning", "places.mmdb is not used", "MaxMind");
    let countries = PlacesFile::new("Test-Country", days_ago(3)).with("5.0.0.0/24", flat("NL"));
    std::fs::write(&file, countries.bytes()).expect("written");
    let found = visit.findings();
    found.has("geo", "ok", "Test-Country, tells countries, and is 3 day(s) old", "");
    found.has("geo", "warning", "GeoLite2-ASN, tells networks, and is 61 day(s) old", "newer");
    let visit = visit.set("BANGUI_GEO__DOWNLOAD", "true");
    visit.findings().has("geo", "warning", "DB-IP Lite Country is not in", "log says why");
}

#[test]
fn the_configuration_directory_may_be_missing_and_not_be_a_file() {
    let visit = Visit::to(Path::new("/nowhere/f.sock")).set("BANGUI_FAIL2BAN__CONFIG_DIR", "/nowhere/at/all");
    visit.findings().has("configuration", "skipped", "fail2ban.config_dir", "");
    let visit = visit.set("BANGUI_FAIL2BAN__CONFIG_DIR", "/etc/passwd");
    visit.findings().has("configuration", "warning", "is not a directory", "BANGUI_FAIL2BAN__CONFIG_DIR");
    let mut visit = visit.set("BANGUI_FAIL2BAN__CONFIG_DIR", "/etc");
    visit.uid = Some(65_534);
    visit.findings().has("configuration", "ok", "and not written, which is enough", "");
}
