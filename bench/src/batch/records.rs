//! The record view: every codec, and lz4 and none beside kafka-protocol.

use bytes::{Bytes, BytesMut};
use kafka_protocol::indexmap::IndexMap;
use kafka_protocol::records::{
    Compression, NO_PARTITION_LEADER_EPOCH, NO_PRODUCER_EPOCH, NO_PRODUCER_ID, NO_SEQUENCE, Record,
    RecordBatchDecoder, RecordBatchEncoder, RecordEncodeOptions, TimestampType,
};
use watershed_protocol::batch::{BatchBuilder, BatchOptions, BatchReader, Codec, RawBatch};

use crate::measure::{Side, compare, print};
use crate::payload::{self, KeyValue, RECORDS};

/// Decompressed bytes that a reader allows.
const LIMIT_BYTES: usize = 64 << 20;

pub(super) fn run() -> anyhow::Result<()> {
    let records = payload::records(RECORDS);
    let bytes = payload::batch(Codec::None, &records).len();
    for codec in [Codec::Lz4, Codec::None] {
        let batch = payload::batch(codec, &records);
        let title = format!(
            "records, {codec}: validate, decompress, iterate 1,000 records (GB/s of records, ratio {:.2})",
            ratio(bytes, &batch)
        );
        let foreign = Bytes::from(batch.clone());
        let figures = compare(vec![
            Side::new("Watershed", reading(batch)),
            Side::new("kafka-protocol 0.18", || {
                RecordBatchDecoder::decode(&mut foreign.clone())
                    .expect("a good batch")
                    .records
                    .iter()
                    .map(|record| record.value.as_ref().map_or(0, Bytes::len))
                    .sum::<usize>()
            }),
        ]);
        print(&title, bytes, RECORDS, &figures);
        let foreign = foreign_records(&records);
        let options = RecordEncodeOptions { version: 2, compression: foreign_codec(codec) };
        let figures = compare(vec![
            Side::new("Watershed", building(codec, &records)),
            Side::new("kafka-protocol 0.18", || {
                let mut out = BytesMut::new();
                RecordBatchEncoder::encode(&mut out, &foreign, &options).expect("records of 1 KB");
                out.len()
            }),
        ]);
        print(&format!("records, {codec}: build a batch of 1,000 records"), bytes, RECORDS, &figures);
    }
    for codec in [Codec::Gzip, Codec::Snappy, Codec::Zstd] {
        let batch = payload::batch(codec, &records);
        let read = compare(vec![Side::new("validate, decompress, iterate", reading(batch.clone()))]);
        let built = compare(vec![Side::new("build", building(codec, &records))]);
        let title = format!("records, {codec}, 1,000 records (ratio {:.2})", ratio(bytes, &batch));
        print(&title, bytes, RECORDS, &[read, built].into_iter().flatten().collect::<Vec<_>>());
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn ratio(bytes: usize, batch: &[u8]) -> f64 {
    bytes as f64 / batch.len() as f64
}

/// Reads a batch with a warm reader.
fn reading(batch: Vec<u8>) -> impl FnMut() -> usize {
    let mut reader = BatchReader::new(LIMIT_BYTES);
    move || {
        let valid = RawBatch::parse(&batch).and_then(RawBatch::validate).expect("a good batch");
        let records = reader.records(&valid).expect("a good batch");
        records.map(|record| record.expect("a good record").value.map_or(0, <[u8]>::len)).sum::<usize>()
    }
}

/// Builds a batch with a warm builder.
fn building(codec: Codec, records: &[KeyValue]) -> impl FnMut() -> usize {
    let mut builder = BatchBuilder::new(BatchOptions { codec, ..BatchOptions::default() });
    let mut out = Vec::new();
    move || {
        payload::build(&mut builder, records, &mut out).expect("records of 1 KB fit a batch");
        out.len()
    }
}

fn foreign_codec(codec: Codec) -> Compression {
    if codec == Codec::Lz4 { Compression::Lz4 } else { Compression::None }
}

fn foreign_records(records: &[KeyValue]) -> Vec<Record> {
    let record = |(offset, (key, value)): (i64, &KeyValue)| Record {
        transactional: false,
        control: false,
        delete_horizon: false,
        partition_leader_epoch: NO_PARTITION_LEADER_EPOCH,
        producer_id: NO_PRODUCER_ID,
        producer_epoch: NO_PRODUCER_EPOCH,
        timestamp_type: TimestampType::Creation,
        offset,
        sequence: NO_SEQUENCE,
        timestamp: payload::TIMESTAMP_MS + offset,
        key: Some(Bytes::from(key.clone())),
        value: Some(Bytes::from(value.clone())),
        headers: IndexMap::new(),
    };
    (0..).zip(records).map(record).collect()
}
