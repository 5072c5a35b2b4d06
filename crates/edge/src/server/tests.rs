//! Connections as the web framework serves them, by a clock that the tests move.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use actix_service::{Service as _, ServiceFactory as _};
use actix_web::middleware::from_fn;
use actix_web::web::Bytes;
use actix_web::{App, HttpResponse, web};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::Served;
use crate::door::{Door, Limits};
use crate::{ANSWER, ConnectionMeter, HEAD, track};

/// What the network between client and server holds.
const ON_THE_WAY: usize = 1024;
const LONG: usize = 1024 * 1024;

/// A client's end of a connection to a server that gives a long answer, or a stream without end.
async fn connect() -> DuplexStream {
    let (client, stream) = duplex(ON_THE_WAY);
    let served = Served {
        door: Door::new(Limits { connections: 8, per_address: 8 }, ConnectionMeter::new().expect("names")),
        counted: Arc::new(|_| true),
        stopping: CancellationToken::new(),
        note: |_, _| {},
    };
    let app = || {
        App::new()
            .wrap(from_fn(track))
            .route("/long", web::get().to(|| async { HttpResponse::Ok().body(vec![b'x'; LONG]) }))
            .route("/live", web::get().to(live))
    };
    let http = served.http(&app).new_service(()).await.expect("a service");
    tokio::task::spawn_local(async move {
        let io = served.admit(stream, None, None).await.expect("a slot");
        // How it ends, the client sees.
        http.call(io).await.expect("an end");
    });
    client
}

async fn live() -> HttpResponse {
    let never = futures::stream::pending::<io::Result<Bytes>>();
    HttpResponse::Ok().content_type("text/event-stream").streaming(never)
}

async fn ask(client: &mut DuplexStream, path: &str) {
    let head = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    client.write_all(head.as_bytes()).await.expect("sent");
}

/// Reads so many bytes at once, and then pauses; answers how many came, `most` or as many as there were.
async fn read_slowly(client: &mut DuplexStream, at_once: usize, pause: Duration, most: usize) -> usize {
    let mut read = 0;
    let mut buffer = vec![0; ON_THE_WAY];
    while read < most {
        let until = (read + at_once).min(most);
        while read < until {
            match client.read(&mut buffer).await {
                Ok(0) | Err(_) => return read,
                Ok(count) => read += count,
            }
        }
        sleep(pause).await;
    }
    read
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_gets_the_whole_of_a_long_answer() {
    let here = LocalSet::new();
    here.run_until(async {
        let mut client = connect().await;
        for (at_once, pause) in [(1024, Duration::from_millis(500)), (32 * 1024, Duration::from_secs(25))] {
            ask(&mut client, "/long").await;
            let read = read_slowly(&mut client, at_once, pause, LONG).await;
            assert!(read >= LONG, "{read} bytes came");
            // The rest of the head's length, and then the connection is as good as new.
            let mut rest = vec![0; ON_THE_WAY];
            assert!(client.read(&mut rest).await.is_ok_and(|count| count > 0));
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_stops_is_waited_for_no_longer() {
    let here = LocalSet::new();
    here.run_until(async {
        let mut client = connect().await;
        ask(&mut client, "/long").await;
        let mut first = vec![0; 1000];
        client.read_exact(&mut first).await.expect("the beginning");
        sleep(ANSWER + Duration::from_secs(2)).await;
        let rest = read_slowly(&mut client, ON_THE_WAY, Duration::ZERO, LONG).await;
        assert!(rest < LONG / 2, "{rest} bytes came");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_asks_no_more_ends_in_order() {
    let here = LocalSet::new();
    here.run_until(async {
        let mut client = connect().await;
        ask(&mut client, "/nothing").await;
        let asked = Instant::now();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.expect("an end in order");
        assert!(answer.starts_with("HTTP/1.1 404 ") && asked.elapsed() >= HEAD, "{answer}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn who_sends_no_more_still_reads_unless_there_is_no_end() {
    let here = LocalSet::new();
    here.run_until(async {
        let mut client = connect().await;
        ask(&mut client, "/long").await;
        client.shutdown().await.expect("half an end");
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.expect("all of it");
        assert!(answer.len() > LONG);

        let mut client = connect().await;
        ask(&mut client, "/live").await;
        let mut head = vec![0; 12];
        client.read_exact(&mut head).await.expect("the beginning");
        assert_eq!(head, *b"HTTP/1.1 200");
        let hung_up = Instant::now();
        client.shutdown().await.expect("half an end");
        let mut rest = Vec::new();
        client.read_to_end(&mut rest).await.expect("an end");
        assert!(hung_up.elapsed() < HEAD);
    })
    .await;
}
