//! Asks the server of these settings a question over the first place that it listens on: TCP, TLS or a Unix socket. For
//! commands that look at a running server from its own machine.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsConnector;

use crate::settings::{Http, Listen};
use crate::tls;

/// The longest that an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The most that is read of an answer, in bytes.
const MOST: usize = 64 * 1024;

/// What a server has answered.
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: StatusCode,
    /// The body, as text.
    pub(crate) body: String,
}

/// Asks `GET path` of the server at `listen`. The path is as the API has it, without `http.base_path`.
pub(crate) async fn get(http: &Http, listen: &Listen, path: &str) -> anyhow::Result<Answer> {
    let asked = async {
        match listen {
            Listen::Http(address) => {
                let address = reachable(*address);
                exchange(TcpStream::connect(address).await?, &address.to_string(), path).await
            }
            Listen::Unix(socket) => exchange(UnixStream::connect(socket).await?, "localhost", path).await,
            Listen::Https(address) => {
                let address = reachable(*address);
                let certificate =
                    http.tls_certificate.as_deref().context("http.tls_certificate is not set")?;
                let connector = TlsConnector::from(Arc::new(tls::client_for(certificate)?));
                let stream = TcpStream::connect(address).await?;
                let stream = connector
                    .connect(ServerName::from(address.ip()), stream)
                    .await
                    .context("no TLS with the certificate of http.tls_certificate")?;
                exchange(stream, &address.to_string(), path).await
            }
        }
    };
    tokio::time::timeout(PATIENCE, asked)
        .await
        .with_context(|| format!("no answer within {} s", PATIENCE.as_secs()))?
}

async fn exchange<S>(stream: S, host: &str, path: &str) -> anyhow::Result<Answer>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let request =
        Request::get(path).header("host", host).header("connection", "close").body(Empty::<Bytes>::new())?;
    // What breaks the connection is told to the one who asks over it, too.
    let driven = tokio::spawn(connection);
    let asked = async {
        let answer = sender.send_request(request).await?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), MOST).collect().await;
        let body = body.map_err(|error| anyhow::anyhow!("{error}"))?.to_bytes();
        Ok(Answer { status, body: String::from_utf8_lossy(&body).into_owned() })
    };
    let answer = asked.await;
    driven.abort();
    answer
}

/// Where a server that listens on `address` can be asked from its own machine.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::reachable;

    #[test]
    fn a_server_on_all_addresses_is_asked_on_loopback() {
        let ask = |text: &str| reachable(text.parse().expect("an address")).to_string();
        assert_eq!(ask("0.0.0.0:80"), "127.0.0.1:80");
        assert_eq!(ask("[::]:80"), "[::1]:80");
        assert_eq!(ask("192.0.2.1:80"), "192.0.2.1:80");
    }
}
