//! Every message in every version against Kafka's own classes: Java reads what is written here and writes the same
//! bytes again. Needs Java and Kafka's jars: `cargo xtask test` sets them up.

#![allow(clippy::unwrap_used, reason = "in a test that is a failure")]

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use watershed_protocol::messages::{
    AnyRequest, AnyResponse, ApiKey, ConsumerProtocolAssignment, ConsumerProtocolSubscription, RequestHeader,
    ResponseHeader,
};
use watershed_protocol::wire::Message;
use watershed_testkit::arbitrary::Arbitrary;

/// Made-up values for each message and version.
const SEEDS: u64 = 12;

/// A message's name, its version and its bytes.
type Case = (String, i16, Vec<u8>);

fn of_type<'a, M: Message<'a>>(cases: &mut Vec<Case>, read: impl Fn(&mut Arbitrary, i16) -> M) {
    for version in M::VERSIONS {
        for seed in 0..SEEDS {
            let mut bytes = Vec::new();
            read(&mut Arbitrary::new(seed), version).write(&mut bytes, version).unwrap();
            cases.push((M::NAME.to_owned(), version, bytes));
        }
    }
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for &api in ApiKey::ALL {
        for version in api.versions() {
            for seed in 0..SEEDS {
                let (mut asked, mut answered) = (Vec::new(), Vec::new());
                let source = || Arbitrary::new(seed);
                AnyRequest::read(api, &mut source(), version).unwrap().write(&mut asked, version).unwrap();
                AnyResponse::read(api, &mut source(), version)
                    .unwrap()
                    .write(&mut answered, version)
                    .unwrap();
                cases.push((format!("{api}Request"), version, asked));
                cases.push((format!("{api}Response"), version, answered));
            }
        }
    }
    of_type(&mut cases, |source, version| RequestHeader::read(source, version).unwrap());
    of_type(&mut cases, |source, version| ResponseHeader::read(source, version).unwrap());
    of_type(&mut cases, |source, version| ConsumerProtocolSubscription::read(source, version).unwrap());
    of_type(&mut cases, |source, version| ConsumerProtocolAssignment::read(source, version).unwrap());
    cases
}

#[test]
fn kafkas_own_classes_read_every_message_and_write_the_same_bytes() {
    let libs = std::env::var("WATERSHED_KAFKA_LIBS")
        .expect("WATERSHED_KAFKA_LIBS names the folder of Kafka's jars: run this through `cargo xtask test`");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testkit/clients/WireOracle.java");
    let cases = cases();
    let folder = tempfile::tempdir().unwrap();
    let questions = folder.path().join("questions");
    let mut file = BufWriter::new(File::create(&questions).unwrap());
    for (name, version, bytes) in &cases {
        writeln!(file, "{name} {version} {}", STANDARD.encode(bytes)).unwrap();
    }
    file.into_inner().unwrap();
    let output = Command::new("java")
        .args(["-Xmx512m", "-cp", &format!("{libs}/*")])
        .arg(source)
        .stdin(File::open(&questions).unwrap())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers = answers.lines().collect::<Vec<_>>();
    assert_eq!(answers.len(), cases.len());
    let differs = |((name, version, bytes), answer): (&Case, &&str)| {
        (*answer != STANDARD.encode(bytes))
            .then(|| format!("{name} v{version}: {}", answer.get(..200).unwrap_or(answer)))
    };
    let differing = cases.iter().zip(&answers).filter_map(differs).collect::<Vec<_>>();
    assert!(differing.is_empty(), "{} of {} differ:\n{}", differing.len(), cases.len(), differing.join("\n"));
    println!("{} messages compared with Kafka's own classes", cases.len());
}
