//! What cargo knows of the workspace, read from `cargo metadata`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use serde_json::Value;

use crate::process;

/// The feature under which a crate's tests against real clients and servers are compiled.
pub(crate) const CLIENT_TESTS: &str = "client-tests";

/// The checkout's root folder.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().expect("xtask lies in a folder of the workspace").to_owned()
}

/// `cargo metadata` of the workspace's own packages.
///
/// # Errors
/// A manifest is broken: cargo's own words say which.
pub(crate) fn metadata(root: &Path) -> anyhow::Result<Value> {
    let mut cargo = Command::new("cargo");
    let cargo = cargo.current_dir(root).args(["metadata", "--no-deps", "--format-version", "1"]);
    let (json, _) = process::output(cargo)?;
    serde_json::from_str(&json).context("`cargo metadata` wrote something else than JSON")
}

/// The packages of the workspace.
pub(crate) fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata["packages"].as_array().into_iter().flatten()
}

/// The test targets against real clients: those that need the feature `client-tests`. A package that has the feature and no
/// such target puts `*` here: all of its tests may be meant.
pub(crate) fn client_tests(metadata: &Value) -> Vec<String> {
    let mut names = Vec::new();
    for package in packages(metadata).filter(|package| package["features"].get(CLIENT_TESTS).is_some()) {
        let targets = package["targets"].as_array().into_iter().flatten();
        let needing = targets.filter(|target| {
            contains(&target["kind"], "test") && contains(&target["required-features"], CLIENT_TESTS)
        });
        let before = names.len();
        names.extend(needing.map(|target| text(&target["name"])));
        if names.len() == before {
            names.push("*".to_owned());
        }
    }
    names.sort();
    names.dedup();
    names
}

/// A JSON string's text; empty for anything else.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn contains(list: &Value, word: &str) -> bool {
    list.as_array().is_some_and(|list| list.iter().any(|item| item == word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn client_tests_are_found_by_their_feature() {
        let metadata = json!({"packages": [
            {"name": "plain", "features": {}, "targets": [{"name": "a", "kind": ["test"]}]},
            {"name": "all", "features": {"client-tests": []}, "targets": [{"name": "b", "kind": ["test"]}]},
            {"name": "some", "features": {"client-tests": []}, "targets": [
                {"name": "c", "kind": ["test"], "required-features": ["client-tests"]},
                {"name": "f", "kind": ["test"], "required-features": ["client-tests"]},
                {"name": "d", "kind": ["test"]},
                {"name": "e", "kind": ["bin"], "required-features": ["client-tests"]},
            ]},
            {"name": "other", "features": {"client-tests": []}, "targets": [
                {"name": "c", "kind": ["test"], "required-features": ["client-tests"]},
            ]},
        ]});
        assert_eq!(client_tests(&metadata), ["*", "c", "f"]);
        assert!(client_tests(&json!({"packages": []})).is_empty());
    }

    #[test]
    fn the_workspace_is_its_own_example() {
        let metadata = metadata(&root()).unwrap();
        assert!(packages(&metadata).any(|package| package["name"] == "xtask"));
    }
}
