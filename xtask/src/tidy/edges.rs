//! The edges between the workspace's crates, against the picture in ARCHITECTURE.md.
//!
//! [`PICTURE`] is that picture for the machine: change both together, or neither.

use serde_json::Value;

use crate::tidy::Finding;
use crate::workspace::{packages, text};

/// What each crate may depend on. An arrow is read all the way: what `engine` may see, `connect` may see too.
const PICTURE: &[(&str, &[&str])] = &[
    ("protocol", &[]),
    ("spec", &[]),
    ("event", &["protocol"]),
    ("client", &["protocol"]),
    ("log", &["event", "protocol"]),
    ("schema", &["event", "client", "protocol"]),
    ("ops", &["event", "client", "protocol"]),
    ("engine", &["event", "protocol", "client", "schema", "spec"]),
    ("connect", &["engine", "event", "protocol", "client", "schema", "spec"]),
    ("server", &["connect", "engine", "event", "protocol", "client", "log", "schema", "spec", "ops"]),
    ("testkit", &["connect", "engine", "event", "protocol", "client", "log", "schema", "spec", "ops"]),
    ("bench", &["protocol", "testkit"]),
    ("xtask", &[]),
];

/// What every crate in the picture that is not alone may depend on in its tests, and nowhere else.
const TESTS_ONLY: &str = "testkit";
const ALONE: &str = "xtask";

const WHERE: &str =
    "the picture is in ARCHITECTURE.md, \"The map\", and for this check in xtask/src/tidy/edges.rs";

/// Every crate that is not in the picture or not in its folder, and every edge that is not in the picture.
pub(crate) fn check(metadata: &Value) -> Vec<Finding> {
    let names: Vec<String> = packages(metadata).map(|package| text(&package["name"])).collect();
    let mut findings = Vec::new();
    for package in packages(metadata) {
        let package_name = text(&package["name"]);
        let from = short(&package_name);
        let mut find = |what: String| findings.push(Finding { place: package_name.clone(), what });
        let Some((_, allowed)) = PICTURE.iter().find(|(name, _)| *name == from) else {
            find(format!("this crate is not in the picture of the crates: {WHERE}"));
            continue;
        };
        if !in_its_folder(from, &text(&package["manifest_path"])) {
            find(format!(
                "this crate does not lie in the folder that is named after it: move it to crates/{from}"
            ));
        }
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            // A crate of our own is known by its path; one of the same name from a registry is another.
            let name = text(&dependency["name"]);
            if dependency["path"].is_null() || !names.contains(&name) {
                continue;
            }
            let (to, kind) = (short(&name), dependency["kind"].as_str().unwrap_or("normal"));
            let in_tests = kind == "dev" && to == TESTS_ONLY && from != ALONE;
            if !allowed.contains(&to) && !in_tests {
                find(format!(
                    "the edge {from} -> {to} ({kind} dependency) is not in the picture of the crates: {WHERE}"
                ));
            }
        }
    }
    findings
}

fn short(package: &str) -> &str {
    package.strip_prefix("watershed-").unwrap_or(package)
}

fn in_its_folder(name: &str, manifest: &str) -> bool {
    let alone = name == ALONE || name == "bench";
    manifest.ends_with(&if alone {
        format!("/{name}/Cargo.toml")
    } else {
        format!("/crates/{name}/Cargo.toml")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A crate's name and its edges, each as (to, kind).
    type Crate<'a> = (&'a str, &'a [(&'a str, Option<&'a str>)]);

    /// The findings for a workspace of these crates.
    fn findings(crates: &[Crate<'_>]) -> Vec<String> {
        let name =
            |short: &str| if short == "xtask" { short.to_owned() } else { format!("watershed-{short}") };
        let packages: Vec<Value> = crates
            .iter()
            .map(|(from, edges)| {
                let folder = if ["xtask", "bench"].contains(from) { "" } else { "crates/" };
                let edge = |(to, kind): &(&str, Option<&str>)| json!({"name": name(to), "kind": kind, "path": "here"});
                json!({
                    "name": name(from),
                    "manifest_path": format!("/x/{folder}{from}/Cargo.toml"),
                    "dependencies": edges.iter().map(edge).collect::<Vec<_>>(),
                })
            })
            .collect();
        check(&json!({"packages": packages})).iter().map(ToString::to_string).collect()
    }

    /// The one edge `from -> to` of this kind, in a workspace that has both.
    #[track_caller]
    fn edge(from: &str, to: &str, kind: Option<&str>, allowed: bool) {
        let found = findings(&[(from, &[(to, kind)]), (to, &[])]);
        let expect = format!("the edge {from} -> {to} ");
        if allowed {
            assert!(found.is_empty(), "{found:?}");
        } else {
            assert_eq!(found.len(), 1, "{expect}: {found:?}");
            assert!(found[0].contains(&expect) && found[0].contains("ARCHITECTURE.md"), "{found:?}");
        }
    }

    #[test]
    fn edges_of_the_picture_pass() {
        edge("event", "protocol", None, true);
        edge("connect", "client", None, true);
        edge("server", "log", None, true);
        edge("testkit", "ops", None, true);
        edge("bench", "testkit", None, true);
        edge("protocol", "testkit", Some("dev"), true);
    }

    #[test]
    fn edges_that_are_not_in_the_picture_are_found() {
        edge("protocol", "event", None, false);
        edge("protocol", "event", Some("dev"), false);
        edge("event", "protocol", Some("build"), true);
        edge("event", "client", Some("build"), false);
        edge("log", "client", None, false);
        edge("client", "log", None, false);
        edge("client", "log", Some("dev"), false);
        edge("engine", "connect", None, false);
        edge("testkit", "server", None, false);
        edge("bench", "event", None, false);
    }

    #[test]
    fn testkit_is_only_for_tests() {
        edge("server", "testkit", None, false);
        edge("server", "testkit", Some("build"), false);
    }

    #[test]
    fn xtask_stands_alone() {
        edge("xtask", "event", None, false);
        edge("xtask", "testkit", Some("dev"), false);
        edge("event", "xtask", Some("build"), false);
    }

    #[test]
    fn a_crate_that_is_not_in_the_picture_is_found() {
        let found = findings(&[("utilities", &[])]);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("watershed-utilities: this crate is not in the picture"), "{found:?}");
    }

    #[test]
    fn a_crate_in_another_folder_is_found() {
        let package = json!({"name": "watershed-log", "manifest_path": "/x/crates/ledger/Cargo.toml", "dependencies": []});
        let found = check(&json!({"packages": [package]}));
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn a_crate_of_the_same_name_from_a_registry_is_no_edge() {
        let log = json!({"name": "watershed-client", "kind": null});
        let package = json!({"name": "watershed-log", "manifest_path": "/crates/log/Cargo.toml", "dependencies": [log]});
        let client = json!({"name": "watershed-client", "manifest_path": "/crates/client/Cargo.toml", "dependencies": []});
        assert!(check(&json!({"packages": [package, client]})).is_empty());
    }
}
