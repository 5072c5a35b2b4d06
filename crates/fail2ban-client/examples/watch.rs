//! Prints bans and unbans as they happen, through restarts of fail2ban: `cargo run --example watch [SOCKET]`. Asks for
//! counters each second and for lists only where counters have moved, which costs an idle server nearly nothing.
#![expect(clippy::print_stdout, reason = "printing is what this example is for")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use fail2ban_client::{Client, Error, JailCounters, JailName};

#[derive(Default)]
struct Seen {
    connection: u64,
    counters: BTreeMap<JailName, JailCounters>,
    banned: BTreeMap<JailName, BTreeSet<String>>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let socket = std::env::args().nth(1).unwrap_or_else(|| Client::DEFAULT_SOCKET.to_owned());
    let client = Client::new(socket);
    let mut seen = Seen::default();
    loop {
        match look(&client, &mut seen).await {
            Ok(()) => {}
            Err(error) if error.is_offline() => println!("offline: {error}"),
            Err(error) => println!("error: {error}"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn look(client: &Client, seen: &mut Seen) -> Result<(), Error> {
    let counters: BTreeMap<JailName, JailCounters> = client.counters().await?.into_iter().collect();
    // After a restart the counters begin anew, and may by chance be the same as before.
    let restarted = std::mem::replace(&mut seen.connection, client.generation()) != client.generation();
    for (jail, now) in &counters {
        if restarted || seen.counters.get(jail) != Some(now) {
            let banned: BTreeSet<String> =
                client.banned(jail).await?.iter().map(ToString::to_string).collect();
            let before = seen.banned.insert(jail.clone(), banned.clone()).unwrap_or_default();
            for id in banned.difference(&before) {
                println!("{jail}: ban {id}");
            }
            for id in before.difference(&banned) {
                println!("{jail}: unban {id}");
            }
        }
    }
    seen.banned.retain(|jail, _| counters.contains_key(jail));
    seen.counters = counters;
    Ok(())
}
