//! Who comes in: so many connections in all, and so many from each address. When all slots are taken, a newcomer gets the slot
//! of the one whose client has kept the server waiting for longest; what the server is at work on stays.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::meter::Dropped;
use crate::{Connection, ConnectionMeter};

/// The log tells of refused connections this often at most.
const TOLD_EVERY: Duration = Duration::from_mins(1);

/// Connections that may be about to end, at most.
const SLACK: usize = 128;

/// How many connections may be open.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// In all.
    pub connections: usize,
    /// From one IPv4 address, or one /64 of IPv6.
    pub per_address: usize,
}

/// The slots of all listeners together.
#[derive(Debug)]
pub struct Door {
    limits: Limits,
    meter: ConnectionMeter,
    inside: Mutex<Inside>,
}

#[derive(Debug, Default)]
struct Inside {
    next: u64,
    slots: HashMap<u64, Taken>,
    of_address: HashMap<IpAddr, usize>,
    /// Connections that had to go, or could not come in, since the log told of any.
    pushed: u64,
    refused: u64,
    told: Option<Instant>,
}

#[derive(Debug)]
struct Taken {
    connection: Arc<Connection>,
    counted: Option<IpAddr>,
}

/// A slot, given back when it is dropped: with its connection, and with what is worked on for it.
#[derive(Debug)]
pub(crate) struct Slot {
    number: u64,
    door: Arc<Door>,
}

impl Door {
    /// With slots for as many connections as `limits` say.
    pub fn new(limits: Limits, meter: ConnectionMeter) -> Arc<Self> {
        Arc::new(Self { limits, meter, inside: Mutex::default() })
    }

    /// How many connections may be accepted at most: each one that comes in when all slots are taken is there together with
    /// the one that goes, for a moment. They come out of what is [kept](crate::RESERVED) for everything else, half of it at most.
    pub fn accepted(&self) -> usize {
        let slots = self.limits.connections;
        slots.saturating_add((slots / 2).min(SLACK))
    }

    /// How many slots are taken.
    pub fn taken(&self) -> usize {
        self.lock().slots.len()
    }

    /// Lets a connection in, counted for its address if there is one; `None` if every slot is taken by something that the
    /// server is at work on.
    pub(crate) fn enter(
        self: &Arc<Self>,
        connection: &Arc<Connection>,
        address: Option<IpAddr>,
    ) -> Option<Slot> {
        let counted = address.map(network_of);
        let mut inside = self.lock();
        let of_address = counted.and_then(|address| inside.of_address.get(&address).copied()).unwrap_or(0);
        let full = if of_address >= self.limits.per_address {
            Some(counted)
        } else if inside.slots.len() >= self.limits.connections {
            Some(None)
        } else {
            None
        };
        let entered = full.is_none_or(|of| inside.push_out(of));
        if full.is_some() {
            let dropped = if entered { Dropped::Ended } else { Dropped::Refused };
            self.meter.count(dropped);
            inside.tell(dropped, self.limits);
        }
        if !entered {
            return None;
        }
        let number = inside.next;
        inside.next = inside.next.wrapping_add(1);
        inside.slots.insert(number, Taken { connection: Arc::clone(connection), counted });
        if let Some(address) = counted {
            *inside.of_address.entry(address).or_default() += 1;
        }
        self.meter.set_open(inside.slots.len());
        Some(Slot { number, door: Arc::clone(self) })
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    /// Ends the connection, of this address or of any, whose client has kept the server waiting for longest.
    fn push_out(&mut self, of: Option<IpAddr>) -> bool {
        let of_address = |taken: &Taken| of.is_none() || taken.counted == of;
        let waiting = self
            .slots
            .iter()
            .filter(|(_, taken)| of_address(taken))
            .filter_map(|(number, taken)| Some((taken.connection.waiting_since()?, *number)));
        let Some((_, number)) = waiting.min() else { return false };
        if let Some(taken) = self.leave(number) {
            taken.connection.drop_soon();
        }
        true
    }

    fn leave(&mut self, number: u64) -> Option<Taken> {
        let taken = self.slots.remove(&number)?;
        if let Some(address) = taken.counted
            && let Some(count) = self.of_address.get_mut(&address)
        {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.of_address.remove(&address);
            }
        }
        Some(taken)
    }

    fn tell(&mut self, dropped: Dropped, limits: Limits) {
        match dropped {
            Dropped::Ended => self.pushed += 1,
            Dropped::Refused => self.refused += 1,
        }
        if self.told.is_some_and(|told| told.elapsed() < TOLD_EVERY) {
            return;
        }
        self.told = Some(Instant::now());
        let busiest = self.of_address.iter().max_by_key(|(_, count)| **count);
        tracing::warn!(
            open = self.slots.len(),
            ended = self.pushed,
            refused = self.refused,
            busiest = busiest.map(|(address, _)| tracing::field::display(address)),
            of_busiest = busiest.map_or(0, |(_, count)| *count),
            "there are more connections than http.max_connections ({}) or http.max_connections_per_address ({}) allows: `ended` \
             connections that kept the server waiting have made room, and `refused` newcomers found none",
            limits.connections,
            limits.per_address,
        );
        (self.pushed, self.refused) = (0, 0);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut inside = self.door.lock();
        drop(inside.leave(self.number));
        self.door.meter.set_open(inside.slots.len());
    }
}

/// One IPv6 customer holds at least a /64: its addresses count as one.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests;
