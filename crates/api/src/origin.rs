//! Whether a request that changes something comes from this site's own pages. Browsers say where they come
//! from; programs say nothing and pass, since no browser lends them a session.

use actix_web::HttpRequest;
use actix_web::http::{Method, header};

use crate::Proxies;

const FETCH_SITE: &str = "sec-fetch-site";

/// Whether the request changes something and was made by a page of another site.
pub(crate) fn is_foreign(request: &HttpRequest, proxies: &Proxies) -> bool {
    if [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method()) {
        return false;
    }
    let site = request.headers().get(FETCH_SITE).map(header::HeaderValue::as_bytes);
    if site.is_some_and(|site| site != b"same-origin" && site != b"none") {
        return true;
    }
    let Some(origin) = request.headers().get(header::ORIGIN) else { return false };
    let Some((scheme, authority)) = origin.to_str().ok().and_then(|origin| origin.split_once("://")) else {
        // Such as `null`, which a page in a sandbox sends.
        return true;
    };
    // What a page of the same name sends without TLS, anybody on the line may have written.
    let own_scheme = if proxies.over_tls(request) { "https" } else { "http" };
    if !scheme.eq_ignore_ascii_case(own_scheme) {
        return true;
    }
    let wanted = without_default_port(own_scheme, authority.as_bytes());
    !proxies.hosts(request).any(|host| without_default_port(own_scheme, host).eq_ignore_ascii_case(wanted))
}

fn without_default_port<'a>(scheme: &str, authority: &'a [u8]) -> &'a [u8] {
    let port: &[u8] = if scheme == "https" { b":443" } else { b":80" };
    authority.strip_suffix(port).unwrap_or(authority)
}

#[cfg(test)]
mod tests {
    use super::is_foreign;
    use crate::Proxies;
    use actix_web::http::Method;
    use actix_web::test::TestRequest;

    fn foreign(method: Method, headers: &[(&'static str, &'static str)]) -> bool {
        let peer = "10.0.0.1:4711".parse().unwrap();
        let mut request = TestRequest::default().method(method).peer_addr(peer);
        for header in headers {
            request = request.insert_header(*header);
        }
        let proxies = Proxies::new(vec!["10.0.0.0/8".parse().unwrap()], false);
        is_foreign(&request.to_http_request(), &proxies)
    }

    fn refused(headers: &[(&'static str, &'static str)]) -> bool {
        foreign(Method::POST, headers)
    }

    #[test]
    fn scripts_pass_and_so_does_reading() {
        assert!(!refused(&[("host", "ban.example")]));
        assert!(!foreign(
            Method::GET,
            &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")]
        ));
    }

    #[test]
    fn the_browsers_own_word_counts() {
        assert!(!refused(&[("sec-fetch-site", "same-origin")]));
        assert!(!refused(&[("sec-fetch-site", "none")]));
        assert!(refused(&[("sec-fetch-site", "same-site")]));
        assert!(refused(&[("sec-fetch-site", "cross-site")]));
        assert!(refused(&[("sec-fetch-site", "")]));
    }

    #[test]
    fn the_origin_has_to_be_this_host_and_port() {
        assert!(!refused(&[("host", "ban.example:8080"), ("origin", "http://Ban.example:8080")]));
        assert!(!refused(&[("host", "ban.example"), ("origin", "http://ban.example")]));
        assert!(!refused(&[("host", "[::1]:80"), ("origin", "http://[::1]")]));
        assert!(refused(&[("host", "ban.example:8080"), ("origin", "http://ban.example:8081")]));
        assert!(refused(&[("host", "ban.example"), ("origin", "https://ban.example.evil.example")]));
        assert!(refused(&[("host", "ban.example"), ("origin", "null")]));
        assert!(refused(&[("origin", "https://ban.example")]));
    }

    #[test]
    fn the_scheme_has_to_be_that_of_the_connection() {
        let tls = ("x-forwarded-proto", "https");
        assert!(!refused(&[("host", "ban.example"), ("origin", "https://ban.example"), tls]));
        assert!(!refused(&[("host", "ban.example:443"), ("origin", "https://ban.example"), tls]));
        assert!(refused(&[("host", "ban.example"), ("origin", "http://ban.example"), tls]));
        assert!(refused(&[("host", "ban.example"), ("origin", "https://ban.example")]));
        assert!(refused(&[("host", "ban.example:443"), ("origin", "http://ban.example:443"), tls]));
        assert!(refused(&[("host", "ban.example"), ("origin", "ftp://ban.example")]));
    }

    #[test]
    fn both_words_have_to_agree() {
        assert!(refused(&[
            ("host", "ban.example"),
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "same-origin")
        ]));
    }

    #[test]
    fn a_trusted_proxy_names_the_host_that_the_browser_sees() {
        let forwarded = [
            ("host", "127.0.0.1:8080"),
            ("x-forwarded-host", "ban.example"),
            ("x-forwarded-proto", "https"),
            ("origin", "https://ban.example"),
        ];
        assert!(!refused(&forwarded));
        let mut request = TestRequest::post().peer_addr("192.0.2.1:1".parse().unwrap());
        for header in forwarded {
            request = request.insert_header(header);
        }
        assert!(is_foreign(&request.to_http_request(), &Proxies::default()));
    }
}
