//! Banning and unbanning many addresses: in parts, one after the other, with what became of each. Knows the order of
//! the steps; what each is, stands in the files below.

mod listed;
mod pace;
mod part;
mod work;

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;

use super::Client;
use crate::error::Error;
use crate::reply::Report;
use crate::types::{BanId, JailName};
use pace::Pace;
use part::{Done, Sent};
use work::Work;

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Ban,
    Unban,
}

/// One part that the server has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Of how many entries of the report it is known what became of them, or that it cannot be known.
    pub settled: usize,
    /// How many entries the report has.
    pub total: usize,
    /// How many addresses were sent in this part.
    pub sent: usize,
    /// How long the server took for it. It answered nobody else meanwhile.
    pub took: Duration,
}

/// Many addresses being banned or unbanned, part by part: fail2ban answers nobody while it works through one command.
/// Made by [`Client::ban_many`] and [`Client::unban_many`]; does nothing but when it is asked for the next part.
///
/// The first part has ten addresses. Each further one has twice as many while that takes less than half of
/// [`Options::batch_time`], half as many after one that takes longer than that, and [`Options::batch`] at the most.
/// Between two parts lies [`Options::batch_pause`], in which other clients are answered, and other commands of this
/// client are sent.
///
/// What is banned before is asked first. After an unban it is asked again, so that the report tells what is there in the
/// end: that comes behind the last part, when the next one is asked for.
///
/// Dropping it while a part is under way leaves open what became of that part; [`Bulk::cancel`] does not. The future of
/// [`Bulk::next`] may be dropped at any time without loss.
///
/// ```no_run
/// # async fn example() -> Result<(), fail2ban_client::Error> {
/// use fail2ban_client::{Address, Client, JailName, Outcome};
///
/// let client = Client::new(Client::DEFAULT_SOCKET);
/// let addresses: Vec<Address> = vec!["192.0.2.1".parse()?, "2001:db8::/32".parse()?];
/// let mut bulk = client.ban_many(&JailName::new("sshd")?, addresses);
/// while let Some(progress) = bulk.next().await {
///     let progress = progress?;
///     println!("{} of {}", progress.settled, progress.total);
/// }
/// for entry in bulk.report().with(Outcome::Failed) {
///     println!("{} is not banned", entry.id);
/// }
/// # Ok(())
/// # }
/// ```
///
/// [`Options::batch`]: crate::Options::batch
/// [`Options::batch_time`]: crate::Options::batch_time
/// [`Options::batch_pause`]: crate::Options::batch_pause
pub struct Bulk {
    client: Client,
    work: Work,
    pace: Pace,
    stage: Stage,
    /// What is under way. Dropping the future that waits for it does not drop it.
    under_way: Option<Pin<Box<dyn Future<Output = Done> + Send>>>,
    failed: Option<Error>,
}

/// What is under way, or comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Look,
    Part,
    Pause,
    Check,
    End,
}

impl Bulk {
    /// All of the given ids, in one jail or in every one.
    pub(super) fn new(client: Client, verb: Verb, jail: Option<JailName>, ids: Vec<BanId>) -> Self {
        let stage = if ids.is_empty() { Stage::End } else { Stage::Look };
        let pace = Pace::new(client.options());
        Self { client, work: Work::new(verb, jail, ids), pace, stage, under_way: None, failed: None }
    }

    /// Waits for the next part to be done; `None` after the last.
    ///
    /// # Errors
    /// Once, then it ends: as [`Client::run`]; [`Error::UnknownJail`]. The report says what is known of each address.
    pub async fn next(&mut self) -> Option<Result<Progress, Error>> {
        poll_fn(|context| self.poll_part(context)).await
    }

    /// What is known so far. Of an unban in all jails nothing, before it is known which jails there are. Which networks
    /// cover what was unbanned is known at the end.
    pub fn report(&self) -> Report {
        self.work.report()
    }

    /// Lets the part that is under way come to its end and sends no other, so that the report is what the server then
    /// has. An error of that part shows in its entries.
    pub async fn cancel(mut self) -> Report {
        self.work.drop_rest();
        match self.stage {
            Stage::Look => (self.stage, self.under_way) = (Stage::End, None),
            Stage::Part if self.under_way.is_some() => {}
            Stage::Part | Stage::Pause => (self.stage, self.under_way) = (self.after_part(), None),
            Stage::Check | Stage::End => {}
        }
        while let Some(step) = self.next().await {
            if let Err(error) = step {
                tracing::debug!(%error, "the last part of a cancelled bulk failed");
            }
        }
        self.report()
    }

    /// Goes on to the end.
    ///
    /// # Errors
    /// As [`Bulk::next`]; [`Error::PartlyDone`], which has the report, where a part was done before.
    pub async fn finish(mut self) -> Result<Report, Error> {
        while let Some(step) = self.next().await {
            if let Err(source) = step {
                return Err(self.work.cut_short(source));
            }
        }
        Ok(self.report())
    }

    fn poll_part(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Progress, Error>>> {
        loop {
            let Some(step) = &mut self.under_way else {
                let Some(step) = self.begin() else { return Poll::Ready(self.failed.take().map(Err)) };
                self.under_way = Some(step);
                continue;
            };
            let done = ready!(step.as_mut().poll(context));
            self.under_way = None;
            if let Some(progress) = self.take(done) {
                return Poll::Ready(Some(Ok(progress)));
            }
        }
    }

    fn begin(&mut self) -> Option<Pin<Box<dyn Future<Output = Done> + Send>>> {
        let (client, verb) = (self.client.clone(), self.work.verb());
        Some(match self.stage {
            Stage::Look => Box::pin(part::look(client, self.work.question())),
            Stage::Check => Box::pin(part::look(client, self.work.check())),
            Stage::Pause => Box::pin(part::pause(self.client.options().batch_pause)),
            Stage::Part => {
                let (jail, units) = self.work.next_part(self.pace.size())?;
                Box::pin(part::send(client, verb, jail, units))
            }
            Stage::End => return None,
        })
    }

    fn take(&mut self, done: Done) -> Option<Progress> {
        match (done, self.stage) {
            (Done::Looked(Ok(bans)), Stage::Check) => {
                self.work.checked(&bans);
                self.stage = Stage::End;
            }
            (Done::Looked(Ok(bans)), _) => {
                self.work.found(&bans);
                self.stage = if self.work.is_sent() { Stage::End } else { Stage::Part };
            }
            (Done::Looked(Err(error)), _) => {
                self.failed.get_or_insert(error);
                self.stage = Stage::End;
            }
            (Done::Paused, _) => self.stage = Stage::Part,
            (Done::Sent(sent), _) => return self.take_part(sent),
        }
        None
    }

    fn take_part(&mut self, sent: Sent) -> Option<Progress> {
        let (count, took) = (sent.count, sent.took);
        if count > 0 {
            self.pace.took(count, took);
        }
        let error = self.work.settle(sent);
        self.stage = self.after_part();
        if let Some(error) = error {
            let answers = !error.is_offline() && !error.is_outcome_unknown();
            self.stage = if answers { self.after_last() } else { Stage::End };
            self.failed = Some(error);
            return None;
        }
        let (settled, total) = self.work.counts();
        Some(Progress { settled, total, sent: count, took })
    }

    fn after_part(&self) -> Stage {
        if self.work.is_sent() { self.after_last() } else { Stage::Pause }
    }

    fn after_last(&self) -> Stage {
        match self.work.verb() {
            Verb::Ban => Stage::End,
            Verb::Unban => Stage::Check,
        }
    }
}

impl Stream for Bulk {
    type Item = Result<Progress, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_part(context)
    }
}

impl fmt::Debug for Bulk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (settled, total) = self.work.counts();
        let mut text = f.debug_struct("Bulk");
        text.field("client", &self.client).field("verb", &self.work.verb()).field("stage", &self.stage);
        text.field("settled", &settled).field("total", &total).finish_non_exhaustive()
    }
}
