//! Keeps the expressions by which a running jail finds failures: `cargo run --example regex [--socket PATH] JAIL` lists
//! them, with `replace INDEX REGEX` behind it puts a new one in the place of an old one. What is changed holds until
//! fail2ban reloads its files.
#![expect(clippy::print_stderr, reason = "an error is for whoever started this")]

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use fail2ban_client::{Client, JailName};

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
    let client = Client::new(socket);
    match args {
        [jail] => list(&client.fail_regexes(&jail.parse()?).await?, out)?,
        [jail, verb, index, regex] if verb == "replace" => {
            list(&replace(&client, &jail.parse()?, index.parse()?, regex).await?, out)?;
        }
        _ => return Err("usage: regex [--socket PATH] JAIL [replace INDEX REGEX]".into()),
    }
    client.close().await;
    Ok(())
}

/// The server shows them expanded: what stands for `<HOST>` is long, and differs between versions.
fn list(regexes: &[String], out: &mut impl Write) -> std::io::Result<()> {
    regexes.iter().enumerate().try_for_each(|(index, regex)| writeln!(out, "{index}: {regex}"))
}

/// The new one is added before the old one goes: where the server refuses it, the jail still finds what it found.
async fn replace(
    client: &Client,
    jail: &JailName,
    index: u32,
    regex: &str,
) -> Result<Vec<String>, Box<dyn Error>> {
    let mut expected = client.fail_regexes(jail).await?;
    let place = usize::try_from(index)?;
    if place >= expected.len() {
        return Err(format!("{jail} has {} expressions, and none at {index}", expected.len()).into());
    }
    let added = client.add_fail_regex(jail, regex).await?;
    // Whoever else changes the list now and then would make the index mean another expression.
    let Some((new, _)) = added.split_last().filter(|(_, others)| **others == expected) else {
        return Err("somebody else changes the list; the new expression is in it, the old one too".into());
    };
    expected.push(new.clone());
    expected.remove(place);
    client.remove_fail_regex(jail, index).await?;
    let after = client.fail_regexes(jail).await?;
    if after == expected { Ok(after) } else { Err("somebody else changes the list: look at it".into()) }
}
