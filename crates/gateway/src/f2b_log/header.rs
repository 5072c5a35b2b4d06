//! The header of one of fail2ban's lines: which part of it logs, and how urgent it is, in the formats of all versions, with
//! any verbosity, and in a format of one's own that has the same words. Knows neither times nor what stands before it.

/// How urgent a line is, as Python and fail2ban call it. Verbose logs cut these words to five letters.
const LEVELS: [&str; 10] =
    ["CRITICAL", "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG", "TRACEDEBUG", "HEAVYDEBUG", "FATAL", "MSG"];
/// The longest description of a place in fail2ban's code, which verbose logs have between two bars.
const LONGEST_PLACE: usize = 60;

/// The part of fail2ban that logs (`actions`; empty where the line does not say), and its message.
pub(super) fn named(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|char: char| !(char.is_ascii_alphanumeric() || "._-".contains(char)))?;
    let (name, rest) = text.split_at_checked(end)?;
    Some((part(name)?, message(rest)?))
}

/// The message behind the number of a thread and a level, which is all that `-vv` writes; or behind a level alone, if it is
/// one of fail2ban's messages.
pub(super) fn nameless(text: &str) -> Option<&str> {
    let is_thread =
        |word: &str| word.len() >= 6 && word.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F'));
    if let Some((word, rest)) = text.split_once(char::is_whitespace)
        && is_thread(word)
    {
        return level(trim(rest)).map(behind_place);
    }
    let message = behind_place(level(text)?);
    let of_jail = message.starts_with('[') && super::line::tells(message);
    (of_jail || ["Jail '", "Creating new jail '"].iter().any(|words| message.starts_with(words)))
        .then_some(message)
}

/// Without the white space at its beginning, and without the mark of Unicode that syslog may put there.
pub(super) fn trim(text: &str) -> &str {
    text.trim_start_matches(|char: char| char.is_whitespace() || char == '\u{feff}')
}

/// The part of fail2ban that logs by this name. 0.9.0 has `fail2ban.server.actions`.
fn part(name: &str) -> Option<&str> {
    match name {
        "fail2ban" | "fail2ban-server" | "fail2ban-client" => Some(""),
        _ => name.strip_prefix("fail2ban.")?.rsplit('.').next(),
    }
}

/// What comes behind the process, a colon and the level, of which the colon or the level has to be there. Syslog by RFC 5424
/// has its process without brackets, and dashes instead of a colon.
fn message(rest: &str) -> Option<&str> {
    let (mut rest, mut has_process, mut is_over) = (trim(rest), false, false);
    if rest.is_empty() {
        return None;
    }
    loop {
        if let Some(behind) = level(rest) {
            return Some(repeated(behind_place(behind)));
        }
        if is_over {
            return Some(repeated(rest));
        }
        if let Some(behind) = process(rest).filter(|_| !has_process) {
            (rest, has_process) = (trim(behind), true);
        } else if let Some(behind) = rest.strip_prefix(':') {
            (rest, is_over) = (trim(behind), true);
        } else if let Some(behind) = rest.strip_prefix("- ") {
            let behind = trim(behind);
            let further = behind.strip_prefix("- ").or_else(|| structured(behind));
            (rest, is_over) = (trim(further.unwrap_or(behind)), further.is_some());
        } else {
            rest = rest.strip_prefix("| ").map(trim)?;
        }
    }
}

/// What is behind the number of a process: `[811]`, `(811)` or `811`.
fn process(text: &str) -> Option<&str> {
    let (open, text) = match text.strip_prefix(['[', '(']) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let end = text.find(|char: char| !char.is_ascii_digit()).filter(|end| *end > 0)?;
    let rest = text.get(end..)?;
    if open { rest.strip_prefix([']', ')']) } else { rest.starts_with(' ').then_some(rest) }
}

/// What is behind the structured data of RFC 5424: `[timeQuality tzKnown="1"]`.
fn structured(text: &str) -> Option<&str> {
    let (data, rest) = text.strip_prefix('[')?.split_once("\"]")?;
    data.contains("=\"").then_some(rest)
}

/// Whether this word is a level.
pub(super) fn is_level(word: &str) -> bool {
    level(word).is_some()
}

/// What is behind a level, be it in brackets or with a colon.
fn level(text: &str) -> Option<&str> {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end)?;
    let word = word.trim_end_matches(':');
    let word = word.strip_prefix('[').and_then(|word| word.strip_suffix(']')).unwrap_or(word);
    let is_level = LEVELS.iter().any(|level| *level == word || word.len() >= 4 && level.starts_with(word));
    is_level.then(|| trim(rest))
}

/// Without the place in fail2ban's code (`| actions-25 : __checkBan |`), and without a separator.
fn behind_place(text: &str) -> &str {
    let place = text.strip_prefix('|').and_then(|rest| rest.split_once('|'));
    let text = match place {
        Some((place, rest)) if place.len() <= LONGEST_PLACE && !place.contains('[') => trim(rest),
        _ => text,
    };
    ["- ", "| ", ": "].iter().find_map(|separator| text.strip_prefix(separator)).map_or(text, trim)
}

/// The message that rsyslog says was repeated.
fn repeated(message: &str) -> &str {
    let within = || {
        let (times, rest) = message.strip_prefix("message repeated ")?.split_once(" times: [")?;
        let is_number = times.bytes().all(|byte| byte.is_ascii_digit());
        let text = trim(rest.strip_suffix(']').filter(|_| is_number)?);
        Some(level(text).unwrap_or(text))
    };
    within().unwrap_or(message)
}
