//! Counted tries to log in. A try holds its counters' rows until it is counted, always in the order of their kinds,
//! so that many at once come one after the other and none waits for another in a circle.

use async_trait::async_trait;
use bangui_domain::model::{Admission, Fence, TryCounter, TryKind};
use bangui_domain::ports::{StoreError, TryStore};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::clock::now;
use crate::connection::{AnyConnection, TxError};
use crate::db::{Db, count, optional};
use crate::lease::check_fence;
use crate::schema::login_tries;
use crate::text::storable;

/// A counter as it stands, and the database's time.
#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = BigInt)]
    tries: i64,
    #[diesel(sql_type = BigInt)]
    last_at: i64,
    #[diesel(sql_type = BigInt)]
    now: i64,
}

impl Held {
    fn ago(&self) -> i64 {
        self.now.saturating_sub(self.last_at)
    }
}

/// Holds a counter's row until the transaction ends, and makes it if it is missing.
fn hold(connection: &mut AnyConnection, counter: &TryCounter) -> Result<Held, TxError> {
    let now = now(connection);
    let row = diesel::sql_query(format!(
        "INSERT INTO login_tries (kind, subject, tries, last_at, keep_until) VALUES ($1, $2, 0, {now}, {now} + $3) \
         ON CONFLICT (kind, subject) DO UPDATE SET tries = login_tries.tries \
         RETURNING tries, last_at, {now} AS now"
    ))
    .bind::<Text, _>(counter.kind.as_str())
    .bind::<Text, _>(storable(&counter.subject))
    .bind::<BigInt, _>(counter.rule.keep_for)
    .get_result::<Held>(connection)?;
    Ok(row)
}

/// Holds a counter's row if there is one that is not forgotten.
fn hold_known(connection: &mut AnyConnection, counter: &TryCounter) -> Result<Option<Held>, TxError> {
    let now = now(connection);
    let row = diesel::sql_query(format!(
        "UPDATE login_tries SET tries = tries WHERE kind = $1 AND subject = $2 AND keep_until > {now} \
         RETURNING tries, last_at, {now} AS now"
    ))
    .bind::<Text, _>(counter.kind.as_str())
    .bind::<Text, _>(storable(&counter.subject))
    .get_result::<Held>(connection);
    Ok(optional(row)?)
}

/// Counts under all of what is held, or under none.
fn weigh(connection: &mut AnyConnection, held: Vec<(TryCounter, Held)>) -> Result<Admission, TxError> {
    let wait = held.iter().map(|(counter, row)| counter.rule.wait(row.tries, row.ago())).max().unwrap_or(0);
    if wait > 0 {
        for (counter, _) in &held {
            drop_empty(connection, counter)?;
        }
        return Ok(Admission::Wait(wait));
    }
    for (counter, row) in &held {
        let tries = counter.rule.remembered(row.tries, row.ago()).saturating_add(1);
        set(connection, counter, tries, row.now)?;
    }
    Ok(Admission::Counted(held.into_iter().map(|(counter, _)| counter).collect()))
}

fn set(connection: &mut AnyConnection, counter: &TryCounter, tries: i64, at: i64) -> Result<(), TxError> {
    diesel::update(row_of(counter))
        .set((
            login_tries::tries.eq(tries),
            login_tries::last_at.eq(at),
            login_tries::keep_until.eq(at.saturating_add(counter.rule.keep_for)),
        ))
        .execute(connection)?;
    Ok(())
}

/// A counter that counts nothing is no row, but for what is known.
fn drop_empty(connection: &mut AnyConnection, counter: &TryCounter) -> Result<(), TxError> {
    if counter.kind != TryKind::Known {
        diesel::delete(row_of(counter).filter(login_tries::tries.le(0))).execute(connection)?;
    }
    Ok(())
}

#[diesel::dsl::auto_type(no_type_alias)]
fn row_of(counter: &TryCounter) -> _ {
    let kind: &'static str = counter.kind.as_str();
    let subject: String = storable(&counter.subject).into_owned();
    login_tries::table.filter(login_tries::kind.eq(kind)).filter(login_tries::subject.eq(subject))
}

#[async_trait]
impl TryStore for Db {
    async fn admit(
        &self,
        known: Option<&TryCounter>,
        others: &[TryCounter],
    ) -> Result<Admission, StoreError> {
        let (known, others) = (known.cloned(), in_order(others));
        self.write_tx(move |connection| {
            if let Some(known) = &known
                && let Some(row) = hold_known(connection, known)?
            {
                return weigh(connection, vec![(known.clone(), row)]);
            }
            let mut held = Vec::new();
            for counter in &others {
                held.push((counter.clone(), hold(connection, counter)?));
            }
            weigh(connection, held)
        })
        .await
    }

    async fn clear(&self, counted: &[TryCounter], known: Option<&TryCounter>) -> Result<(), StoreError> {
        let mut all = counted.to_vec();
        all.extend(known.filter(|known| !counted.contains(known)).cloned());
        let all = in_order(&all);
        self.write_tx(move |connection| {
            for counter in &all {
                let row = hold(connection, counter)?;
                set(connection, counter, 0, row.now)?;
                drop_empty(connection, counter)?;
            }
            Ok(())
        })
        .await
    }

    async fn take_back(&self, counted: &[TryCounter]) -> Result<(), StoreError> {
        let counted = in_order(counted);
        self.write_tx(move |connection| {
            for counter in &counted {
                diesel::update(row_of(counter).filter(login_tries::tries.gt(0)))
                    .set(login_tries::tries.eq(login_tries::tries - 1))
                    .execute(connection)?;
                drop_empty(connection, counter)?;
            }
            Ok(())
        })
        .await
    }

    async fn prune(&self, fence: Fence, most: u32) -> Result<u64, StoreError> {
        self.write_tx(move |connection| {
            check_fence(connection, fence)?;
            let now = now(connection);
            let mut gone = diesel::sql_query(format!("DELETE FROM login_tries WHERE keep_until <= {now}"))
                .execute(connection)?;
            for kind in [TryKind::Address, TryKind::Account, TryKind::Known] {
                gone += diesel::sql_query(
                    "DELETE FROM login_tries WHERE kind = $1 AND last_at <= (SELECT last_at FROM login_tries \
                     WHERE kind = $1 ORDER BY last_at DESC, subject LIMIT 1 OFFSET $2)",
                )
                .bind::<Text, _>(kind.as_str())
                .bind::<BigInt, _>(i64::from(most))
                .execute(connection)?;
            }
            Ok(count(gone))
        })
        .await
    }
}

fn in_order(counters: &[TryCounter]) -> Vec<TryCounter> {
    let mut counters = counters.to_vec();
    counters.sort_by_key(|counter| counter.kind);
    counters
}
