//! DescribeTransactions: version 0.
//!
//! Gaps: none.

use std::collections::HashSet;

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::describe_transactions_response::{TopicData, TransactionState};
use watershed_protocol::messages::{DescribeTransactionsRequest, DescribeTransactionsResponse};

use super::{Call, Reply};
use crate::transactions::Transaction;

pub(super) async fn answer(call: &Call<'_>, request: &DescribeTransactionsRequest<'_>) -> Reply {
    let transactions = &call.broker.transactions;
    // However often an id is asked for, it is described once.
    let mut seen = HashSet::new();
    let once = request.transactional_ids.iter().filter(|&&id| seen.insert(id));
    let found: Vec<(&str, Option<Transaction>)> = once.map(|&id| (id, transactions.describe(id))).collect();
    let transaction_states = found.iter().map(|(id, found)| describe(id, found.as_ref())).collect();
    call.reply(&DescribeTransactionsResponse {
        transaction_states,
        ..DescribeTransactionsResponse::default()
    })
}

fn describe<'a>(id: &'a str, found: Option<&'a Transaction>) -> TransactionState<'a> {
    let Some(transaction) = found else {
        let error =
            if id.is_empty() { ErrorCode::InvalidRequest } else { ErrorCode::TransactionalIdNotFound };
        return TransactionState {
            error_code: error.code(),
            transactional_id: id,
            ..TransactionState::default()
        };
    };
    // Partitions are sorted, so those of one topic are together.
    let mut topics: Vec<TopicData<'_>> = Vec::new();
    for partition in &transaction.partitions {
        match topics.last_mut() {
            Some(topic) if topic.topic == partition.topic => topic.partitions.push(partition.partition),
            _ => topics.push(TopicData { topic: &partition.topic, partitions: vec![partition.partition] }),
        }
    }
    TransactionState {
        error_code: ErrorCode::None.code(),
        transactional_id: id,
        transaction_state: transaction.state.name(),
        transaction_timeout_ms: transaction.timeout_ms,
        transaction_start_time_ms: transaction.start_ms,
        producer_id: transaction.producer_id,
        producer_epoch: transaction.epoch,
        topics,
    }
}
