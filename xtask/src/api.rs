//! A client of BanGUI's own API, over loopback: signs in, asks, and subscribes to the live events.

use std::io::{BufRead, BufReader};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use ureq::http::Response;
use ureq::{Agent, Body};

use crate::stop;

const TIMEOUT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(200);

/// An answer: its status and its body, `null` where there is none.
pub(crate) type Answer = (u16, Value);

/// A client with one session.
pub(crate) struct Api {
    agent: Agent,
    base: String,
    cookie: String,
}

impl Api {
    /// A client of the server at `base`, such as `http://127.0.0.1:8686`, not signed in.
    pub(crate) fn new(base: &str) -> Self {
        let config = Agent::config_builder()
            .proxy(None)
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT))
            .build();
        Self { agent: config.new_agent(), base: base.to_owned(), cookie: String::new() }
    }

    /// Signs in and keeps the session's cookie.
    pub(crate) fn login(&mut self, user: &str, password: &str) -> Result<()> {
        let url = format!("{}/api/auth/login", self.base);
        let response = self
            .agent
            .post(&url)
            .send_json(json!({"username": user, "password": password}))
            .with_context(|| format!("POST {url}"))?;
        let cookies: Vec<String> = response
            .headers()
            .get_all("set-cookie")
            .iter()
            .filter_map(|cookie| Some(cookie.to_str().ok()?.split(';').next()?.to_owned()))
            .collect();
        let (status, body) = read(response)?;
        if status >= 300 {
            bail!("{user} cannot sign in: {status} {body}");
        }
        if cookies.is_empty() {
            bail!("signing in set no cookie");
        }
        self.cookie = cookies.join("; ");
        Ok(())
    }

    /// The session's cookie, as a request sends it.
    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Asks for `path`, which starts with `/api`.
    pub(crate) fn get(&self, path: &str) -> Result<Answer> {
        let request = self.agent.get(format!("{}{path}", self.base)).header("cookie", &self.cookie);
        read(request.call().with_context(|| format!("GET {path}"))?)
    }

    /// Sends `body` as JSON to `path`.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        let request = self.agent.post(format!("{}{path}", self.base)).header("cookie", &self.cookie);
        read(request.send_json(body).with_context(|| format!("POST {path}"))?)
    }

    /// Deletes `path`.
    pub(crate) fn delete(&self, path: &str) -> Result<Answer> {
        let request = self.agent.delete(format!("{}{path}", self.base)).header("cookie", &self.cookie);
        read(request.call().with_context(|| format!("DELETE {path}"))?)
    }

    /// Subscribes to the live events; returns once the server has accepted.
    pub(crate) fn events(&self) -> Result<Events> {
        let path = "/api/events/stream";
        let response = self
            .agent
            .get(format!("{}{path}", self.base))
            .config()
            .timeout_global(None)
            .build()
            .header("cookie", &self.cookie)
            .header("accept", "text/event-stream")
            .call()
            .with_context(|| format!("GET {path}"))?;
        let status = response.status().as_u16();
        if status != 200 {
            bail!("{path} answers {status}: {}", read(response)?.1);
        }
        let (sender, receiver) = mpsc::channel();
        // The thread ends with the stream: when the server stops, or nobody listens any more.
        std::thread::spawn(move || {
            let mut parser = Parser::default();
            for line in BufReader::new(response.into_body().into_reader()).lines() {
                let Ok(line) = line else { return };
                if let Some((name, data)) = parser.line(&line)
                    && sender.send(Event { at: Instant::now(), name, data }).is_err()
                {
                    return;
                }
            }
        });
        Ok(Events { receiver })
    }
}

fn read(mut response: Response<Body>) -> Result<Answer> {
    let status = response.status().as_u16();
    let text = response.body_mut().read_to_string().context("read the answer")?;
    // A body that is not JSON is still worth showing in a message.
    let body = serde_json::from_str(&text).unwrap_or(if text.is_empty() {
        Value::Null
    } else {
        Value::String(text)
    });
    Ok((status, body))
}

/// One event of the stream.
#[derive(Debug)]
pub(crate) struct Event {
    /// When it was read here.
    pub(crate) at: Instant,
    /// Its name, such as `ban`.
    pub(crate) name: String,
    /// Its data.
    pub(crate) data: Value,
}

impl Event {
    /// Whether it is called `name` and is about this address.
    pub(crate) fn is(&self, name: &str, ip: &str) -> bool {
        self.name == name && self.data.get("ip").and_then(Value::as_str) == Some(ip)
    }
}

/// A subscription.
pub(crate) struct Events {
    receiver: mpsc::Receiver<Event>,
}

impl Events {
    /// Waits for the first event that `wanted` accepts, dropping those before it.
    pub(crate) fn wait_for(&self, limit: Duration, mut wanted: impl FnMut(&Event) -> bool) -> Result<Event> {
        let start = Instant::now();
        let mut seen: Vec<String> = Vec::new();
        loop {
            stop::check()?;
            match self.receiver.recv_timeout(POLL) {
                Ok(event) if wanted(&event) => return Ok(event),
                Ok(event) => seen.push(format!("{} {}", event.name, event.data)),
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => bail!("the server closed the stream of events"),
            }
            if start.elapsed() > limit {
                let tail = seen.get(seen.len().saturating_sub(5)..).unwrap_or_default().join("\n  ");
                bail!("not within {} s; {} other events, at last:\n  {tail}", limit.as_secs(), seen.len());
            }
        }
    }
}

/// Puts the lines of a `text/event-stream` together to events.
#[derive(Default)]
struct Parser {
    name: String,
    data: String,
}

impl Parser {
    /// Takes one line; an empty one completes an event. Comments and unnamed events are dropped.
    fn line(&mut self, line: &str) -> Option<(String, Value)> {
        if line.is_empty() {
            let name = std::mem::take(&mut self.name);
            let data = std::mem::take(&mut self.data);
            return (!name.is_empty())
                .then(|| (name, serde_json::from_str(&data).unwrap_or(Value::String(data))));
        }
        if let Some(name) = line.strip_prefix("event:") {
            name.trim_start().clone_into(&mut self.name);
        } else if let Some(data) = line.strip_prefix("data:") {
            if !self.data.is_empty() {
                self.data.push('\n');
            }
            self.data.push_str(data.strip_prefix(' ').unwrap_or(data));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_events() {
        let mut parser = Parser::default();
        let stream = ": hello\n\nid: 7\nevent: ban\ndata: {\"ip\":\ndata: \"192.0.2.1\"}\n\nevent:offline\ndata:{}\n\n";
        let events: Vec<_> = stream.lines().filter_map(|line| parser.line(line)).collect();
        assert_eq!(
            events,
            [("ban".to_owned(), json!({"ip": "192.0.2.1"})), ("offline".to_owned(), json!({}))]
        );
    }
}
