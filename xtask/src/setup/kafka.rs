//! Apache Kafka's jars by Maven: the broker and tools that client tests start, and the definitions that `generate` reads.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::layout::Layout;
use crate::process;
use crate::setup::There;

/// The release of `pom.xml`. Later ones have no kafka-tools in Maven's repository yet.
pub(crate) const VERSION: &str = "4.3.1";

/// Kafka's brokers and tools ask for this Java.
const JAVA_MIN: u32 = 17;

const POM: &str = include_str!("../../kafka/pom.xml");

/// Java, if one that is new enough is on PATH.
pub(crate) fn java() -> There {
    let how = || format!("install a JDK {JAVA_MIN} or newer and put `java` on PATH");
    let java = process::find("java").ok_or_else(|| format!("no Java: {}", how()))?;
    let (stdout, stderr) =
        process::output(Command::new(&java).arg("-version")).map_err(|error| error.to_string())?;
    match java_major(&format!("{stderr}{stdout}")) {
        Some(major) if major >= JAVA_MIN => {
            // Client tests run Java from its source.
            let compiler = process::output(Command::new(&java).args(["--describe-module", "jdk.compiler"]));
            compiler.map(|_| java).map_err(|_| format!("this Java has no compiler: {}", how()))
        }
        Some(major) => Err(format!("Java {major} is too old for Kafka {VERSION}: {}", how())),
        None => Err(format!("`java -version` says no version: {}", how())),
    }
}

/// The folder of the jars, fetched by Maven unless it was before.
///
/// # Errors
/// Maven fails, or the store cannot be written.
pub(crate) fn set_up(layout: &Layout) -> anyhow::Result<There> {
    let folder = layout.store.path.join(format!("kafka-{VERSION}"));
    let (libs, marker) = (folder.join("libs"), folder.join("complete"));
    let _lock = layout.store.lock()?;
    if fs::read_to_string(&marker).is_ok_and(|pom| pom == POM) {
        return Ok(Ok(libs));
    }
    if let Err(why) = java() {
        return Ok(Err(why));
    }
    let Some(maven) = process::find("mvn") else {
        return Ok(Err("no Maven: install Apache Maven 3.6 or newer and put `mvn` on PATH".to_owned()));
    };
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("{} cannot be removed", folder.display()))?;
    }
    fs::create_dir_all(&libs)?;
    let mut command = Command::new(maven);
    command.current_dir(&folder).args([
        "-q",
        "-B",
        "-ntp",
        "-Dstyle.color=never",
        "dependency:copy-dependencies",
        "--file",
    ]);
    command.arg(layout.root.join("xtask/kafka/pom.xml"));
    command.arg(format!("-DoutputDirectory={}", libs.display()));
    process::run(&mut command)
        .context("Kafka's jars could not be fetched: can Maven reach its repository?")?;
    let jar = clients_jar(&libs);
    ensure!(
        jar.is_file(),
        "Maven ended well, yet {} is not there: look at xtask/kafka/pom.xml",
        jar.display()
    );
    // Last, so that an aborted fetch is done again; the text, so that a changed pom.xml is fetched anew.
    fs::write(&marker, POM)?;
    Ok(Ok(libs))
}

/// The jar with Kafka's message definitions.
pub(crate) fn clients_jar(libs: &Path) -> PathBuf {
    jar(libs, "clients")
}

/// The jar of one of Kafka's modules.
pub(crate) fn jar(libs: &Path, module: &str) -> PathBuf {
    libs.join(format!("kafka-{module}-{VERSION}.jar"))
}

/// The feature release in the first line of `java -version`: `openjdk version "17.0.15" 2025-04-15`.
fn java_major(text: &str) -> Option<u32> {
    let version = text.split('"').nth(1)?;
    let digits = version.split(|letter: char| !letter.is_ascii_digit());
    // Up to Java 8 the version began with "1.".
    let mut numbers = digits.map_while(|digits| digits.parse().ok());
    numbers.next().and_then(|first| if first == 1 { numbers.next() } else { Some(first) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn java_versions_old_and_new_are_read() {
        #[track_caller]
        fn check(text: &str, expect: Option<u32>) {
            assert_eq!(java_major(text), expect, "{text}");
        }
        check("openjdk version \"17.0.15\" 2025-04-15\nOpenJDK Runtime", Some(17));
        check("Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version \"21\" 2023-09-19", Some(21));
        check("java version \"1.8.0_402\"", Some(8));
        check("openjdk version \"25-ea\"", Some(25));
        check("no such thing", None);
        check("version \"unknown\"", None);
    }

    #[test]
    fn the_pom_fetches_the_version_that_the_folder_is_named_after() {
        assert!(POM.contains(&format!("<kafka.version>{VERSION}</kafka.version>")));
    }
}
