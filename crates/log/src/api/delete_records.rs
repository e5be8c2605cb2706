//! DeleteRecords: versions 0 to 2.
//!
//! The new start of a log is in force at once, and on the disk when the answer goes out.
//!
//! Gap: `timeout_ms` is not looked at, since no other replica must follow.

use std::sync::Arc;

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::delete_records_response::{
    DeleteRecordsPartitionResult, DeleteRecordsTopicResult,
};
use watershed_protocol::messages::{DeleteRecordsRequest, DeleteRecordsResponse};

use super::{Call, Reply};
use crate::catalog::Topic;
use crate::partition::Partition;

/// No log has this start.
const NO_LOW_WATERMARK: i64 = -1;

pub(super) async fn answer(call: &Call<'_>, request: &DeleteRecordsRequest<'_>) -> Reply {
    let mut topics = Vec::with_capacity(request.topics.len());
    for topic in &request.topics {
        let found = call.broker.catalog.topic(topic.name);
        let broker = Arc::clone(&call.broker.catalog.image().broker);
        let deletes = found.as_ref().is_some_and(|topic| topic.settings.log_config(&broker).delete);
        let mut partitions = Vec::with_capacity(topic.partitions.len());
        for wanted in &topic.partitions {
            let number = wanted.partition_index;
            let deleted = match partition(found.as_deref(), number) {
                Ok(_) if !deletes => Err(ErrorCode::PolicyViolation),
                Ok(partition) => delete(call, partition, wanted.offset).await,
                Err(code) => Err(code),
            };
            partitions.push(DeleteRecordsPartitionResult {
                partition_index: number,
                low_watermark: deleted.unwrap_or(NO_LOW_WATERMARK),
                error_code: deleted.err().unwrap_or(ErrorCode::None).code(),
            });
        }
        topics.push(DeleteRecordsTopicResult { name: topic.name, partitions });
    }
    call.reply(&DeleteRecordsResponse { topics, ..DeleteRecordsResponse::default() })
}

fn partition(topic: Option<&Topic>, number: i32) -> Result<Arc<Partition>, ErrorCode> {
    let topic = topic.ok_or(ErrorCode::UnknownTopicOrPartition)?;
    let number = usize::try_from(number).map_err(|_| ErrorCode::UnknownTopicOrPartition)?;
    let partition = topic.partitions.get(number).ok_or(ErrorCode::UnknownTopicOrPartition)?;
    if topic.internal {
        return Err(ErrorCode::InvalidTopicException);
    }
    Ok(Arc::clone(partition))
}

async fn delete(call: &Call<'_>, partition: Arc<Partition>, offset: i64) -> Result<i64, ErrorCode> {
    // Up to the end means up to what was acknowledged last, acks=1 included.
    partition.sync_for_reader().await;
    let work = move || {
        // No checkpoint would tell the next start.
        if partition.log().closed().is_some() {
            return Err(ErrorCode::KafkaStorageError);
        }
        let deleted = partition.log().delete_before(offset);
        let start = deleted.map_err(|_| ErrorCode::OffsetOutOfRange)?;
        partition.checkpoint().map_err(|error| {
            tracing::error!(partition = %partition.id, %error, "a new log start could not be written down");
            ErrorCode::KafkaStorageError
        })?;
        if partition.log().closed().is_some() {
            return Err(ErrorCode::KafkaStorageError);
        }
        Ok(start)
    };
    call.broker.options.blocking.run(work).await.unwrap_or(Err(ErrorCode::UnknownServerError))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use watershed_protocol::messages::delete_records_request::{DeleteRecordsPartition, DeleteRecordsTopic};

    use super::*;
    use crate::api::harness::{Harness, PausedClock};
    use crate::disk::{Fault, SimulatedDisk};
    use crate::options::{Blocking, Options};
    use crate::partition::Origin;
    use crate::partition::log::tests::plain;

    async fn delete_all(harness: &Harness) -> (i16, i64) {
        let partitions = vec![DeleteRecordsPartition { partition_index: 0, offset: -1 }];
        let topics = vec![DeleteRecordsTopic { name: "orders", partitions }];
        let answer = harness.ask(&DeleteRecordsRequest { topics, timeout_ms: 1_000 }, 2).await;
        let response = answer.read::<DeleteRecordsResponse<'_>>();
        let partition = &response.topics[0].partitions[0];
        (partition.error_code, partition.low_watermark)
    }

    #[tokio::test(start_paused = true)]
    async fn a_start_that_is_not_on_the_disk_is_not_confirmed_when_it_is_asked_for_again() {
        let disk = SimulatedDisk::new(1);
        let options = Options { blocking: Blocking::Inline, ..Options::new("data") };
        let clock = Arc::new(PausedClock::at(Timestamp::UNIX_EPOCH));
        let harness = Harness::start_on(options, Arc::new(disk.clone()), clock).await;
        harness.create_topic("orders", 1).await;
        let partition = harness.broker.catalog.partition("orders", 0).unwrap();
        let appended = partition.append(&plain(&[b"one"]), Origin::Client, 0).unwrap();
        partition.durable(appended.last_offset).await.unwrap();
        disk.fail(Fault::Sync(0));
        let failed = (ErrorCode::KafkaStorageError.code(), -1);
        assert_eq!([delete_all(&harness).await, delete_all(&harness).await], [failed, failed]);
    }
}
