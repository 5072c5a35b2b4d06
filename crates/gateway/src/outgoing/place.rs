//! Reads the address that a user wrote, and refuses what can be refused without looking its name up.

use std::net::IpAddr;

use ipnet::IpNet;
use reqwest::Url;

use super::{OutgoingError, address};

/// Reads an address as browsers do, so that an odd spelling of a number (`0x7f.1`) is the address it stands for.
pub(super) fn parse(text: &str, allow_http: bool, allowed: &[IpNet]) -> Result<Url, OutgoingError> {
    let url = Url::parse(text.trim()).map_err(|error| OutgoingError::Invalid(error.to_string()))?;
    judge(&url, allow_http, allowed)?;
    Ok(url)
}

/// Judges an address, or one that an answer leads to.
pub(super) fn judge(url: &Url, allow_http: bool, allowed: &[IpNet]) -> Result<(), OutgoingError> {
    match url.scheme() {
        "https" => {}
        "http" if allow_http => {}
        scheme => {
            let remedy = match scheme {
                "http" => "use https, or set outgoing.allow_http",
                _ if allow_http => "use https or http",
                _ => "use https",
            };
            return Err(OutgoingError::Scheme { scheme: scheme.to_owned(), remedy });
        }
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(OutgoingError::UserInfo);
    }
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or(OutgoingError::NoHost)?;
    match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        Ok(literal) => address::judge(host, literal, allowed),
        Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn an_address_is_judged_as_it_will_be_used() {
        for (text, problem) in [
            ("https://hooks.example.net/a?b=c", ""),
            ("https://1.1.1.1/", ""),
            (" https://hooks.example.net/ ", ""),
            ("http://hooks.example.net/", "outgoing.allow_http"),
            ("ftp://hooks.example.net/", "use https"),
            ("file:///etc/passwd", "use https"),
            ("hooks.example.net", "no web address"),
            ("https://", "no web address"),
            ("https://user:secret@hooks.example.net/", "into a header"),
            ("https://user@hooks.example.net/", "into a header"),
            ("https://127.0.0.1/", "127.0.0.1"),
            ("https://127.1/", "127.0.0.1"),
            ("https://0x7f.1/", "127.0.0.1"),
            ("https://0177.0.0.1/", "127.0.0.1"),
            ("https://2130706433/", "127.0.0.1"),
            ("https://127.0.0.1./", "127.0.0.1"),
            ("https://%31%32%37.0.0.1/", "127.0.0.1"),
            ("https://①②⑦.0.0.1/", "127.0.0.1"),
            ("https://[::1]/", "::1"),
            ("https://[::ffff:127.0.0.1]/", "127.0.0.1"),
            ("https://[fe80::1]/", "link-local"),
            ("https://169.254.169.254/latest/meta-data/", "link-local"),
            ("https:\\\\127.0.0.1\\", "127.0.0.1"),
        ] {
            let found = parse(text, false, &[]).err().map(|error| error.to_string()).unwrap_or_default();
            assert_eq!(found.is_empty(), problem.is_empty(), "{text}: {found}");
            assert!(found.contains(problem) && !found.contains("secret"), "{text}: {found}");
        }
        assert!(parse("http://hooks.example.net/", true, &[]).is_ok());
        let home = ["127.0.0.0/8".parse().expect("a network")];
        assert!(parse("http://127.0.0.1:1/", true, &home).is_ok());
    }
}
