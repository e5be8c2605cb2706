//! A consumer: reads a partition as Kafka's do, with its own view of which transactions were aborted.

use std::collections::BTreeSet;

use watershed_protocol::batch::{BatchHeader, BatchReader, Batches, ControlType};
use watershed_protocol::messages::fetch_request::{FetchPartition, FetchTopic};
use watershed_protocol::messages::fetch_response::PartitionData;
use watershed_protocol::messages::{FetchRequest, FetchResponse};

use super::client::{Code, NO_ANSWER, Place};
use crate::api::harness::Harness;

/// The header that tells a record from all others.
pub(super) const ID_HEADER: &str = "id";

/// What a consumer may want to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Isolation {
    All,
    Committed,
}

/// What there is at an offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Record { id: usize, key: Vec<u8>, value: Option<Vec<u8>>, timestamp_ms: i64 },
    Marker { producer_id: i64, commit: bool },
}

/// What was read of a partition, from some offset to its end.
#[derive(Debug, Default)]
pub(super) struct View {
    pub(super) log_start: i64,
    pub(super) high_watermark: i64,
    pub(super) last_stable: i64,
    pub(super) found: Vec<(i64, What)>,
}

/// Reads from this offset on to the end.
///
/// # Errors
///
/// What the broker said.
pub(super) async fn read(
    harness: &Harness,
    place: Place,
    from: i64,
    isolation: Isolation,
    bytes_max: i32,
) -> Result<View, Code> {
    let mut view = View::default();
    let (mut next, mut reader) = (from, BatchReader::new(1 << 20));
    loop {
        let request = request(place, next, isolation, bytes_max);
        let answer = harness.try_ask(&request, 12).await.ok_or(NO_ANSWER)?;
        let response = answer.read::<FetchResponse<'_>>();
        let partition = &response.responses[0].partitions[0];
        if partition.error_code != 0 {
            return Err(partition.error_code);
        }
        view.log_start = partition.log_start_offset;
        view.high_watermark = partition.high_watermark;
        view.last_stable = partition.last_stable_offset;
        let before = next;
        take(partition, isolation, &mut next, &mut reader, &mut view.found);
        if next == before {
            return Ok(view);
        }
    }
}

fn request(place: Place, offset: i64, isolation: Isolation, bytes_max: i32) -> FetchRequest<'static> {
    let partition = FetchPartition {
        partition: place.1,
        current_leader_epoch: -1,
        fetch_offset: offset,
        last_fetched_epoch: -1,
        log_start_offset: -1,
        partition_max_bytes: bytes_max,
        ..FetchPartition::default()
    };
    FetchRequest {
        replica_id: -1,
        max_bytes: 1 << 20,
        isolation_level: i8::from(isolation == Isolation::Committed),
        session_epoch: -1,
        topics: vec![FetchTopic { topic: place.0, partitions: vec![partition], ..FetchTopic::default() }],
        ..FetchRequest::default()
    }
}

/// Takes what an answer holds from `next` on, but for what was aborted.
fn take(
    partition: &PartitionData<'_>,
    isolation: Isolation,
    next: &mut i64,
    reader: &mut BatchReader,
    found: &mut Vec<(i64, What)>,
) {
    let mut to_come = partition.aborted_transactions.clone().unwrap_or_default();
    let mut aborting: BTreeSet<i64> = BTreeSet::new();
    for batch in Batches::new(partition.records.map_or(&[][..], |records| records.body)) {
        let batch = batch.expect("whole batches").validate().expect("batches as they were written");
        let header = *batch.header();
        to_come.retain(|aborted| {
            let begins = aborted.first_offset <= header.last_offset();
            if begins {
                aborting.insert(aborted.producer_id);
            }
            !begins
        });
        let attributes = header.attributes;
        let skipped = isolation == Isolation::Committed
            && attributes.is_transactional()
            && !attributes.is_control()
            && aborting.contains(&header.producer_id);
        for record in reader.records(&batch).expect("a batch that can be read").map(|record| record.unwrap())
        {
            let what = if attributes.is_control() {
                let marker = marker(&header, record.key);
                if matches!(marker, What::Marker { commit: false, .. }) {
                    aborting.remove(&header.producer_id);
                }
                marker
            } else {
                let id = record.headers.iter().find(|header| header.key == ID_HEADER.as_bytes());
                let id = id.and_then(|id| id.value).expect("every record has its id");
                let id = usize::try_from(u64::from_be_bytes(id.try_into().unwrap())).unwrap();
                let owned = |bytes: &[u8]| bytes.to_vec();
                let (key, value) = (record.key.map(owned).unwrap(), record.value.map(owned));
                What::Record { id, key, value, timestamp_ms: record.timestamp_ms }
            };
            if record.offset >= *next && !skipped {
                found.push((record.offset, what));
            }
        }
        *next = (*next).max(header.last_offset() + 1);
    }
}

fn marker(header: &BatchHeader, key: Option<&[u8]>) -> What {
    let kind = ControlType::from_key(key).unwrap();
    What::Marker { producer_id: header.producer_id, commit: kind == ControlType::Commit }
}
