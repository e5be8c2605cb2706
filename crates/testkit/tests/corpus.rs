//! Runs what each fuzz target runs over its committed corpus, so that a finding stays found on a stable toolchain and
//! without a fuzzer.

use std::fs;
use std::path::Path;

use watershed_testkit::{fuzz_batch, fuzz_messages};

/// A target's name, and what it does with its bytes.
type Target = (&'static str, fn(&[u8]));

/// A folder of `fuzz/corpus` for each target, by the target's name.
const TARGETS: [Target; 2] = [("batch", fuzz_batch::batch), ("messages", fuzz_messages::messages)];

fn fuzz() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz"))
}

/// Names in a folder, in their order.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a folder that is read").file_name().into_string().expect("plain names"))
        .collect();
    names.sort();
    names
}

#[test]
fn every_target_has_a_corpus_and_passes_it() {
    let corpora = names(&fuzz().join("corpus"));
    for target in names(&fuzz().join("fuzz_targets")) {
        let target = target.strip_suffix(".rs").expect("targets are Rust files");
        assert!(corpora.iter().any(|corpus| corpus == target), "the target {target} has no corpus");
    }
    for corpus in corpora {
        let (_, run) = TARGETS
            .iter()
            .find(|(name, _)| *name == corpus)
            .unwrap_or_else(|| panic!("fuzz/corpus/{corpus} belongs to no target: add it to TARGETS"));
        let inputs = names(&fuzz().join("corpus").join(&corpus));
        assert!(!inputs.is_empty(), "fuzz/corpus/{corpus} is empty");
        for input in inputs {
            // The last line that a failure shows.
            println!("fuzz/corpus/{corpus}/{input}");
            run(&fs::read(fuzz().join("corpus").join(&corpus).join(&input)).expect("a file of the corpus"));
        }
    }
}

#[test]
fn a_corpus_stays_small() {
    for corpus in names(&fuzz().join("corpus")) {
        let folder = fuzz().join("corpus").join(&corpus);
        let sizes: Vec<u64> = names(&folder)
            .iter()
            .map(|name| folder.join(name).metadata().expect("it is there").len())
            .collect();
        assert!(sizes.len() < 400, "fuzz/corpus/{corpus} has {} files: minimise it", sizes.len());
        let size_bytes: u64 = sizes.iter().sum();
        assert!(size_bytes < 1 << 20, "fuzz/corpus/{corpus} has {size_bytes} bytes: minimise it");
    }
}

#[test]
fn every_seed_passes() {
    for (name, seed) in fuzz_batch::seeds() {
        println!("{name}");
        fuzz_batch::batch(&seed);
    }
}
