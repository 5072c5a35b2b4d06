//! `bangui man`: prints the manual page. What is asked for on the command line comes from its definition, the rest is
//! here.

use std::io::Write;

use clap::{Arg, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

use crate::exit::{ExitCode, Fatal};

/// Files, and what for.
const FILES: [(&str, &str); 4] = [
    ("/etc/bangui/bangui.toml", "The settings. A file of another name is named by --config."),
    (
        "/var/lib/bangui/bangui.db",
        "Users, sessions, the history and the audit trail, unless database.url names another place.",
    ),
    ("/var/lib/bangui/bangui-jobs.db", "The job queue, beside the database. Worth no backup."),
    (
        "/var/run/fail2ban/fail2ban.sock",
        "The socket of fail2ban. Whoever may write to it can run commands as root on its machine.",
    ),
];

/// Prints the page.
pub(crate) fn run(command: Command) -> Result<(), Fatal> {
    write(command, &mut std::io::stdout())
        .map_err(|error| Fatal::new(ExitCode::Io, format!("The manual page cannot be written: {error}")))
}

fn write(command: Command, out: &mut dyn Write) -> std::io::Result<()> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let man = Man::new(command.clone()).title("BANGUI").manual("BanGUI");
    man.render_title(out)?;
    man.render_name_section(out)?;
    man.render_synopsis_section(out)?;
    man.render_description_section(out)?;
    man.render_options_section(out)?;
    let mut page = Roff::new();
    page.control("SH", ["COMMANDS"]);
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        describe(&mut page, sub, "bangui");
    }
    page.control("SH", ["EXIT STATUS"]);
    item(&mut page, "0", "All went well.");
    for (code, meaning) in ExitCode::ALL {
        item(&mut page, &code.number().to_string(), meaning);
    }
    page.control("SH", ["ENVIRONMENT"]);
    item(
        &mut page,
        "BANGUI_SECTION__NAME",
        "Sets the setting section.name, and goes before the file: BANGUI_DATABASE__URL sets database.url. A name that does \
         not exist is an error. The file lists all settings, and check-config shows their values.",
    );
    item(&mut page, "NOTIFY_SOCKET", "Where systemd is told that the server serves, or stops.");
    page.control("SH", ["FILES"]);
    for (path, what) in FILES {
        item(&mut page, path, what);
    }
    page.control("SH", ["SIGNALS"]);
    page.text([roman(
        "SIGTERM and SIGINT end the server in order, within 15 seconds; a second one ends it at once.",
    )]);
    page.control("SH", ["SEE ALSO"]);
    page.text([
        bold("fail2ban-client"),
        roman("(1), "),
        bold("fail2ban"),
        roman("(1), "),
        bold("jail.conf"),
        roman("(5)"),
    ]);
    page.to_writer(out)
}

/// A command, and all that are below it.
fn describe(page: &mut Roff, command: &Command, path: &str) {
    let name = format!("{path} {}", command.get_name());
    let below: Vec<&Command> = command.get_subcommands().collect();
    if below.is_empty() {
        page.control("SS", [name.as_str()]);
        page.text([roman(command.get_about().map(ToString::to_string).unwrap_or_default())]);
        for argument in command.get_arguments().filter(|argument| is_its_own(argument)) {
            page.control("TP", []);
            page.text(shown(argument));
            page.text([roman(argument.get_help().map(ToString::to_string).unwrap_or_default())]);
        }
    }
    for sub in below {
        describe(page, sub, &name);
    }
}

/// Neither of every command, nor hidden.
fn is_its_own(argument: &Arg) -> bool {
    !argument.is_global_set() && !argument.is_hide_set() && argument.get_id() != "help"
}

fn shown(argument: &Arg) -> Vec<Inline> {
    let values = argument.get_value_names().unwrap_or_default().iter().map(ToString::to_string);
    let values = italic(values.collect::<Vec<_>>().join(" "));
    match argument.get_long() {
        Some(long) if argument.get_action().takes_values() => {
            vec![bold(format!("--{long}")), roman(" "), values]
        }
        Some(long) => vec![bold(format!("--{long}"))],
        None => vec![values],
    }
}

fn item(page: &mut Roff, name: &str, what: &str) {
    page.control("TP", []);
    page.text([bold(name)]);
    page.text([roman(what)]);
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_page_tells_of_every_command_and_every_way_to_end() {
        let mut page = Vec::new();
        super::write(crate::cli::Cli::command(), &mut page).expect("a page");
        let page = String::from_utf8(page).expect("text").replace('\\', "");
        for command in crate::cli::Cli::command().get_subcommands() {
            let heading = format!("bangui {}", command.get_name());
            assert_eq!(page.contains(&heading), !command.is_hide_set(), "{heading}: {page}");
        }
        for part in
            [".TH BANGUI 1", "password-stdin", "--live", "bangui user passwd", "/etc/bangui/bangui.toml"]
        {
            assert!(page.contains(part), "{part}: {page}");
        }
        for (code, meaning) in crate::exit::ExitCode::ALL {
            assert!(page.contains(&format!("fB{}", code.number())), "{meaning}: {page}");
        }
    }
}
