//! Any bytes in any pieces: the reader of frames finds the same replies as in one piece.
//!
//! The first byte is the number of cuts, the next ones are where they are.
#![no_main]

use fail2ban_client::Limits;
use fail2ban_client::codec::decode;
use fail2ban_client::frame::ReplyReader;
use libfuzzer_sys::fuzz_target;

/// The replies in the stream, and whether it was in order.
fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Vec<u8>>, bool) {
    let mut reader = ReplyReader::new(Limits::default().with_reply_bytes(4096));
    let mut replies = Vec::new();
    for piece in pieces {
        reader.push(piece);
        loop {
            match reader.next_reply() {
                Ok(Some(reply)) => replies.push(reply.to_vec()),
                Ok(None) => break,
                Err(_) => return (replies, false),
            }
        }
    }
    (replies, true)
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&count, rest)) = bytes.split_first() else { return };
    let Some((cuts, stream)) = rest.split_at_checked(usize::from(count % 32)) else { return };
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| usize::from(*cut) * stream.len() / 255).collect();
    cuts.extend([0, stream.len()]);
    cuts.sort_unstable();
    let whole = read([stream]);
    assert_eq!(read(cuts.windows(2).map(|cut| &stream[cut[0]..cut[1]])), whole);
    assert_eq!(read(stream.chunks(1)), whole);
    for reply in whole.0 {
        drop(decode(reply, &Limits::default()));
    }
});
