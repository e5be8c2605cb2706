//! Writes the seeds of every fuzz target into its corpus: `cargo run -p watershed-testkit --example fuzz_seeds`.
//! What the fuzzer found and was kept stays; a seed is only ever added or replaced by its name.

use std::fs;
use std::path::Path;

use watershed_protocol::messages::{AnyRequest, AnyResponse, ApiKey};
use watershed_testkit::arbitrary::Arbitrary;
use watershed_testkit::fuzz_batch;

fn main() -> std::io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    for (target, seeds) in [("batch", fuzz_batch::seeds()), ("messages", message_seeds())] {
        let folder = corpus.join(target);
        fs::create_dir_all(&folder)?;
        for (name, bytes) in seeds {
            fs::write(folder.join(name), bytes)?;
        }
    }
    Ok(())
}

/// Made-up messages of every kind in their oldest and newest version, as the target `messages` takes them. Here and not
/// in the library, which fuzzers compile: made-up values of every message are a lot of code.
fn message_seeds() -> Vec<(String, Vec<u8>)> {
    let mut seeds = Vec::new();
    for (index, &api) in ApiKey::ALL.iter().enumerate() {
        let index = u8::try_from(index).expect("there are fewer than 256 APIs");
        for version in [*api.versions().start(), *api.versions().end()] {
            let byte = version.to_be_bytes()[1];
            // The first seed whose message is small: a corpus is to be mutated, not to be large.
            let request = (0..).map(|seed| {
                let mut bytes = vec![0, index, byte];
                let message = AnyRequest::read(api, &mut Arbitrary::new(seed), version);
                message.expect("made up").write(&mut bytes, version).expect("written");
                bytes
            });
            let response = (0..).map(|seed| {
                let mut bytes = vec![1, index, byte];
                let message = AnyResponse::read(api, &mut Arbitrary::new(seed), version);
                message.expect("made up").write(&mut bytes, version).expect("written");
                bytes
            });
            seeds.push((format!("{api}Request-v{version}"), smallest_of_many(request)));
            seeds.push((format!("{api}Response-v{version}"), smallest_of_many(response)));
        }
    }
    seeds
}

/// The smallest message that has some content.
fn smallest_of_many(made_up: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    const ENOUGH_BYTES: usize = 64;
    made_up.take(200).min_by_key(|bytes| (bytes.len() < ENOUGH_BYTES, bytes.len())).unwrap_or_default()
}
