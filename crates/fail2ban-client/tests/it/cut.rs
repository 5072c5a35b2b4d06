//! A line between a client and a real server that is cut at a chosen byte.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use fail2ban_client::{Connector, connect_with};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::net::UnixStream;

/// A connector that ends a connection so many bytes behind the first mention of a word, without a reply to what came
/// last. The connections follow the list; `None`, and what comes behind it, lets a connection live.
pub(crate) fn cutting(
    socket: PathBuf,
    word: &'static str,
    cuts: impl IntoIterator<Item = Option<usize>>,
) -> impl Connector {
    let cuts = Arc::new(Mutex::new(cuts.into_iter().collect::<VecDeque<_>>()));
    connect_with("a line that is cut", move || {
        let (socket, cut) = (socket.clone(), cuts.lock().unwrap().pop_front().flatten());
        async move {
            let server = UnixStream::connect(socket).await?;
            let (near, far) = tokio::io::duplex(4 << 20);
            tokio::spawn(pass_on(far, server, word, cut));
            Ok(near)
        }
    })
}

async fn pass_on(mut client: DuplexStream, mut server: UnixStream, word: &str, cut: Option<usize>) {
    let (mut sent, mut received) = (vec![0; 4 << 20], vec![0; 1 << 16]);
    loop {
        tokio::select! {
            Ok(length) = client.read(&mut sent) => {
                let part = &sent[..length];
                let mark = part.windows(word.len()).position(|bytes| bytes == word.as_bytes());
                if length == 0 {
                    return;
                }
                if let (Some(mark), Some(cut)) = (mark, cut) {
                    drop(server.write_all(&part[..length.min(mark.saturating_add(cut))]).await);
                    return;
                }
                if server.write_all(part).await.is_err() {
                    return;
                }
            }
            Ok(length) = server.read(&mut received) => {
                if length == 0 || client.write_all(&received[..length]).await.is_err() {
                    return;
                }
            }
            else => return,
        }
    }
}
