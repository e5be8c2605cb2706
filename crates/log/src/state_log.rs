//! A coordinator's memory: keyed records in an internal, compacted partition, read again at the start.
//!
//! It knows nothing of what the records mean. A record is remembered when [`StateLog::durable`] says so; a coordinator
//! answers its client after that, and applies the record to its state when it was appended, so that what follows
//! builds on it.

use std::sync::Arc;

use watershed_protocol::ErrorCode;
use watershed_protocol::batch::{
    BatchBuilder, BatchError, BatchHeader, BatchOptions, BatchReader, Batches, ControlType,
};

use crate::partition::read::{Range, ReadBound};
use crate::partition::{AppendError, Origin, Partition, SyncFailed};

/// How much is read at once.
const READ_BYTES: usize = 1 << 20;

/// Most that a batch of state may hold, decompressed: these batches are written here, uncompressed, and small.
const BATCH_BYTES_MAX: usize = 64 << 20;

/// A record to be kept; no value: the key is forgotten.
pub(crate) type StateRecord = (Vec<u8>, Option<Vec<u8>>);

/// What is found when a state log is read again.
#[derive(Debug)]
pub(crate) enum Replayed<'a> {
    /// A record of this batch.
    Record { batch: &'a BatchHeader, offset: i64, key: &'a [u8], value: Option<&'a [u8]> },
    /// The end of a transaction of this batch's producer.
    Marker { batch: &'a BatchHeader, kind: ControlType },
}

/// A coordinator's log.
#[derive(Debug, Clone)]
pub(crate) struct StateLog {
    partition: Arc<Partition>,
}

impl StateLog {
    /// Over a partition that was opened.
    pub(crate) fn new(partition: Arc<Partition>) -> Self {
        Self { partition }
    }

    /// The partition: transactions that write to it end with markers in it.
    pub(crate) fn partition(&self) -> &Arc<Partition> {
        &self.partition
    }

    /// Reads everything again, in order.
    ///
    /// # Errors
    ///
    /// What could not be read, as a text that names the file.
    pub(crate) fn replay(&self, mut each: impl FnMut(Replayed<'_>)) -> Result<(), String> {
        let offsets = self.partition.log().offsets();
        let mut next = offsets.log_start;
        let (mut bytes, mut reader) = (Vec::new(), BatchReader::new(BATCH_BYTES_MAX));
        while next < offsets.log_end {
            let named =
                |error: &dyn std::fmt::Display| format!("{} at offset {next}: {error}", self.partition.id);
            let range = self.partition.log().read(next, ReadBound::LogEnd, READ_BYTES, true);
            let slice = range.and_then(Range::checked).map_err(|error| named(&error))?;
            if slice.bytes == 0 {
                break;
            }
            bytes.resize(slice.bytes, 0);
            slice.file.read_at(&mut bytes, slice.position).map_err(|error| named(&error))?;
            next = replay_batches(&bytes, next, &mut reader, &mut each).map_err(|error| named(&error))?;
        }
        Ok(())
    }

    /// Appends records as one batch; gives the last offset, for [`durable`](Self::durable).
    ///
    /// # Errors
    ///
    /// Those of an append.
    pub(crate) fn append(&self, records: &[StateRecord], now_ms: i64) -> Result<i64, AppendError> {
        self.append_with(BatchOptions::default(), records, now_ms)
    }

    /// As [`append`](Self::append), as part of the producer's transaction: the records count once its commit marker is
    /// written.
    ///
    /// # Errors
    ///
    /// Those of an append.
    pub(crate) fn append_in_transaction(
        &self,
        producer_id: i64,
        producer_epoch: i16,
        records: &[StateRecord],
        now_ms: i64,
    ) -> Result<i64, AppendError> {
        let options =
            BatchOptions { producer_id, producer_epoch, transactional: true, ..BatchOptions::default() };
        self.append_with(options, records, now_ms)
    }

    fn append_with(
        &self,
        options: BatchOptions,
        records: &[StateRecord],
        now_ms: i64,
    ) -> Result<i64, AppendError> {
        let unfit =
            |error: BatchError| AppendError::refused(ErrorCode::UnknownServerError, error.to_string());
        let mut builder = BatchBuilder::new(options);
        for (key, value) in records {
            builder.append(now_ms, Some(key), value.as_deref(), &[]).map_err(unfit)?;
        }
        let mut batch = Vec::new();
        builder.finish(&mut batch).map_err(unfit)?;
        Ok(self.partition.append(&batch, Origin::Coordinator, now_ms)?.last_offset)
    }

    /// Resolves when everything up to this offset is on the disk.
    pub(crate) fn durable(&self, offset: i64) -> impl Future<Output = Result<(), SyncFailed>> + Send + use<> {
        self.partition.durable(offset)
    }
}

/// Gives the records of these batches that are at `from` or behind it; returns the offset behind them.
fn replay_batches(
    bytes: &[u8],
    from: i64,
    reader: &mut BatchReader,
    each: &mut impl FnMut(Replayed<'_>),
) -> Result<i64, BatchError> {
    let mut next = from;
    for batch in Batches::new(bytes) {
        let batch = batch?.validate()?;
        let header = *batch.header();
        for record in reader.records(&batch)? {
            let record = record?;
            if record.offset < from {
                continue;
            }
            if header.attributes.is_control() {
                each(Replayed::Marker { batch: &header, kind: ControlType::from_key(record.key)? });
            } else if let Some(key) = record.key {
                each(Replayed::Record { batch: &header, offset: record.offset, key, value: record.value });
            }
        }
        next = next.max(header.last_offset() + 1);
    }
    Ok(next)
}
