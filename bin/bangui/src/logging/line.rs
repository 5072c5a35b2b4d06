//! The fields of a line of text. Names, paths and addresses come from strangers: whatever is not a visible character is
//! written as its escape, so that a value can neither begin a line nor speak to a terminal.

use std::fmt::{self, Debug, Write};

use tracing::field::Field;
use tracing_subscriber::field::MakeExt as _;
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::{Writer, debug_fn};

/// Writes the message as it is and the others as `name=value`.
pub(super) fn fields() -> impl for<'w> FormatFields<'w> + Send + Sync + 'static {
    debug_fn(|writer, field, value| one(writer, field, value)).delimited(" ")
}

fn one(writer: &mut Writer<'_>, field: &Field, value: &dyn Debug) -> fmt::Result {
    match field.name() {
        // What the bridge from the crate `log` adds for itself.
        name if name.starts_with("log.") => return Ok(()),
        "message" => {}
        name => write!(writer, "{name}=")?,
    }
    write!(Escaped(writer), "{value:?}")
}

/// Escapes what is written through it.
struct Escaped<'a, W>(&'a mut W);

impl<W: Write> Write for Escaped<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for sign in text.chars() {
            if is_hidden(sign) {
                write!(self.0, "{}", sign.escape_default())?;
            } else {
                self.0.write_char(sign)?;
            }
        }
        Ok(())
    }
}

/// Control characters, other line ends, and what changes the direction in which text is shown.
fn is_hidden(sign: char) -> bool {
    sign.is_control()
        || matches!(sign, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt as _;

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("a log").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// What is logged by `body`, as text or as JSON.
    fn logged(json: bool, body: impl FnOnce()) -> String {
        let log = Log::default();
        let writer = log.clone();
        let filter = crate::logging::filter::parse("trace").expect("a filter");
        let (filter, _handle) = tracing_subscriber::reload::Layer::new(filter);
        let lines = super::super::layer(json, false, move || writer.clone());
        let registry = tracing_subscriber::registry().with(filter).with(lines);
        tracing::subscriber::with_default(registry, body);
        let bytes = log.0.lock().expect("a log").clone();
        String::from_utf8(bytes).expect("text")
    }

    const HOSTILE: &str =
        "admin\n2026-01-01T00:00:00Z ERROR forged\r\x1b[2J\u{9b}31m\u{7}\u{202e}\u{2028}\u{feff}\0end";

    #[test]
    fn no_value_begins_a_line_or_speaks_to_a_terminal() {
        for json in [false, true] {
            let text = logged(json, || {
                let span = tracing::info_span!("request", name = HOSTILE, shown = %HOSTILE);
                span.in_scope(
                    || tracing::info!(user = %HOSTILE, path = HOSTILE, bytes = ?HOSTILE, "said {HOSTILE}"),
                );
            });
            let line = text.strip_suffix('\n').expect("a line");
            assert!(line.contains("forged") && line.contains("end"), "{text:?}");
            assert_eq!(line.lines().count(), 1, "{text:?}");
            assert!(!line.chars().any(|sign| sign.is_ascii_control()), "{text:?}");
            if json {
                let object: serde_json::Value = serde_json::from_str(line).expect("an object");
                assert_eq!(object["fields"]["path"], HOSTILE);
            } else {
                assert!(!line.chars().any(super::is_hidden), "{text:?}");
                assert!(
                    line.contains(r"said admin\n2026-01-01T00:00:00Z ERROR forged\r\u{1b}[2J"),
                    "{text:?}"
                );
                assert!(line.contains(r"user=admin\n"), "{text:?}");
            }
        }
    }

    #[test]
    fn what_can_be_read_stays_as_it_is() {
        let text = logged(
            false,
            || tracing::info!(jail = %"sshd-é", count = 3, "fail2ban's jail \"日本\" is \\ fine"),
        );
        assert!(text.ends_with("fail2ban's jail \"日本\" is \\ fine jail=sshd-é count=3\n"), "{text:?}");
    }
}
