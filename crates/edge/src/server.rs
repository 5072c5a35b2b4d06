//! Serves an application on sockets that are bound: each connection comes in by the door, speaks TLS where it has to, and is
//! watched from then on.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::os::unix::net::UnixListener;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_http::{Extensions, HttpService, KeepAlive, Request, Response};
use actix_server::{Server, ServerBuilder};
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt as _, fn_service, map_config,
};
use actix_web::body::MessageBody;
use actix_web::dev::AppConfig;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::LINGER;
use crate::connection::Connection;
use crate::door::{Door, Slot};
use crate::watched::Watched;

/// A bound socket.
pub enum Socket {
    /// For HTTP.
    Tcp(TcpListener),
    /// For HTTPS.
    Tls(TcpListener, Arc<rustls::ServerConfig>),
    /// For HTTP from this machine.
    Unix(UnixListener),
}

/// Whether connections from an address are counted for it: not those of a proxy, which speaks for many.
pub type Counted = Arc<dyn Fn(IpAddr) -> bool + Send + Sync>;

/// How long a peer may acknowledge nothing before it counts as gone: one that has lost its network says no farewell.
const GONE: Duration = Duration::from_mins(1);

/// A server with so many threads, which has `accepted` connections at most, those that are about to end included, and gives
/// its requests so many seconds to end when it is stopped.
pub fn server(threads: usize, accepted: usize, drain_secs: u64) -> ServerBuilder {
    Server::build()
        .workers(threads)
        .max_concurrent_connections(accepted.div_ceil(threads.max(1)))
        .disable_signals()
        .shutdown_timeout(drain_secs)
}

/// What all connections of a server have in common.
#[derive(Clone)]
pub struct Served {
    /// Their slots.
    pub door: Arc<Door>,
    /// Which addresses are counted.
    pub counted: Counted,
    /// Connections that ask nothing end when it is cancelled.
    pub stopping: CancellationToken,
    /// Notes about a connection what its requests have to know of it.
    pub note: fn(&Connection, &mut Extensions),
}

impl Served {
    /// Adds a socket to a server.
    pub fn listen<F, I, S, B>(
        &self,
        builder: ServerBuilder,
        socket: Socket,
        app: F,
    ) -> io::Result<ServerBuilder>
    where
        F: Fn() -> I + Send + Clone + 'static,
        I: IntoServiceFactory<S, Request>,
        S: ServiceFactory<Request, Config = AppConfig> + 'static,
        S::Error: Into<actix_web::Error> + 'static,
        S::InitError: fmt::Debug,
        S::Response: Into<Response<B>> + 'static,
        <S::Service as Service<Request>>::Future: 'static,
        S::Service: 'static,
        B: MessageBody + 'static,
    {
        let this = self.clone();
        match socket {
            Socket::Tcp(listener) => builder.listen("http", listener, move || {
                let served = this.clone();
                let open = move |stream: TcpStream| {
                    let served = served.clone();
                    async move { served.admit_tcp(stream, None).await.ok_or(()) }
                };
                fn_service(open).and_then(this.http(&app))
            }),
            Socket::Tls(listener, config) => builder.listen("https", listener, move || {
                let served = this.clone();
                let acceptor = TlsAcceptor::from(Arc::clone(&config));
                let open = move |stream: TcpStream| {
                    let (served, acceptor) = (served.clone(), acceptor.clone());
                    async move { served.admit_tcp(stream, Some(acceptor)).await.ok_or(()) }
                };
                fn_service(open).and_then(this.http(&app))
            }),
            Socket::Unix(listener) => builder.listen_uds("unix", listener, move || {
                let served = this.clone();
                let open = move |stream: UnixStream| {
                    let served = served.clone();
                    async move { served.admit(stream, None, None).await.ok_or(()) }
                };
                fn_service(open).and_then(this.http(&app))
            }),
        }
    }
}

impl Served {
    async fn admit_tcp(
        self,
        stream: TcpStream,
        tls: Option<TlsAcceptor>,
    ) -> Option<(Io, Option<SocketAddr>)> {
        let peer = stream.peer_addr().ok();
        if let Err(error) = SockRef::from(&stream).set_tcp_user_timeout(Some(GONE)) {
            tracing::debug!(%error, "a peer that vanishes is noticed later");
        }
        self.admit(stream, peer, tls).await
    }

    /// A connection that has a slot, and whose handshake is over; `None` if it has ended.
    async fn admit<S>(
        self,
        stream: S,
        peer: Option<SocketAddr>,
        tls: Option<TlsAcceptor>,
    ) -> Option<(Io, Option<SocketAddr>)>
    where
        S: AsyncRead + AsyncWrite + Unpin + 'static,
    {
        let connection = Arc::new(Connection::new(tls.is_some()));
        let counted = peer.map(|peer| peer.ip()).filter(|address| (self.counted)(*address));
        let slot = Arc::new(self.door.enter(&connection, counted)?);
        let watched = Watched::new(stream, Arc::clone(&connection), self.stopping);
        let stream: Pin<Box<dyn Stream>> = match tls {
            None => Box::pin(watched),
            Some(acceptor) => {
                // A handshake that is broken or too slow ends by what the stream says.
                let stream = acceptor.accept(watched).await.ok()?;
                connection.await_head();
                Box::pin(stream)
            }
        };
        Some((Io { stream, connection, slot }, peer))
    }

    /// Speaks HTTP with `app`.
    fn http<F, I, S, B>(
        &self,
        app: &F,
    ) -> impl ServiceFactory<(Io, Option<SocketAddr>), Config = (), Response = (), Error = (), InitError = ()>
    + use<F, I, S, B>
    where
        F: Fn() -> I,
        I: IntoServiceFactory<S, Request>,
        S: ServiceFactory<Request, Config = AppConfig> + 'static,
        S::Error: Into<actix_web::Error> + 'static,
        S::InitError: fmt::Debug,
        S::Response: Into<Response<B>> + 'static,
        <S::Service as Service<Request>>::Future: 'static,
        S::Service: 'static,
        B: MessageBody + 'static,
    {
        let note = self.note;
        let app = app().into_factory().map_err(|error: S::Error| error.into().error_response());
        HttpService::<Io, _, B>::build()
            // The connection itself has a limit for the head of this request and of every other, and for none.
            .keep_alive(KeepAlive::Os)
            .client_request_timeout(Duration::ZERO)
            .client_disconnect_timeout(LINGER)
            // Whoever sends no more may still read, except a stream without end: see `track`.
            .h1_allow_half_closed(true)
            .on_connect_ext(move |io: &Io, data: &mut Extensions| {
                note(&io.connection, data);
                data.insert(Arc::clone(&io.connection));
                // Requests may be worked on for longer than their connection lasts.
                data.insert(Arc::clone(&io.slot));
            })
            .h1(map_config(app, |()| AppConfig::default()))
            .map_err(|error| tracing::debug!(%error, "a connection has ended"))
    }
}

/// What a connection reads from and writes to.
trait Stream: AsyncRead + AsyncWrite {}

impl<S: AsyncRead + AsyncWrite> Stream for S {}

/// A connection as HTTP is spoken over it, whatever it is made of.
struct Io {
    stream: Pin<Box<dyn Stream>>,
    connection: Arc<Connection>,
    slot: Arc<Slot>,
}

impl AsyncRead for Io {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let (before, room) = (buffer.filled().len(), buffer.remaining());
        let read = self.stream.as_mut().poll_read(context, buffer);
        if matches!(read, Poll::Ready(Ok(()))) && room > 0 && buffer.filled().len() == before {
            self.connection.falls_silent();
        }
        read
    }
}

impl AsyncWrite for Io {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.stream.as_mut().poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests;
