//! Looks through a log for what must never be in one: the password that was typed, and anything that looks like a session's
//! token.

use anyhow::{Result, bail};

/// A token is so many characters of base64url, as 32 random bytes make.
const TOKEN_CHARS: usize = 43;
/// What every log of a browser run has, so that an empty or a quiet one is not taken for a clean one.
const CERTAIN: [&str; 2] = ["/api/auth/login", "/api/events"];

/// Fails if the log holds a secret, or, where all tests were run, is not one of a run in which somebody has logged in. Names
/// lines, not secrets.
pub(super) fn require_none(log: &str, password: &str, whole: bool) -> Result<()> {
    if let Some(missing) = CERTAIN.iter().find(|certain| whole && !log.contains(**certain)) {
        bail!("BanGUI's log does not mention {missing}: it is not that of the whole run");
    }
    let lines = log.lines().enumerate();
    let bad: Vec<usize> =
        lines.filter(|(_, line)| tells(line, password)).map(|(number, _)| number + 1).collect();
    if !bad.is_empty() {
        bail!("BanGUI's log holds a password or what looks like a session's token, in the lines {bad:?}");
    }
    println!("No secret is in the {} lines of BanGUI's log.", log.lines().count());
    Ok(())
}

fn tells(line: &str, password: &str) -> bool {
    let is_part = |sign: char| sign.is_ascii_alphanumeric() || sign == '-' || sign == '_';
    line.contains(password) || line.split(|sign| !is_part(sign)).any(|word| word.len() == TOKEN_CHARS)
}

#[cfg(test)]
mod tests {
    use super::require_none;

    #[test]
    fn passwords_and_tokens_are_found_and_a_log_of_nothing_is_none() {
        let log =
            "POST /api/auth/login\nGET /api/events run=00000000000000000001-e342d5f0c320b8bc-prune_jobs-0\n";
        require_none(log, "hunter2", true).expect("clean");
        let token = "bangui_session=Abcdefghijklmnopqrstuvwxyz0123456789_-ABCDE;";
        for bad in
            [format!("{log}user hunter2\n"), format!("{log}cookie {token}\n"), "GET /api/events".to_owned()]
        {
            require_none(&bad, "hunter2", true).expect_err("not clean");
        }
        require_none("GET /api/events", "hunter2", false).expect("a part of the tests");
        let error = require_none(&format!("{log}said hunter2"), "hunter2", true).expect_err("a password");
        assert!(error.to_string().contains("[3]") && !error.to_string().contains("hunter2"), "{error}");
    }
}
