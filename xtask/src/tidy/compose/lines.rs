//! What is judged by lines, since comments are no part of what a YAML reader hands out: each volume of a service has one line
//! above it that says what it is for.

/// Broken rules.
pub(super) fn check(text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    // How far the word `volumes:` of the service is indented, while its list is read.
    let mut list: Option<usize> = None;
    let mut explained = false;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let indent = line.len() - line.trim_start().len();
        let content = line.trim();
        if content.starts_with('#') {
            explained = true;
            continue;
        }
        if list.is_some_and(|list| indent <= list) {
            list = None;
        }
        if content == "volumes:" && indent > 0 {
            list = Some(indent);
        } else if list.is_some_and(|list| indent == list + 2) && content.starts_with("- ") && !explained {
            problems.push(format!("the volume `{content}` has no comment above it that says what it is for"));
        }
        explained = false;
    }
    if !text.lines().any(|line| line.starts_with('#') && line.contains("BANGUI_WORKERS")) {
        problems
            .push("does not explain BANGUI_WORKERS and the rule of one process in its opening".to_owned());
    }
    problems
}
