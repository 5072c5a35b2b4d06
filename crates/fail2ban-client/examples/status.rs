//! Prints what a server is and how its jails do: `cargo run --example status [SOCKET]`.
#![expect(clippy::print_stderr, reason = "an error is for whoever started this")]

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use fail2ban_client::Client;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args, &mut std::io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

pub(crate) async fn run(args: &[String], out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let socket = args.first().map_or(Client::DEFAULT_SOCKET, String::as_str);
    // Nothing is connected before the first question.
    let client = Client::new(socket);
    writeln!(out, "fail2ban {} at {}", client.version().await?, client.server())?;
    match client.database_file().await? {
        Some(file) => writeln!(out, "database {}", file.display())?,
        None => writeln!(out, "no database")?,
    }

    writeln!(out, "{:24} {:>8} {:>8} {:>8} {:>8}", "jail", "failed", "total", "banned", "total")?;
    // One command to a server that has `stats`, one for each jail to an older one.
    for (jail, counters) in client.counters().await? {
        let failed = format!("{:>8} {:>8}", counters.currently_failed, counters.total_failed);
        let banned = format!("{:>8} {:>8}", counters.currently_banned, counters.total_banned);
        writeln!(out, "{jail:24} {failed} {banned}")?;
    }
    client.close().await;
    Ok(())
}
