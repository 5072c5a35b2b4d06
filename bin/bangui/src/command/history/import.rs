//! `bangui history import`: takes what fail2ban's own log still tells into the history, beside a running server or without one.
//! What was read is written in small parts, so that it does not matter where it is stopped: it can be done again.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bangui_domain::model::{Logged, ServerId};
use bangui_domain::ports::{Atlas, Clock as _, WatchLog as _};
use bangui_domain::service::Logbook;
use bangui_gateway::{Fail2banLog, LogTally};
use bangui_persistence::{Db, Imported, LogZone};
use serde_json::json;

use super::unavailable;
use crate::clock::SystemClock;
use crate::exit::{ExitCode, Fatal};
use crate::places;
use crate::settings::Settings;
use crate::zone::zone;

/// Bans that are written at a time.
const BATCH: usize = 500;
/// How often is told how far it is.
const PROGRESS: Duration = Duration::from_secs(5);

/// What `bangui history import` is told.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// fail2ban's log: all files that there are, in any order, compressed (gzip, bzip2, xz, zstd) or not; - is standard
    /// input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Only tell what would come of it, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print what came of it as JSON.
    #[arg(long)]
    json: bool,
}

/// The files, and what has been understood of them.
struct Reading {
    log: Fail2banLog,
    book: Logbook,
    /// What waits to be written.
    waiting: VecDeque<Logged>,
    over: bool,
}

/// Imports.
pub(super) async fn run(db: &Db, settings: &Settings, args: &Args) -> Result<(), Fatal> {
    let (zone, server) = (zone(settings)?, ServerId::local());
    let watched = db.watched_until(&server).await.map_err(|error| unavailable(&error))?;
    let Some(watched) = watched else {
        return Err(Fatal::new(
            ExitCode::Failed,
            "BanGUI has not seen this fail2ban yet: run the server until it has, so that it is known from where on it has \
             watched for itself.",
        ));
    };
    let atlas: Arc<dyn Atlas> = places::atlas(settings).await?;
    let open = async || {
        let (files, zone) = (args.files.clone(), zone.clone());
        let log = blocking(move || Fail2banLog::open(&files, zone, SystemClock.now())).await?;
        let book = Logbook::of_unwatched(watched);
        Ok::<_, Fatal>(Reading { log, book, waiting: VecDeque::new(), over: false })
    };
    // Standard input cannot be read twice: there each part is compared before it is written.
    let once = args.files.iter().any(|file| file.as_os_str() == "-");
    if !once {
        compare(db, &server, open().await?, &atlas).await?;
    }
    let (reading, imported) = import(db, &server, open().await?, &atlas, args.dry_run, once).await?;
    let (log, left) = (&reading.log, reading.book.left());
    if args.json {
        println!("{}", document(log, imported, left, args.dry_run));
    } else {
        println!("{}", summary(log.tally(), imported, left, args.dry_run));
    }
    verdict(log, args.dry_run)
}

/// Whether everything was read that was asked for.
fn verdict(log: &Fail2banLog, rehearsed: bool) -> Result<(), Fatal> {
    let failures: Vec<String> = log.failures().iter().map(ToString::to_string).collect();
    let failures = failures.join("; ");
    let message = if !failures.is_empty() && rehearsed {
        format!("Not everything could be read. {failures}. docs/events.md has the formats.")
    } else if !failures.is_empty() {
        format!(
            "Not everything was imported. {failures}. What the other files and lines tell was imported; import these again once \
             they can be read. docs/events.md has the formats."
        )
    } else if log.tally().of_fail2ban == 0 {
        "There is nothing to import: these files have no line.".to_owned()
    } else {
        return Ok(());
    };
    Err(Fatal::new(ExitCode::Io, message))
}

/// Refuses a log that was read in another zone than fail2ban's own: each of its bans would be there a second time.
async fn compare(
    db: &Db,
    server: &ServerId,
    mut reading: Reading,
    atlas: &Arc<dyn Atlas>,
) -> Result<(), Fatal> {
    let mut times = LogZone::default();
    while !reading.is_done() {
        let (read, batch) = reading.part(atlas).await?;
        reading = read;
        times.add(db.compare_log(server, &batch).await.map_err(|error| unavailable(&error))?);
    }
    judge(&times, "Nothing")
}

/// `what` was imported: nothing, or nothing more.
fn judge(times: &LogZone, what: &str) -> Result<(), Fatal> {
    let Some((minutes, bans)) = times.minutes_off() else { return Ok(()) };
    let (hours, rest) = (minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60);
    let way = if minutes > 0 { "later" } else { "earlier" };
    Err(Fatal::new(
        ExitCode::Config,
        format!(
            "{what} was imported: {bans} bans of these files are in the history already, and by these files they began \
             {hours} h {rest} min {way}. The log was written in another time zone than it was read in. Set \
             fail2ban.timezone to the zone that fail2ban wrote it in, and import it again."
        ),
    ))
}

async fn import(
    db: &Db,
    server: &ServerId,
    mut reading: Reading,
    atlas: &Arc<dyn Atlas>,
    rehearse: bool,
    compares: bool,
) -> Result<(Reading, Imported), Fatal> {
    let mut all = Imported::default();
    let mut times = LogZone::default();
    let mut told_at = Instant::now();
    while !reading.is_done() {
        let (read, batch) = reading.part(atlas).await?;
        reading = read;
        if compares {
            times.add(db.compare_log(server, &batch).await.map_err(|error| unavailable(&error))?);
            judge(&times, "Nothing more")?;
        }
        let part = db.import_log(server, batch, rehearse).await.map_err(|error| unavailable(&error))?;
        all.add(part);
        if told_at.elapsed() >= PROGRESS {
            told_at = Instant::now();
            eprintln!("bangui: {} lines read, {} new bans.", reading.log.tally().lines, all.new);
        }
    }
    Ok((reading, all))
}

impl Reading {
    fn is_done(&self) -> bool {
        self.over && self.waiting.is_empty()
    }

    /// The next part, read where waiting for a disk keeps nobody.
    async fn part(mut self, atlas: &Arc<dyn Atlas>) -> Result<(Self, Vec<Logged>), Fatal> {
        let atlas = Arc::clone(atlas);
        blocking(move || {
            let batch = self.batch(atlas.as_ref());
            (self, batch)
        })
        .await
    }

    /// Reads until there is enough to be written at once, or nothing more.
    fn batch(&mut self, atlas: &dyn Atlas) -> Vec<Logged> {
        while self.waiting.len() < BATCH && !self.over {
            let started = Instant::now();
            let told = self.read_on(started);
            self.waiting.extend(told);
            if started.elapsed() >= PROGRESS {
                break;
            }
        }
        let mut batch: Vec<Logged> = self.waiting.drain(..BATCH.min(self.waiting.len())).collect();
        for told in &mut batch {
            if let Logged::Ban(ban) = told {
                ban.place = Some(atlas.place(&ban.key.id));
            }
        }
        batch
    }

    /// Reads until something is told.
    fn read_on(&mut self, started: Instant) -> Vec<Logged> {
        while let Some(entry) = self.log.next_entry() {
            self.book.read(entry);
            let told = self.book.take();
            if !told.is_empty() || started.elapsed() >= PROGRESS {
                return told;
            }
        }
        self.over = true;
        self.book.finish()
    }
}

fn summary(tally: &LogTally, imported: Imported, left: u64, rehearsed: bool) -> String {
    let Imported { new, restored, known, ends } = imported;
    let mut lines = vec![
        format!("{} lines read.", tally.lines),
        format!(
            "{new} bans are new, and {restored} more that were found restored; {known} were known already."
        ),
        format!("{ends} bans that were known have got their end."),
    ];
    if left > 0 {
        lines.push(format!("{left} bans are of a time that BanGUI sees for itself, and were left alone."));
    }
    if tally.yearless > 0 {
        lines.push(format!(
            "{} lines have a time without a year: they were read as of the year up to when their file was written.",
            tally.yearless
        ));
    }
    if !tally.empty.is_empty() {
        lines.push(format!("Empty: {}.", tally.empty.join(", ")));
    }
    if tally.unclear > 0 {
        let places: Vec<String> = tally.places.iter().map(|(file, line)| format!("{file}:{line}")).collect();
        lines.push(format!(
            "{} lines tell of bans and were not understood, the first of them at {}.",
            tally.unclear,
            places.join(", ")
        ));
    }
    if rehearsed {
        lines.push("Nothing was changed: this is what would come of it.".to_owned());
    }
    lines.join("\n")
}

fn document(log: &Fail2banLog, imported: Imported, left: u64, rehearsed: bool) -> serde_json::Value {
    let tally = log.tally();
    let places = tally.places.iter().map(|(file, line)| json!({"file": file, "line": line}));
    let failures = log.failures().iter();
    let failures =
        failures.map(|failure| json!({"file": failure.file, "reason": failure.reason.to_string()}));
    json!({
        "lines": tally.lines,
        "lines_of_fail2ban": tally.of_fail2ban,
        "lines_without_year": tally.yearless,
        "new": imported.new,
        "restored": imported.restored,
        "known": imported.known,
        "ends": imported.ends,
        "left": left,
        "unclear": tally.unclear,
        "unclear_places": places.collect::<Vec<_>>(),
        "empty_files": tally.empty,
        "failed_files": failures.collect::<Vec<_>>(),
        "dry_run": rehearsed,
    })
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fatal> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Fatal::new(ExitCode::Internal, format!("The work was cut short: {error}.")))
}
