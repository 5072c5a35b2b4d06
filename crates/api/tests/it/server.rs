//! The API on a real connection: what only shows on the wire.

use std::time::Duration;

use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, HttpServer, rt};
use bangui_api::UNDER_ANY_NAME;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::world::World;

const PATIENCE: Duration = Duration::from_mins(1);

/// Starts a server as the binary does, with compression; gives its address and how to stop it.
pub(crate) fn serve(world: &World) -> (std::net::SocketAddr, actix_web::dev::ServerHandle) {
    let state = world.state.clone();
    let server = HttpServer::new(move || {
        let (state, guarded) = (state.clone(), state.clone());
        let guard = move |request, next| bangui_api::guard(guarded.clone(), UNDER_ANY_NAME, request, next);
        App::new()
            .wrap(from_fn(guard))
            .wrap(Compress::default())
            .configure(|config| bangui_api::configure(config, state))
    })
    .workers(1)
    .shutdown_timeout(60)
    .disable_signals()
    .bind(("127.0.0.1", 0))
    .unwrap();
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    rt::spawn(server);
    (address, handle)
}

/// A connection and what has come over it so far.
pub(crate) struct Wire(TcpStream, pub(crate) String);

impl Wire {
    pub(crate) async fn send(address: std::net::SocketAddr, request: &str) -> Self {
        Self::over(TcpStream::connect(address).await.unwrap(), request).await
    }

    /// The same by a client that takes little at a time.
    pub(crate) async fn narrow(address: std::net::SocketAddr, request: &str) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        Self::over(socket.connect(address).await.unwrap(), request).await
    }

    async fn over(mut stream: TcpStream, request: &str) -> Self {
        stream.write_all(request.as_bytes()).await.unwrap();
        Self(stream, String::new())
    }

    /// Reads until `wanted` has come; `false` if the connection ends before.
    pub(crate) async fn until(&mut self, wanted: &str) -> bool {
        let mut buffer = [0_u8; 4096];
        while !self.1.contains(wanted) {
            let length = timeout(PATIENCE, self.0.read(&mut buffer)).await.unwrap().unwrap();
            if length == 0 {
                return false;
            }
            self.1.push_str(&String::from_utf8_lossy(&buffer[..length]));
        }
        true
    }

    /// Reads until the connection ends, in whatever way.
    pub(crate) async fn finish(&mut self) {
        let mut buffer = vec![0_u8; 64 * 1024];
        while let Ok(length @ 1..) = timeout(PATIENCE, self.0.read(&mut buffer)).await.unwrap() {
            self.1.push_str(&String::from_utf8_lossy(&buffer[..length]));
        }
    }
}

#[actix_web::test]
async fn messages_come_uncompressed_as_they_happen_and_the_server_stops_in_spite_of_a_stream() {
    let world = World::ready().await;
    let (address, handle) = serve(&world);
    let cookie = world.cookie.clone().unwrap();
    let request = format!(
        "GET /api/events/stream HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\naccept-encoding: gzip, br\r\n\r\n"
    );
    let mut stream = Wire::send(address, &request).await;
    assert!(stream.until("event: online\n").await, "{}", stream.1);
    world.fail2ban.detects("sshd", "203.0.113.7", 600);
    world.look().await;
    assert!(stream.until("event: ban\nid: 1\n").await, "{}", stream.1);

    world.shutdown.cancel();
    timeout(PATIENCE, handle.stop(true)).await.unwrap();
    assert!(!stream.until("no such text").await, "the stream has ended");
    assert!(stream.1.ends_with("0\r\n\r\n"), "and in good order: {}", stream.1);
}

#[actix_web::test]
async fn a_body_that_is_too_long_is_answered_and_the_connection_closed() {
    let world = World::ready().await;
    let (address, handle) = serve(&world);
    let cookie = world.cookie.clone().unwrap();
    let body = json!({"ip": "203.0.113.7", "jail": "sshd", "reason": "x".repeat(100_000)}).to_string();
    let request = format!(
        "POST /api/bans HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut wire = Wire::send(address, &request).await;
    assert!(wire.until("\"code\":\"body_too_large\"").await, "{}", wire.1);
    assert!(wire.1.starts_with("HTTP/1.1 413 "), "{}", wire.1);
    assert!(!wire.until("no such text").await, "closed");
    handle.stop(false).await;
}
