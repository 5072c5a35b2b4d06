//! Renders one template with minijinja: without a way to other templates, and with bounds on its steps and on what it makes.
//! These bounds make good messages of common mistakes. They do not hold everything, since work within a filter takes no
//! steps: what has to hold are the limits of the process that runs this.

use std::io::{self, Read, Write};

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde_json::Value;

use super::{BODY_BYTES, Order, PROBLEM, TEXT};

/// How many steps a template may take.
const FUEL: u64 = 50_000;
/// How deep a template may be within itself.
const DEPTH: usize = 50;
/// The longest order, in bytes: a template and a message, each with room to spare.
const ORDER_BYTES: u64 = 4 << 20;

/// What the process that renders does: reads an order and answers it. The process has to be limited by then, in memory and in
/// time; without that a template can take all that the machine has.
pub fn render_template(input: impl Read, mut output: impl Write) -> io::Result<()> {
    let order: Order = serde_json::from_reader(input.take(ORDER_BYTES))?;
    let (mark, text) = match render(&order) {
        Ok(text) => (TEXT, text),
        Err(problem) => (PROBLEM, problem),
    };
    output.write_all(&[mark])?;
    output.write_all(text.as_bytes())?;
    output.flush()
}

/// What a template makes, or why it makes nothing.
fn render(order: &Order) -> Result<String, String> {
    let is_json = order.json;
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(DEPTH);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // Nothing gets into JSON that is not JSON.
    environment.remove_filter("safe");
    environment.set_auto_escape_callback(move |_| if is_json { AutoEscape::Json } else { AutoEscape::None });
    let mut written = Bounded::default();
    let template = environment.template_from_str(&order.template).map_err(|error| told(&error))?;
    let rendered = template.render_captured_to(Serde(&order.context), &mut written).map(drop);
    if written.is_full {
        return Err(format!("it makes more than {BODY_BYTES} bytes"));
    }
    rendered.map_err(|error| told(&error))?;
    let text = String::from_utf8(written.bytes).map_err(|error| error.to_string())?;
    if is_json {
        serde_json::from_str::<Value>(&text).map_err(|error| {
            format!("what it makes is no JSON ({error}): write {{{{ title }}}} without quotes around it")
        })?;
    }
    Ok(text)
}

fn told(error: &minijinja::Error) -> String {
    let place = error.line().map(|line| format!(" (line {line})")).unwrap_or_default();
    let detail: String = error.detail().unwrap_or_default().chars().take(500).collect();
    let detail = if detail.is_empty() { detail } else { format!(": {detail}") };
    format!("{}{detail}{place}", error.kind())
}

/// Takes only so much.
#[derive(Default)]
struct Bounded {
    bytes: Vec<u8>,
    is_full: bool,
}

impl Write for Bounded {
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
    use bangui_domain::model::notify::{Digest, Note};

    use super::super::{Order, context};
    use super::render;

    const NOW: Timestamp = Timestamp::from_secs(1_795_458_708);

    fn made(json: bool, template: &str) -> Result<String, String> {
        render(&Order { template: template.to_owned(), json, context: context(&Digest::example(NOW)) })
    }

    #[test]
    fn a_template_sees_everything() {
        let template = "{{ title }}{% for note in notes %}|{{ note.ip }} {{ note.bans }}{% endfor %}";
        assert_eq!(made(false, template).unwrap(), "3 bans by sshd|192.0.2.7 1|2001:db8::7 4");
        assert_eq!(made(true, "[{{ title }}, {{ jails }}]").unwrap(), r#"["3 bans by sshd", {"sshd":3}]"#);
    }

    #[test]
    fn hostile_text_stays_text_in_json() {
        let jail = "\"}],\"x\":\"@everyone\n\u{202E}".to_owned();
        let digest = Digest { notes: vec![Note::Silent { jail, hours: 1 }], ..Digest::test("r\"", "a", NOW) };
        let template = "{\"m\": {{ text }}, \"n\": {{ count }}}".to_owned();
        let text = render(&Order { template, json: true, context: context(&digest) }).expect("a body");
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert!(value.get("x").is_none() && !text.contains('\u{202E}'), "{value}");
        assert!(value["m"].as_str().is_some_and(|text| text.contains("has banned nobody")), "{value}");
    }

    #[test]
    fn a_template_that_cannot_be_used_says_why() {
        for (json, template, why) in [
            (false, "{{ nothing }}", "undefined"),
            (false, "{% if %}", "syntax"),
            (false, "a\n{{ title|sideways }}", "sideways"),
            (true, "{{ title|safe }}", "safe"),
            (true, "{\"m\": \"{{ title }}\"}", "without quotes"),
            (false, "{% for a in range(1000) %}{% for b in range(1000) %}x{% endfor %}{% endfor %}", "fuel"),
            (false, "{{ 'x' * 70000 }}", "65536"),
            (false, "{% include 'secrets' %}", "include"),
        ] {
            let error = made(json, template).expect_err(template);
            assert!(error.to_lowercase().contains(why), "{template}: {error}");
        }
    }
}
