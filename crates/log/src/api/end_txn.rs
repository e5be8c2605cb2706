//! EndTxn: versions 0 to 5.
//!
//! Answered when the outcome is on the disk, and the markers too unless that takes long. From version 5 on each transaction
//! has an epoch of its own (KIP-890): the answer says which producer id and epoch the next one has.
//!
//! Gaps: none.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::{EndTxnRequest, EndTxnResponse};

use super::{Call, Reply};
use crate::transactions::{Protocol, end, run};

/// From this version on clients know PRODUCER_FENCED.
const FIRST_WITH_PRODUCER_FENCED: i16 = 2;
/// From this version on each transaction has an epoch of its own.
const FIRST_WITH_EPOCHS: i16 = 5;

pub(super) async fn answer(call: &Call<'_>, request: &EndTxnRequest<'_>) -> Reply {
    let (to, broker) = (call.to, call.broker.clone());
    let (id, commit) = (request.transactional_id.to_owned(), request.committed);
    let producer = (request.producer_id, request.producer_epoch);
    let protocol =
        if to.version >= FIRST_WITH_EPOCHS { Protocol::EpochPerTransaction } else { Protocol::Classic };
    let running = run(async move { end(&broker, &id, producer, commit, protocol).await });
    Reply::Later(Box::pin(async move {
        let (error, producer) = match running.await {
            Ok(producer) => (ErrorCode::None, producer),
            Err(ErrorCode::ProducerFenced) if to.version < FIRST_WITH_PRODUCER_FENCED => {
                (ErrorCode::InvalidProducerEpoch, (-1, -1))
            }
            Err(error) => (error, (-1, -1)),
        };
        // Earlier versions have no place for them.
        let (producer_id, producer_epoch) = if to.version >= FIRST_WITH_EPOCHS { producer } else { (-1, -1) };
        to.encode(&EndTxnResponse {
            error_code: error.code(),
            producer_id,
            producer_epoch,
            ..EndTxnResponse::default()
        })
    }))
}
