//! What this crate finds in a batch, in the form in which readers are compared.

use watershed_protocol::batch::{
    BatchError, BatchReader, Batches, ControlType, EndTxnMarker, Record, ValidBatch,
};
use watershed_testkit::batch::{BatchView, MarkerView};
use watershed_testkit::record::{self, TimestampType};

/// More than any batch here decompresses to.
pub(crate) const LIMIT_BYTES: usize = 64 << 20;

/// Everything in `bytes`, which must hold whole batches and nothing else.
pub(crate) fn views(bytes: &[u8]) -> Result<Vec<BatchView>, BatchError> {
    let mut reader = BatchReader::new(LIMIT_BYTES);
    let mut batches = Batches::new(bytes);
    let views = batches.by_ref().map(|batch| view(&batch?.validate()?, &mut reader)).collect();
    match batches.rest() {
        [] => views,
        rest => Err(BatchError::Truncated { needed: 0, available: rest.len() }),
    }
}

/// Everything in one batch.
pub(crate) fn view(batch: &ValidBatch<'_>, reader: &mut BatchReader) -> Result<BatchView, BatchError> {
    let header = batch.header();
    let timestamp_type =
        if header.attributes.is_append_time() { TimestampType::Append } else { TimestampType::Create };
    let mut marker = None;
    let mut records = Vec::new();
    for record in reader.records(batch)? {
        let record = record?;
        if header.attributes.is_control() && marker.is_none() {
            marker = Some(marker_view(&record)?);
        }
        records.push(owned(&record, timestamp_type));
    }
    Ok(BatchView {
        size_bytes: u32::try_from(batch.bytes().len()).expect("a batch is under 2 GiB"),
        base_offset: header.base_offset,
        last_offset: header.last_offset(),
        leader_epoch: header.leader_epoch,
        crc: header.crc,
        codec: header.attributes.codec()?.name().to_owned(),
        timestamp_type,
        transactional: header.attributes.is_transactional(),
        control: header.attributes.is_control(),
        base_timestamp_ms: header.base_timestamp_ms,
        max_timestamp_ms: header.max_timestamp_ms,
        delete_horizon_ms: header.delete_horizon_ms(),
        producer_id: header.producer_id,
        producer_epoch: header.producer_epoch,
        base_sequence: header.base_sequence,
        record_count: header.record_count,
        marker,
        records,
    })
}

fn marker_view(record: &Record<'_>) -> Result<MarkerView, BatchError> {
    let kind = match ControlType::from_key(record.key)? {
        ControlType::Abort => "abort".to_owned(),
        ControlType::Commit => "commit".to_owned(),
        other => format!("{other:?}"),
    };
    let coordinator_epoch = EndTxnMarker::from_value(record.value)?.coordinator_epoch;
    Ok(MarkerView { kind, coordinator_epoch })
}

fn owned(record: &Record<'_>, timestamp_type: TimestampType) -> record::Record {
    record::Record {
        offset: record.offset,
        timestamp_ms: record.timestamp_ms,
        timestamp_type,
        key: record.key.map(<[u8]>::to_vec),
        value: record.value.map(<[u8]>::to_vec),
        headers: record
            .headers
            .iter()
            .map(|header| {
                let name = str::from_utf8(header.key).expect("every client here sends UTF-8").to_owned();
                record::Header(name, header.value.map(<[u8]>::to_vec))
            })
            .collect(),
    }
}
