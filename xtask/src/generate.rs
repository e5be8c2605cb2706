//! Writes `crates/protocol/src/messages/generated` from the message definitions in Kafka's own jar.
//!
//! Nothing is taken over but names, types, versions and defaults. The output is committed, so that building Watershed
//! needs no Java; `cargo xtask generate --check` says whether it is what this would write.

mod definition;
mod emit;
mod emit_struct;
mod selection;
mod structs;
mod values;

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail, ensure};

use definition::Definition;

use crate::setup::kafka;

/// Where the output lies in the repository.
const OUTPUT: &str = "crates/protocol/src/messages/generated";
/// Where the definitions lie in the jar of Kafka's clients.
const INSIDE_JAR: &str = "common/message";

/// Generates the messages from the jars of Kafka in `libs`; with `check`, only compares them with what is committed.
///
/// # Errors
///
/// If the jar cannot be read, a definition is not understood, `rustfmt` fails, or with `check` a file differs.
pub(crate) fn run(libs: &Path, check: bool) -> anyhow::Result<()> {
    let mut definitions = read_jar(&kafka::clients_jar(libs), INSIDE_JAR, &selection::definitions())?;
    for (module, folder, names) in selection::STATE {
        definitions.extend(read_jar(&kafka::jar(libs, module), folder, names)?);
    }
    let mut files = BTreeMap::new();
    for (name, text) in emit::files(&definitions)? {
        files.insert(name.clone(), format(&text).with_context(|| format!("formatting {name}"))?);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(OUTPUT);
    if check { compare(&folder, &files) } else { write(&folder, &files) }
}

/// The definitions with these names in a folder of the jar.
fn read_jar(jar: &Path, folder: &str, names: &[impl AsRef<str>]) -> anyhow::Result<Vec<Definition>> {
    let read = || -> anyhow::Result<Vec<Definition>> {
        let mut archive = zip::ZipArchive::new(std::fs::File::open(jar)?)?;
        let mut parse = |name: &str| {
            let mut text = String::new();
            archive.by_name(&format!("{folder}/{name}.json"))?.read_to_string(&mut text)?;
            Definition::parse(&text)
        };
        names.iter().map(AsRef::as_ref).map(|name| parse(name).with_context(|| name.to_owned())).collect()
    };
    read().with_context(|| format!("reading the message definitions in {}", jar.display()))
}

fn format(text: &str) -> anyhow::Result<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(root.join("rustfmt.toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("starting rustfmt: install it with `rustup component add rustfmt`")?;
    // The output is larger than a pipe: it is read while the input is written.
    let mut input = rustfmt.stdin.take().context("no input of rustfmt")?;
    let output = std::thread::scope(|scope| {
        scope.spawn(move || input.write_all(text.as_bytes()));
        rustfmt.wait_with_output()
    })?;
    ensure!(output.status.success(), "rustfmt refused what was generated:\n{text}");
    Ok(String::from_utf8(output.stdout)?)
}

fn write(folder: &Path, files: &BTreeMap<String, String>) -> anyhow::Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    for (name, text) in files {
        std::fs::write(folder.join(name), text)?;
    }
    println!("{} files written to {OUTPUT}", files.len());
    Ok(())
}

fn compare(folder: &Path, files: &BTreeMap<String, String>) -> anyhow::Result<()> {
    let mut differing = Vec::new();
    for (name, text) in files {
        if std::fs::read_to_string(folder.join(name)).ok().as_ref() != Some(text) {
            differing.push(name.clone());
        }
    }
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !files.contains_key(&name) {
            differing.push(name);
        }
    }
    if !differing.is_empty() {
        bail!(
            "{OUTPUT} is not what the generator writes ({}): run `cargo xtask generate`",
            differing.join(", ")
        );
    }
    println!("{} generated files are current", files.len());
    Ok(())
}
