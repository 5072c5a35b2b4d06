//! The filter of the log as people write it: a level, or levels of modules. It has no patterns, so that reading one takes no
//! more memory than it has characters, and no filter silences the lines about logins.

use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, Targets};

/// The most parts of a filter: each is compared with every module that logs.
const PARTS: usize = 50;
/// How a filter is written.
const ADVICE: &str = "write a level such as info, or pairs such as info,bangui_api=debug";
/// Lines that are written whatever a filter says, by module: logins, with the ids of their requests, and changes of the
/// filter. Whoever has taken over a session must not be able to work unseen, and fail2ban may read these lines.
const ALWAYS: [(&str, LevelFilter); 4] = [
    ("bangui_api::access::login", LevelFilter::INFO),
    ("bangui_api::middleware::requests", LevelFilter::ERROR),
    ("bangui_session_cache", LevelFilter::WARN),
    ("bangui::logging", LevelFilter::WARN),
];

/// Reads a filter, or says what is wrong with it and how to write it.
pub(super) fn parse(text: &str) -> Result<Targets, String> {
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return Err(format!("is empty: {ADVICE}, or off"));
    }
    if parts.len() > PARTS {
        return Err(format!("has {} parts, and may have {PARTS}: {ADVICE}", parts.len()));
    }
    let mut targets = Targets::new();
    for part in parts {
        targets = match part.split_once('=') {
            None => targets.with_default(level(part)?),
            Some((module, wanted)) => {
                let (module, wanted) = (module.trim(), level(wanted.trim())?);
                if !is_module(module) {
                    return Err(format!("{:?} is no module: {ADVICE}", shortened(module)));
                }
                let least = ALWAYS.iter().filter(|(always, _)| module.starts_with(always));
                let least = least.map(|(_, least)| *least).max().unwrap_or(LevelFilter::OFF);
                targets.with_target(module, wanted.max(least))
            }
        };
    }
    Ok(ALWAYS.iter().fold(targets, |targets, (module, least)| {
        let wanted = highest(&targets, module);
        targets.with_target(*module, wanted.max(*least))
    }))
}

/// The most that `targets` let a module write.
fn highest(targets: &Targets, module: &str) -> LevelFilter {
    let levels = [Level::TRACE, Level::DEBUG, Level::INFO, Level::WARN, Level::ERROR];
    let highest = levels.into_iter().find(|level| targets.would_enable(module, level));
    highest.map_or(LevelFilter::OFF, LevelFilter::from_level)
}

fn is_module(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'-' | b'.');
    !text.is_empty() && text.bytes().all(is_part)
}

fn level(text: &str) -> Result<LevelFilter, String> {
    let levels = [
        ("off", LevelFilter::OFF),
        ("error", LevelFilter::ERROR),
        ("warn", LevelFilter::WARN),
        ("info", LevelFilter::INFO),
        ("debug", LevelFilter::DEBUG),
        ("trace", LevelFilter::TRACE),
    ];
    let found = levels.into_iter().find(|(name, _)| text.eq_ignore_ascii_case(name));
    found.map(|(_, level)| level).ok_or_else(|| {
        format!("{:?} is no level (error, warn, info, debug, trace, off): {ADVICE}", shortened(text))
    })
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::parse;

    #[test]
    fn levels_of_modules_are_read() {
        let targets =
            parse("info, Bangui_Api=debug ,sqlx::postgres::notice=error,actix_http=OFF").expect("a filter");
        for (module, level, wanted) in [
            ("bangui", Level::INFO, true),
            ("bangui", Level::DEBUG, false),
            ("Bangui_Api::routes", Level::DEBUG, true),
            ("sqlx::postgres::notice", Level::WARN, false),
            ("actix_http::h1", Level::ERROR, false),
        ] {
            assert_eq!(targets.would_enable(module, &level), wanted, "{module} {level}");
        }
    }

    #[test]
    fn what_is_no_filter_says_how_one_is_written() {
        let many = "a=info,".repeat(51);
        for filter in [
            "",
            " , ",
            "a=b=c",
            "bangui=loud",
            "bangui",
            "=info",
            "[request{id=a}]=trace",
            "info,[{message=(((x{9}){9}){9}){9}}]=info",
            "bangui[x]=info",
            &many,
        ] {
            let problem = parse(filter).expect_err(filter);
            assert!(problem.contains("info,bangui_api=debug") && problem.len() < 300, "{filter}: {problem}");
        }
    }

    #[test]
    fn no_filter_silences_lines_about_logins() {
        for filter in [
            "off",
            "bangui_api::access::login=off",
            "info,bangui_api=off,bangui_session_cache=off,bangui=off",
            "off,bangui_session_cache::accounts::login=off,bangui_api::access=off,bangui::logging=error",
        ] {
            let targets = parse(filter).expect(filter);
            for (module, level) in [
                ("bangui_api::access::login", Level::INFO),
                ("bangui_api::middleware::requests", Level::ERROR),
                ("bangui_session_cache::accounts::login", Level::WARN),
                ("bangui::logging", Level::WARN),
            ] {
                assert!(targets.would_enable(module, &level), "{filter}: {module}");
            }
        }
        let loud = parse("trace").expect("a filter");
        assert!(loud.would_enable("bangui_api::access::login", &Level::TRACE));
        assert!(loud.would_enable("bangui_session_cache::accounts", &Level::TRACE));
    }
}
