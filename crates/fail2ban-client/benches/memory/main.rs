//! How much memory decoding a long reply takes at its peak, against CPython's unpickler:
//! `cargo bench -p fail2ban-client --bench memory`. Ours is the heap as its allocator counts it, CPython's is what
//! `tracemalloc` counts. Judges nothing.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench that cannot run fails, and its result is printed"
)]

#[path = "../decode/replies.rs"]
mod replies;

use fail2ban_client::Limits;
use fail2ban_client::codec::decode;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

fn main() {
    let replies = replies::long();
    let python = replies::in_python(&replies);
    println!(
        "Bytes beyond the reply itself, whose buffer ours takes over for its texts and CPython's copies."
    );
    println!(
        "{:<16} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "reply", "its bytes", "CPython", "peak", "kept", "blocks"
    );
    for (reply, (_, python)) in replies.iter().zip(&python) {
        let pickle = reply.pickle.clone();
        let profiler = dhat::Profiler::builder().testing().build();
        let value = decode(pickle, &Limits::default()).unwrap();
        let stats = dhat::HeapStats::get();
        drop(value);
        drop(profiler);
        println!(
            "{:<16} {:>9} {:>9} {:>9} {:>9} {:>9}",
            reply.name,
            reply.pickle.len(),
            python,
            stats.max_bytes,
            stats.curr_bytes,
            stats.total_blocks
        );
    }
}
