//! Templates of one's own: minijinja, without a way to other templates, bounded in work and in size.

use std::collections::BTreeMap;
use std::io;

use bangui_domain::model::Timestamp;
use bangui_domain::model::notify::{Digest, Note, Preset, Webhook};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde_json::{Value, json};

use super::body::Body;
use super::clean::piece;
use super::wording;

/// How much work a template may make.
const FUEL: u64 = 50_000;
/// The longest body, in bytes.
const BODY_BYTES: usize = 64 * 1024;

/// What templates are given, which is also what programs get as JSON.
pub(super) fn context(digest: &Digest) -> Value {
    let lines = wording::lines(digest);
    json!({
        "title": wording::title(digest),
        "text": lines.join("\n"),
        "lines": lines,
        "rule": piece(&digest.rule),
        "count": digest.count,
        "since": rfc3339(digest.since),
        "until": rfc3339(digest.until),
        "throttled": digest.throttled,
        "jails": named(&digest.jails),
        "countries": named(&digest.countries),
        "notes": digest.notes.iter().map(note).collect::<Vec<_>>(),
    })
}

fn named(counts: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    counts.iter().map(|(name, count)| (piece(name), *count)).collect()
}

fn note(note: &Note) -> Value {
    match note {
        Note::Ban { ip, jail, country, origin, at, bantime, bans, failures, by, reason } => json!({
            "kind": "ban", "ip": piece(ip), "jail": piece(jail), "country": country, "origin": origin,
            "at": rfc3339(*at), "bantime": bantime, "bans": bans, "failures": failures,
            "by": by.as_deref().map(piece), "reason": reason.as_deref().map(piece),
        }),
        Note::Unusual { bans, minutes, usual_hundredths } => {
            let (whole, part) = (usual_hundredths / 100, usual_hundredths % 100);
            json!({ "kind": "unusual", "bans": bans, "minutes": minutes, "usual": format!("{whole}.{part:02}") })
        }
        Note::Offline { since, reason } => {
            json!({ "kind": "offline", "since": rfc3339(*since), "reason": piece(reason) })
        }
        Note::Online { since, at } => {
            json!({ "kind": "online", "since": rfc3339(*since), "at": rfc3339(*at) })
        }
        Note::Silent { jail, hours } => json!({ "kind": "silent", "jail": piece(jail), "hours": hours }),
        Note::Test { by } => json!({ "kind": "test", "by": piece(by) }),
    }
}

fn rfc3339(at: Timestamp) -> Option<String> {
    jiff::Timestamp::from_second(at.as_secs()).ok().map(|at| at.to_string())
}

/// What an own template makes of a message, or why it makes nothing.
pub(super) fn render(webhook: &Webhook, digest: &Digest) -> Result<Body, String> {
    let template = webhook.template.as_deref().unwrap_or_default();
    let is_json = webhook.preset == Preset::OwnJson;
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(50);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // Nothing gets into JSON that is not JSON.
    environment.remove_filter("safe");
    environment.set_auto_escape_callback(move |_| if is_json { AutoEscape::Json } else { AutoEscape::None });
    let mut written = Bounded::default();
    let template = environment.template_from_str(template).map_err(|error| told(&error))?;
    let rendered = template.render_captured_to(Serde(context(digest)), &mut written).map(drop);
    if written.is_full {
        return Err(format!("it makes more than {BODY_BYTES} bytes"));
    }
    rendered.map_err(|error| told(&error))?;
    let text = String::from_utf8(written.bytes).map_err(|error| error.to_string())?;
    if !is_json {
        return Ok(Body { content_type: "text/plain", text });
    }
    serde_json::from_str::<Value>(&text).map_err(|error| {
        format!("what it makes is no JSON ({error}): write {{{{ title }}}} without quotes around it")
    })?;
    Ok(Body { content_type: "application/json", text })
}

fn told(error: &minijinja::Error) -> String {
    let place = error.line().map(|line| format!(" (line {line})")).unwrap_or_default();
    let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
    format!("{}{detail}{place}", error.kind())
}

/// Takes only so much.
#[derive(Default)]
struct Bounded {
    bytes: Vec<u8>,
    is_full: bool,
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len().saturating_add(bytes.len()) > BODY_BYTES {
            self.is_full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use bangui_domain::model::Timestamp;
    use bangui_domain::model::notify::{Digest, Preset, SecretText, Webhook};

    use super::render;

    fn made(preset: Preset, template: &str) -> Result<String, String> {
        let (url, template) = (SecretText::new("https://hooks.test/x"), Some(template.to_owned()));
        let webhook = Webhook { preset, url, token: None, recipient: None, template };
        let digest = Digest::example(Timestamp::from_secs(1_795_458_708));
        render(&webhook, &digest).map(|body| body.text)
    }

    #[test]
    fn a_template_sees_everything() {
        let template = "{{ title }}{% for note in notes %}|{{ note.ip }} {{ note.bans }}{% endfor %}";
        assert_eq!(made(Preset::OwnText, template).unwrap(), "3 bans by sshd|192.0.2.7 1|2001:db8::7 4");
        assert_eq!(
            made(Preset::OwnJson, "[{{ title }}, {{ jails }}]").unwrap(),
            r#"["3 bans by sshd", {"sshd":3}]"#
        );
    }

    #[test]
    fn a_template_that_cannot_be_used_says_why() {
        for (preset, template, why) in [
            (Preset::OwnText, "{{ nothing }}", "undefined"),
            (Preset::OwnText, "{% if %}", "syntax"),
            (Preset::OwnText, "a\n{{ title|sideways }}", "sideways"),
            (Preset::OwnJson, "{{ title|safe }}", "safe"),
            (Preset::OwnJson, "{\"m\": \"{{ title }}\"}", "without quotes"),
            (
                Preset::OwnText,
                "{% for a in range(1000) %}{% for b in range(1000) %}x{% endfor %}{% endfor %}",
                "fuel",
            ),
            (Preset::OwnText, "{{ 'x' * 70000 }}", "65536"),
            (Preset::OwnText, "{% include 'secrets' %}", "include"),
        ] {
            let error = made(preset, template).expect_err(template);
            assert!(error.to_lowercase().contains(why), "{template}: {error}");
        }
    }
}
