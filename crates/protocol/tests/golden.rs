//! Batches that real clients, a real broker and its log cleaner wrote, kept in `tests/golden`: what was in them then is
//! found in them now.
//!
//! Beside each `NAME.batch` lies a `NAME.json`: who wrote it, and what Kafka's own Java code found in it. Both come from
//! `WATERSHED_WRITE_GOLDEN=1 cargo test -p watershed-protocol --features client-tests --test clients`.

mod view;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use view::{LIMIT_BYTES, views};
use watershed_protocol::batch::{BatchBuilder, BatchOptions, BatchReader, RawBatch};
use watershed_testkit::batch::BatchView;

#[derive(Deserialize)]
struct Golden {
    #[serde(skip)]
    bytes: Vec<u8>,
    writer: String,
    batch: BatchView,
}

/// All golden batches by name.
fn golden() -> BTreeMap<String, Golden> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("golden");
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(dir).expect("the folder is in the repository") {
        let path = entry.expect("the folder can be read").path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let json = fs::read(&path).expect("the file can be read");
            let mut golden: Golden =
                serde_json::from_slice(&json).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            golden.bytes = fs::read(path.with_extension("batch")).expect("each description has its batch");
            let name = path.file_stem().expect("it has an extension").to_string_lossy().into_owned();
            all.insert(name, golden);
        }
    }
    all
}

#[test]
fn golden_batches_hold_what_java_found_in_them() {
    for (name, golden) in golden() {
        let views = views(&golden.bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(views, [golden.batch], "{name} of {}", golden.writer);
    }
}

#[test]
fn every_client_codec_and_case_is_among_them() {
    let golden = golden();
    let codecs = ["none", "gzip", "snappy", "lz4", "zstd"];
    let mut expected = Vec::new();
    for codec in codecs {
        for client in ["java", "librdkafka", "kafka-python"] {
            expected.extend(["awkward", "append-time"].map(|case| format!("{client}-{codec}-{case}")));
        }
        expected.extend(["gaps", "delete-horizon"].map(|case| format!("cleaner-{codec}-{case}")));
    }
    for client in ["java", "librdkafka", "kafka-python"] {
        expected.extend(["commit", "abort"].map(|kind| format!("{client}-none-{kind}-data")));
        expected.extend(["commit", "abort"].map(|kind| format!("{client}-none-{kind}-marker")));
    }
    expected.extend(["cleaner-none-empty", "cleaner-none-marker-delete-horizon"].map(str::to_owned));
    let missing: Vec<_> = expected.iter().filter(|&name| !golden.contains_key(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    for (name, golden) in golden {
        assert!(codecs.contains(&golden.batch.codec.as_str()) && name.contains('-'), "{name}");
    }
}

#[test]
fn golden_batches_built_again_say_the_same() {
    let mut reader = BatchReader::new(LIMIT_BYTES);
    for (name, golden) in golden() {
        let batch = RawBatch::parse(&golden.bytes).and_then(RawBatch::validate).expect("read above");
        let options = BatchOptions::from_header(batch.header()).expect("the codec is known");
        let mut builder = BatchBuilder::new(options);
        for record in reader.records(&batch).expect("read above") {
            builder.push(&record.expect("read above")).expect("it fitted before");
        }
        let mut rebuilt = Vec::new();
        builder.finish(&mut rebuilt).unwrap_or_else(|error| panic!("{name}: {error}"));
        let after = views(&rebuilt).expect("just built").remove(0);
        let mut before = golden.batch;
        before.size_bytes = after.size_bytes;
        before.crc = after.crc;
        if batch.header().attributes.is_append_time() {
            // It hides the times that the producer gave, so that they cannot come out again.
            before.base_timestamp_ms = after.base_timestamp_ms;
        } else if before.codec == "none" {
            assert_eq!(rebuilt, golden.bytes, "{name}: what was not compressed is the very bytes");
        }
        assert_eq!(after, before, "{name}");
    }
}
