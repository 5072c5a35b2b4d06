//! `bangui completions`: prints what a shell needs to complete this command line.

use std::io::Write;

use clap::Command;
use clap_complete::Shell;

use crate::exit::{ExitCode, Fatal};

/// Prints the completions for `shell`.
pub(crate) fn run(command: Command, shell: Shell) -> Result<(), Fatal> {
    // Made whole before it is printed: the library panics where an output refuses it.
    let made = made(command, shell);
    std::io::stdout()
        .write_all(&made)
        .map_err(|error| Fatal::new(ExitCode::Io, format!("The completions cannot be written: {error}")))
}

fn made(mut command: Command, shell: Shell) -> Vec<u8> {
    let mut made = Vec::new();
    clap_complete::generate(shell, &mut command, "bangui", &mut made);
    made
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;
    use clap_complete::Shell;

    use crate::cli::Cli;

    #[test]
    fn every_shell_learns_of_every_command() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let text = String::from_utf8(super::made(Cli::command(), shell)).expect("text");
            for command in Cli::command().get_subcommands().filter(|command| !command.is_hide_set()) {
                assert!(text.contains(command.get_name()), "{shell}: {}", command.get_name());
            }
            assert!(text.contains("password-stdin"), "{shell}");
        }
    }
}
