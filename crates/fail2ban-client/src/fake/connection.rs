//! One connection of a fake server: takes requests, and sends each its reply with all that goes wrong with it.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::sleep;

use super::answers::Answerer;
use super::recording::{Tape, cut_request, is_farewell};
use super::reply::{Reply, Then};
use crate::client::ByteStream;

/// The pause between the pieces of a reply.
const BETWEEN: Duration = Duration::from_millis(1);

/// Serves until either side closes.
pub(super) async fn serve(
    mut stream: Box<dyn ByteStream>,
    number: u64,
    mut answerer: Answerer,
    tape: Tape,
) -> io::Result<()> {
    let mut buffer = Vec::new();
    let mut mute = false;
    loop {
        while let Some(request) = cut_request(&mut buffer) {
            let place = tape.request(number, &request);
            if is_farewell(&request) {
                return Ok(());
            }
            if mute {
                continue;
            }
            let reply = answerer.answer(number, &request);
            // Before it is sent: whoever has the reply finds it recorded.
            tape.reply(place, reply.as_bytes());
            send(&mut stream, &reply).await?;
            match reply.then {
                Then::Serve => {}
                Then::Mute => mute = true,
                Then::Close => return Ok(()),
            }
        }
        if stream.read_buf(&mut buffer).await? == 0 {
            return Ok(());
        }
    }
}

async fn send(stream: &mut Box<dyn ByteStream>, reply: &Reply) -> io::Result<()> {
    if !reply.delay.is_zero() {
        sleep(reply.delay).await;
    }
    if reply.piece == 0 {
        stream.write_all(&reply.bytes).await?;
        return stream.flush().await;
    }
    for piece in reply.bytes.chunks(reply.piece) {
        stream.write_all(piece).await?;
        stream.flush().await?;
        sleep(BETWEEN).await;
    }
    Ok(())
}
