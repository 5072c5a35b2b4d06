//! The headers in which proxies write down whom they speak for, read as bytes.

use std::net::{IpAddr, SocketAddr};

use actix_web::http::header::{HeaderMap, HeaderValue};

/// The addresses of the client and of the proxies, each proxy adding on the right whom it was asked by.
pub(super) const FORWARDED_FOR: &str = "x-forwarded-for";
/// How the client reached the first proxy: `http` or `https`.
pub(super) const FORWARDED_PROTO: &str = "x-forwarded-proto";
/// Which host the client asked for.
pub(super) const FORWARDED_HOST: &str = "x-forwarded-host";
/// The same as all of these by RFC 7239. Not read.
pub(super) const FORWARDED: &str = "forwarded";
/// One address, by another custom. Not read.
pub(super) const REAL_IP: &str = "x-real-ip";

/// The entries of a header in all of its lines, from left to right and without blanks around them.
pub(super) fn entries<'a>(
    headers: &'a HeaderMap,
    name: &str,
) -> impl DoubleEndedIterator<Item = &'a [u8]> + use<'a> {
    let lines: Vec<&[u8]> = headers.get_all(name).map(HeaderValue::as_bytes).collect();
    lines.into_iter().flat_map(|line| line.split(|byte| *byte == b',')).map(<[u8]>::trim_ascii)
}

/// An address with or without a port.
pub(super) fn address(entry: &[u8]) -> Option<IpAddr> {
    let entry = std::str::from_utf8(entry).ok()?;
    let address = entry.parse::<IpAddr>().ok();
    let with_port = || entry.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    let bracketed = || entry.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    address.or_else(with_port).or_else(bracketed).map(|address| address.to_canonical())
}
