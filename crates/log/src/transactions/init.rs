//! InitProducerId: a producer id, and for a transactional id an epoch that fences all earlier producers of that name.

use std::sync::Arc;

use tokio::time::Instant;
use watershed_protocol::ErrorCode;

use super::end::abort_ongoing;
use super::table::Table;
use super::transaction::{Init, Producer, Transaction};
use super::{Transactions, WAIT_FOR_END, durable};
use crate::broker::Broker;
use crate::state_log::StateLog;

/// Who wants a producer id.
#[derive(Debug, Clone)]
pub(crate) struct InitRequest {
    /// `None`: an idempotent producer without transactions.
    pub(crate) id: Option<String>,
    pub(crate) timeout_ms: i32,
    /// What the producer was until now, if it goes on after an error (KIP-360).
    pub(crate) expected: Option<Producer>,
}

/// What was found of a transactional id.
enum Step {
    Written(Producer, (StateLog, i64)),
    NeedsProducerId,
    AbortFirst,
}

/// Gives a producer id and epoch; on the disk when this returns.
///
/// # Errors
///
/// INVALID_REQUEST for an empty id, INVALID_TRANSACTION_TIMEOUT, PRODUCER_FENCED, CONCURRENT_TRANSACTIONS while the
/// transaction before cannot end, POLICY_VIOLATION if there are too many ids, COORDINATOR_NOT_AVAILABLE.
pub(crate) async fn init_producer_id(
    broker: &Arc<Broker>,
    request: InitRequest,
) -> Result<Producer, ErrorCode> {
    let transactions = &broker.transactions;
    let Some(id) = request.id.as_deref() else {
        return Ok((transactions.producer_ids.next(broker).await?, 0));
    };
    if id.is_empty() {
        return Err(ErrorCode::InvalidRequest);
    }
    let timeout_max_ms = broker.options.settings.long("transaction.max.timeout.ms");
    if request.timeout_ms <= 0 || i64::from(request.timeout_ms) > timeout_max_ms {
        return Err(ErrorCode::InvalidTransactionTimeout);
    }
    let mut new_producer_id = None;
    let deadline = Instant::now() + WAIT_FOR_END;
    loop {
        let step = transactions
            .when_free(id, |table| transactions.init_step(broker, table, id, &request, new_producer_id))
            .await?;
        match step {
            Step::Written(producer, (log, offset)) => {
                durable(&log, offset).await?;
                return Ok(producer);
            }
            Step::NeedsProducerId => new_producer_id = Some(transactions.producer_ids.next(broker).await?),
            Step::AbortFirst if Instant::now() < deadline => match abort_ongoing(broker, id).await {
                // Another request ended it meanwhile.
                Ok(()) | Err(ErrorCode::InvalidTxnState) => {}
                Err(error) => return Err(error),
            },
            Step::AbortFirst => return Err(ErrorCode::ConcurrentTransactions),
        }
    }
}

impl Transactions {
    fn init_step(
        &self,
        broker: &Broker,
        table: &mut Table,
        id: &str,
        request: &InitRequest,
        new_producer_id: Option<i64>,
    ) -> Result<Step, ErrorCode> {
        let now_ms = broker.now_ms();
        let made;
        let current = match (table.get(id), new_producer_id) {
            (Some(entry), _) => {
                entry.check_free()?;
                &entry.transaction
            }
            (None, _) if table.len() >= broker.options.transactional_ids_max => {
                tracing::warn!(%id, max = table.len(), "a transactional id is refused: there are too many");
                return Err(ErrorCode::PolicyViolation);
            }
            (None, None) => return Ok(Step::NeedsProducerId),
            (None, Some(producer_id)) => {
                made = Transaction::new(producer_id, request.timeout_ms, now_ms);
                &made
            }
        };
        match current.init(request.expected, request.timeout_ms, new_producer_id, now_ms)? {
            Init::Next(next) => {
                let producer = (next.producer_id, next.epoch);
                Ok(Step::Written(producer, self.write(broker, table, id, next)?))
            }
            Init::NeedsProducerId => Ok(Step::NeedsProducerId),
            Init::AbortFirst => Ok(Step::AbortFirst),
        }
    }
}
