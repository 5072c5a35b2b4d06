//! Every code that the API can answer with: its status, that it is one of a kind, and that the book has it.

use std::collections::BTreeMap;

use bangui_api::{ApiError, HttpFailure};
use bangui_domain::ServiceError;
use bangui_domain::model::{EventId, JailName, Outage, OutageCode};
use bangui_domain::ports::StoreError;

const BOOK: &str = include_str!("../../../../docs/errors.md");

/// One of each, with the status that the book promises.
fn all() -> Vec<(ApiError, u16)> {
    let jail = || JailName::parse("sshd").unwrap();
    let outage = || Outage { code: OutageCode::Refused, detail: "nobody listens".to_owned() };
    let text = || "text".to_owned();
    let services = [
        (ServiceError::field("ip", "no address"), 400),
        (ServiceError::CursorInvalid, 400),
        (ServiceError::SessionRequired, 401),
        (ServiceError::CredentialsInvalid, 401),
        (ServiceError::PasswordWrong, 403),
        (ServiceError::SessionNotFound(text()), 404),
        (ServiceError::ForeignOrigin, 403),
        (ServiceError::SetupTokenInvalid, 403),
        (ServiceError::SetupDone, 409),
        (ServiceError::UserExists(text()), 409),
        (ServiceError::LoginThrottled { retry_after_secs: 7 }, 429),
        (ServiceError::JailNotFound(jail()), 404),
        (ServiceError::BanNotFound { id: text(), jail: None }, 404),
        (ServiceError::JobNotFound(text()), 404),
        (ServiceError::MatchesNotFound(EventId(1)), 404),
        (ServiceError::ChannelNotFound(1), 404),
        (ServiceError::RuleNotFound(1), 404),
        (ServiceError::ChannelInUse { channel: text(), rule: text() }, 409),
        (ServiceError::NameTaken(text()), 409),
        (ServiceError::BanOwnAddress { target: text(), caller: text() }, 409),
        (ServiceError::BanLoopback(text()), 409),
        (ServiceError::BanIgnored { target: text(), jail: jail(), entry: text() }, 409),
        (ServiceError::BanNetworkTooWide { target: text(), size: text(), limit: 16 }, 409),
        (ServiceError::AddressAllowed { target: text(), entry: text(), by: text() }, 409),
        (ServiceError::AllowedAlready(text()), 409),
        (ServiceError::AllowEntryNotFound(1), 404),
        (ServiceError::NotConfirmed(text()), 502),
        (ServiceError::Fail2banOffline(outage()), 503),
        (ServiceError::Fail2banRefused(text()), 502),
        (ServiceError::OutcomeUnknown(text()), 502),
        (ServiceError::StoreUnavailable(StoreError::Busy), 503),
        (ServiceError::Store(StoreError::NotFound), 500),
        (ServiceError::Internal(text()), 500),
    ];
    let https = [
        (HttpFailure::RouteNotFound(text()), 404),
        (HttpFailure::MethodNotAllowed { allow: text() }, 405),
        (HttpFailure::BodyMalformed(text()), 400),
        (HttpFailure::BodyTooLarge { limit: 1 }, 413),
        (HttpFailure::ContentTypeUnsupported, 415),
        (HttpFailure::QueryMalformed(text()), 400),
        (HttpFailure::PathMalformed(text()), 400),
        (HttpFailure::RequestMalformed, 400),
        (HttpFailure::Fail2banStarting, 503),
        (HttpFailure::StreamsExhausted { limit: 1 }, 503),
        (HttpFailure::MetricsOff, 404),
        (HttpFailure::MetricsTokenRequired, 401),
        (HttpFailure::BodyTooSlow, 408),
        (HttpFailure::ContentEncodingUnsupported, 415),
        (HttpFailure::UriTooLong { limit: 1 }, 414),
        (HttpFailure::HostUnknown(text()), 421),
        (HttpFailure::SessionStreamsExhausted { limit: 1 }, 429),
    ];
    let services = services.into_iter().map(|(error, status)| (ApiError::from(error), status));
    let https = https.into_iter().map(|(failure, status)| (ApiError::from(failure), status));
    services.chain(https).collect()
}

/// The place of an error in [`all`]. A new variant does not compile until it has one.
fn place(error: &ApiError) -> usize {
    let service = |error: &ServiceError| match error {
        ServiceError::Invalid(_) => 0,
        ServiceError::CursorInvalid => 1,
        ServiceError::SessionRequired => 2,
        ServiceError::CredentialsInvalid => 3,
        ServiceError::PasswordWrong => 4,
        ServiceError::SessionNotFound(_) => 5,
        ServiceError::ForeignOrigin => 6,
        ServiceError::SetupTokenInvalid => 7,
        ServiceError::SetupDone => 8,
        ServiceError::UserExists(_) => 9,
        ServiceError::LoginThrottled { .. } => 10,
        ServiceError::JailNotFound(_) => 11,
        ServiceError::BanNotFound { .. } => 12,
        ServiceError::JobNotFound(_) => 13,
        ServiceError::MatchesNotFound(_) => 14,
        ServiceError::ChannelNotFound(_) => 15,
        ServiceError::RuleNotFound(_) => 16,
        ServiceError::ChannelInUse { .. } => 17,
        ServiceError::NameTaken(_) => 18,
        ServiceError::BanOwnAddress { .. } => 19,
        ServiceError::BanLoopback(_) => 20,
        ServiceError::BanIgnored { .. } => 21,
        ServiceError::BanNetworkTooWide { .. } => 22,
        ServiceError::AddressAllowed { .. } => 23,
        ServiceError::AllowedAlready(_) => 24,
        ServiceError::AllowEntryNotFound(_) => 25,
        ServiceError::NotConfirmed(_) => 26,
        ServiceError::Fail2banOffline(_) => 27,
        ServiceError::Fail2banRefused(_) => 28,
        ServiceError::OutcomeUnknown(_) => 29,
        ServiceError::StoreUnavailable(_) => 30,
        ServiceError::Store(_) => 31,
        ServiceError::Internal(_) => 32,
    };
    match error {
        ApiError::Service(error) => service(error),
        ApiError::Http(failure) => match failure {
            HttpFailure::RouteNotFound(_) => 33,
            HttpFailure::MethodNotAllowed { .. } => 34,
            HttpFailure::BodyMalformed(_) => 35,
            HttpFailure::BodyTooLarge { .. } => 36,
            HttpFailure::ContentTypeUnsupported => 37,
            HttpFailure::QueryMalformed(_) => 38,
            HttpFailure::PathMalformed(_) => 39,
            HttpFailure::RequestMalformed => 40,
            HttpFailure::Fail2banStarting => 41,
            HttpFailure::StreamsExhausted { .. } => 42,
            HttpFailure::MetricsOff => 43,
            HttpFailure::MetricsTokenRequired => 44,
            HttpFailure::BodyTooSlow => 45,
            HttpFailure::ContentEncodingUnsupported => 46,
            HttpFailure::UriTooLong { .. } => 47,
            HttpFailure::HostUnknown(_) => 48,
            HttpFailure::SessionStreamsExhausted { .. } => 49,
        },
    }
}

/// The rows of the book: code and status.
fn book() -> BTreeMap<String, u16> {
    let rows = BOOK.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let (code, rest) = row.split_once("` | ").unwrap();
        (code.to_owned(), rest.split(" | ").next().unwrap().parse().unwrap())
    })
    .collect()
}

#[test]
fn every_error_is_listed_once() {
    let places: Vec<usize> = all().iter().map(|(error, _)| place(error)).collect();
    assert_eq!(places, (0..all().len()).collect::<Vec<_>>());
}

#[test]
fn every_code_has_its_status_and_its_row_and_no_row_is_left_over() {
    let mut codes = BTreeMap::new();
    for (error, status) in all() {
        assert_eq!(error.status().as_u16(), status, "{}", error.code());
        assert_eq!(codes.insert(error.code().to_owned(), status), None, "{} is used twice", error.code());
    }
    assert_eq!(book(), codes);
    let rows = BOOK.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(rows, codes.len(), "a code has two rows");
}

#[test]
fn whoever_has_to_wait_is_told_how_long() {
    for (error, status) in all() {
        assert_eq!(error.retry_after_secs().is_some(), [429, 503].contains(&status), "{}", error.code());
    }
}

#[test]
fn a_failure_inside_tells_nothing_but_where_to_look() {
    for (error, status) in all() {
        assert_eq!(error.detail().contains("log has the reason"), status == 500, "{}", error.code());
    }
}
