//! Messages as mail, over SMTP. The server's name is looked up by the guarded client, and the connection goes to the address
//! that was judged; the certificate is still that of the name.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bangui_domain::FieldError;
use bangui_domain::chain;
use bangui_domain::model::notify::{Answer, Digest, Email, MailSecurity, SecretText};
use bangui_domain::ports::Undelivered;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::webhook::for_good;
use super::{body, clean, reply, wording};
use crate::outgoing::source_for;
use crate::{Outgoing, OutgoingError};

/// How long a mail server may take for each command.
const PATIENCE: Duration = Duration::from_secs(15);
/// How many addresses of its name are tried.
const ADDRESSES: usize = 2;
/// How long it may take for all of them.
const ALL_PATIENCE: Duration = Duration::from_mins(1);
/// The longest body, in characters.
const BODY_CHARS: usize = 20_000;
/// The most recipients.
const MOST: usize = 50;
/// The longest field, in characters.
const FIELD_CHARS: usize = 500;

/// Everything that is wrong with a mail channel.
pub(super) async fn problems(outgoing: &Outgoing, email: &Email) -> Vec<FieldError> {
    let mut problems = Vec::new();
    let mut bad = |field, text: &str| problems.push(FieldError::new(field, text));
    if email.host.trim().is_empty() {
        bad("host", "is missing");
    } else if let Err(error) = outgoing.mail_server(&email.host, email.port).await {
        let field = if matches!(error, OutgoingError::Port(..)) { "port" } else { "host" };
        bad(field, &error.to_string());
    }
    match (&email.user, &email.password) {
        (Some(_), None) => bad("password", "is missing"),
        (None, Some(_)) => bad("user", "is missing"),
        (Some(_), Some(_)) if email.security == MailSecurity::None => {
            bad("security", "a password is not sent without TLS: choose tls or starttls");
        }
        _ => {}
    }
    if let Some(text) = unreadable(&email.from) {
        bad("from", &text);
    }
    if email.to.is_empty() || email.to.len() > MOST {
        bad("to", &format!("has to name 1 to {MOST} addresses"));
    }
    for address in &email.to {
        if let Some(text) = unreadable(address) {
            bad("to", &text);
        }
    }
    let texts = [("host", email.host.as_str()), ("user", email.user.as_deref().unwrap_or_default())];
    let password = ("password", email.password.as_ref().map(SecretText::expose).unwrap_or_default());
    for (field, text) in texts.into_iter().chain([password]) {
        if text.chars().count() > FIELD_CHARS || text.chars().any(char::is_control) {
            bad(field, &format!("at most {FIELD_CHARS} characters on one line, please"));
        }
    }
    problems
}

fn unreadable(address: &str) -> Option<String> {
    let read = address.parse::<Mailbox>();
    let shown = clean::piece(address);
    read.err().map(|error| format!("{shown:?} is no address of mail ({error}): write ops@example.net"))
}

/// What the subject says.
pub(super) fn subject(digest: &Digest) -> String {
    format!("[BanGUI] {}", wording::title(digest))
}

/// What the mail says.
pub(super) fn text(digest: &Digest) -> String {
    body::whole(digest, BODY_CHARS, str::to_owned)
}

/// Sends a message once, to the first address of the server that can be reached.
pub(super) async fn send(
    outgoing: &Outgoing,
    email: &Email,
    delivery: &str,
    digest: &Digest,
) -> Result<Answer, Undelivered> {
    let message = message(outgoing, email, delivery, digest).map_err(for_good)?;
    let places = outgoing.mail_server(&email.host, email.port).await.map_err(|error| Undelivered {
        answer: Answer { status: None, text: error.to_string() },
        may_pass: error.may_pass(),
        retry_after_secs: None,
    })?;
    let mut failure = for_good("the mail server has no address".to_owned());
    for place in places.into_iter().take(ADDRESSES) {
        let transport = transport(outgoing, email, place).map_err(for_good)?;
        match tokio::time::timeout(ALL_PATIENCE, transport.send(message.clone())).await {
            Ok(Ok(response)) => {
                return Ok(Answer { status: Some(u16::from(response.code())), text: "taken".to_owned() });
            }
            Ok(Err(error)) => {
                failure = refusal(email, &error);
                if error.status().is_some() || error.is_tls() {
                    break;
                }
            }
            Err(_) => {
                let text = format!("{} did not answer within {} s", email.host, ALL_PATIENCE.as_secs());
                let answer = Answer { status: None, text };
                failure = Undelivered { answer, may_pass: true, retry_after_secs: None };
            }
        }
    }
    Err(failure)
}

fn message(outgoing: &Outgoing, email: &Email, delivery: &str, digest: &Digest) -> Result<Message, String> {
    let mailbox = |text: &str| text.parse::<Mailbox>().map_err(|error| format!("{text}: {error}"));
    let number = HeaderValue::new(HeaderName::new_from_ascii_str("X-BanGUI-Delivery"), delivery.to_owned());
    let from = mailbox(&email.from)?;
    // The same for each try, so that a mailbox which has the message does not show it twice.
    let name = outgoing.host_name().unwrap_or(from.email.domain());
    let id = format!("<bangui-{delivery}-{}@{name}>", digest.since.as_millis());
    let mut builder = Message::builder()
        .from(from)
        .subject(subject(digest))
        .message_id(Some(id))
        .raw_header(number)
        .header(ContentType::TEXT_PLAIN);
    for address in &email.to {
        builder = builder.to(mailbox(address)?);
    }
    builder.body(text(digest)).map_err(|error| chain(&error))
}

fn transport(
    outgoing: &Outgoing,
    email: &Email,
    place: SocketAddr,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, String> {
    let tls = match email.security {
        MailSecurity::Tls => Tls::Wrapper(parameters(outgoing, email)?),
        MailSecurity::Starttls => Tls::Required(parameters(outgoing, email)?),
        MailSecurity::None => Tls::None,
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(place.ip().to_string())
        .port(place.port())
        .tls(tls)
        .hello_name(hello(outgoing, place))
        .timeout(Some(PATIENCE));
    if let (Some(user), Some(password)) = (&email.user, &email.password) {
        builder = builder.credentials(Credentials::new(user.clone(), password.expose().to_owned()));
    }
    Ok(builder.build())
}

/// How BanGUI calls itself: by the machine's full name, or else, as RFC 5321 asks of those who have none, by the address that it
/// speaks from. Servers refuse names without a dot.
fn hello(outgoing: &Outgoing, place: SocketAddr) -> ClientId {
    match (outgoing.host_name(), source_for(place.ip())) {
        (Some(name), _) => ClientId::Domain(name.to_owned()),
        (None, Ok(IpAddr::V4(address))) => ClientId::Ipv4(address),
        (None, Ok(IpAddr::V6(address))) => ClientId::Ipv6(address),
        (None, Err(_)) => ClientId::default(),
    }
}

/// The server's certificate has to be made out to the name that the user wrote.
fn parameters(outgoing: &Outgoing, email: &Email) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(email.host.clone()).certificate_store(CertificateStore::None);
    for root in outgoing.roots() {
        // One of the machine's that cannot be read is left out, as it is for HTTP.
        if let Ok(certificate) = Certificate::from_der(root.to_vec()) {
            builder = builder.add_root_certificate(certificate);
        }
    }
    builder.build_rustls().map_err(|error| chain(&error))
}

/// A server that says no for now, or is not there, may say yes later.
fn refusal(email: &Email, error: &Error) -> Undelivered {
    let text = clean::piece(&format!("{}: {}", email.host, reply::words(error)));
    let may_pass = !error.is_permanent() && !error.is_tls() && !error.is_client();
    let answer = Answer { status: error.status().map(u16::from), text };
    Undelivered { answer, may_pass, retry_after_secs: None }
}
