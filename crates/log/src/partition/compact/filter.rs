//! What stays of a batch.

use watershed_protocol::batch::{
    BatchBuilder, BatchError, BatchHeader, BatchOptions, BatchReader, Codec, ControlType, RawBatch, Record,
    ValidBatch,
};

use super::Job;
use super::keys::Keys;
use super::transactions::Transactions;

/// Goes over the batches of a log, from its first on, in order.
#[derive(Debug)]
pub(super) struct Filter<'a> {
    job: &'a Job,
    keys: &'a Keys,
    /// Up to here the map knows the keys, and what lies behind stays: between two batches.
    clean_to: i64,
    transactions: Transactions,
    reader: BatchReader,
    builder: BatchBuilder,
    rebuilt: Vec<u8>,
    /// Which records of the batch stay.
    staying: Vec<bool>,
    aborted_gone: Vec<i64>,
}

impl<'a> Filter<'a> {
    pub(super) fn new(job: &'a Job, keys: &'a Keys, clean_to: i64, reader: BatchReader) -> Self {
        Self {
            job,
            keys,
            clean_to,
            transactions: Transactions::new(&job.aborted),
            reader,
            builder: BatchBuilder::new(BatchOptions::default()),
            rebuilt: Vec::new(),
            staying: Vec::new(),
            aborted_gone: Vec::new(),
        }
    }

    /// The markers of aborted transactions without any batch.
    pub(super) fn into_aborted_gone(self) -> Vec<i64> {
        self.aborted_gone
    }

    /// The bytes that stay of a batch: its own, others, or none.
    ///
    /// # Errors
    ///
    /// [`BatchError`]: the batch is damaged.
    pub(super) fn apply<'b>(&'b mut self, batch: &RawBatch<'b>) -> Result<Option<&'b [u8]>, BatchError> {
        let batch = batch.validate()?;
        let stays =
            if batch.header().attributes.is_control() { self.control(&batch)? } else { self.data(&batch)? };
        Ok(match stays {
            Stays::Whole => Some(batch.bytes()),
            Stays::Rebuilt => Some(&self.rebuilt),
            Stays::Not => None,
        })
    }

    fn control(&mut self, batch: &ValidBatch<'_>) -> Result<Stays, BatchError> {
        let header = batch.header();
        let Some(record) = self.reader.records(batch)?.next() else {
            // Kafka leaves such when it has removed a marker, and reads nothing from them.
            return Ok(Stays::Not);
        };
        if !matches!(ControlType::from_key(record?.key)?, ControlType::Abort | ControlType::Commit) {
            return Ok(Stays::Whole);
        }
        if self.transactions.end(header.producer_id) {
            return Ok(Stays::Whole);
        }
        let indexed = self.transactions.is_indexed(header.base_offset);
        if indexed {
            self.aborted_gone.push(header.base_offset);
        }
        let remembered = self.job.kept.epochs.get(&header.producer_id) == Some(&header.producer_epoch);
        match header.delete_horizon_ms() {
            None => self.rebuild(batch, self.horizon_ms(), |_| true),
            Some(horizon_ms) if horizon_ms <= self.job.now_ms && !indexed && !remembered => Ok(Stays::Not),
            Some(_) => Ok(Stays::Whole),
        }
    }

    fn data(&mut self, batch: &ValidBatch<'_>) -> Result<Stays, BatchError> {
        let header = batch.header();
        self.transactions.meet(header);
        if self.transactions.is_aborted(header) || header.record_count == 0 {
            return self.emptied(header);
        }
        if header.base_offset >= self.clean_to {
            return Ok(Stays::Whole);
        }
        let expired = header.delete_horizon_ms().is_some_and(|horizon_ms| horizon_ms <= self.job.now_ms);
        let mut tombstones = false;
        self.staying.clear();
        let records = match self.reader.records(batch) {
            Err(BatchError::TooLarge { .. }) => return Ok(Stays::Whole),
            records => records?,
        };
        for record in records {
            let record = record?;
            let stays = stays(&record, self.keys, expired);
            tombstones |= stays && record.value.is_none();
            self.staying.push(stays);
        }
        let horizon_ms = match header.delete_horizon_ms() {
            None if tombstones => self.horizon_ms(),
            known => known,
        };
        if !self.staying.contains(&true) {
            return self.emptied(header);
        }
        if !self.staying.contains(&false) && horizon_ms == header.delete_horizon_ms() {
            return Ok(Stays::Whole);
        }
        let staying = std::mem::take(&mut self.staying);
        let rebuilt = self.rebuild(batch, horizon_ms, |index| staying.get(index).copied().unwrap_or(true));
        self.staying = staying;
        rebuilt
    }

    /// From when on what was met in this run may go.
    fn horizon_ms(&self) -> Option<i64> {
        Some(self.job.now_ms.saturating_add(self.job.rules.delete_retention_ms))
    }

    /// Builds the batch again from those of its records that stay.
    fn rebuild(
        &mut self,
        batch: &ValidBatch<'_>,
        delete_horizon_ms: Option<i64>,
        stays: impl Fn(usize) -> bool,
    ) -> Result<Stays, BatchError> {
        let options = BatchOptions::from_header(batch.header())?;
        self.builder.start(BatchOptions { delete_horizon_ms, ..options });
        for (index, record) in self.reader.records(batch)?.enumerate() {
            if stays(index) {
                self.builder.push(&record?)?;
            }
        }
        self.builder.finish(&mut self.rebuilt)?;
        Ok(Stays::Rebuilt)
    }

    /// What stays of a data batch without records: its header, if a producer is remembered by it.
    fn emptied(&mut self, header: &BatchHeader) -> Result<Stays, BatchError> {
        if header.producer_id < 0 || !self.job.kept.batches.contains(&header.last_offset()) {
            return Ok(Stays::Not);
        }
        let options = BatchOptions::from_header(header)?;
        self.builder.start(BatchOptions { codec: Codec::None, delete_horizon_ms: None, ..options });
        self.builder.finish(&mut self.rebuilt)?;
        Ok(Stays::Rebuilt)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stays {
    Whole,
    /// In the filter's buffer.
    Rebuilt,
    Not,
}

fn stays(record: &Record<'_>, keys: &Keys, tombstones_expired: bool) -> bool {
    let Some(key) = record.key else { return false };
    (record.value.is_some() || !tombstones_expired) && keys.is_last(key, record.offset)
}
