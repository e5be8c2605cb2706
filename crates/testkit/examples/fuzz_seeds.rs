//! Writes the seeds of every fuzz target into its corpus: `cargo run -p watershed-testkit --example fuzz_seeds`.
//! What the fuzzer found and was kept stays; a seed is only ever added or replaced by its name.

use std::fs;
use std::path::Path;

use watershed_testkit::{fuzz_batch, fuzz_messages};

fn main() -> std::io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    for (target, seeds) in [("batch", fuzz_batch::seeds()), ("messages", fuzz_messages::seeds())] {
        let folder = corpus.join(target);
        fs::create_dir_all(&folder)?;
        for (name, bytes) in seeds {
            fs::write(folder.join(name), bytes)?;
        }
    }
    Ok(())
}
