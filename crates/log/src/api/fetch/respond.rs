//! The answer to a fetch, as a frame with ranges of files in it.

use uuid::Uuid;
use watershed_protocol::ErrorCode;
use watershed_protocol::messages::FetchResponse;
use watershed_protocol::messages::fetch_response::{
    AbortedTransaction, EpochEndOffset, FetchableTopicResponse, PartitionData,
};
use watershed_protocol::wire::Payload;

use super::super::{FileRange, Frame, ReplyTo};
use super::{Found, TopicKey};

/// An answer that says only what is wrong with the whole request.
pub(super) fn refusal(code: ErrorCode) -> FetchResponse<'static> {
    FetchResponse { error_code: code.code(), ..FetchResponse::default() }
}

/// The answer, with the records where they lie.
pub(super) fn respond(to: ReplyTo, session_id: i32, found: &[&Found]) -> Frame {
    let mut responses: Vec<FetchableTopicResponse<'_>> = Vec::new();
    let mut files = Vec::new();
    let mut last: Option<&TopicKey> = None;
    for found in found {
        if last != Some(&found.topic) {
            let (topic, topic_id) = match &found.topic {
                TopicKey::Name(name) => (&**name, Uuid::nil()),
                TopicKey::Id(id) => ("", *id),
            };
            responses.push(FetchableTopicResponse { topic, topic_id, partitions: Vec::new() });
            last = Some(&found.topic);
        }
        if let Some(slice) = &found.slice {
            files.push(FileRange { file: slice.file.clone(), position: slice.position, bytes: slice.bytes });
        }
        if let Some(topic) = responses.last_mut() {
            topic.partitions.push(partition(found));
        }
    }
    let response = FetchResponse { session_id, responses, ..FetchResponse::default() };
    to.encode_with_files(&response, files)
}

fn partition(found: &Found) -> PartitionData<'static> {
    let aborted = found.aborted.as_ref().map(|aborted| {
        let aborted = aborted.iter();
        aborted.map(|&(producer_id, first_offset)| AbortedTransaction { producer_id, first_offset }).collect()
    });
    let diverging_epoch = found
        .diverging
        .map_or_else(EpochEndOffset::default, |(epoch, end_offset)| EpochEndOffset { epoch, end_offset });
    PartitionData {
        partition_index: found.partition,
        error_code: found.code.code(),
        high_watermark: found.offsets.high_watermark,
        last_stable_offset: found.offsets.last_stable_offset,
        log_start_offset: found.offsets.log_start_offset,
        diverging_epoch,
        aborted_transactions: aborted,
        records: Some(Payload::elsewhere(found.slice.as_ref().map_or(0, |slice| slice.bytes))),
        ..PartitionData::default()
    }
}
