//! BanGUI's one binary: command line, logging, exit codes. Knows no business rule.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for the command line prints")]

mod ask;
mod banning;
mod cli;
mod clock;
mod command;
mod doctor;
mod exit;
mod logging;
mod notifying;
mod outgoing;
mod places;
mod settings;
mod signals;
mod stage;
mod supervisor;
mod system;
mod tls;
mod zone;

use std::process::ExitCode as ProcessExit;

use clap::Parser;

use crate::cli::Cli;

fn main() -> ProcessExit {
    // Whatever is made from here on holds addresses, names or secrets, and is for this user alone, whoever makes it.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    match cli::run(Cli::parse()) {
        Ok(()) => ProcessExit::SUCCESS,
        Err(fatal) => {
            logging::last_words(&fatal);
            ProcessExit::from(fatal.code.number())
        }
    }
}
