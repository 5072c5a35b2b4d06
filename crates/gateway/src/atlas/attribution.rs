//! What providers ask to be shown where facts from their free files are shown.

/// The text and the link that the licence of a file of this type asks for.
pub(super) fn attribution(kind: &str) -> Option<(String, String)> {
    let (text, link) = if kind.starts_with("DBIP-") && kind.contains("Lite") {
        ("IP Geolocation by DB-IP", "https://db-ip.com")
    } else if kind.starts_with("GeoLite2-") {
        ("This product includes GeoLite data created by MaxMind", "https://www.maxmind.com")
    } else if kind.to_ascii_lowercase().starts_with("ipinfo") {
        ("IP address data is powered by IPinfo", "https://ipinfo.io")
    } else {
        return None;
    };
    Some((text.to_owned(), link.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::attribution;

    #[test]
    fn free_files_ask_for_it_and_others_do_not() {
        for kind in ["DBIP-Country-Lite (compat=Country)", "GeoLite2-ASN", "ipinfo ipinfo_lite.mmdb"] {
            assert!(attribution(kind).is_some_and(|(_, link)| link.starts_with("https://")), "{kind}");
        }
        for kind in ["DBIP-Country (compat=Country)", "GeoIP2-City", "my own"] {
            assert_eq!(attribution(kind), None, "{kind}");
        }
    }
}
