//! The files that belong to the repository: those that git tracks, and new ones that it does not ignore.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// One file, by its path from the root.
pub(super) struct File {
    /// Path from the root, with `/`.
    pub(super) path: String,
    /// Content, or `None` for a file that is not text.
    pub(super) text: Option<String>,
}

impl File {
    /// The ending of the name after the last dot, or the empty string.
    pub(super) fn extension(&self) -> &str {
        Path::new(&self.path).extension().and_then(|extension| extension.to_str()).unwrap_or_default()
    }

    /// Whether its content was captured or generated, so that rules of style do not apply to it.
    pub(super) fn is_data(&self) -> bool {
        let data = ["jsonl", "json", "snap", "svg", "lock", "proptest-regressions"];
        data.contains(&self.extension())
            || self.path.split('/').any(|part| part == "fixtures" || part == "transcripts")
    }
}

/// All files of a repository.
pub(super) struct Tree {
    files: Vec<File>,
}

impl Tree {
    /// Asks git for the files below `root` and reads them.
    pub(super) fn load(root: &Path) -> Result<Self> {
        let mut git = Command::new("git");
        git.current_dir(root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let list = process::output(&mut git).context("ask git for the files")?;
        let mut files = Vec::new();
        for path in list.split_terminator('\0') {
            let full = root.join(path);
            // A deleted file is listed until its deletion is committed.
            if full.is_file() {
                let bytes = std::fs::read(&full).with_context(|| format!("read {path}"))?;
                files.push(File { path: path.to_owned(), text: String::from_utf8(bytes).ok() });
            }
        }
        Ok(Self { files })
    }

    /// The files, in git's order.
    pub(super) fn files(&self) -> &[File] {
        &self.files
    }

    /// The text files, with their content.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&File, &str)> {
        self.files.iter().filter_map(|file| Some((file, file.text.as_deref()?)))
    }
}

#[cfg(test)]
impl Tree {
    /// A repository in a temporary directory with these files, loaded as a real one is.
    pub(super) fn fixture(files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        process::output(Command::new("git").args(["init", "--quiet"]).current_dir(dir.path())).unwrap();
        for (path, text) in files {
            let full = dir.path().join(path);
            std::fs::create_dir_all(full.parent().unwrap()).unwrap();
            std::fs::write(full, text).unwrap();
        }
        Self::load(dir.path()).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_files_do_not_belong() {
        let tree = Tree::fixture(&[(".gitignore", "built\n"), ("built/a.rs", ""), ("src/a.rs", "//! A.\n")]);
        let paths: Vec<&str> = tree.files().iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, [".gitignore", "src/a.rs"]);
    }
}
