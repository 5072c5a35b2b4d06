//! What stands between the time of a line and its message: who logs, and how urgent it is. fail2ban writes it with blanks to
//! fill columns or without; syslog, the journal and containers put something before it.

/// The longest part before fail2ban's own: a host, and a second time.
const WORDS_BEFORE: usize = 3;

/// The part of fail2ban that logs (`actions`; empty where the line does not say), and its message.
pub(super) fn split(rest: &str) -> Option<(&str, &str)> {
    let (part, message) = one(rest)?;
    // The journal's own line around one of fail2ban's.
    match (part, one(message)) {
        ("", Some((part, message))) => Some((part, message)),
        _ => Some((part, message)),
    }
}

fn one(rest: &str) -> Option<(&str, &str)> {
    let mut rest = rest.trim_start();
    let mut words = 0;
    while !rest.starts_with("fail2ban") {
        words += 1;
        if words > WORDS_BEFORE || rest.starts_with('[') {
            return None;
        }
        rest = rest.split_once(' ')?.1.trim_start();
    }
    let end = rest.find(|char: char| !(char.is_ascii_alphanumeric() || "._-".contains(char)))?;
    let (name, rest) = rest.split_at_checked(end)?;
    let part = match name {
        "fail2ban" | "fail2ban-server" => "",
        _ => name.strip_prefix("fail2ban.")?,
    };
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(rest) => {
            let (process, rest) = rest.split_once(']')?;
            if process.is_empty() || !process.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            rest
        }
        None => rest,
    };
    let message = rest.strip_prefix(':')?.trim_start();
    let urgent = message
        .split_once(' ')
        .filter(|(word, _)| word.len() >= 4 && word.bytes().all(|byte| byte.is_ascii_uppercase()));
    Some((part, urgent.map_or(message, |(_, message)| message.trim_start())))
}
