//! One request and its answer, each with a bound on time and size.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Client, Method, Response, Url};

use super::{Outgoing, OutgoingError, address, place, tls};

/// What is sent. Its `Debug` shows nothing of it: addresses, headers and bodies hold secrets.
#[derive(Clone)]
pub struct OutgoingRequest {
    method: Method,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    timeout: Duration,
    limit: u64,
    hops: u8,
}

impl fmt::Debug for OutgoingRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutgoingRequest").field("method", &self.method).finish_non_exhaustive()
    }
}

impl OutgoingRequest {
    /// Asks for what is at an address. At most 1 MiB of the answer is read, and it may take 30 s.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new(Method::GET, url.into(), None)
    }

    /// Sends a body to an address. At most 1 MiB of the answer is read, and it may take 30 s.
    pub fn post(url: impl Into<String>, body: Vec<u8>) -> Self {
        Self::new(Method::POST, url.into(), Some(body))
    }

    fn new(method: Method, url: String, body: Option<Vec<u8>>) -> Self {
        let (timeout, limit) = (Duration::from_secs(30), 1024 * 1024);
        Self { method, url, headers: Vec::new(), body, timeout, limit, hops: 0 }
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// How long it may take until the last byte of the answer.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How many bytes of the answer are read; more is an error.
    #[must_use]
    pub fn limit(mut self, bytes: u64) -> Self {
        self.limit = bytes;
        self
    }

    /// Follows so many redirects, each of which is judged as the address itself; 0 unless told. Headers are not sent to
    /// another server, and nothing is followed that would send a body.
    #[must_use]
    pub fn follow(mut self, hops: u8) -> Self {
        self.hops = hops;
        self
    }
}

/// An answer, whose body has not been read yet.
#[derive(Debug)]
pub struct OutgoingResponse {
    response: Response,
    host: String,
    timeout: Duration,
    limit: u64,
    read: u64,
}

impl OutgoingResponse {
    /// Its status.
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// Whether it comes from a public address of another machine, so that what it says tells nothing of a network that strangers
    /// cannot reach.
    pub fn is_public(&self) -> bool {
        self.response.remote_addr().is_some_and(|peer| address::is_public(peer.ip()))
    }

    /// A header, where it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }

    /// The next piece of the body, or none at its end.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, OutgoingError> {
        let piece = self.response.chunk().await;
        let Some(piece) = piece.map_err(|error| failure(&self.host, self.timeout, &error))? else {
            return Ok(None);
        };
        self.read = self.read.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        if self.read > self.limit {
            return Err(OutgoingError::TooLarge { host: self.host.clone(), limit: self.limit });
        }
        Ok(Some(piece.into()))
    }

    /// The whole body.
    pub async fn bytes(mut self) -> Result<Vec<u8>, OutgoingError> {
        let mut body = Vec::new();
        while let Some(piece) = self.chunk().await? {
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }

    /// The beginning of the body, up to so many bytes. What follows is not read.
    pub async fn beginning(mut self, bytes: usize) -> Result<Vec<u8>, OutgoingError> {
        let mut body = Vec::new();
        while body.len() < bytes
            && let Some(piece) = self.chunk().await?
        {
            body.extend_from_slice(&piece);
        }
        body.truncate(bytes);
        Ok(body)
    }
}

pub(super) async fn send(
    outgoing: &Outgoing,
    request: OutgoingRequest,
) -> Result<OutgoingResponse, OutgoingError> {
    let mut url = outgoing.parse(&request.url)?;
    let mut headers = headers(&request.headers)?;
    let mut hops = request.hops;
    loop {
        let host = url.host_str().unwrap_or_default().to_owned();
        let sent = once(&outgoing.client, &request, url.clone(), headers.clone()).await;
        let response = sent.map_err(|error| failure(&host, request.timeout, &error))?;
        let status = response.status();
        if status.is_redirection() && status.as_u16() != 304 {
            let redirected = OutgoingError::Redirected { host, status: status.as_u16() };
            let target = response.headers().get(LOCATION).and_then(|place| place.to_str().ok());
            let next = target.and_then(|place| url.join(place).ok());
            match next {
                Some(next) if hops > 0 && request.body.is_none() => {
                    place::judge(&next, outgoing.allow_http, outgoing.guarded.allowed())?;
                    if next.origin() != url.origin() {
                        headers.clear();
                    }
                    (url, hops) = (next, hops - 1);
                    continue;
                }
                _ => return Err(redirected),
            }
        }
        let (timeout, limit) = (request.timeout, request.limit);
        return Ok(OutgoingResponse { response, host, timeout, limit, read: 0 });
    }
}

async fn once(
    client: &Client,
    request: &OutgoingRequest,
    url: Url,
    headers: HeaderMap,
) -> Result<Response, reqwest::Error> {
    let mut sent = client.request(request.method.clone(), url).headers(headers).timeout(request.timeout);
    if let Some(body) = &request.body {
        sent = sent.body(body.clone());
    }
    sent.send().await
}

fn headers(pairs: &[(String, String)]) -> Result<HeaderMap, OutgoingError> {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        let unusable = || OutgoingError::Header(name.clone());
        let key: HeaderName = name.parse().map_err(|_| unusable())?;
        let mut value: HeaderValue = value.parse().map_err(|_| unusable())?;
        value.set_sensitive(true);
        headers.append(key, value);
    }
    Ok(headers)
}

/// What went wrong, without the address: the guard's own words where it refused.
fn failure(host: &str, timeout: Duration, error: &reqwest::Error) -> OutgoingError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    let mut innermost = String::new();
    if let Some(reason) = tls::fault(error) {
        return OutgoingError::Unreachable { host: host.to_owned(), reason: reason.to_owned() };
    }
    while let Some(current) = cause {
        if let Some(own) = current.downcast_ref::<OutgoingError>() {
            return own.clone();
        }
        innermost = current.to_string();
        cause = current.source();
    }
    if error.is_timeout() {
        return OutgoingError::TimedOut { host: host.to_owned(), secs: timeout.as_secs() };
    }
    OutgoingError::Unreachable { host: host.to_owned(), reason: innermost }
}
