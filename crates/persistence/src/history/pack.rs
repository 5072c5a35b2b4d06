//! A part of a pack: up to [`PART`] beginnings or ends of bans of one day and jail, in about five bytes each. Pure: knows
//! no database. Entries are in the order of their seconds, so that each is told by its distance from the one before it.

/// The most entries in one part. A part is written anew with each change, so it must not be large; and there must not be
/// many, since each is a row.
pub(crate) const PART: usize = 4_096;

/// How entries are packed: the first byte of each part. Parts of another format are made anew at the next start.
pub(crate) const FORMAT: u8 = 1;

/// The seconds of a day.
pub(crate) const DAY_SECS: i64 = 86_400;

/// The beginning or the end of a ban.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Entry {
    /// When, in seconds from the beginning of its day: 0 to 86,399.
    pub(crate) second: u32,
    /// The number of its address.
    pub(crate) address: u32,
    /// The code of its origin: 0 to 3.
    pub(crate) origin: u8,
}

/// A part that is not one: the database holds bytes that were not written there, or only some of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a packed part of the history is damaged")]
pub(crate) struct Damaged;

/// Packs entries, which are put in order.
pub(crate) fn pack(entries: &mut [Entry]) -> Vec<u8> {
    entries.sort_unstable();
    let mut bytes = Vec::with_capacity(1 + entries.len() * 5);
    bytes.push(FORMAT);
    let mut before = 0;
    for entry in entries.iter() {
        push(&mut bytes, u64::from(entry.second - before));
        push(&mut bytes, u64::from(entry.address) << 2 | u64::from(entry.origin & 3));
        before = entry.second;
    }
    bytes
}

/// The entries of a part, in the order of their seconds.
pub(crate) fn unpack(bytes: &[u8]) -> Unpack<'_> {
    match bytes {
        [FORMAT, rest @ ..] => Unpack { rest, second: 0 },
        // No number begins like this: the first entry will be damaged.
        _ => Unpack { rest: &[0xff; 6], second: 0 },
    }
}

/// Goes through a part.
pub(crate) struct Unpack<'a> {
    rest: &'a [u8],
    second: u32,
}

impl Iterator for Unpack<'_> {
    type Item = Result<Entry, Damaged>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let entry = self.entry();
        if entry.is_none() {
            self.rest = &[];
        }
        Some(entry.ok_or(Damaged))
    }
}

impl Unpack<'_> {
    #[inline]
    fn entry(&mut self) -> Option<Entry> {
        let apart = u32::try_from(self.number()?).ok()?;
        let second = self.second.checked_add(apart).filter(|second| i64::from(*second) < DAY_SECS)?;
        let number = self.number()?;
        self.second = second;
        let address = u32::try_from(number >> 2).ok()?;
        let origin = u8::try_from(number & 3).ok()?;
        Some(Entry { second, address, origin })
    }

    /// Seven bits a byte, the lowest first; the high bit says that more follow.
    #[inline]
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for (index, byte) in self.rest.iter().enumerate().take(6) {
            number |= u64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                self.rest = self.rest.get(index + 1..)?;
                return Some(number);
            }
        }
        None
    }
}

fn push(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let low = u8::try_from(number & 0x7f).unwrap_or_default();
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Damaged, Entry, pack, unpack};

    fn entries() -> impl Strategy<Value = Vec<Entry>> {
        let entry = (0_u32..86_400, prop_oneof![0_u32..300, any::<u32>()], 0_u8..4)
            .prop_map(|(second, address, origin)| Entry { second, address, origin });
        proptest::collection::vec(entry, 0..300)
    }

    proptest! {
        #[test]
        fn what_was_packed_comes_out_in_order(mut given in entries()) {
            let packed = pack(&mut given);
            let out: Result<Vec<Entry>, Damaged> = unpack(&packed).collect();
            prop_assert_eq!(out.unwrap(), given);
        }

        #[test]
        fn any_bytes_end_in_entries_or_damage(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let out: Vec<Result<Entry, Damaged>> = unpack(&bytes).collect();
            prop_assert!(out.len() <= bytes.len() + 1);
            prop_assert!(out.iter().rev().skip(1).all(Result::is_ok), "nothing comes after damage");
        }
    }

    #[test]
    fn a_busy_day_takes_few_bytes() {
        let mut given: Vec<Entry> =
            (0..4_000).map(|n| Entry { second: n * 20, address: 100_000 + n, origin: 0 }).collect();
        assert!(pack(&mut given).len() <= 1 + 4_000 * 4);
    }
}
