//! The findings as text for people, or as JSON for scripts.

use serde::Serialize;

use super::{Finding, Verdict};

/// The whole report, as scripts get it.
#[derive(Serialize)]
struct Report<'a> {
    version: &'static str,
    ok: bool,
    findings: &'a [Finding],
}

/// Whether nothing fails.
pub(crate) fn passes(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.verdict != Verdict::Failure)
}

/// As JSON.
pub(crate) fn json(findings: &[Finding]) -> Result<String, serde_json::Error> {
    let report = Report { version: env!("CARGO_PKG_VERSION"), ok: passes(findings), findings };
    serde_json::to_string_pretty(&report)
}

/// As text, one finding a line and what to do below it.
pub(crate) fn text(findings: &[Finding], coloured: bool) -> String {
    let width = findings.iter().map(|finding| finding.check.len()).max().unwrap_or_default();
    let mut lines = Vec::new();
    for Finding { check, verdict, what, advice } in findings {
        let word = format!("{:<7}", verdict.as_str());
        let word = if coloured { format!("\u{1b}[{}m{word}\u{1b}[0m", colour(*verdict)) } else { word };
        lines.push(format!("{word}  {check:<width$}  {}", plain(what)));
        lines.extend(advice.as_ref().map(|advice| format!("{:>1$}{2}", "-> ", width + 14, plain(advice))));
    }
    let count = |verdict| findings.iter().filter(|finding| finding.verdict == verdict).count();
    let (failures, warnings) = (count(Verdict::Failure), count(Verdict::Warning));
    lines.push(format!("\n{}, {}.\n", number(failures, "failure"), number(warnings, "warning")));
    lines.join("\n")
}

fn number(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// What comes from files and from fail2ban may hold anything, and a terminal obeys control characters.
fn plain(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect()
}

const fn colour(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "32",
        Verdict::Warning => "33",
        Verdict::Failure => "1;31",
        Verdict::Skipped => "2",
    }
}

#[cfg(test)]
mod tests {
    use super::{json, passes, text};
    use crate::doctor::Finding;

    #[test]
    fn findings_stand_in_columns_and_say_what_to_do() {
        let found = [
            Finding::ok("socket", "it is there"),
            Finding::warning("time zone", "\u{1b}[2Jodd", "Set it."),
            Finding::skipped("geo", "no file is set"),
        ];
        assert_eq!(
            text(&found, false),
            "ok       socket     it is there\n\
             warning  time zone   [2Jodd\n                    -> Set it.\n\
             skipped  geo        no file is set\n\n0 failures, 1 warning.\n"
        );
        assert!(passes(&found) && text(&found, true).contains("\u{1b}[33mwarning"));
    }

    #[test]
    fn one_failure_is_enough() {
        let found = [Finding::ok("a", "b"), Finding::failure("c", "d", "e")];
        assert!(!passes(&found));
        let json = json(&found).expect("JSON");
        assert!(json.contains("\"ok\": false") && json.contains("\"verdict\": \"failure\""), "{json}");
    }
}
