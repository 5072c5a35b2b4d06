//! `bangui completions`: prints what a shell needs to complete this command line.

use clap::Command;
use clap_complete::Shell;

/// Prints the completions for `shell`.
pub(crate) fn run(mut command: Command, shell: Shell) {
    clap_complete::generate(shell, &mut command, "bangui", &mut std::io::stdout());
}
