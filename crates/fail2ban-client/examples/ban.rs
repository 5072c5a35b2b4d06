//! Bans or unbans addresses in a jail, and prints what became of each and what is banned then:
//! `cargo run --example ban SOCKET JAIL ban|unban ADDRESS…`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is what this example is for")]

use std::process::ExitCode;

use fail2ban_client::{Address, BanId, Client, JailName, Report};

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

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [socket, jail, verb, addresses @ ..] = args.as_slice() else {
        return Err("usage: ban SOCKET JAIL ban|unban ADDRESS…".into());
    };
    let jail: JailName = jail.parse()?;
    let addresses = addresses.iter().map(|text| text.parse()).collect::<Result<Vec<Address>, _>>()?;
    let client = Client::new(socket);
    match verb.as_str() {
        "ban" => show(&client.ban(&jail, &addresses).await?),
        "unban" => {
            let ids: Vec<BanId> = addresses.into_iter().map(BanId::from).collect();
            show(&client.unban(&jail, &ids).await?);
        }
        other => return Err(format!("{other} is neither ban nor unban").into()),
    }
    for ticket in client.banned_with_times(&jail).await? {
        let end = if ticket.is_permanent() { "for ever".to_owned() } else { format!("until {}", ticket.end) };
        println!("{} {end}", ticket.id);
    }
    client.close().await;
    Ok(())
}

fn show(report: &Report) {
    println!("{report}");
    for entry in &report.entries {
        println!("  {}: {}", entry.id, entry.outcome);
        for network in &entry.covered_by {
            println!("    {network} is banned, in which it lies");
        }
    }
}
