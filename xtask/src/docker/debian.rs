//! Debian's packages as a source of programs and of a whole system, where nothing else can be reached.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// The certificate authorities that this machine trusts, which may know one for its mirrors that Debian does not.
const AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";
/// Where they are in a system made by [`system`].
pub(super) const AUTHORITIES_INSIDE: &str = "/usr/local/share/machine-ca.crt";

/// Where this machine takes Debian's packages from.
pub(super) fn mirror() -> Option<String> {
    let entries = Path::new("/etc/apt/sources.list.d").read_dir().ok()?;
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    files.push("/etc/apt/sources.list".into());
    files.iter().find_map(|file| in_list(&fs::read_to_string(file).ok()?))
}

/// The first source of the main archive, in either way of writing them.
fn in_list(text: &str) -> Option<String> {
    let address = |word: &str| word.starts_with("http").then(|| word.to_owned());
    text.lines().find_map(|line| match line.split_once(' ') {
        Some(("URIs:" | "deb", rest)) => rest.split_whitespace().find_map(address),
        _ => None,
    })
}

/// Makes a minimal system of `release` in `folder`, unless it is there.
pub(super) fn system(release: &str, folder: &Path) -> Result<()> {
    let finished = folder.join("usr/local/share/finished");
    if finished.exists() {
        return Ok(());
    }
    let mirror = mirror().context("no package source of Debian")?;
    println!("Making a minimal Debian, which takes half a minute.");
    process::run(
        Command::new("debootstrap")
            .args(["--variant=minbase", release])
            .arg(folder)
            .arg(mirror)
            .stdout(std::process::Stdio::null()),
    )?;
    if Path::new(AUTHORITIES).exists() {
        let inside = folder.join(AUTHORITIES_INSIDE.trim_start_matches('/'));
        fs::copy(AUTHORITIES, inside).context("copy the machine's certificate authorities")?;
    }
    fs::write(finished, "").context("mark the system as finished")
}

#[cfg(test)]
mod tests {
    use super::in_list;

    #[test]
    fn both_ways_of_writing_sources_are_read() {
        let new = "Types: deb\nURIs: http://deb.example/debian\nSuites: bookworm\n";
        assert_eq!(in_list(new).as_deref(), Some("http://deb.example/debian"));
        let old = "# deb http://no.example x\ndeb [arch=amd64] http://deb.example/debian bookworm main\n";
        assert_eq!(in_list(old).as_deref(), Some("http://deb.example/debian"));
        assert_eq!(in_list("Types: deb\n"), None);
    }
}
