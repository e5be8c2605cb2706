//! What happens by itself: transactions that take too long are aborted, ids that nobody uses are forgotten.
//!
//! One task sleeps until the earliest deadline of all ids, and is woken when an earlier one comes up.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use watershed_protocol::ErrorCode;

use super::end::{abort_timed_out, complete};
use super::transaction::State;
use super::{EXPIRATION_MS, Transactions, record, state_log, unwritten};
use crate::broker::Broker;

/// How many ids are dealt with at once.
const DUE_AT_ONCE: usize = 64;
/// When what could not be done is tried again.
const RETRY_MS: i64 = 1_000;

/// Completes what was prepared before the last crash, and begins the background work.
pub(crate) async fn start(broker: &Arc<Broker>) {
    for id in broker.transactions.begin_completing() {
        tokio::spawn(complete(Arc::clone(broker), id));
    }
    tokio::spawn(run(Arc::clone(broker)));
}

async fn run(broker: Arc<Broker>) {
    let closing = broker.closing();
    tokio::pin!(closing);
    loop {
        let deadline_ms = broker.transactions.table().next_deadline_ms();
        let until_due = async {
            match deadline_ms {
                Some(deadline_ms) => {
                    let wait_ms = deadline_ms.saturating_sub(broker.now_ms());
                    tokio::time::sleep(Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0))).await;
                    deadline_ms
                }
                None => std::future::pending().await,
            }
        };
        let due_ms = tokio::select! {
            () = &mut closing => return,
            () = broker.transactions.sooner.notified() => continue,
            due_ms = until_due => due_ms,
        };
        // The wall clock may have been set back meanwhile: what was slept for is due all the same.
        let now_ms = broker.now_ms().max(due_ms);
        let due = broker.transactions.table().take_due(now_ms, DUE_AT_ONCE);
        join_all(due.iter().map(|id| deal_with(&broker, id, now_ms))).await;
    }
}

async fn deal_with(broker: &Arc<Broker>, id: &Arc<str>, now_ms: i64) {
    let state = broker.transactions.describe(id).map(|transaction| transaction.state);
    let done = match state {
        Some(State::Ongoing) => abort_timed_out(broker, id, now_ms).await,
        Some(state) if !state.is_prepared() => broker.transactions.forget(broker, id, now_ms),
        _ => Ok(()),
    };
    match done {
        Ok(()) if state == Some(State::Ongoing) => {
            tracing::info!(%id, "a transaction took longer than its timeout and is aborted");
        }
        Ok(()) => {}
        Err(error) => {
            tracing::debug!(%id, %error, "a transactional id that is due is tried again");
            broker.transactions.table().postpone(id, now_ms.saturating_add(RETRY_MS));
        }
    }
}

impl Transactions {
    /// The ids whose outcome is decided and whose markers may be missing; they are busy from now on.
    fn begin_completing(&self) -> Vec<Arc<str>> {
        let mut table = self.table();
        let prepared = table.iter().filter(|(_, entry)| entry.transaction.state.is_prepared());
        let ids: Vec<Arc<str>> = prepared.map(|(id, _)| Arc::clone(id)).collect();
        for id in &ids {
            if let Some(entry) = table.get_mut(id) {
                entry.begin_ending();
            }
        }
        ids
    }

    /// Forgets an id that nobody used for `transactional.id.expiration.ms`. Not synced: it would be due again.
    fn forget(&self, broker: &Broker, id: &Arc<str>, now_ms: i64) -> Result<(), ErrorCode> {
        let log = state_log(broker)?;
        let mut table = self.table();
        let expiration_ms = broker.options.settings.long(EXPIRATION_MS);
        let is_idle = table.get(id).is_some_and(|entry| {
            let idle_ms = now_ms.saturating_sub(entry.transaction.last_update_ms);
            !entry.is_ending() && entry.transaction.state != State::Ongoing && idle_ms >= expiration_ms
        });
        if !is_idle {
            // Somebody used it meanwhile, which gave it a new deadline.
            return Ok(());
        }
        let tombstone = record::to_tombstone(id).map_err(|_| ErrorCode::UnknownServerError)?;
        log.append(&[tombstone], broker.now_ms()).map_err(|error| unwritten(id, &error))?;
        table.remove(id);
        tracing::info!(%id, "a transactional id that nobody used for long is forgotten");
        Ok(())
    }
}
