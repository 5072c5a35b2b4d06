//! A Docker engine with Compose and buildx: this machine's own, or one that is started for the tests alone, in a directory
//! of its own and with nothing done to the host's network.

mod own;

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::process;
use crate::service::Service;

/// Where an engine of the tests' own and what it is made of are kept between runs: ten gigabytes and more.
pub(crate) const HOME: &str = "/var/tmp/bangui-docker";

/// A running engine.
pub(crate) struct Engine {
    program: PathBuf,
    env: Vec<(&'static str, PathBuf)>,
    /// Whether what runs while an image is built has no network but the host's.
    bridgeless: bool,
    _own: Option<Service>,
}

impl Engine {
    /// The machine's engine if it has all that is needed, else one that is started; or why there is none.
    ///
    /// # Errors
    /// When one should start, and does not.
    pub(crate) fn find_or_start() -> Result<Result<Self, String>> {
        let found =
            Self { program: "docker".into(), env: Vec::new(), bridgeless: false, _own: None }.look_around();
        let Some(lacks) = found.lacks() else {
            println!("Docker: the engine of this machine, {}.", found.version()?);
            return Ok(Ok(found));
        };
        if let Some(obstacle) = own::obstacle() {
            return Ok(Err(format!("{lacks}, and none can be started: {obstacle}")));
        }
        println!("Docker: {lacks}; starting an engine for the tests in {HOME}.");
        let engine = own::start()?.look_around();
        println!("Docker: {}.", engine.version()?);
        Ok(Ok(engine))
    }

    /// `docker` with these arguments.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(&self.program);
        for (name, value) in &self.env {
            command.env(name, value);
        }
        command.args(args);
        command
    }

    /// What `docker` with these arguments prints, without the white space around it.
    pub(crate) fn output<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Result<String> {
        Ok(process::output(&mut self.command(args))?.trim().to_owned())
    }

    /// Runs `docker` with these arguments, and shows only what it complains of.
    pub(crate) fn quiet<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Result<()> {
        process::run(self.command(args).stdout(Stdio::null()))
    }

    /// Whether the engine has an image of this name.
    pub(crate) fn has_image(&self, image: &str) -> bool {
        process::succeeds(&mut self.command(["image", "inspect", image]))
    }

    /// Whether builds have to be given the host's network to have any.
    pub(crate) fn bridgeless(&self) -> bool {
        self.bridgeless
    }

    /// Ends a process of the host from within a container, as an engine on any machine can: from within its own container a
    /// first process cannot be killed, and a container that `docker kill` has ended is not restarted.
    pub(crate) fn kill_process(&self, image: &str, pid: &str) -> Result<()> {
        let args =
            ["run", "--rm", "--pid=host", "--user=0", "--network=none", "--entrypoint=sh", image, "-c"];
        self.quiet(args.into_iter().chain([format!("kill -KILL {pid}").as_str()]))
            .with_context(|| format!("kill process {pid}"))
    }

    fn lacks(&self) -> Option<String> {
        for (needed, args) in [
            (
                "this machine has no Docker engine that answers",
                ["version", "--format", "{{.Server.Version}}"],
            ),
            ("its docker has no Compose", ["compose", "version", "--short"]),
            ("its docker has no buildx", ["buildx", "version", "--help"]),
        ] {
            if !process::succeeds(&mut self.command(args)) {
                return Some(needed.to_owned());
            }
        }
        None
    }

    fn version(&self) -> Result<String> {
        let engine = self.output(["version", "--format", "{{.Server.Version}}"])?;
        let compose = self.output(["compose", "version", "--short"])?;
        Ok(format!("engine {engine}, Compose {compose}"))
    }

    fn look_around(mut self) -> Self {
        self.bridgeless = !process::succeeds(&mut self.command(["network", "inspect", "bridge"]));
        self
    }
}
