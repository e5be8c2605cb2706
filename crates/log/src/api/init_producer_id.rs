//! InitProducerId: versions 0 to 5.
//!
//! A transactional id whose transaction is ongoing gets its answer when that is aborted, where Kafka answers
//! CONCURRENT_TRANSACTIONS at once and the client comes again; only if it takes long is that the answer here too.
//!
//! Gaps: version 6 (two-phase commit, KIP-939), which Kafka 4.3 has only as an unstable version. The epoch before the
//! current one is not kept across a restart, as with Kafka: a request that is sent again then gets PRODUCER_FENCED.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::{InitProducerIdRequest, InitProducerIdResponse};

use super::{Call, Reply};
use crate::transactions::{InitRequest, init_producer_id, run};

/// From this version on clients know PRODUCER_FENCED.
const FIRST_WITH_PRODUCER_FENCED: i16 = 4;

pub(super) async fn answer(call: &Call<'_>, request: &InitProducerIdRequest<'_>) -> Reply {
    let to = call.to;
    let expected = match (request.producer_id, request.producer_epoch) {
        (-1, -1) => None,
        // One without the other is nothing that a client has got from here.
        (-1, _) | (_, -1) => return call.reply(&respond(Err(ErrorCode::InvalidRequest))),
        producer => Some(producer),
    };
    let request = InitRequest {
        id: request.transactional_id.map(str::to_owned),
        timeout_ms: request.transaction_timeout_ms,
        expected,
    };
    let broker = call.broker.clone();
    let running = run(async move { init_producer_id(&broker, request).await });
    Reply::Later(Box::pin(async move {
        let result = running.await.map_err(|error| match error {
            ErrorCode::ProducerFenced if to.version < FIRST_WITH_PRODUCER_FENCED => {
                ErrorCode::InvalidProducerEpoch
            }
            other => other,
        });
        to.encode(&respond(result))
    }))
}

fn respond(result: Result<(i64, i16), ErrorCode>) -> InitProducerIdResponse {
    let (producer_id, producer_epoch) = result.unwrap_or((-1, -1));
    let error_code = result.err().unwrap_or(ErrorCode::None).code();
    InitProducerIdResponse { error_code, producer_id, producer_epoch, ..InitProducerIdResponse::default() }
}
