//! What a backup, a restore and a copy of a long history take: time, memory and size, on both databases.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;

use super::table::Table;
use crate::postgres::Postgres;
use crate::{needs, process, procfs, stop};

/// How often a running command's memory is looked at.
const LOOK: Duration = Duration::from_millis(5);

/// How much there is to archive.
#[derive(Args, Debug)]
pub(super) struct ArchiveArgs {
    /// Bans in the database that is archived; half of them are in force.
    #[arg(long, default_value_t = 1_000_000)]
    bans: u32,
}

/// Measures and prints.
pub(super) fn run(binary: &Path, args: &ArchiveArgs) -> Result<()> {
    let postgres = Postgres::start()?;
    let dir = tempfile::tempdir().context("make a temporary directory")?;
    let place = |name: &str| dir.path().join(name).display().to_string();
    let full = postgres.database("history")?;
    let sqlite = format!("sqlite://{}", place("copy.db"));
    process::run(Command::new(binary).arg("migrate").env("BANGUI_DATABASE__URL", &full))?;
    let psql = needs::postgres_bin().context("no PostgreSQL binaries")?.join("psql");
    let mut filling = Command::new(psql);
    filling.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", &full, "-c", &bans(args.bans)]);
    process::output(&mut filling).context("fill the database")?;

    let mut table = Table::new(&["what", "time", "rows a second", "peak memory", "archive"]);
    // Each ban with its address, and half of them in force.
    let rows = f64::from(args.bans) * 2.5;
    let mut measure = |what: &str, url: &str, arguments: &[&str], archive: Option<&str>| -> Result<()> {
        let (time, peak_kib) = watched(binary, url, arguments).with_context(|| what.to_owned())?;
        let size = archive.map(std::fs::metadata).transpose().context("look at the archive")?;
        table.row(vec![
            what.to_owned(),
            format!("{:.1} s", time.as_secs_f64()),
            format!("{:.0}", rows / time.as_secs_f64()),
            format!("{} MiB", peak_kib / 1024),
            size.map_or_else(String::new, |size| format!("{} MiB", size.len() >> 20)),
        ]);
        Ok(())
    };
    let (from_sqlite, from_postgres) = (place("sqlite.gz"), place("postgres.gz"));
    measure("copy, PostgreSQL to SQLite", "", &["copy", "--from", &full, "--to", &sqlite], None)?;
    measure("backup, SQLite", &sqlite, &["backup", &from_sqlite], Some(&from_sqlite))?;
    measure("backup, PostgreSQL", &full, &["backup", &from_postgres], Some(&from_postgres))?;
    measure("restore --check", "", &["restore", "--check", &from_sqlite], None)?;
    let new = format!("sqlite://{}", place("new.db"));
    measure("restore, SQLite", &new, &["restore", &from_sqlite], None)?;
    measure("restore, PostgreSQL", &postgres.database("restored")?, &["restore", &from_sqlite], None)?;
    let copied = postgres.database("copied")?;
    measure("copy, SQLite to PostgreSQL", "", &["copy", "--from", &sqlite, "--to", &copied], None)?;
    println!("\n### Archives of {} bans, {rows:.0} rows (release build)\n\n{table}", args.bans);
    Ok(())
}

/// Time and peak memory of a command.
fn watched(binary: &Path, url: &str, arguments: &[&str]) -> Result<(Duration, u64)> {
    let mut command = Command::new(binary);
    command.args(arguments).stdout(Stdio::null());
    if !url.is_empty() {
        command.env("BANGUI_DATABASE__URL", url);
    }
    let start = Instant::now();
    let mut child = command.spawn().with_context(|| format!("start {}", binary.display()))?;
    let mut peak = 0;
    loop {
        if let Some(status) = child.try_wait().context("wait for the command")? {
            if !status.success() {
                bail!("it ended with {status}");
            }
            return Ok((start.elapsed(), peak));
        }
        // One that has just ended tells no memory any more.
        peak = peak.max(procfs::peak_kib(child.id()).unwrap_or_default());
        if stop::wait(LOOK) {
            drop(child.kill());
            bail!("stopped by a signal");
        }
    }
}

/// Bans as of some months in which a few jails have met many addresses.
fn bans(count: u32) -> String {
    let ip = "'10.' || n / 65536 || '.' || n / 256 % 256 || '.' || n % 256";
    let key = "'00000000000000000000ffff' || lpad(to_hex(167772160 + n), 8, '0')";
    let at = "1700000000000 + n * 1000::bigint";
    format!(
        "INSERT INTO jails (server_id, name) VALUES ('local', 'sshd'); \
         INSERT INTO addresses (ip, ip_key) SELECT {ip}, {key} FROM generate_series(1, {count}) AS n; \
         INSERT INTO bans (id, banned_at, bantime, address_id, jail_id, origin, failures) \
         SELECT n, {at}, 86400, n, 1, 0, 5 FROM generate_series(1, {count}) AS n; \
         UPDATE counters SET value = {count} WHERE name = 'event'; \
         INSERT INTO active_bans (server_id, jail, ip, ip_key, banned_at, bantime, expires_at, origin, search) \
         SELECT 'local', 'sshd', {ip}, {key}, {at}, 86400, 86400000 + {at}, 'detected', {ip} || E'\\nsshd' \
         FROM generate_series(1, {}) AS n;",
        count / 2
    )
}
