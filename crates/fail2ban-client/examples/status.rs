//! Prints the version, the jails and their counters: `cargo run --example status [SOCKET]`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is what this example is for")]

use std::process::ExitCode;

use fail2ban_client::{Client, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Error> {
    let socket = std::env::args().nth(1).unwrap_or_else(|| Client::DEFAULT_SOCKET.to_owned());
    let client = Client::new(socket);
    println!("fail2ban {} at {}", client.version().await?, client.server());
    println!("{:24} {:>8} {:>8} {:>8} {:>8}", "jail", "failed", "total", "banned", "total");
    for (jail, counters) in client.counters().await? {
        println!(
            "{jail:24} {:>8} {:>8} {:>8} {:>8}",
            counters.currently_failed,
            counters.total_failed,
            counters.currently_banned,
            counters.total_banned
        );
    }
    client.close().await;
    Ok(())
}
