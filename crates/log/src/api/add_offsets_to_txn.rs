//! AddOffsetsToTxn: versions 0 to 4.
//!
//! The partition of `__consumer_offsets` that has the group's offsets becomes part of the transaction.
//!
//! Gaps: none.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::{AddOffsetsToTxnRequest, AddOffsetsToTxnResponse};

use super::{Call, Reply};
use crate::catalog::CONSUMER_OFFSETS;
use crate::partition::TopicPartition;
use crate::transactions::run;

/// From this version on clients know PRODUCER_FENCED.
const FIRST_WITH_PRODUCER_FENCED: i16 = 2;

pub(super) async fn answer(call: &Call<'_>, request: &AddOffsetsToTxnRequest<'_>) -> Reply {
    let (to, broker) = (call.to, call.broker.clone());
    let id = request.transactional_id.to_owned();
    let producer = (request.producer_id, request.producer_epoch);
    // All groups have their offsets in one partition.
    let offsets = [TopicPartition { topic: CONSUMER_OFFSETS.to_owned(), partition: 0 }];
    let running =
        run(async move { broker.transactions.add_partitions(&broker, &id, producer, &offsets).await });
    Reply::Later(Box::pin(async move {
        let error = match running.await {
            Ok(()) => ErrorCode::None,
            Err(ErrorCode::ProducerFenced) if to.version < FIRST_WITH_PRODUCER_FENCED => {
                ErrorCode::InvalidProducerEpoch
            }
            Err(error) => error,
        };
        to.encode(&AddOffsetsToTxnResponse { error_code: error.code(), ..AddOffsetsToTxnResponse::default() })
    }))
}
