//! kcat reads what is written here: the tool that operators have at hand, on the librdkafka of their distribution, which
//! is years older than the one under test elsewhere.

use std::process::Command;

use libtest_mimic::{Failed, Trial};
use watershed_protocol::batch::{BatchBuilder, BatchOptions, Codec, Header};

use crate::lab::{Lab, same};
use crate::producer::Producer;
use crate::{SharedLab, claim};

/// Records sent.
const COUNT: usize = 500;

pub(crate) fn trials(lab: &SharedLab) -> Vec<Trial> {
    // Debian's package, which the test command installs where it is root. Where it is not, the claims are shown as ignored.
    let kcat = std::env::var("WATERSHED_KCAT").ok();
    let trial = |codec| {
        let kcat = kcat.clone();
        let missing = kcat.is_none();
        claim(lab, format!("watershed::{codec}::kcat_reads_keys_values_and_headers"), move |lab| {
            reads(lab, codec, &kcat.unwrap_or_default())
        })
        .with_ignored_flag(missing)
    };
    Codec::ALL.into_iter().map(trial).collect()
}

fn reads(lab: &Lab, codec: Codec, kcat: &str) -> Result<(), Failed> {
    let topic = format!("watershed-{codec}-kcat");
    lab.create_topic(&topic, &[])?;
    let mut builder = BatchBuilder::new(BatchOptions { codec, ..BatchOptions::default() });
    let mut expected = String::new();
    for index in 0..COUNT {
        let (key, value) = (format!("key-{index}"), format!("Zürich {index} ").repeat(8));
        let headers = [Header::new("a", b"1"), Header::new("a", b"2")];
        builder.append(1_790_000_000_000, Some(key.as_bytes()), Some(value.as_bytes()), &headers)?;
        expected.push_str(&format!("{index} 1790000000000 {key}={value} a=1,a=2\n"));
    }
    let mut batch = Vec::new();
    builder.finish(&mut batch)?;
    Producer::connect(&lab.bootstrap())?.send_accepted(&topic, batch[..].into())?;
    let output = Command::new(kcat)
        .args(["-C", "-q", "-e", "-b", &lab.bootstrap(), "-t", &topic, "-o", "beginning"])
        .args(["-X", "check.crcs=true", "-f", "%o %T %k=%s %h\n"])
        .output()?;
    same(
        "kcat's exit",
        &(output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned()),
        &(Some(0), String::new()),
    )?;
    same("kcat's output", &String::from_utf8(output.stdout)?, &expected)
}
