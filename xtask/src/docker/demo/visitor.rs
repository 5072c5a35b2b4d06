//! A client of the shop with an address of its own, that does only what a scenario tells it.

use anyhow::{Result, ensure};

use super::TOOLS;
use crate::docker::engine::Engine;

const NAME: &str = "bangui-test-visitor";

/// A container that waits. Gone when dropped.
pub(super) struct Visitor<'a> {
    engine: &'a Engine,
    ip: String,
}

impl<'a> Visitor<'a> {
    /// Comes to the network.
    pub(super) fn start(engine: &'a Engine, network: &str) -> Result<Self> {
        remove(engine);
        engine.quiet([
            "run",
            "--detach",
            "--name",
            NAME,
            "--network",
            network,
            TOOLS,
            "sleep",
            "infinity",
        ])?;
        let template = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
        let ip = engine.output(["inspect", "--format", template, NAME])?;
        Ok(Self { engine, ip })
    }

    /// Its address.
    pub(super) fn ip(&self) -> &str {
        &self.ip
    }

    /// Fails unless the shop answers.
    pub(super) fn enters(&self) -> Result<()> {
        let answer = self.curl(&["http://shop:8080/"])?;
        ensure!(answer == "200", "the shop answers {answer:?}");
        Ok(())
    }

    /// One wrong password, which the shop refuses.
    pub(super) fn guesses_a_password(&self) -> Result<()> {
        let answer = self.curl(&["--user", "admin:guess", "http://shop:8080/office"])?;
        ensure!(answer == "401", "the shop answers a wrong password with {answer:?}");
        Ok(())
    }

    /// Whether not even a connection comes about.
    pub(super) fn is_refused(&self) -> bool {
        self.curl(&["http://shop:8080/"]).is_ok_and(|answer| answer == "000")
    }

    /// The status of the answer; 000 where there was none.
    fn curl(&self, args: &[&str]) -> Result<String> {
        let fixed = ["exec", NAME, "curl", "--silent", "--output", "/dev/null", "--max-time", "5"];
        let output = self.engine.command(fixed).args(["--write-out", "%{http_code}"]).args(args).output()?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

impl Drop for Visitor<'_> {
    fn drop(&mut self) {
        remove(self.engine);
    }
}

fn remove(engine: &Engine) {
    if let Err(error) = engine.command(["rm", "--force", NAME]).output() {
        eprintln!("{NAME} could not be removed: {error}");
    }
}
