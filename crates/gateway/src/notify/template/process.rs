//! The process in which templates are rendered: started for one template, given its order, waited for within a time, and
//! killed when that is over. What it does to itself ends it and nothing else.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use bangui_domain::model::notify::{Digest, Preset, Webhook};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;

use super::{BODY_BYTES, Order, PROBLEM, TEXT, context, syntax};
use crate::notify::body::Body;

/// Templates that are rendered at one time. More of them wait.
const AT_ONCE: usize = 2;
/// How long one may wait for its turn and be rendered. A template that works takes some milliseconds; the process limits its
/// own time on the processor, and this is for a machine that is busy otherwise.
const PATIENCE: Duration = Duration::from_mins(1);
/// What a template that takes too much ends its process with: `SIGILL`, `SIGABRT`, `SIGBUS`, `SIGSEGV` and `SIGXCPU`. Any other
/// signal comes from outside, such as `SIGTERM` when the service is stopped, and says nothing of the template.
const OWN_SIGNALS: [i32; 5] = [4, 6, 7, 11, 24];

/// Renders templates, each in a process of its own. Cheap to clone.
#[derive(Debug, Clone)]
pub struct TemplateProcess {
    program: PathBuf,
    arguments: Vec<OsString>,
    turns: Arc<Semaphore>,
}

/// Why there is no body.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::notify) enum Unrendered {
    /// The template cannot be used, now or later.
    Template(String),
    /// It could not be tried.
    Machine(String),
}

impl Unrendered {
    /// What is wrong.
    pub(in crate::notify) fn into_text(self) -> String {
        match self {
            Self::Template(text) | Self::Machine(text) => text,
        }
    }
}

impl TemplateProcess {
    /// Runs `program` with `arguments` for each template. It has to limit its own memory and time, and then to do what
    /// [`render_template`](crate::render_template) does with its standard input and output.
    pub fn new(program: impl Into<PathBuf>, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(OsString::from).collect();
        Self { program: program.into(), arguments, turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// What the template of a webhook makes of a message.
    pub(in crate::notify) async fn render(
        &self,
        webhook: &Webhook,
        digest: &Digest,
    ) -> Result<Body, Unrendered> {
        let template = webhook.template.clone().unwrap_or_default();
        if let Some(problem) = syntax::problem(&template) {
            return Err(Unrendered::Template(problem));
        }
        let json = webhook.preset == Preset::OwnJson;
        let order = serde_json::to_vec(&Order { template, json, context: context(digest) })
            .map_err(|error| Unrendered::Machine(error.to_string()))?;
        let Ok(answer) = tokio::time::timeout(PATIENCE, self.run(&order)).await else {
            let secs = PATIENCE.as_secs();
            let text =
                format!("it was not rendered within {secs} s, since this machine is busy: try again later");
            return Err(Unrendered::Machine(text));
        };
        let text = answer?;
        let content_type = if json { "application/json" } else { "text/plain" };
        Ok(Body { content_type, text })
    }

    async fn run(&self, order: &[u8]) -> Result<String, Unrendered> {
        let machine =
            |error: io::Error| Unrendered::Machine(format!("the process that renders it failed: {error}"));
        let _turn = self.turns.acquire().await.map_err(|error| machine(io::Error::other(error)))?;
        // It gets no variables: they hold secrets of the settings.
        let mut child = Command::new(&self.program)
            .arg0("bangui")
            .args(&self.arguments)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(machine)?;
        let answer = talk(&mut child, order).await.map_err(machine)?;
        let status = child.wait().await.map_err(machine)?;
        read(answer, status)
    }
}

/// Gives the order and takes the answer, and no more of it than an answer has.
async fn talk(child: &mut Child, order: &[u8]) -> io::Result<Vec<u8>> {
    if let Some(mut input) = child.stdin.take() {
        match input.write_all(order).await {
            // It has died on the order: how, its status says.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            other => other?,
        }
    }
    let mut answer = Vec::new();
    if let Some(output) = child.stdout.take() {
        let most = u64::try_from(BODY_BYTES).unwrap_or(u64::MAX).saturating_add(1);
        output.take(most).read_to_end(&mut answer).await?;
    }
    Ok(answer)
}

fn read(answer: Vec<u8>, status: ExitStatus) -> Result<String, Unrendered> {
    match status.signal() {
        Some(signal) if OWN_SIGNALS.contains(&signal) => {
            let text = "it takes more memory, time or depth than a template may have, and was stopped";
            return Err(Unrendered::Template(text.to_owned()));
        }
        Some(signal) => {
            return Err(Unrendered::Machine(format!(
                "the process that renders it was ended by signal {signal}"
            )));
        }
        // What a panic of the library ends with.
        None if status.code() == Some(101) => {
            let text = "it cannot be rendered: what renders it has failed on it, which is a defect";
            return Err(Unrendered::Template(text.to_owned()));
        }
        None if !status.success() => {
            return Err(Unrendered::Machine(format!("the process that renders it failed: {status}")));
        }
        None => {}
    }
    let text = String::from_utf8(answer);
    let text = text.map_err(|error| Unrendered::Machine(error.to_string()))?;
    match text.as_bytes().first() {
        Some(&TEXT) => Ok(text.get(1..).unwrap_or_default().to_owned()),
        Some(&PROBLEM) => Err(Unrendered::Template(text.get(1..).unwrap_or_default().to_owned())),
        _ => Err(Unrendered::Machine("the process that renders it gave no answer".to_owned())),
    }
}
