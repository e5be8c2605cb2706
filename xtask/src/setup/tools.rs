//! Tools that cargo installs: taken from PATH if there, else compiled once into the store.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context as _;

use crate::layout::Layout;
use crate::process;
use crate::setup::There;

/// A tool, pinned so that every machine judges alike.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    version: &'static str,
}

pub(crate) const CARGO_DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };
pub(crate) const CARGO_FUZZ: Tool = Tool { name: "cargo-fuzz", version: "0.13.2" };

impl Tool {
    /// Where the tool is, on PATH or in the store.
    pub(crate) fn find(self, layout: &Layout) -> There {
        let installed = layout.tools().join("bin").join(self.name);
        let found = process::find(self.name).or_else(|| installed.is_file().then_some(installed));
        let how = || {
            format!(
                "{0} is not there: `cargo install --locked {0}`, or `cargo xtask test`, brings it",
                self.name
            )
        };
        found.ok_or_else(how)
    }

    /// Where the tool is, compiled into the store if it is nowhere.
    ///
    /// # Errors
    /// cargo cannot fetch or compile it.
    pub(crate) fn set_up(self, layout: &Layout) -> anyhow::Result<PathBuf> {
        let _lock = layout.store.lock()?;
        if let Ok(path) = self.find(layout) {
            return Ok(path);
        }
        let mut cargo = layout.cargo();
        cargo.args(["install", "--quiet", "--locked", "--version", self.version, self.name, "--root"]);
        // Its own build folder, a temporary one: nothing of it is of use a second time.
        cargo.arg(layout.tools()).env_remove("CARGO_TARGET_DIR");
        process::run(&mut cargo).with_context(|| format!("{} could not be installed", self.name))?;
        self.find(layout).map_err(anyhow::Error::msg)
    }
}

/// Whether rustup has a nightly toolchain, which cargo-fuzz needs.
pub(crate) fn nightly() -> Result<(), String> {
    let how = "`rustup toolchain install nightly --profile minimal` brings it";
    let rustup =
        process::find("rustup").ok_or("no rustup, hence no nightly toolchain, which fuzzing needs")?;
    let (list, _) = process::output(Command::new(rustup).args(["toolchain", "list"]))
        .map_err(|error| error.to_string())?;
    if list.lines().any(|line| line.starts_with("nightly-")) {
        return Ok(());
    }
    Err(format!("no nightly toolchain, which fuzzing needs: {how}"))
}
