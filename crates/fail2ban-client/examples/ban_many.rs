//! Bans many addresses and networks, and tells how far it is: `cargo run --example ban_many [--socket PATH] JAIL
//! [ADDRESS…]`. Without addresses they are read from standard input, one a line; what stands behind a `#` is left out.
#![expect(clippy::print_stderr, reason = "an error is for whoever started this")]

use std::error::Error;
use std::io::{BufRead, Write};
use std::process::ExitCode;

use fail2ban_client::{Address, Client, JailName, Outcome};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args, std::io::stdin().lock(), &mut std::io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

pub(crate) async fn run(
    args: &[String],
    input: impl BufRead,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    let (socket, args) = match args {
        [option, socket, rest @ ..] if option == "--socket" => (socket.as_str(), rest),
        rest => (Client::DEFAULT_SOCKET, rest),
    };
    let [jail, addresses @ ..] = args else { return Err("which jail?".into()) };
    let jail: JailName = jail.parse()?;
    // All are read before the first is sent: a typing mistake in the last line bans nothing.
    let addresses = if addresses.is_empty() { read(input)? } else { parse(addresses)? };

    let client = Client::new(socket);
    let mut bulk = client.ban_many(&jail, addresses);
    // Part after part, as large as the server works off fast. Between two it answers others.
    while let Some(part) = bulk.next().await {
        match part {
            Ok(progress) => writeln!(out, "{} of {}", progress.settled, progress.total)?,
            // It ends here. What became of each address, the report says all the same.
            Err(error) => writeln!(out, "error: {error}")?,
        }
    }
    let report = bulk.report();
    writeln!(out, "{report}")?;
    for outcome in [Outcome::Failed, Outcome::Unknown, Outcome::NotSent] {
        for entry in report.with(outcome) {
            writeln!(out, "{} {outcome}", entry.id)?;
        }
    }
    client.close().await;
    if report.is_complete() { Ok(()) } else { Err("not all are banned".into()) }
}

fn read(input: impl BufRead) -> Result<Vec<Address>, Box<dyn Error>> {
    let mut words = Vec::new();
    for line in input.lines() {
        let line = line?;
        let word = line.split('#').next().unwrap_or_default().trim();
        if !word.is_empty() {
            words.push(word.to_owned());
        }
    }
    parse(&words)
}

fn parse(words: &[String]) -> Result<Vec<Address>, Box<dyn Error>> {
    Ok(words.iter().map(|word| word.parse()).collect::<Result<_, _>>()?)
}
