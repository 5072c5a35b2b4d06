//! What a mail server's no means, in words of our own. Its own words go to the log alone: a channel can be pointed at whatever
//! listens, and its greeting would tell what that is, and of which version.

use bangui_domain::chain;
use lettre::transport::smtp::Error;

use super::clean;
use crate::outgoing::tls;

/// What went wrong.
pub(super) fn words(error: &Error) -> String {
    let said = chain(error);
    tracing::debug!("a mail server was not satisfied: {}", clean::piece(&said));
    match error.status().map(u16::from) {
        Some(status) => {
            let code = enhanced(&said).map(|code| format!(" {code}")).unwrap_or_default();
            format!("{} ({status}{code})", meaning(status))
        }
        None if error.is_response() => "what answers there does not speak SMTP".to_owned(),
        None => tls::fault(error).map_or(said, ToOwned::to_owned),
    }
}

/// The meaning of a status, as RFC 5321 and RFC 4954 have it.
fn meaning(status: u16) -> &'static str {
    match status {
        421 => "the server does not serve now",
        450 | 550 | 551 | 553 => "the server refuses the sender, a recipient, or who sends it",
        451 => "the server has failed, for now",
        452 | 552 => "the server has no room, or the message is too large",
        454 | 530 | 534 | 535 | 538 => "the server wants a login, or another one",
        500..=504 => "the server does not take a command, or the name that it was told (outgoing.host_name)",
        554 => "the server refuses the connection or the message",
        400..=499 => "the server says no, for now",
        _ => "the server says no",
    }
}

/// The code of three numbers by which many servers say it more exactly, such as 5.7.1 (RFC 3463).
fn enhanced(said: &str) -> Option<&str> {
    said.split([' ', ':', '-']).find(|word| {
        let parts: Vec<&str> = word.split('.').collect();
        let is_number =
            |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        parts.len() == 3 && matches!(parts.first(), Some(&("4" | "5"))) && parts.iter().all(is_number)
    })
}

#[cfg(test)]
mod tests {
    use super::enhanced;

    #[test]
    fn the_exact_code_is_found_and_nothing_else_is() {
        assert_eq!(enhanced("permanent error (550): 5.7.1 mail.internal says no"), Some("5.7.1"));
        assert_eq!(enhanced("permanent error (550): OpenSSH 9.2.1 p1, 10.0.0.1, 5.7, 5.7.1.2"), None);
    }
}
