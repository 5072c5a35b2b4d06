//! The steps that talk to the server: what is banned, one part of bans or unbans, and the pause between. Knows how to
//! find out what became of a part, not which parts there are.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Verb;
use super::listed::Listed;
use super::work::Unit;
use crate::client::Client;
use crate::codec::Text;
use crate::command;
use crate::error::Error;
use crate::reply::Outcome;
use crate::types::{Address, BanId, JailName};

/// Asking for one id costs the server a third of what listing the whole jail costs.
const FEW: usize = 2;

/// What each jail bans.
pub(super) type Bans = Vec<(JailName, Vec<Text>)>;

/// A step that has come to its end.
pub(super) enum Done {
    Looked(Result<Bans, Error>),
    Paused,
    Sent(Sent),
}

/// A part, and what became of it.
pub(super) struct Sent {
    pub(super) jail: JailName,
    pub(super) units: Vec<Unit>,
    /// One for each unit.
    pub(super) outcomes: Vec<Outcome>,
    /// How many addresses the command had.
    pub(super) count: usize,
    /// How long the server took for it.
    pub(super) took: Duration,
    pub(super) error: Option<Error>,
}

/// What is asked about bans.
pub(super) enum Question {
    /// What every jail bans.
    Everywhere,
    /// What this jail bans.
    Jail(JailName),
    /// Which of these it bans, and perhaps others.
    Among(JailName, Vec<BanId>),
}

/// What is known after the command.
enum After {
    AsWanted,
    Listed(Vec<Text>),
    Unknown,
}

pub(super) async fn look(client: Client, question: Question) -> Done {
    Done::Looked(match question {
        Question::Everywhere => client.banned_by_jail().await,
        Question::Jail(jail) => client.banned_unsorted(&jail).await.map(|bans| vec![(jail, bans)]),
        Question::Among(jail, ids) => among(&client, &jail, &ids).await.map(|bans| vec![(jail, bans)]),
    })
}

pub(super) async fn pause(time: Duration) -> Done {
    sleep(time).await;
    Done::Paused
}

pub(super) async fn send(client: Client, verb: Verb, jail: JailName, units: Vec<Unit>) -> Done {
    let outcomes = vec![Outcome::NotSent; units.len()];
    let mut sent = Sent { jail, units, outcomes, count: 0, took: Duration::ZERO, error: None };
    sent.error = sent.carry_out(&client, verb).await.err();
    Done::Sent(sent)
}

/// Those of the ids that a jail bans, perhaps others with them: in the way that costs the server less.
async fn among(client: &Client, jail: &JailName, ids: &[BanId]) -> Result<Vec<Text>, Error> {
    if ids.len() > FEW {
        return client.banned_unsorted(jail).await;
    }
    let flags = client.is_banned(jail, ids).await?;
    let banned = ids.iter().zip(flags).filter(|(_, banned)| *banned);
    Ok(banned.map(|(id, _)| Text::from(id.as_str())).collect())
}

impl Sent {
    /// Sends the command. Where it fails without having been sent, the outcomes stay as they are.
    async fn carry_out(&mut self, client: &Client, verb: Verb) -> Result<(), Error> {
        if verb == Verb::Unban {
            self.look_again(client).await?;
        }
        let sent = self.units.iter().filter(|unit| verb == Verb::Ban || unit.banned);
        let ids: Vec<BanId> = sent.map(|unit| unit.id.clone()).collect();
        let expected = match verb {
            Verb::Ban => self.units.iter().filter(|unit| !unit.banned).count(),
            Verb::Unban => ids.len(),
        };
        let reply = if ids.is_empty() { Ok(0) } else { self.run(client, verb, &ids).await };
        let (after, result) = match reply {
            Ok(count) if usize::try_from(count) == Ok(expected) => (After::AsWanted, Ok(())),
            Ok(_) => self.ask(client, &ids, Ok(())).await,
            Err(error) if error.is_outcome_unknown() => (After::Unknown, Err(error)),
            Err(error) if error.is_offline() || matches!(error, Error::Request { .. }) => return Err(error),
            Err(error) => self.ask(client, &ids, Err(error)).await,
        };
        self.outcomes = self.judge(verb, &after);
        result
    }

    /// A network that is no entry any more would lift what lies in it, and a name would be looked up in the DNS: whether
    /// they are still banned is asked right before.
    async fn look_again(&mut self, client: &Client) -> Result<(), Error> {
        let single = |id: &BanId| id.address().is_some_and(|address| address.single().is_some());
        let others: Vec<&mut Unit> = self.units.iter_mut().filter(|unit| !single(&unit.id)).collect();
        if others.is_empty() {
            return Ok(());
        }
        let ids: Vec<BanId> = others.iter().map(|unit| unit.id.clone()).collect();
        let bans = among(client, &self.jail, &ids).await?;
        let listed = Listed::new(&bans);
        for unit in others {
            unit.banned = listed.has(&unit.id);
        }
        Ok(())
    }

    async fn run(&mut self, client: &Client, verb: Verb, ids: &[BanId]) -> Result<u64, Error> {
        let command = match verb {
            Verb::Ban => {
                let addresses: Vec<Address> = ids.iter().filter_map(BanId::address).collect();
                command::ban(&self.jail, &addresses)
            }
            Verb::Unban => command::unban(&self.jail, ids),
        };
        let started = Instant::now();
        let reply = client.run(&command).await;
        (self.count, self.took) = (ids.len(), started.elapsed());
        reply
    }

    /// Asks what is banned, where the reply does not tell.
    async fn ask(
        &mut self,
        client: &Client,
        ids: &[BanId],
        result: Result<(), Error>,
    ) -> (After, Result<(), Error>) {
        match among(client, &self.jail, ids).await {
            Ok(bans) => (After::Listed(bans), result),
            Err(error @ Error::UnknownJail { .. }) => {
                self.units.iter_mut().for_each(|unit| unit.banned = false);
                (After::Listed(Vec::new()), result.and(Err(error)))
            }
            Err(error) => (After::Unknown, result.and(Err(error))),
        }
    }

    fn judge(&self, verb: Verb, after: &After) -> Vec<Outcome> {
        let listed = match after {
            After::Listed(bans) => Listed::new(bans),
            After::AsWanted | After::Unknown => Listed::default(),
        };
        let judge = |unit: &Unit| match (verb, after) {
            (Verb::Unban, _) if !unit.banned => Outcome::Already,
            (_, After::Unknown) => Outcome::Unknown,
            (Verb::Ban, After::Listed(_)) if !listed.has(&unit.id) => Outcome::Failed,
            (Verb::Unban, After::Listed(_)) if listed.has(&unit.id) => Outcome::Failed,
            (Verb::Ban, _) if unit.banned => Outcome::Already,
            _ => Outcome::Done,
        };
        self.units.iter().map(judge).collect()
    }
}
