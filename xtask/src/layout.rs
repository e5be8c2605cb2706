//! Where things lie: the checkout, what is built, and what is fetched once.
//!
//! On a developer's machine everything that is made lies in `target`. With `CI=true`, or `WATERSHED_CACHE` naming a
//! folder, what outlives one clean clone lies in a cache folder instead:
//!
//! | in the cache | what | shared by |
//! |---|---|---|
//! | `target-KEY` | what cargo builds; KEY follows from Cargo.lock and the compiler | runs with equal dependencies |
//! | `kafka-VERSION`, `venv-KEY`, `tools` | Kafka's jars, the Python clients, cargo's tools | all runs |

use std::env;
use std::ffi::OsString;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use serde_json::Value;

use crate::store::{Slot, Store};
use crate::{process, workspace};

/// A cached build folder that has grown past this is built anew: each clone's own crates stay in it for ever otherwise,
/// since cargo tells them apart by their path.
const BUILD_BYTES_MAX: u64 = 12 << 30;

/// What the process's environment says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Environment {
    /// A missing prerequisite is a failure, and what is fetched goes to the cache.
    pub(crate) ci: bool,
    /// The cache folder, if one is used.
    pub(crate) cache: Option<PathBuf>,
}

impl Environment {
    pub(crate) fn from_process() -> Self {
        Self::read(|name| env::var_os(name).filter(|value| !value.is_empty()))
    }

    fn read(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let ci = variable("CI").is_some_and(|value| value != "false" && value != "0");
        let cache = variable("WATERSHED_CACHE").map(PathBuf::from).or_else(|| {
            let caches = || Some(PathBuf::from(variable("HOME")?).join(".cache"));
            ci.then(|| variable("XDG_CACHE_HOME").map(PathBuf::from).or_else(caches))?
                .map(|it| it.join("watershed"))
        });
        Self { ci, cache }
    }
}

/// The folders of one run.
#[derive(Debug)]
pub(crate) struct Layout {
    /// The checkout.
    pub(crate) root: PathBuf,
    /// The checkout's own folder for what is made, never shared with another checkout.
    pub(crate) target: PathBuf,
    /// What is fetched once: the cache, or `target`.
    pub(crate) store: Store,
    /// What cargo knows of the workspace.
    pub(crate) metadata: Value,
    /// The cached build folder; `None`: cargo's own choice.
    build: Option<Slot>,
}

impl Layout {
    /// Finds the folders, makes those that are not there, and keeps the cached build folder from being removed by
    /// another run as long as this value lives.
    ///
    /// # Errors
    /// The workspace's manifests are broken, or the cache folder cannot be written.
    pub(crate) fn find(environment: &Environment) -> anyhow::Result<Self> {
        let root = workspace::root();
        let metadata = workspace::metadata(&root)?;
        let target = PathBuf::from(workspace::text(&metadata["target_directory"]));
        let cache = environment.cache.as_ref().map(std::path::absolute).transpose()?;
        let store = Store::open(cache.as_ref().unwrap_or(&target))?;
        let mut build = None;
        if cache.is_some() {
            let key = build_key(&root)?;
            build = Some(store.lock()?.slot("target", &key, Some(BUILD_BYTES_MAX))?);
        }
        Ok(Self { root, target, store, metadata, build })
    }

    /// Where cargo builds.
    pub(crate) fn build_folder(&self) -> &Path {
        self.build.as_ref().map_or(&self.target, |slot| &slot.path)
    }

    /// Where cargo's tools are installed that are not on PATH.
    pub(crate) fn tools(&self) -> PathBuf {
        self.store.path.join("tools")
    }

    /// A cargo command in the checkout, with the cached build folder if there is one.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(&self.root);
        for (name, _) in env::vars_os() {
            // Set by the cargo that started us. Build scripts that look at them would run again, in vain.
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                cargo.env_remove(&*name);
            }
        }
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = env::split_paths(&path).chain([self.tools().join("bin")]);
        if let Ok(path) = env::join_paths(folders) {
            cargo.env("PATH", path);
        }
        if let Some(slot) = &self.build {
            // A clean clone has nothing to be incremental to.
            cargo.env("CARGO_TARGET_DIR", &slot.path).env("CARGO_INCREMENTAL", "0");
        }
        cargo
    }
}

/// 16 hexadecimal digits that change when one of `parts` does. Not for secrets.
pub(crate) fn key(parts: &[&str]) -> String {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn build_key(root: &Path) -> anyhow::Result<String> {
    let lock = root.join("Cargo.lock");
    let lock = fs::read_to_string(&lock).with_context(|| format!("{} cannot be read", lock.display()))?;
    let (compiler, _) = process::output(Command::new("rustc").arg("-V"))?;
    Ok(key(&[&lock, &compiler]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_used_in_ci_or_when_named() {
        #[track_caller]
        fn check(variables: &[(&str, &str)], ci: bool, cache: Option<&str>) {
            let find = |name: &str| variables.iter().find(|it| it.0 == name).map(|it| it.1.into());
            assert_eq!(Environment::read(find), Environment { ci, cache: cache.map(PathBuf::from) });
        }
        check(&[("HOME", "h")], false, None);
        check(&[("HOME", "h"), ("XDG_CACHE_HOME", "x")], false, None);
        check(&[("HOME", "h"), ("CI", "false")], false, None);
        check(&[("HOME", "h"), ("CI", "true")], true, Some("h/.cache/watershed"));
        check(&[("HOME", "h"), ("CI", "true"), ("XDG_CACHE_HOME", "x")], true, Some("x/watershed"));
        check(&[("HOME", "h"), ("WATERSHED_CACHE", "c")], false, Some("c"));
        check(&[("CI", "true"), ("WATERSHED_CACHE", "c")], true, Some("c"));
    }

    #[test]
    fn a_key_tells_its_parts_apart() {
        assert_eq!(key(&["a", "b"]), key(&["a", "b"]));
        assert_ne!(key(&["a", "b"]), key(&["ab", ""]));
        assert_eq!(key(&[]).len(), 16);
    }
}
