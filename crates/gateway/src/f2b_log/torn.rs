//! Lines that were joined: a crash leaves half a line, and the next one is written behind it. Only what can be half a line of
//! fail2ban's is taken for one, since what strangers write stands in its lines too.

use super::header::named;
use super::stamp::Stamp;

/// The characters of fail2ban's own time: `2026-05-01 12:00:00,123 `.
const OWN_TIME: usize = 24;
/// How messages about an address begin, behind the name of a jail.
const ADDRESSES: [&str; 5] = ["Found ", "Ban ", "Unban ", "Restore Ban ", "Increase Ban "];

/// Takes the half lines off that stand before a whole one; answers those that tell of something, and the rest.
pub(super) fn split(line: &str) -> (Vec<&str>, &str) {
    let (mut halves, mut rest) = (Vec::new(), line);
    while let Some(at) = next_start(rest) {
        let Some((before, behind)) =
            rest.split_at_checked(at).filter(|(before, behind)| is_half(before, behind))
        else {
            break;
        };
        halves.push(before);
        rest = behind;
    }
    (halves, rest)
}

/// Whether another line was written behind this text.
pub(super) fn is_joined(text: &str) -> bool {
    next_start(text).is_some()
}

/// Where the next line of fail2ban's begins within this one.
fn next_start(line: &str) -> Option<usize> {
    line.match_indices(" fail2ban.").find_map(|(at, _)| {
        let start = at.checked_add(1)?.checked_sub(OWN_TIME).filter(|start| *start > 0)?;
        own_start(line.get(start..)?).map(|_| start)
    })
}

/// What is behind fail2ban's own time.
fn own_start(text: &str) -> Option<&str> {
    let (time, rest) = text.split_at_checked(OWN_TIME)?;
    let (stamp, _) = Stamp::read(time)?;
    (matches!(stamp, Stamp::Wall(_, _, None)) && time.get(19..20) == Some(",")).then_some(rest)
}

/// Whether `before` is half a line of fail2ban's that `behind` was written behind.
fn is_half(before: &str, behind: &str) -> bool {
    let Some(rest) = own_start(before) else {
        // Not even a time.
        return before.len() < OWN_TIME
            && !before.ends_with(' ')
            && before.bytes().all(|byte| byte.is_ascii_digit() || b"-: ,".contains(&byte));
    };
    let Some((_, message)) = named(rest) else {
        // Half a header.
        let is_header = |char: char| char.is_ascii_alphanumeric() || ".-[] ".contains(char);
        return "fail2ban.".starts_with(rest.get(..9).unwrap_or(rest)) && rest.chars().all(is_header);
    };
    if message.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return true;
    }
    let Some(words) = message.strip_prefix('[') else { return false };
    let Some((_, words)) = words.split_once("] ") else { return true };
    ADDRESSES.iter().any(|verb| match words.strip_prefix(verb) {
        // An address may be something that a stranger wrote, who does not know the number of fail2ban's process.
        Some(id) => {
            let is_id = id.bytes().all(|byte| byte.is_ascii_hexdigit() || b".:/".contains(&byte));
            is_id
                && process(rest)
                    .is_some_and(|process| own_start(behind).and_then(self::process) == Some(process))
        }
        None => verb.starts_with(words),
    })
}

fn process(header: &str) -> Option<&str> {
    let (number, _) = header.split_once('[')?.1.split_once(']')?;
    number.bytes().all(|byte| byte.is_ascii_digit()).then_some(number)
}
