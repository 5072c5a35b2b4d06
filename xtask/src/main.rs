//! BanGUI's development tasks: `cargo xtask --help` lists them. Every task runs the same way on a
//! developer's machine and in CI.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal: printing is its job"
)]

mod api;
mod bench;
mod book;
mod commands_doc;
mod counts;
mod debian;
mod demo;
mod dist;
mod docker;
mod e2e;
mod fuzz;
mod needs;
mod openapi;
mod postgres;
mod process;
mod procfs;
mod server;
mod servers;
mod service;
mod settings_doc;
mod stop;
mod test;
mod tidy;
mod web;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// BanGUI's development tasks.
#[derive(Parser, Debug)]
#[command(name = "cargo xtask", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand, Debug)]
enum Task {
    /// Start a private fail2ban under attack and BanGUI in front of it, to look at in a browser.
    Demo(demo::DemoArgs),
    /// Run everything that has to hold before a change lands.
    Test(test::TestArgs),
    /// Run the browser tests against the demo.
    E2e(e2e::E2eArgs),
    /// Check the house rules that no other tool knows.
    Tidy,
    /// Build the web pages.
    Web,
    /// Build the static binary, and pack it as a tarball and as a Debian package.
    Dist(dist::DistArgs),
    /// Write docs/openapi.json and the pages' types from the server.
    Openapi {
        /// Only check that they are up to date.
        #[arg(long)]
        check: bool,
    },
    /// Write docs/configuration.md from the server's settings.
    Settings {
        /// Only check that it is up to date.
        #[arg(long)]
        check: bool,
    },
    /// Write the table of commands in the README of fail2ban-client.
    Commands {
        /// Only check that it is up to date.
        #[arg(long)]
        check: bool,
    },
    /// Check the links of the book and build it into target/book.
    Book {
        /// Only check.
        #[arg(long)]
        check: bool,
    },
    /// Measure the socket client, memory, the way from log line to event, sessions and replicas.
    Bench(bench::BenchArgs),
    /// Throw bytes at the codec of fail2ban-client.
    Fuzz(fuzz::FuzzArgs),
    /// What CI runs: `test`, all of it.
    Ci,
}

fn main() -> ExitCode {
    let task = Cli::parse().task;
    match stop::install().and_then(|()| run(&task)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> Result<()> {
    match task {
        Task::Demo(args) => demo::run(args),
        Task::Test(args) => test::run(args),
        Task::E2e(args) => e2e::run_args(args),
        Task::Tidy => tidy::run(),
        Task::Web => web::build(true),
        Task::Dist(args) => dist::run(args),
        Task::Openapi { check: true } => openapi::check(),
        Task::Openapi { check: false } => openapi::write(),
        Task::Settings { check: true } => settings_doc::check(),
        Task::Settings { check: false } => settings_doc::write(),
        Task::Commands { check: true } => commands_doc::check(),
        Task::Commands { check: false } => commands_doc::write(),
        Task::Book { check: true } => book::check(),
        Task::Book { check: false } => book::build(),
        Task::Bench(args) => bench::run(args),
        Task::Fuzz(args) => fuzz::run(args),
        Task::Ci => test::run(&test::TestArgs::default()),
    }
}
