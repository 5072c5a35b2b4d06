//! Prints bans and unbans as they happen, through restarts of fail2ban: `cargo run --example follow [--socket PATH]
//! [EVENTS]`. Ends once it has told so many; runs on where no number is given.
//!
//! The protocol has no events: counters are asked for each second, which costs the server nearly nothing, and lists of
//! bans only where counters have moved.
#![expect(clippy::print_stderr, reason = "an error is for whoever started this")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use fail2ban_client::{Client, Error, JailCounters, JailName, Text};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args, Duration::from_secs(1), &mut std::io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

pub(crate) async fn run(
    args: &[String],
    pause: Duration,
    out: &mut impl Write,
) -> Result<(), Box<dyn std::error::Error>> {
    let (socket, args) = match args {
        [option, socket, rest @ ..] if option == "--socket" => (socket.as_str(), rest),
        rest => (Client::DEFAULT_SOCKET, rest),
    };
    let events = args.first().map(|count| count.parse::<usize>()).transpose()?;
    let client = Client::new(socket);
    let mut seen = Seen::default();
    // What is banned already is no event. A server that is not there at the beginning is an error.
    seen.look(&client).await?;
    writeln!(
        out,
        "{} bans in {} jails",
        seen.banned.values().map(BTreeSet::len).sum::<usize>(),
        seen.banned.len()
    )?;

    let mut told = 0;
    while events.is_none_or(|events| told < events) {
        tokio::time::sleep(pause).await;
        match seen.look(&client).await {
            Ok(changes) => {
                for change in changes {
                    writeln!(out, "{change}")?;
                    told += 1;
                }
            }
            // One that goes comes back, as a rule: the client connects anew by itself.
            Err(error) if error.is_offline() => writeln!(out, "offline: {error}")?,
            Err(error) => return Err(error.into()),
        }
    }
    client.close().await;
    Ok(())
}

#[derive(Default)]
struct Seen {
    connection: u64,
    counters: BTreeMap<JailName, JailCounters>,
    banned: BTreeMap<JailName, BTreeSet<Text>>,
}

impl Seen {
    /// What has changed since the last look.
    async fn look(&mut self, client: &Client) -> Result<Vec<String>, Error> {
        let mut changes = Vec::new();
        let counters: BTreeMap<_, _> = client.counters().await?.into_iter().collect();
        // After a restart the counters begin anew, and may by chance be the same as before.
        let connection = client.generation();
        let restarted = self.connection != connection;
        for (jail, now) in &counters {
            if !restarted && self.counters.get(jail) == Some(now) {
                continue;
            }
            let banned: BTreeSet<Text> = match client.banned_unsorted(jail).await {
                Ok(banned) => banned.into_iter().collect(),
                // It has gone since it was counted; the next look finds it missing.
                Err(Error::UnknownJail { .. }) => continue,
                Err(error) => return Err(error),
            };
            let before = self.banned.insert(jail.clone(), banned.clone()).unwrap_or_default();
            changes.extend(banned.difference(&before).map(|id| format!("{jail}: ban {id}")));
            changes.extend(before.difference(&banned).map(|id| format!("{jail}: unban {id}")));
        }
        self.banned.retain(|jail, _| counters.contains_key(jail));
        (self.counters, self.connection) = (counters, connection);
        Ok(changes)
    }
}
