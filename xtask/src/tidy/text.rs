//! Rules about single lines: white space, postponed work, silenced lints, and what belongs to one
//! machine only. The words looked for are put together here, so that this file does not hold them.

use super::Problem;
use super::tree::{File, Tree};

const ALLOW: [&str; 2] = [concat!("#[", "allow("), concat!("#![", "allow(")];
const POSTPONED: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
const MACHINE: [&str; 2] = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];
/// Where a package came from, in the files of the package clients.
const DOWNLOADS: [&str; 4] = [
    concat!("\"resolved\": \"", "http"),
    concat!("registry=", "http"),
    concat!("registry = \"", "http"),
    concat!("index-", "url"),
];
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Broken rules.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (file, text) in tree.texts() {
        for (index, line) in text.lines().enumerate() {
            if let Some(what) = complaint(file, line) {
                problems.push(Problem::new(format!("{}:{}", file.path, index + 1), what));
            }
        }
        if !file.is_data() && !text.is_empty() && !text.ends_with('\n') {
            problems.push(Problem::new(&file.path, "does not end with a line end"));
        }
    }
    problems
}

fn complaint(file: &File, line: &str) -> Option<&'static str> {
    if DOWNLOADS.iter().any(|download| line.contains(download)) {
        return Some(
            "names the host of a package registry: `omit-lockfile-registry-resolved=true` in .npmrc",
        );
    }
    if file.path.ends_with("Cargo.lock") && line.starts_with("source = ") && !line.contains(CRATES_IO) {
        return Some("a package that does not come from crates.io");
    }
    if file.is_data() {
        return None;
    }
    if line.ends_with([' ', '\t']) {
        return Some("white space at the end of the line");
    }
    if file.extension() == "rs" && ALLOW.iter().any(|allow| line.contains(allow)) {
        return Some("use #[expect(…, reason = \"…\")], which complains when it is no longer needed");
    }
    if POSTPONED.iter().any(|word| has_word(line, word)) {
        return Some("postponed work: do it, or file an issue");
    }
    // In the image these are paths like any other.
    if !file.path.starts_with("Docker/") && MACHINE.iter().any(|path| starts_path(line, path)) {
        return Some("a path of one machine");
    }
    None
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        let after = line.get(at + word.len()..).and_then(|after| after.chars().next());
        let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !inside(before) && !inside(after)
    })
}

/// Whether an absolute path begins here, and not the rest of a longer one or of an address.
fn starts_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || "._-/}".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(files: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::fixture(files)).into_iter().map(|problem| problem.place).collect()
    }

    #[test]
    fn white_space_at_the_end_is_found_where_people_write() {
        assert_eq!(places(&[("a.rs", "//! A. \n"), ("b.snap", "kept \n")]), ["a.rs:1"]);
        assert_eq!(places(&[("a.md", "no line end")]), ["a.md"]);
    }

    #[test]
    fn silenced_lints_are_found() {
        let text = format!("//! A.\n{}dead_code)]\n", ALLOW[0]);
        assert_eq!(places(&[("a.rs", &text), ("a.md", &text)]), ["a.rs:2"]);
    }

    #[test]
    fn postponed_work_is_found_as_a_word() {
        let text = format!("// {}: later\n// {}S are not meant\n", POSTPONED[0], POSTPONED[0]);
        assert_eq!(places(&[("a.ts", &text)]), ["a.ts:1"]);
    }

    #[test]
    fn paths_of_one_machine_are_found() {
        let text = format!("cd {}main\nhttps://example.org{}x\n", MACHINE[0], MACHINE[0]);
        assert_eq!(places(&[("a.md", &text), ("Docker/Dockerfile", &text)]), ["a.md:1"]);
    }

    #[test]
    fn package_hosts_are_found() {
        let lock = format!("{{\n{}s://registry.example/x.tgz\"\n}}\n", DOWNLOADS[0]);
        assert_eq!(places(&[("package-lock.json", &lock)]), ["package-lock.json:2"]);
        let cargo = format!("source = \"{CRATES_IO}\"\nsource = \"registry+https://mirror.example/index\"\n");
        assert_eq!(places(&[("Cargo.lock", &cargo)]), ["Cargo.lock:2"]);
    }
}
