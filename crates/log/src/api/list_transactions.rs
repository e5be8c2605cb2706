//! ListTransactions: versions 0 to 2.
//!
//! Filters by state, producer id, how long a transaction has been running, and a pattern that the whole transactional id
//! must match (KIP-1152).
//!
//! Gaps: patterns have Rust's regular expressions, which are near to Kafka's RE2.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::list_transactions_response::TransactionState;
use watershed_protocol::messages::{ListTransactionsRequest, ListTransactionsResponse};

use super::{Call, Reply};
use crate::transactions::{Filter, Listed};

pub(super) async fn answer(call: &Call<'_>, request: &ListTransactionsRequest<'_>) -> Reply {
    let pattern = match Filter::pattern(request.transactional_id_pattern) {
        Ok(pattern) => pattern,
        Err(error) => {
            return call.reply(&ListTransactionsResponse {
                error_code: error.code(),
                ..ListTransactionsResponse::default()
            });
        }
    };
    let filter = Filter {
        states: request.state_filters.iter().map(|&name| name.to_owned()).collect(),
        producer_ids: request.producer_id_filters.clone(),
        duration_ms: Some(request.duration_filter).filter(|&duration_ms| duration_ms >= 0),
        pattern,
    };
    let listed = call.broker.transactions.list(&filter, call.broker.now_ms());
    call.reply(&ListTransactionsResponse {
        error_code: ErrorCode::None.code(),
        unknown_state_filters: filter.unknown_states().collect(),
        transaction_states: listed.iter().map(respond).collect(),
        ..ListTransactionsResponse::default()
    })
}

fn respond(listed: &Listed) -> TransactionState<'_> {
    TransactionState {
        transactional_id: &listed.id,
        producer_id: listed.producer_id,
        transaction_state: listed.state,
    }
}
