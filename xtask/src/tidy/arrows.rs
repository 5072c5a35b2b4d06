//! The layers: which crate of ours may depend on which, and which outside crates a layer must not
//! reach, not even through others. The table is the one of docs/architecture.md.

use super::Problem;
use super::graph::{self, Graph};

/// What one crate may and must not depend on.
struct Rule {
    name: &'static str,
    /// Crates of ours that it may link.
    ours: &'static [&'static str],
    /// Outside crates that it must not reach; `diesel` stands for `diesel_migrations` too.
    never: &'static [&'static str],
    /// Features of tokio that it must not ask for: a layer that asks for none of them runs on any runtime.
    no_tokio: &'static [&'static str],
}

const SERVER: &[&str] = &[
    "bangui-api",
    "bangui-domain",
    "bangui-edge",
    "bangui-gateway",
    "bangui-jobs",
    "bangui-persistence",
    "bangui-session-cache",
    "bangui-web-ui",
    "fail2ban-client",
];

/// May be a development dependency of every crate.
const TEST_SUPPORT: &str = "bangui-test-support";

/// What a rule says that does not say otherwise: nothing of ours, anything from outside.
const FREE: Rule = Rule { name: "", ours: &[], never: &[], no_tokio: &[] };

const RULES: &[Rule] = &[
    Rule { name: "fail2ban-client", never: &["actix", "apalis", "diesel", "serde_json", "sqlx"], ..FREE },
    Rule {
        name: "bangui-domain",
        never: &["actix", "apalis", "diesel", "sqlx"],
        no_tokio: &["fs", "full", "net", "process", "rt", "rt-multi-thread", "signal", "time"],
        ..FREE
    },
    Rule { name: "bangui-persistence", ours: &["bangui-domain"], never: &["actix", "apalis"], ..FREE },
    Rule { name: "bangui-session-cache", ours: &["bangui-domain"], never: &["actix", "diesel"], ..FREE },
    Rule {
        name: "bangui-gateway",
        ours: &["bangui-domain", "fail2ban-client"],
        never: &["actix", "apalis", "diesel"],
        ..FREE
    },
    Rule { name: "bangui-jobs", ours: &["bangui-domain"], never: &["actix", "diesel"], ..FREE },
    Rule {
        name: "bangui-api",
        ours: &["bangui-domain", "bangui-session-cache"],
        never: &["apalis", "diesel", "sqlx"],
        ..FREE
    },
    Rule { name: "bangui-edge", never: &["apalis", "diesel", "sqlx"], ..FREE },
    Rule { name: "bangui-web-ui", never: &["apalis", "diesel", "sqlx"], ..FREE },
    Rule { name: TEST_SUPPORT, ours: SERVER, ..FREE },
    Rule { name: "bangui", ours: SERVER, ..FREE },
    Rule { name: "xtask", ours: &["bangui-test-support", "fail2ban-client"], ..FREE },
];

/// Broken rules.
pub(super) fn check(graph: &Graph) -> Vec<Problem> {
    let mut problems = Vec::new();
    for package in graph.crates() {
        let name = package.name.as_str();
        let Some(rule) = RULES.iter().find(|rule| rule.name == name) else {
            problems.push(Problem::new(
                name,
                "has no layer: add it to the table in xtask and docs/architecture.md",
            ));
            continue;
        };
        for (ours, for_tests) in graph.ours(package) {
            let harness = for_tests && (ours == TEST_SUPPORT || ours == name);
            if !harness && !rule.ours.contains(&ours.as_str()) {
                let kind = if for_tests { "depends in its tests" } else { "depends" };
                problems.push(Problem::new(
                    name,
                    format!("{kind} on {ours}, an arrow that the layers do not have"),
                ));
            }
        }
        for feature in graph::features(package, "tokio") {
            if rule.no_tokio.contains(&feature.as_str()) {
                problems.push(Problem::new(
                    name,
                    format!("asks for tokio's feature {feature}, outside its layer"),
                ));
            }
        }
        for never in rule.never {
            if let Some(way) = graph.way(package, |found| matches(found, never)) {
                problems.push(Problem::new(name, format!("must not reach {never}: {}", way.join(" -> "))));
            }
        }
    }
    problems
}

fn matches(found: &str, family: &str) -> bool {
    found.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;
    use std::fs;
    use std::path::Path;

    /// A crate without code: its name and its dependencies, as `[section] name` pairs.
    fn package(root: &Path, name: &str, dependencies: &[(&str, &str)]) {
        let mut text = format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
        for (section, dependency) in dependencies {
            write!(text, "[{section}.{dependency}]\npath = \"../{dependency}\"\n").unwrap();
        }
        fs::create_dir_all(root.join(name).join("src")).unwrap();
        fs::write(root.join(name).join("Cargo.toml"), text).unwrap();
        fs::write(root.join(name).join("src/lib.rs"), "").unwrap();
    }

    fn problems(build: impl FnOnce(&Path)) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        let members =
            "[workspace]\nresolver = \"3\"\nmembers = [\"bangui*\"]\nexclude = [\"diesel\", \"tokio\"]\n";
        fs::write(dir.path().join("Cargo.toml"), members).unwrap();
        build(dir.path());
        let graph = Graph::load(dir.path()).unwrap();
        check(&graph).into_iter().map(|problem| format!("{}: {}", problem.place, problem.what)).collect()
    }

    #[test]
    fn arrows_of_the_table_are_fine() {
        let found = problems(|root| {
            package(root, "bangui-domain", &[("dev-dependencies", "bangui-test-support")]);
            package(root, "bangui-jobs", &[("dependencies", "bangui-domain")]);
            package(root, "bangui-test-support", &[("dependencies", "bangui-domain")]);
        });
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn an_arrow_sideways_and_one_to_the_harness_are_found() {
        let found = problems(|root| {
            package(root, "bangui-domain", &[]);
            package(root, "bangui-persistence", &[("dependencies", "bangui-domain")]);
            package(root, "bangui-test-support", &[]);
            let wrong =
                [("dependencies", "bangui-persistence"), ("build-dependencies", "bangui-test-support")];
            package(root, "bangui-jobs", &wrong);
        });
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().all(|problem| problem.starts_with("bangui-jobs: depends on ")), "{found:?}");
    }

    #[test]
    fn a_forbidden_crate_is_found_behind_another() {
        let found = problems(|root| {
            package(root, "diesel", &[]);
            package(root, "bangui-domain", &[("dependencies", "diesel")]);
            package(root, "bangui-api", &[("dependencies", "bangui-domain")]);
        });
        let expected = [
            "bangui-api: must not reach diesel: bangui-api -> bangui-domain -> diesel",
            "bangui-domain: must not reach diesel: bangui-domain -> diesel",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_layer_that_needs_no_runtime_asks_for_none() {
        let found = problems(|root| {
            fs::create_dir_all(root.join("tokio/src")).unwrap();
            fs::write(root.join("tokio/src/lib.rs"), "").unwrap();
            let tokio = "[package]\nname = \"tokio\"\nversion = \"1.0.0\"\nedition = \"2024\"\n[features]\nrt = []\nsync = []\n";
            fs::write(root.join("tokio/Cargo.toml"), tokio).unwrap();
            package(root, "bangui-domain", &[("dependencies", "tokio"), ("dev-dependencies", "tokio")]);
            let manifest = root.join("bangui-domain/Cargo.toml");
            let text = fs::read_to_string(&manifest).unwrap();
            fs::write(manifest, text.replacen("tokio\"\n", "tokio\"\nfeatures = [\"sync\", \"rt\"]\n", 1))
                .unwrap();
        });
        assert_eq!(found, ["bangui-domain: asks for tokio's feature rt, outside its layer"]);
    }

    #[test]
    fn a_crate_without_a_layer_is_found() {
        let found = problems(|root| package(root, "bangui-new", &[]));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("bangui-new: has no layer"), "{found:?}");
    }

    #[test]
    fn a_family_is_matched_by_whole_words() {
        assert!(matches("diesel_migrations", "diesel"));
        assert!(matches("actix-web", "actix"));
        assert!(!matches("dieselish", "diesel"));
    }
}
