//! The images that ours are made from: the official ones where a registry can be reached, else stand-ins that are made of
//! Debian's packages and of this machine's own toolchain. Stand-ins prove what our files say, not what the official images hold.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::debian;
use super::engine::{Engine, HOME};
use crate::docker::shell;
use crate::needs::{self, Need};
use crate::{process, workspace};

const RELEASE: &str = "bookworm";
const DEBIAN: &str = "bangui-standin/debian:bookworm";
/// A machine with systemd and fail2ban, which no registry has.
const HOST: (&str, &str) = ("bangui-standin/host:bookworm", include_str!("bases/host.Dockerfile"));
const CADDY: (&str, &str) = ("bangui-standin/caddy:bookworm", include_str!("bases/caddy.Dockerfile"));
const POSTGRES: (&str, &str) =
    ("bangui-standin/postgres:bookworm", include_str!("bases/postgres.Dockerfile"));
/// Variables by which programs in a stand-in find the certificate authorities of this machine.
const AUTHORITIES: [&str; 4] =
    ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "CARGO_HTTP_CAINFO", "NODE_EXTRA_CA_CERTS"];

/// The images to use.
pub(super) struct Bases {
    /// Arguments for builds: names of stand-ins, or none.
    pub(super) build_args: Vec<(&'static str, String)>,
    /// Variables for Compose: names of stand-ins, or none.
    pub(super) env: Vec<(&'static str, String)>,
    /// The image of a machine with systemd and fail2ban.
    pub(super) host: &'static str,
}

impl Bases {
    /// The image of PostgreSQL that Compose would take.
    pub(super) fn postgres(&self) -> Result<String> {
        match self.env.iter().find(|(name, _)| *name == "POSTGRES_IMAGE") {
            Some((_, image)) => Ok(image.clone()),
            None => default_of("Docker/compose.scale.yml", "POSTGRES_IMAGE"),
        }
    }
}

/// Finds or makes them.
pub(super) fn provide(engine: &Engine) -> Result<Bases> {
    let home = tempfile::tempdir().context("make a temporary directory")?;
    let makes = Makes { engine, empty: home.path() };
    let official = official()?;
    let missing = official
        .iter()
        .find(|image| !engine.has_image(image) && engine.quiet(["pull", "--quiet", image]).is_err());
    let Some(missing) = missing else {
        println!("Base images: the official ones.");
        let debian = default_of("Docker/demo/Dockerfile", "DEBIAN_IMAGE")?;
        makes.image(HOST.0, HOST.1, &debian, &[], &[])?;
        return Ok(Bases { build_args: Vec::new(), env: Vec::new(), host: HOST.0 });
    };
    println!("Base images: stand-ins, since {missing} cannot be had from a registry.");
    makes.debian()?;
    for (image, dockerfile) in [HOST, CADDY, POSTGRES] {
        makes.image(image, dockerfile, DEBIAN, &[], &[])?;
    }
    let build_args = vec![
        ("DEBIAN_IMAGE", DEBIAN.to_owned()),
        ("RUST_IMAGE", makes.rust()?),
        ("NODE_IMAGE", makes.node()?),
    ];
    let env = vec![("CADDY_IMAGE", CADDY.0.to_owned()), ("POSTGRES_IMAGE", POSTGRES.0.to_owned())];
    Ok(Bases { build_args, env, host: HOST.0 })
}

/// The official images that our files name.
fn official() -> Result<Vec<String>> {
    [
        ("Docker/Dockerfile", "RUST_IMAGE"),
        ("Docker/Dockerfile", "NODE_IMAGE"),
        ("Docker/demo/Dockerfile", "DEBIAN_IMAGE"),
        ("Docker/compose.scale.yml", "CADDY_IMAGE"),
        ("Docker/compose.scale.yml", "POSTGRES_IMAGE"),
    ]
    .into_iter()
    .map(|(file, name)| default_of(file, name))
    .collect()
}

fn default_of(file: &str, name: &str) -> Result<String> {
    let text = fs::read_to_string(workspace::root().join(file)).with_context(|| format!("read {file}"))?;
    default_in(&text, name).with_context(|| format!("{file} has no default for {name}"))
}

/// The default of `ARG name=…` in a Dockerfile, or of `${name:-…}` in a Compose file.
fn default_in(text: &str, name: &str) -> Option<String> {
    let argument = format!("ARG {name}=");
    let variable = format!("${{{name}:-");
    text.lines().find_map(|line| {
        let value = line.strip_prefix(&argument);
        let value = value.or_else(|| line.split_once(&variable)?.1.split('}').next())?;
        Some(value.trim().to_owned())
    })
}

struct Makes<'a> {
    engine: &'a Engine,
    empty: &'a Path,
}

impl Makes<'_> {
    fn debian(&self) -> Result<()> {
        if self.engine.has_image(DEBIAN) {
            return Ok(());
        }
        needs::require(&[Need::Containers])?;
        let folder = &Path::new(HOME).join("debian");
        debian::system(RELEASE, folder)?;
        let mut import = vec!["import".to_owned(), "--change".to_owned(), "CMD [\"bash\"]".to_owned()];
        if folder.join(debian::AUTHORITIES_INSIDE.trim_start_matches('/')).exists() {
            for name in AUTHORITIES {
                import.extend(["--change".to_owned(), format!("ENV {name}={}", debian::AUTHORITIES_INSIDE)]);
            }
        }
        import.extend(["-".to_owned(), DEBIAN.to_owned()]);
        let mut pack = Command::new("tar");
        pack.arg("-C").arg(folder).args(["-c", "."]);
        shell::pipe(&mut pack, self.engine.command(import).stdout(Stdio::null()))
            .context("make an image of a minimal Debian")
    }

    fn rust(&self) -> Result<String> {
        let rustc = |argument: &[&str]| {
            let mut command = Command::new("rustc");
            process::output(command.current_dir(workspace::root()).args(argument))
        };
        let version = rustc(&["--version"])?;
        let version = version.split_whitespace().nth(1).context("rustc does not tell its version")?;
        let image = format!("bangui-standin/rust:{version}");
        let sysroot = PathBuf::from(rustc(&["--print", "sysroot"])?.trim());
        let toolchain =
            sysroot.file_name().context("the toolchain has no name")?.to_string_lossy().into_owned();
        let Some(rustup) = shell::find("rustup") else {
            bail!("the stand-in for the Rust image takes a toolchain that rustup has installed");
        };
        let contexts = [("toolchain", sysroot.as_path()), ("cargo-bin", parent(&rustup)?)];
        let dockerfile = include_str!("bases/rust.Dockerfile");
        self.image(&image, dockerfile, DEBIAN, &[("TOOLCHAIN", &toolchain)], &contexts)?;
        Ok(image)
    }

    fn node(&self) -> Result<String> {
        let version = process::output(Command::new("node").arg("--version"))?;
        let image = format!("bangui-standin/node:{}", version.trim());
        let node = real("node")?;
        let npm = real("npm")?;
        let contexts = [("node", parent(&node)?), ("npm", parent(parent(&npm)?)?)];
        self.image(&image, include_str!("bases/node.Dockerfile"), DEBIAN, &[], &contexts)?;
        Ok(image)
    }

    fn image(
        &self,
        image: &str,
        dockerfile: &str,
        base: &str,
        args: &[(&str, &str)],
        contexts: &[(&str, &Path)],
    ) -> Result<()> {
        if self.engine.has_image(image) {
            return Ok(());
        }
        println!("Making {image}.");
        let file = self.empty.join("Dockerfile");
        fs::write(&file, dockerfile).context("write a Dockerfile")?;
        let mut build = self.engine.command(["buildx", "build", "--quiet", "--load", "--tag", image]);
        build.arg("--file").arg(&file).args(["--build-arg", &format!("BASE={base}")]);
        for (name, value) in args {
            build.args(["--build-arg", &format!("{name}={value}")]);
        }
        for (name, folder) in contexts {
            build.args(["--build-context", &format!("{name}={}", folder.display())]);
        }
        if self.engine.bridgeless() {
            build.arg("--network=host");
        }
        process::run(build.arg(self.empty).stdout(Stdio::null())).with_context(|| format!("make {image}"))
    }
}

fn real(program: &str) -> Result<PathBuf> {
    let found = shell::find(program).with_context(|| format!("{program} is not on the path"))?;
    found.canonicalize().with_context(|| format!("follow {}", found.display()))
}

fn parent(path: &Path) -> Result<&Path> {
    path.parent().with_context(|| format!("{} is in no folder", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{default_in, official};

    #[test]
    fn defaults_are_read_where_they_are_written() {
        assert_eq!(default_in("FROM x\nARG A_IMAGE=a:1\n", "A_IMAGE").as_deref(), Some("a:1"));
        assert_eq!(default_in("    image: ${B:-b:2}\n", "B").as_deref(), Some("b:2"));
        assert_eq!(default_in("ARG A=1\n", "B"), None);
    }

    #[test]
    fn our_files_name_their_images() {
        assert!(official().unwrap().iter().all(|image| image.contains(':')));
    }
}
