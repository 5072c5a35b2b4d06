//! The configuration directory, and the file of places.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use super::Visit;

/// A file of places in MaxMind's format without a single place, made at this time.
fn places(built: u64) -> Vec<u8> {
    // A tree of one node whose two sides lead nowhere, and the gap behind it.
    let mut file = vec![0, 0, 1, 0, 0, 1];
    file.extend([0; 16]);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    let text = |text: &str| [&[0x40 | u8::try_from(text.len()).expect("short")], text.as_bytes()].concat();
    file.push(0xe0 | 9);
    for (key, number) in [("binary_format_major_version", 2), ("ip_version", 4), ("record_size", 24)] {
        file.extend([text(key), vec![0xa1, number]].concat());
    }
    file.extend([text("binary_format_minor_version"), vec![0xa0]].concat());
    file.extend([text("node_count"), vec![0xc1, 1]].concat());
    file.extend([text("build_epoch"), vec![0x08, 0x02], built.to_be_bytes().to_vec()].concat());
    file.extend([text("database_type"), text("Test-Country")].concat());
    file.extend([text("languages"), vec![0x00, 0x04]].concat());
    file.extend([text("description"), vec![0xe0]].concat());
    file
}

#[expect(clippy::disallowed_methods, reason = "the age of a file is by the real clock")]
fn days_ago(days: u64) -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs() - days * 24 * 3600
}

#[test]
fn a_file_of_places_is_judged_by_its_age() {
    let visit = Visit::to(Path::new("/nowhere/f.sock"));
    let file = visit.home.path().join("places.mmdb");
    let visit = visit.set("BANGUI_GEO__DATABASE", &file.display().to_string());
    visit.findings().has("geo", "failure", "places.mmdb cannot be read", "MaxMind");
    std::fs::write(&file, "no places at all").expect("written");
    visit.findings().has("geo", "failure", "places.mmdb cannot be read", "MaxMind");
    std::fs::write(&file, places(days_ago(3))).expect("written");
    visit.findings().has("geo", "ok", "Test-Country and 3 day(s) old", "");
    std::fs::write(&file, places(days_ago(61))).expect("written");
    visit.findings().has("geo", "warning", "61 day(s) old", "newer");
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
