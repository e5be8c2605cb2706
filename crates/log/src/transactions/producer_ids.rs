//! Producer ids that were taken from the catalog in a block and not yet given out.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;
use watershed_protocol::ErrorCode;

use crate::broker::Broker;

/// What is left of the last block.
#[derive(Debug)]
pub(super) struct ProducerIds {
    left: Mutex<Range<i64>>,
    /// One asks for a block, and the others wait for what it gets.
    asking: Semaphore,
}

impl Default for ProducerIds {
    fn default() -> Self {
        Self { left: Mutex::new(0..0), asking: Semaphore::new(1) }
    }
}

impl ProducerIds {
    /// An id that nobody else has or had.
    pub(super) async fn next(&self, broker: &Arc<Broker>) -> Result<i64, ErrorCode> {
        loop {
            if let Some(id) = self.take() {
                return Ok(id);
            }
            let Ok(_asking) = self.asking.acquire().await else {
                return Err(ErrorCode::CoordinatorNotAvailable);
            };
            if let Some(id) = self.take() {
                return Ok(id);
            }
            let block = broker.catalog.producer_ids(broker).await?;
            *self.left.lock().unwrap_or_else(PoisonError::into_inner) = block;
        }
    }

    fn take(&self) -> Option<i64> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).next()
    }
}
