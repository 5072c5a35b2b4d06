//! Shows the settings of a running jail, and changes some: `cargo run --example tune [--socket PATH] JAIL [SETTING…]`,
//! where a setting is `bantime=SECONDS`, `bantime=permanent`, `findtime=SECONDS`, `maxretry=COUNT`, `ignoreip=+ENTRY` or
//! `ignoreip=-ENTRY`. What is changed holds until fail2ban reloads its files.
#![expect(clippy::print_stderr, reason = "an error is for whoever started this")]

use std::error::Error;
use std::io::Write;
use std::num::NonZeroU32;
use std::process::ExitCode;

use fail2ban_client::{Bantime, Client, IgnoreEntry, JailName};

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
    let (socket, args) = match args {
        [option, socket, rest @ ..] if option == "--socket" => (socket.as_str(), rest),
        rest => (Client::DEFAULT_SOCKET, rest),
    };
    let [jail, settings @ ..] = args else { return Err("which jail?".into()) };
    let jail: JailName = jail.parse()?;
    // All are understood before the first is sent.
    let changes = settings.iter().map(|text| Change::parse(text)).collect::<Result<Vec<_>, _>>()?;

    let client = Client::new(socket);
    show(&client, &jail, "before", out).await?;
    for change in changes {
        change.apply(&client, &jail).await?;
    }
    if !settings.is_empty() {
        show(&client, &jail, "after", out).await?;
    }
    client.close().await;
    Ok(())
}

async fn show(
    client: &Client,
    jail: &JailName,
    when: &str,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    writeln!(out, "{jail} {when}")?;
    writeln!(out, "  bantime   {}", client.bantime(jail).await?)?;
    writeln!(out, "  findtime  {} s", client.find_time(jail).await?)?;
    writeln!(out, "  maxretry  {}", client.max_retry(jail).await?)?;
    // The server's order varies from call to call.
    let mut ignored: Vec<_> = client.ignore_list(jail).await?.iter().map(ToString::to_string).collect();
    ignored.sort();
    writeln!(out, "  ignoreip  {}", ignored.join(" "))?;
    Ok(())
}

enum Change {
    Bantime(Bantime),
    FindTime(u32),
    MaxRetry(NonZeroU32),
    Ignore(IgnoreEntry),
    Heed(IgnoreEntry),
}

impl Change {
    fn parse(text: &str) -> Result<Self, Box<dyn Error>> {
        let (name, value) = text.split_once('=').ok_or_else(|| format!("{text} is not SETTING=VALUE"))?;
        Ok(match (name, value.split_at_checked(1)) {
            ("bantime", _) if value == "permanent" => Self::Bantime(Bantime::Permanent),
            ("bantime", _) => Self::Bantime(Bantime::Seconds(value.parse()?)),
            ("findtime", _) => Self::FindTime(value.parse()?),
            ("maxretry", _) => Self::MaxRetry(value.parse()?),
            ("ignoreip", Some(("+", entry))) => Self::Ignore(entry.parse()?),
            ("ignoreip", Some(("-", entry))) => Self::Heed(entry.parse()?),
            _ => return Err(format!("{text} is no setting that this knows").into()),
        })
    }

    /// The server answers with what holds then, which is what is shown afterwards.
    async fn apply(self, client: &Client, jail: &JailName) -> Result<(), fail2ban_client::Error> {
        match self {
            Self::Bantime(bantime) => client.set_bantime(jail, bantime).await.map(drop),
            Self::FindTime(seconds) => client.set_find_time(jail, seconds).await.map(drop),
            Self::MaxRetry(count) => client.set_max_retry(jail, count).await.map(drop),
            Self::Ignore(entry) => client.add_ignored(jail, &[entry]).await.map(drop),
            Self::Heed(entry) => client.remove_ignored(jail, &entry).await.map(drop),
        }
    }
}
