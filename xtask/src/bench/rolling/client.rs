//! One thread of a load balancer's requests: in round robin over the replicas that are ready, on kept-alive connections, and
//! what became of each request.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::super::connection::{Answer, Connection, Failure, get};
use super::balancer::Balancer;

/// Between two requests: the load is to be steady, not all that the machine can bear.
const PAUSE: Duration = Duration::from_millis(5);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Every so many requests one asks for the health of fail2ban.
const HEALTH_EVERY: usize = 10;
/// More than are ever sent; only ends what would not.
const MOST: usize = 200_000;

/// A request that failed.
pub(super) struct Lost {
    /// When.
    pub(super) at: Instant,
    /// How.
    pub(super) why: String,
}

/// What became of the requests.
#[derive(Default)]
pub(super) struct Tally {
    /// How long each answered one took, from the first try on.
    pub(super) times: Vec<Duration>,
    /// Those without an answer, or with another status than 200.
    pub(super) lost: Vec<Lost>,
    /// Connects that were refused; the request went on to the next replica.
    pub(super) refused: usize,
    /// Kept connections that closed before the first byte of an answer; the request was sent once more on a new one.
    pub(super) stale: usize,
}

impl Tally {
    /// Takes in another thread's.
    pub(super) fn add(&mut self, other: Self) {
        self.times.extend(other.times);
        self.lost.extend(other.lost);
        self.refused += other.refused;
        self.stale += other.stale;
    }
}

/// Sends requests until all is over.
pub(super) fn drive(balancer: &Balancer, number: usize, session: &str, over: &AtomicBool) -> Tally {
    let connections = (0..balancer.len()).map(|_| None).collect();
    let mut client = Client { balancer, connections, next: number, tally: Tally::default() };
    let (me, health) = (get("/api/auth/me", Some(session)), get("/api/health", None));
    for request in 1..=MOST {
        if over.load(Ordering::SeqCst) {
            break;
        }
        let (path, bytes) = if request % HEALTH_EVERY == 0 { ("health", &health) } else { ("me", &me) };
        let start = Instant::now();
        match client.send(bytes) {
            Ok(()) => client.tally.times.push(start.elapsed()),
            Err(why) => client.tally.lost.push(Lost { at: start, why: format!("{path}: {why}") }),
        }
        std::thread::sleep(PAUSE);
    }
    client.tally
}

struct Client<'a> {
    balancer: &'a Balancer,
    connections: Vec<Option<Connection>>,
    /// The replica whose turn it is, counted on and on.
    next: usize,
    tally: Tally,
}

impl Client<'_> {
    /// Sends one request to the next replica that is ready and takes it.
    fn send(&mut self, request: &[u8]) -> Result<(), String> {
        let (first, count) = (self.next, self.balancer.len());
        for turn in first..first + count {
            let replica = turn % count;
            self.next = turn + 1;
            match self.ask(replica, request) {
                None => {}
                Some(Err(Failure::Refused)) => self.tally.refused += 1,
                Some(Ok(answer)) if answer.status == 200 => return Ok(()),
                Some(Ok(answer)) => {
                    let body = String::from_utf8_lossy(&answer.body);
                    return Err(format!("replica {} answers {}: {body}", replica + 1, answer.status));
                }
                Some(Err(failure)) => return Err(format!("replica {}: {failure}", replica + 1)),
            }
        }
        Err("no replica takes it".to_owned())
    }

    /// Asks this replica, if it is ready.
    fn ask(&mut self, replica: usize, request: &[u8]) -> Option<Result<Answer, Failure>> {
        let address = self.balancer.ready(replica)?;
        let slot = self.connections.get_mut(replica)?;
        // One that the server has closed meanwhile is not used: every proxy sees that before it sends.
        if let Some(mut kept) = slot.take().filter(Connection::is_idle) {
            match kept.ask(request) {
                Err(Failure::Closed) => self.tally.stale += 1,
                asked => return Some(asked.inspect(|answer| *slot = (!answer.closes).then_some(kept))),
            }
        }
        let fresh = Connection::open(address, PATIENCE).and_then(|mut fresh| {
            let answer = fresh.ask(request)?;
            *slot = (!answer.closes).then_some(fresh);
            Ok(answer)
        });
        Some(fresh)
    }
}
