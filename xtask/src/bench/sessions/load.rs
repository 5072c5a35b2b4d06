//! One round of requests at one server, over kept-alive connections that each have a thread. Knows nothing of what the
//! requests ask for.

use std::net::SocketAddr;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::super::connection::{Connection, Failure};
use crate::{procfs, stop};

/// How many connections there are.
pub(super) const CONNECTIONS: usize = 8;
/// How many requests each sends in a round.
pub(super) const REQUESTS: usize = 5000;
/// How many it sends before those that count.
const WARM_UP: usize = 200;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a round may take.
const LIMIT: Duration = Duration::from_mins(3);
/// After how many requests a thread looks whether it is to stop.
const LOOK_EVERY: usize = 50;

/// What a round took.
#[derive(Default)]
pub(super) struct Round {
    took: Duration,
    /// Of each answered request.
    pub(super) times: Vec<Duration>,
    /// Requests without an answer, or with another status than 200.
    pub(super) lost: usize,
    /// Processor time of the server.
    pub(super) server: Duration,
    /// Processor time of this program.
    pub(super) client: Duration,
}

impl Round {
    /// Answered requests in a second.
    pub(super) fn rate(&self) -> f64 {
        self.answered() / self.took.as_secs_f64()
    }

    /// How many requests were answered.
    pub(super) fn answered(&self) -> f64 {
        u32::try_from(self.times.len()).map_or(f64::NAN, f64::from)
    }

    /// All rounds as one.
    pub(super) fn sum(rounds: &[Self]) -> Self {
        let mut total = Self::default();
        for round in rounds {
            total.took += round.took;
            total.times.extend_from_slice(&round.times);
            total.lost += round.lost;
            total.server += round.server;
            total.client += round.client;
        }
        total
    }
}

/// Sends all requests of a round; each connection sends its own again and again.
pub(super) fn round(address: SocketAddr, server: u32, requests: &[Vec<u8>]) -> Result<Round> {
    // One more for this thread, which takes the time.
    let (ready, go) = (Barrier::new(requests.len() + 1), Barrier::new(requests.len() + 1));
    std::thread::scope(|scope| {
        let threads: Vec<_> = requests
            .iter()
            .map(|request| {
                scope.spawn(|| -> Result<(Vec<Duration>, usize)> {
                    let mut sender = Sender { address, request, connection: None };
                    let warmed = sender.send(WARM_UP);
                    // Whatever has happened, the others wait here.
                    ready.wait();
                    go.wait();
                    if warmed.context("warm up")?.1 > 0 {
                        bail!("requests were lost before any was counted");
                    }
                    sender.send(REQUESTS)
                })
            })
            .collect();
        ready.wait();
        let used = || Ok((procfs::processor_time(server)?, procfs::processor_time(std::process::id())?));
        let before: Result<_> = used();
        let start = Instant::now();
        go.wait();
        let ended: Vec<_> = threads.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        let mut round = Round { took: start.elapsed(), ..Round::default() };
        let (before, after) = (before?, used()?);
        (round.server, round.client) = (after.0.saturating_sub(before.0), after.1.saturating_sub(before.1));
        for thread in ended {
            let (times, lost) = thread.ok().context("a thread of the client failed")??;
            round.times.extend(times);
            round.lost += lost;
        }
        if round.times.is_empty() {
            bail!("no request was answered as it should be");
        }
        Ok(round)
    })
}

/// A thread's connection.
struct Sender<'a> {
    address: SocketAddr,
    request: &'a [u8],
    connection: Option<Connection>,
}

impl Sender<'_> {
    /// Sends so many; returns the times of the answered ones, and how many were lost.
    fn send(&mut self, count: usize) -> Result<(Vec<Duration>, usize)> {
        let start = Instant::now();
        let mut times = Vec::with_capacity(count);
        let mut lost = 0;
        for number in 0..count {
            if number % LOOK_EVERY == 0 {
                stop::check()?;
                if start.elapsed() > LIMIT {
                    bail!("only {number} of {count} requests were sent in {} s", LIMIT.as_secs());
                }
            }
            let begun = Instant::now();
            match self.once() {
                Ok(200) => times.push(begun.elapsed()),
                Ok(status) => {
                    lost += 1;
                    eprintln!("a request was answered with {status}");
                }
                Err(Failure::Refused) => bail!("the server takes no connection"),
                Err(failure) => {
                    lost += 1;
                    eprintln!("a request got no answer: {failure}");
                }
            }
        }
        Ok((times, lost))
    }

    fn once(&mut self) -> Result<u16, Failure> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::open(self.address, PATIENCE)?,
        };
        let answer = connection.ask(self.request)?;
        if !answer.closes {
            self.connection = Some(connection);
        }
        Ok(answer.status)
    }
}
