//! Makes a believable history and asks it what the pages ask: `history fill URL EVENTS` and `history ask URL`, in a release
//! build, each in a process of its own. `cargo xtask bench history` runs both on both databases. Prints lines of
//! `name value unit`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    reason = "a measurement prints, and ends where it fails"
)]

mod ask;
mod attack;
mod fill;
mod peer;
mod times;

use bangui_persistence::{Db, DbOptions};

async fn open(url: &str) -> Db {
    let db = Db::connect(url, &DbOptions { create: true, ..DbOptions::default() }).await.unwrap();
    db.migrate().await.unwrap();
    db
}

#[tokio::main(worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["fill", url, events] => fill::fill(url, events.parse().unwrap()).await,
        ["ask", url, rounds] => {
            ask::ask(url, rounds.parse().unwrap()).await;
            peer::ask(url).await;
        }
        _ => println!("history fill URL EVENTS | history ask URL ROUNDS"),
    }
}
