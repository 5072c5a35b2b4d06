//! The path under which a proxy shows everything. It is taken off before routes are looked up; a request that comes without
//! it, from a proxy that takes it off itself or from a health check, is served all the same.

use actix_web::dev::ServiceRequest;
use actix_web::http::Uri;
use actix_web::http::uri::PathAndQuery;

/// Takes `base` off the request's path, where it stands.
pub(super) fn take_off(request: &mut ServiceRequest, base: &str) {
    let Some(uri) = below(request.uri(), base) else { return };
    request.match_info_mut().get_mut().update(&uri);
    request.head_mut().uri = uri;
}

/// The address without `base`, if it is below it.
fn below(uri: &Uri, base: &str) -> Option<Uri> {
    if base.is_empty() {
        return None;
    }
    let rest = uri.path_and_query()?.as_str().strip_prefix(base)?;
    let path = match rest.as_bytes().first() {
        Some(b'/') => rest.to_owned(),
        None | Some(b'?') => format!("/{rest}"),
        Some(_) => return None,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::below;

    fn taken(path: &str) -> Option<String> {
        below(&path.parse().expect("an address"), "/ban/gui").map(|uri| uri.to_string())
    }

    #[test]
    fn the_base_is_taken_off_as_a_whole() {
        assert_eq!(taken("/ban/gui").as_deref(), Some("/"));
        assert_eq!(taken("/ban/gui?q=1").as_deref(), Some("/?q=1"));
        assert_eq!(taken("/ban/gui/api/bans?ip=::1").as_deref(), Some("/api/bans?ip=::1"));
        assert_eq!(taken("http://host/ban/gui/x").as_deref(), Some("http://host/x"));
        assert_eq!(taken("/ban/gui//x").as_deref(), Some("//x"));
    }

    #[test]
    fn what_is_not_below_it_stays() {
        for path in ["/", "/ban", "/ban/guide", "/api/ban/gui", "/BAN/GUI/"] {
            assert_eq!(taken(path), None, "{path}");
        }
    }
}
