//! A part of a pack: up to [`PART`] beginnings or ends of bans of one day and jail, in four or five bytes each. Pure: knows
//! no database. Entries are in the order of their seconds, so that each is told by its distance from the one before it; all
//! of a part are as long as its longest, so that millions are gone through without a decision for each.

/// The most entries in one part. A part is written anew with each change, so it must not be large; and there must not be
/// many, since each is a row.
pub(crate) const PART: usize = 4_096;

/// How entries are packed: the first byte of each part. Parts of another format are made anew at the next start.
pub(crate) const FORMAT: u8 = 2;

/// The seconds of a day.
pub(crate) const DAY_SECS: i64 = 86_400;
const LAST_SECOND: u32 = 86_399;

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

/// The bytes of the distance in time, and of the address with its origin. These pairs alone occur.
const LAYOUTS: [(u8, u8); 5] = [(1, 3), (2, 3), (1, 4), (2, 4), (3, 5)];

/// Packs entries, which are put in order: the format, the layout's place in [`LAYOUTS`], the first second in three bytes,
/// then the entries; all numbers with their lowest byte first.
pub(crate) fn pack(entries: &mut [Entry]) -> Vec<u8> {
    entries.sort_unstable();
    let first = entries.first().map_or(0, |entry| entry.second);
    let word = |entry: &Entry| u64::from(entry.address) << 2 | u64::from(entry.origin & 3);
    let (mut longest, mut largest, mut before) = (0, 0, first);
    for entry in entries.iter() {
        longest = longest.max(entry.second - before);
        largest = largest.max(word(entry));
        before = entry.second;
    }
    let holds = |bytes: u8, number: u64| number >> (8 * u32::from(bytes)) == 0;
    let fits = |(apart, of): (u8, u8)| holds(apart, u64::from(longest)) && holds(of, largest);
    let (code, (apart, of)) = (0_u8..).zip(LAYOUTS).find(|(_, layout)| fits(*layout)).unwrap_or((4, (3, 5)));
    let mut bytes = Vec::with_capacity(5 + entries.len() * usize::from(apart + of));
    bytes.extend([FORMAT, code]);
    let mut push = |number: u64, length: u8| bytes.extend(number.to_le_bytes().iter().take(length.into()));
    push(u64::from(first), 3);
    before = first;
    for entry in entries.iter() {
        push(u64::from(entry.second - before), apart);
        push(word(entry), of);
        before = entry.second;
    }
    bytes
}

/// Goes through the entries of a part in the order of their seconds, until `each` answers false.
#[inline]
pub(crate) fn walk(bytes: &[u8], each: impl FnMut(Entry) -> bool) -> Result<(), Damaged> {
    let [FORMAT, layout, a, b, c, rest @ ..] = bytes else { return Err(Damaged) };
    let first = u32::from_le_bytes([*a, *b, *c, 0]);
    match layout {
        0 => steps(rest, first, each, |&[s, a, b, c]| (s.into(), word([a, b, c, 0]))),
        1 => steps(rest, first, each, |&[s, t, a, b, c]| (apart([s, t]), word([a, b, c, 0]))),
        2 => steps(rest, first, each, |&[s, a, b, c, d]| (s.into(), word([a, b, c, d]))),
        3 => steps(rest, first, each, |&[s, t, a, b, c, d]| (apart([s, t]), word([a, b, c, d]))),
        4 => steps(rest, first, each, |&[s, t, u, a, b, c, d, e]| {
            (u32::from_le_bytes([s, t, u, 0]), u64::from_le_bytes([a, b, c, d, e, 0, 0, 0]))
        }),
        _ => Err(Damaged),
    }
}

/// All entries of a part, in the order of their seconds.
pub(crate) fn unpack(bytes: &[u8]) -> Result<Vec<Entry>, Damaged> {
    let mut entries = Vec::new();
    walk(bytes, |entry| {
        entries.push(entry);
        true
    })?;
    Ok(entries)
}

#[inline]
fn apart(bytes: [u8; 2]) -> u32 {
    u16::from_le_bytes(bytes).into()
}

#[inline]
fn word(bytes: [u8; 4]) -> u64 {
    u32::from_le_bytes(bytes).into()
}

/// Goes through entries of one length, which `read` takes apart.
#[inline]
fn steps<const LENGTH: usize>(
    bytes: &[u8],
    first: u32,
    mut each: impl FnMut(Entry) -> bool,
    read: impl Fn(&[u8; LENGTH]) -> (u32, u64),
) -> Result<(), Damaged> {
    let (entries, []) = bytes.as_chunks::<LENGTH>() else { return Err(Damaged) };
    let mut second = first;
    for entry in entries {
        let (apart, word) = read(entry);
        // Neither has more than 24 bits.
        second += apart;
        let (Ok(address), Ok(origin)) = (u32::try_from(word >> 2), u8::try_from(word & 3)) else {
            return Err(Damaged);
        };
        if second > LAST_SECOND {
            return Err(Damaged);
        }
        if !each(Entry { second, address, origin }) {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Damaged, Entry, pack, unpack};

    fn entries() -> impl Strategy<Value = Vec<Entry>> {
        let addresses = || prop_oneof![0_u32..300, 0_u32..5_000_000, any::<u32>()];
        let seconds = prop_oneof![Just(86_400_u32), Just(3_000), Just(200)];
        (seconds, 1_u32..3).prop_flat_map(move |(seconds, sort)| {
            let address = if sort == 1 { (0_u32..300).boxed() } else { addresses().boxed() };
            let entry = (0..seconds, address, 0_u8..4).prop_map(|(second, address, origin)| Entry {
                second,
                address,
                origin,
            });
            proptest::collection::vec(entry, 0..300)
        })
    }

    proptest! {
        #[test]
        fn what_was_packed_comes_out_in_order(mut given in entries()) {
            let packed = pack(&mut given);
            prop_assert_eq!(unpack(&packed).unwrap(), given);
        }

        #[test]
        fn any_bytes_end_in_entries_or_damage(
            mut bytes in proptest::collection::vec(any::<u8>(), 0..200), layout in 0_u8..7
        ) {
            if let [format, code, ..] = bytes.as_mut_slice() {
                (*format, *code) = (super::FORMAT, layout);
            }
            let out = unpack(&bytes);
            prop_assert!(out.is_err() || out.is_ok_and(|out| out.len() <= bytes.len()));
        }

        #[test]
        fn a_part_that_was_cut_is_damaged(mut given in entries(), cut in 1_usize..4) {
            let mut packed = pack(&mut given);
            packed.truncate(packed.len() - cut);
            prop_assert_eq!(unpack(&packed), Err(Damaged));
        }
    }

    #[test]
    fn a_busy_day_takes_few_bytes() {
        let mut given: Vec<Entry> =
            (0..4_000).map(|n| Entry { second: n * 20, address: 100_000 + n, origin: 0 }).collect();
        assert!(pack(&mut given).len() <= 5 + 4_000 * 4);
    }

    #[test]
    fn a_second_behind_the_day_is_damage() {
        let mut given = [Entry { second: 86_399, address: 1, origin: 0 }];
        let mut packed = pack(&mut given);
        packed[2] += 1;
        assert_eq!(unpack(&packed), Err(Damaged));
    }
}
