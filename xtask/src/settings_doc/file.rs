//! The settings file that packages install: every setting with its comment, its default as a line that is commented out.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};

use super::{Section, Setting};

const HEAD: &str = "# The settings of BanGUI. Made by `cargo xtask settings` from the server's own description of them.
#
# Every line that is commented out shows a default, or an example where there is none. Variables of the environment go
# before this file: BANGUI_HTTP__LISTEN before http.listen. `bangui check-config` says what is wrong with all of it.
";
/// The longest line of a comment.
const WIDTH: usize = 100;

/// Writes the file.
pub(super) fn render(sections: &[Section]) -> Result<String> {
    let mut text = HEAD.to_owned();
    for section in sections {
        if let Some(name) = &section.name {
            write!(text, "\n[{name}]\n")?;
        }
        for setting in &section.settings {
            text.push('\n');
            comment(&mut text, &setting.doc.replace('`', ""))?;
            writeln!(text, "# {} = {}", setting.name, value(section, setting))?;
        }
    }
    // What toml cannot read, the server cannot either.
    let shown = text.lines().map(uncommented).collect::<Vec<_>>().join("\n");
    toml::from_str::<toml::Table>(&shown)
        .with_context(|| format!("the made settings file is no TOML:\n{shown}"))?;
    Ok(text)
}

fn comment(text: &mut String, doc: &str) -> Result<()> {
    let mut line = "#:".to_owned();
    for word in doc.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > WIDTH {
            writeln!(text, "{line}")?;
            "#:".clone_into(&mut line);
        }
        line.push(' ');
        line.push_str(word);
    }
    Ok(writeln!(text, "{line}")?)
}

/// The line as it is without the sign that comments a setting out.
fn uncommented(line: &str) -> &str {
    line.strip_prefix("# ").filter(|rest| rest.contains(" = ")).unwrap_or(line)
}

/// The default that the comment tells, else the example that it gives, else a name.
fn value(section: &Section, setting: &Setting) -> String {
    let told = after(&setting.doc, "Default ").or_else(|| after(&setting.doc, "such as "));
    let text = told.unwrap_or_else(|| match setting.name.strip_suffix("_file") {
        Some(name) => format!("/etc/bangui/{}-{name}", section.name.as_deref().unwrap_or("bangui")),
        None => String::new(),
    });
    match setting.kind.as_str() {
        "Vec" if text == "none" => "[]".to_owned(),
        "Vec" => format!(
            "[{}]",
            text.split(',').map(|part| format!("{:?}", part.trim())).collect::<Vec<_>>().join(", ")
        ),
        "String" => format!("{text:?}"),
        _ if text.parse::<i64>().is_ok() || text == "true" || text == "false" => text,
        _ => format!("{text:?}"),
    }
}

/// What stands in backticks behind the last `mark`, or the word there.
fn after(doc: &str, mark: &str) -> Option<String> {
    let (_, rest) = doc.rsplit_once(mark)?;
    match rest.strip_prefix('`') {
        Some(quoted) => quoted.split_once('`').map(|(text, _)| text.to_owned()),
        None => rest.split_whitespace().next().map(|word| word.trim_end_matches(['.', ',', ';']).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sections;
    use super::render;

    #[test]
    fn a_setting_is_a_comment_and_its_default_as_a_value_of_its_kind() {
        let text = render(
            &sections(
                "struct Settings {\n/// How many. Default 1.\npub workers: Workers,\n/// The web server.\npub http: Http }\n\
                 struct Http {\n/// Where to\n/// listen. Default `127.0.0.1:1`.\npub listen: Vec<u8>,\n\
                 /// Networks. Default none.\npub proxies: Vec<u8>,\n/// A zone, such as `Etc/UTC`; or none.\npub zone: Option<u8>,\n\
                 /// Its file.\npub key_file: Option<u8> }",
            )
            .expect("sections"),
        )
        .expect("a file");
        for part in [
            "#: How many. Default 1.\n# workers = 1\n",
            "\n[http]\n\n#: Where to listen. Default 127.0.0.1:1.\n# listen = [\"127.0.0.1:1\"]\n",
            "# proxies = []\n",
            "# zone = \"Etc/UTC\"\n",
            "# key_file = \"/etc/bangui/http-key\"\n",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
