//! What Kafka's log cleaner leaves behind is read as the clients read it: offset gaps, batches without records, tombstones
//! with a delete horizon, markers.

use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use watershed_testkit::batch::BatchView;
use watershed_testkit::record::Record;
use watershed_testkit::tool::{Client, Codec, Isolation, Mode, Produce, Source};
use watershed_testkit::wait::wait_for;

use crate::lab::{Lab, same_records};
use crate::{SharedLab, claim, view};

const CLEANED_WITHIN: Duration = Duration::from_secs(60);
/// Far in the future: markers have the broker's time, and no later record may be older than the first of its segment.
const TIMESTAMP_MS: i64 = 4_000_000_000_000;
/// Records of two steps are further apart in time than a segment may reach, so that each step opens a segment: the cleaner
/// leaves the last one alone.
const STEP_MS: i64 = 120_000;
const CONFIGS: [(&str, &str); 5] = [
    ("cleanup.policy", "compact"),
    ("segment.ms", "60000"),
    ("message.timestamp.after.max.ms", "9223372036854775807"),
    ("min.cleanable.dirty.ratio", "0.001"),
    // Long, so that tombstones stay, with the time from which they may go.
    ("delete.retention.ms", "86400000"),
];

/// A key and a value; null removes the key.
type Keyed = (&'static str, Option<&'static str>);

pub(crate) fn trials(lab: &SharedLab) -> Vec<Trial> {
    Codec::ALL
        .map(|codec| {
            let name = format!("cleaner::{}::a_compacted_partition_is_read_as_clients_read_it", codec.name());
            claim(lab, name, move |lab| compacted(lab, codec))
        })
        .into()
}

fn compacted(lab: &Lab, codec: Codec) -> Result<(), Failed> {
    let topic = format!("cleaner-{}", codec.name());
    lab.create_topic(&topic, &CONFIGS)?;
    for (step, (mode, records)) in (0..).zip(what_gets_compacted(&topic)) {
        write(lab, codec, &topic, step, mode, records)?;
    }
    cleaned(lab, &topic, &["gaps", "empty", "delete-horizon"])?;
    // A marker may get its horizon only in the round after the one that removed its transaction's last record.
    let end = write(lab, codec, &topic, 7, Mode::Plain, &[("last", Some("to stay in the active segment"))])?;
    let bytes = cleaned(lab, &topic, &["gaps", "empty", "delete-horizon", "marker-delete-horizon"])?;

    let views = lab.views_agreed_with_java(&bytes)?;
    let data: Vec<Record> =
        views.iter().filter(|batch| !batch.control).flat_map(|batch| batch.records.clone()).collect();
    for client in Client::ALL {
        for isolation in [Isolation::ReadUncommitted, Isolation::ReadCommitted] {
            // The cleaner has removed the aborted records, so that both see the same.
            same_records(&data, &lab.consume(client, &topic, isolation, end)?)?;
        }
    }
    let mut rest = &bytes[..];
    for view in &views {
        let (batch, after) = rest.split_at(view.size_bytes as usize);
        rest = after;
        if let Some(case) = remarkable(view) {
            let name = format!("cleaner-{}-{case}", codec.name());
            lab.save_golden(&name, batch, view, "Kafka's log cleaner 4.3.1")?;
        }
    }
    Ok(())
}

/// The steps, each of which opens a segment.
fn what_gets_compacted(topic: &str) -> [(Mode, &'static [Keyed]); 7] {
    let commit = |id: &str| Mode::Commit { transactional_id: format!("{id}-{topic}") };
    let abort = |id: &str| Mode::Abort { transactional_id: format!("{id}-{topic}") };
    [
        // Loses its second and last record.
        (Mode::Idempotent, &[("a", Some("1")), ("b", Some("1")), ("c", Some("1")), ("d", Some("1"))]),
        // Loses all; kept empty, since it holds its producer's last sequence.
        (Mode::Idempotent, &[("x", Some("1")), ("y", Some("1"))]),
        // Vanishes, since its producer goes on.
        (commit("first"), &[("z", Some("1"))]),
        // Vanishes like all that is aborted; its marker gets a time from which it may go too.
        (abort("first"), &[("aborted", Some("1"))]),
        (Mode::Plain, &[("b", None), ("d", Some("2")), ("x", Some("2")), ("never there", None)]),
        (commit("second"), &[("y", Some("2")), ("z", Some("2"))]),
        (Mode::Plain, &[("first", Some("to stay in the active segment"))]),
    ]
}

/// Writes the records of one step. Returns the offset at which the partition then ends.
fn write(
    lab: &Lab,
    codec: Codec,
    topic: &str,
    step: i64,
    mode: Mode,
    records: &[Keyed],
) -> Result<i64, Failed> {
    let timestamp_ms = TIMESTAMP_MS + step * STEP_MS;
    let records = records.iter().map(|&(key, value)| record(timestamp_ms, key, value)).collect();
    let produce = Produce::new(&lab.bootstrap(), topic, Source::Records(records));
    Ok(lab.tool(Client::Java).produce(&Produce { codec, mode, ..produce })?.last_offset + 1)
}

/// The partition's bytes once the cleaner has left all these cases in them: see [`remarkable`].
fn cleaned(lab: &Lab, topic: &str, cases: &[&str]) -> Result<Vec<u8>, Failed> {
    let cleaned = wait_for("the log cleaner", CLEANED_WITHIN, || {
        let bytes = lab.partition_bytes(topic).ok()?;
        // While segments are being swapped the bytes need not make sense.
        let views = view::views(&bytes).ok()?;
        cases.iter().all(|&case| views.iter().any(|batch| remarkable(batch) == Some(case))).then_some(bytes)
    });
    cleaned.map_err(|error| {
        let found = lab.partition_bytes(topic).ok().and_then(|bytes| view::views(&bytes).ok());
        let found: Vec<_> = found.iter().flatten().map(without_records).collect();
        format!("{error}; the partition is {found:#?}").into()
    })
}

/// Long values, so that the cleaner's batches compress.
fn record(timestamp_ms: i64, key: &str, value: Option<&str>) -> Record {
    let value = value.map(|value| value.repeat(200).into_bytes());
    Record { key: Some(key.as_bytes().to_vec()), value, ..Record::with_value(timestamp_ms, "") }
}

fn without_records(batch: &BatchView) -> BatchView {
    BatchView { records: Vec::new(), ..batch.clone() }
}

/// What is remarkable about a batch.
fn remarkable(batch: &BatchView) -> Option<&'static str> {
    let offsets = batch.last_offset - batch.base_offset + 1;
    match batch {
        BatchView { control: true, delete_horizon_ms: Some(_), .. } => Some("marker-delete-horizon"),
        BatchView { delete_horizon_ms: Some(_), .. } => Some("delete-horizon"),
        BatchView { record_count: 0, .. } => Some("empty"),
        _ if i64::from(batch.record_count) < offsets => Some("gaps"),
        _ => None,
    }
}
