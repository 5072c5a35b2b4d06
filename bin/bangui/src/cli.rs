//! The command line: what can be asked of the binary.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;

use crate::clock::SystemClock;
use crate::command::{
    backup, check_config, completions, copy, doctor, healthcheck, history, man, migrate, openapi,
    render_template, restore, serve, user,
};
use crate::exit::{ExitCode, Fatal};
use crate::logging::{self, LogFilter, Reader};
use crate::stage::{Loaded, Validated};

/// How long what still runs when everything is over may take.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// The control plane for fail2ban: shows, explains and controls what it does, and remembers what it forgets.
#[derive(Debug, Parser)]
#[command(name = "bangui", version, about, long_about = None)]
pub(crate) struct Cli {
    /// The settings file; without it /etc/bangui/bangui.toml, if that exists.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server (the default).
    Serve,
    /// Ask the running server whether fail2ban is online: exit 0 if so, 1 if not.
    Healthcheck {
        /// Only ask whether the server itself answers.
        #[arg(long)]
        live: bool,
    },
    /// Read and judge the settings, and say everything that is wrong with them.
    CheckConfig,
    /// Look at everything that BanGUI works with, and say what is wrong and what to do: exit 0 if nothing fails, 1 if
    /// something does. Changes nothing.
    Doctor {
        /// Print the findings as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make users and set their passwords.
    User {
        #[command(subcommand)]
        command: user::Command,
    },
    /// Bring the database up to date, and do nothing else.
    Migrate {
        /// Only tell whether it is: exit 0 if so, 1 if not. Changes nothing.
        #[arg(long)]
        check: bool,
    },
    /// Write everything that is worth keeping to a file, beside a running server or without one.
    Backup(backup::Args),
    /// Fill the database from such a file, while no server runs on it.
    Restore(restore::Args),
    /// Fill a database from another one, of the same kind or not, while no server runs on it.
    Copy(copy::Args),
    /// Look after the history, and take fail2ban's old logs into it.
    History {
        #[command(subcommand)]
        command: history::Command,
    },
    /// Print the OpenAPI document of the API.
    Openapi,
    /// Print the completions of this command line for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Print the manual page.
    Man,
    /// Render one template of a notification, for the server, which gives the order on standard input.
    #[command(name = render_template::NAME, hide = true)]
    RenderTemplate,
}

/// Does what the command line says.
pub(crate) fn run(cli: Cli) -> Result<(), Fatal> {
    match cli.command.unwrap_or(Command::Serve) {
        Command::Openapi => openapi::run(),
        Command::Completions { shell } => completions::run(Cli::command(), shell),
        Command::Man => man::run(Cli::command()),
        Command::RenderTemplate => render_template::run(),
        Command::CheckConfig => check_config::run(Loaded::load(cli.config.as_deref())?),
        Command::Healthcheck { live } => {
            block_on(healthcheck::run(Loaded::load(cli.config.as_deref())?, live))
        }
        Command::Doctor { json } => block_on(doctor::run(cli.config, json)),
        Command::Serve => {
            let validated = Validated::new(Loaded::load(cli.config.as_deref())?)?;
            let log = start_logging(&validated, Reader::Collector)?;
            block_on(serve::run(validated, log))
        }
        Command::Migrate { check: true } => block_on(migrate::check(&loaded(cli.config.as_deref())?)),
        Command::Backup(args) => block_on(backup::run(&loaded(cli.config.as_deref())?, &args)),
        Command::Restore(args) => block_on(restore::run(loaded(cli.config.as_deref())?, &args)),
        Command::Copy(args) => {
            loaded(cli.config.as_deref())?;
            block_on(copy::run(&args))
        }
        Command::Migrate { check: false } => {
            let validated = Validated::new(Loaded::load(cli.config.as_deref())?)?;
            start_logging(&validated, Reader::Person)?;
            block_on(migrate::run(validated))
        }
        Command::History { command } => {
            let validated = Validated::new(Loaded::load(cli.config.as_deref())?)?;
            start_logging(&validated, Reader::Person)?;
            block_on(history::run(validated, command))
        }
        Command::User { command } => {
            let validated = Validated::new(Loaded::load(cli.config.as_deref())?)?;
            start_logging(&validated, Reader::Person)?;
            block_on(user::run(validated, command))
        }
    }
}

fn block_on(work: impl Future<Output = Result<(), Fatal>>) -> Result<(), Fatal> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("bangui")
        .enable_all()
        .build()
        .map_err(|error| Fatal::new(ExitCode::Internal, format!("The runtime cannot be started: {error}")))?;
    let done = runtime.block_on(work);
    // A statement that hangs must not keep the process.
    runtime.shutdown_timeout(LAST_WORDS);
    done
}

/// Settings that parse, for a command that needs no more of them, with logging started.
fn loaded(config: Option<&std::path::Path>) -> Result<Loaded, Fatal> {
    let loaded = Loaded::load(config)?;
    logging::start(&loaded.settings().log, Reader::Person, Arc::new(SystemClock))?;
    Ok(loaded)
}

fn start_logging(validated: &Validated, reader: Reader) -> Result<LogFilter, Fatal> {
    logging::start(&validated.settings().log, reader, Arc::new(SystemClock))
}
