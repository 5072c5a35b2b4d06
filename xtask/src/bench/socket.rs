//! The crate `fail2ban-client` over its one connection, against the program `fail2ban-client` doing the same,
//! in the same run and on the same server. Both ask, decode, and hold the whole answer.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec};
use fail2ban_client::{Client, JailName};
use tokio::runtime::Runtime;

use super::fill::fill;
use super::table::{Table, millis};
use crate::demo::smoke::Samples;
use crate::{process, stop};

const JAIL: &str = "sshd";
/// How many bans the jail has, each time a table's worth is measured.
const SIZES: [u32; 3] = [0, 1_000, 10_000];
/// Measured calls, after one that is not counted.
const OURS: usize = 100;
const THEIRS: usize = 15;

/// What is asked.
#[derive(Clone, Copy)]
enum Question {
    Ping,
    Status,
    BansWithTimes,
}

impl Question {
    const ALL: [Self; 3] = [Self::Ping, Self::Status, Self::BansWithTimes];

    fn args(self) -> &'static [&'static str] {
        match self {
            Self::Ping => &["ping"],
            Self::Status => &["status", JAIL],
            Self::BansWithTimes => &["get", JAIL, "banip", "--with-time"],
        }
    }
}

/// Fills a private fail2ban step by step and measures at each size.
pub(super) fn measure() -> Result<Table> {
    let jail = JailSpec::new(JAIL, Filter::Sshd).bantime(86_400);
    let lab = Fail2ban::builder().jail(jail).start().context("start the private fail2ban")?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("start a runtime")?;
    let client = Client::new(lab.socket());
    let mut table = Table::new(&["command", "bans", "this crate", "fail2ban-client", "times faster"]);
    let mut from = 0;
    for bans in SIZES {
        fill(&lab, JAIL, from, bans)?;
        from = bans;
        for question in Question::ALL {
            let ours = ours(&runtime, &client, question, bans)?.percentile(50);
            let theirs = theirs(&lab, question)?.percentile(50);
            let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
            let command = format!("`{}`", question.args().join(" "));
            table.row(vec![
                command,
                bans.to_string(),
                millis(ours),
                millis(theirs),
                if ratio < 10.0 { format!("{ratio:.1}") } else { format!("{ratio:.0}") },
            ]);
        }
    }
    runtime.block_on(client.close());
    Ok(table)
}

fn ours(runtime: &Runtime, client: &Client, question: Question, bans: u32) -> Result<Samples> {
    let jail = JailName::new(JAIL).context("name the jail")?;
    let wanted = usize::try_from(bans)?;
    timed(OURS, || {
        let found = runtime.block_on(async {
            match question {
                Question::Ping => client.ping().await.map(|()| wanted),
                Question::Status => {
                    client.status(&jail).await.map(|status| status.banned.unwrap_or_default().len())
                }
                Question::BansWithTimes => client.banned_with_times(&jail).await.map(|bans| bans.len()),
            }
        })?;
        if found != wanted {
            bail!("{} gives {found} bans of {wanted}", question.args().join(" "));
        }
        Ok(())
    })
}

fn theirs(lab: &Fail2ban, question: Question) -> Result<Samples> {
    timed(THEIRS, || {
        // Not through the harness, whose reading of the output would be measured too.
        let mut command = Command::new("fail2ban-client");
        command.arg("-s").arg(lab.socket()).args(question.args());
        let status =
            command.stdin(Stdio::null()).stdout(Stdio::null()).status().context("run fail2ban-client")?;
        if !status.success() {
            bail!("`{}` failed: {status}", process::show(&command));
        }
        Ok(())
    })
}

fn timed(times: usize, mut call: impl FnMut() -> Result<()>) -> Result<Samples> {
    call()?;
    let mut samples: Vec<Duration> = Vec::with_capacity(times);
    for _ in 0..times {
        stop::check()?;
        let start = Instant::now();
        call()?;
        samples.push(start.elapsed());
    }
    Ok(Samples::new(samples))
}
