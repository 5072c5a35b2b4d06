//! One of our Compose files, run under a project name of the tests' own, so that nobody's demo and nobody's data are touched.
//! Gone with its volumes when dropped.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::bases::Bases;
use super::engine::Engine;
use crate::postgres::fixed_port;
use crate::{process, stop, workspace};

/// The image that the tests build and run.
pub(super) const IMAGE: &str = "bangui-test:local";
const POLL: Duration = Duration::from_millis(250);

/// A project.
pub(super) struct Project<'a> {
    engine: &'a Engine,
    name: String,
    files: Vec<PathBuf>,
    env: Vec<(String, String)>,
    port: u16,
    dir: TempDir,
}

impl<'a> Project<'a> {
    /// Of these files in `Docker/`; BanGUI's port is one that is free.
    pub(super) fn new(engine: &'a Engine, bases: &Bases, name: &str, files: &[&str]) -> Result<Self> {
        let port = fixed_port()?;
        let mut env: Vec<(String, String)> =
            bases.env.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        env.push(("BANGUI_IMAGE".to_owned(), IMAGE.to_owned()));
        env.push(("BANGUI_PORT".to_owned(), port.to_string()));
        let project = Self {
            engine,
            name: format!("bangui-test-{name}"),
            files: files.iter().map(|file| workspace::root().join("Docker").join(file)).collect(),
            env,
            port,
            dir: tempfile::tempdir().context("make a temporary directory")?,
        };
        // What an earlier run may have left when it was killed.
        project.down()?;
        Ok(project)
    }

    /// Sets a variable that the files name.
    pub(super) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.env.push((name.to_owned(), value.into()));
    }

    /// Writes a secret to a file of the project's own, as whoever runs the tests, and sets the variable that names it. A
    /// user in a container can read it; a root without capabilities as well, unless it is somebody else's.
    pub(super) fn own_secret(&mut self, name: &str, content: &str) -> Result<()> {
        let file = self.dir.path().join(name);
        fs::write(&file, content).with_context(|| format!("write {}", file.display()))?;
        self.set(name, file.display().to_string());
        Ok(())
    }

    /// Where BanGUI is.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The engine that runs it.
    pub(super) fn engine(&self) -> &'a Engine {
        self.engine
    }

    /// The name of one of its networks or volumes, as the engine knows it.
    pub(super) fn named(&self, name: &str) -> String {
        format!("{}_{name}", self.name)
    }

    /// Builds what the files say how to build.
    pub(super) fn build(&self, bases: &Bases) -> Result<()> {
        let mut command = self.command()?;
        if self.engine.bridgeless() {
            command.arg("--file").arg(self.with_host_network()?);
        }
        command.args(["--progress", "plain", "build"]);
        for (name, value) in &bases.build_args {
            command.args(["--build-arg", &format!("{name}={value}")]);
        }
        let log = self.dir.path().join("build.log");
        let file = fs::File::create(&log).context("make a log")?;
        let second = file.try_clone().context("open the log twice")?;
        process::run(command.stdout(file).stderr(second)).with_context(|| {
            let text = fs::read_to_string(&log).unwrap_or_default();
            format!("build {}; its last words:\n{}", self.name, tail(&text, 40))
        })
    }

    /// The files' builds once more, with the network that an engine without a bridge has to be told of.
    fn with_host_network(&self) -> Result<PathBuf> {
        let config: Value = serde_json::from_str(&self.output(["config", "--format", "json"])?)
            .context("Compose's reading of the files is not JSON")?;
        let services = config.get("services").and_then(Value::as_object).context("no services")?;
        let built = services.iter().filter(|(_, service)| service.get("build").is_some());
        let networks: serde_json::Map<String, Value> =
            built.map(|(name, _)| (name.clone(), json!({"build": {"network": "host"}}))).collect();
        let file = self.dir.path().join("network.yml");
        fs::write(&file, json!({"services": networks}).to_string()).context("write a Compose file")?;
        Ok(file)
    }

    /// Starts it, and waits until all of it is healthy.
    pub(super) fn up(&self) -> Result<Duration> {
        let start = Instant::now();
        self.run(["up", "--detach", "--wait", "--no-build", "--quiet-pull"])
            .with_context(|| format!("start {}; the end of its log:\n{}", self.name, self.log()))?;
        Ok(start.elapsed())
    }

    /// Runs `docker compose` with these arguments, and shows nothing unless it fails.
    pub(super) fn run<const N: usize>(&self, args: [&str; N]) -> Result<()> {
        let output = self.command()?.args(args).output().context("start docker compose")?;
        if !output.status.success() {
            let errors = String::from_utf8_lossy(&output.stderr);
            bail!("docker compose {} failed, {}:\n{}", args.join(" "), output.status, tail(&errors, 5));
        }
        stop::check()
    }

    /// What `docker compose` with these arguments prints.
    pub(super) fn output<const N: usize>(&self, args: [&str; N]) -> Result<String> {
        process::output(self.command()?.args(args))
    }

    /// The container of a service, the `index`th of its replicas from 1 on.
    pub(super) fn container(&self, service: &str, index: usize) -> String {
        format!("{}-{service}-{index}", self.name)
    }

    /// What the engine says of the first container of a service, in Go's template language.
    pub(super) fn inspect(&self, service: &str, template: &str) -> Result<String> {
        self.engine.output(["inspect", "--format", template, &self.container(service, 1)])
    }

    /// Waits until `docker ps` calls the first container of a service by this word.
    pub(super) fn wait_for_health(&self, service: &str, word: &str, limit: Duration) -> Result<Duration> {
        wait(&format!("{service} to be {word}"), limit, || {
            self.inspect(service, "{{.State.Health.Status}}").is_ok_and(|found| found == word)
        })
        .with_context(|| format!("the end of the log:\n{}", self.log()))
    }

    /// The last lines that its services have written.
    pub(super) fn log(&self) -> String {
        let mut command = match self.command() {
            Ok(command) => command,
            Err(error) => return format!("({error})"),
        };
        match command.args(["logs", "--no-color", "--tail", "20"]).output() {
            Ok(output) => String::from_utf8_lossy(&output.stdout).into_owned(),
            Err(error) => format!("(no log: {error})"),
        }
    }

    fn down(&self) -> Result<()> {
        let mut command = self.command()?;
        command.args(["down", "--volumes", "--remove-orphans", "--timeout", "5"]);
        process::run(command.stdout(Stdio::null()).stderr(Stdio::null()))
    }

    fn command(&self) -> Result<Command> {
        stop::check()?;
        let mut command = self.engine.command(["compose", "--project-name", &self.name]);
        for file in &self.files {
            command.arg("--file").arg(file);
        }
        for (name, value) in &self.env {
            command.env(name, value);
        }
        Ok(command)
    }
}

impl Drop for Project<'_> {
    fn drop(&mut self) {
        let mut command = self.engine.command(["compose", "--project-name", &self.name]);
        command.args(["down", "--volumes", "--remove-orphans", "--timeout", "5"]);
        // Also after a signal, when nothing else is started any more.
        match command.stdout(Stdio::null()).stderr(Stdio::null()).status() {
            Ok(status) if status.success() => {}
            Ok(status) => eprintln!("{} could not be taken down: {status}", self.name),
            Err(error) => eprintln!("{} could not be taken down: {error}", self.name),
        }
    }
}

fn tail(text: &str, most: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(most)..).unwrap_or_default().join("\n")
}

/// Waits until it is so, and tells how long that took.
pub(super) fn wait(what: &str, limit: Duration, mut so: impl FnMut() -> bool) -> Result<Duration> {
    let start = Instant::now();
    while !so() {
        if start.elapsed() > limit {
            bail!("waited {} s for {what}", limit.as_secs());
        }
        if stop::wait(POLL) {
            bail!("stopped by a signal");
        }
    }
    Ok(start.elapsed())
}
