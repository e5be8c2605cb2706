//! The body of the fuzz target `batch`, also run over the corpus by a test.

use std::sync::LazyLock;

use watershed_protocol::batch::{
    Attributes, BatchBuilder, BatchError, BatchHeader, BatchOptions, BatchReader, Batches, Codec,
    HEADER_BYTES, Header, LENGTH_PREFIX_BYTES, MAGIC, RawBatch, Record, Rewrite, ValidBatch, crc32c,
    rewrite_in_place,
};

/// More than a batch of the corpus gives, less than what a bomb does.
const LIMIT_BYTES: usize = 1 << 20;
/// Codec, append time, transactional, control, delete horizon.
const KNOWN_ATTRIBUTES: u16 = 0x7f;
/// The CRC, and where what it covers begins.
const CRC: std::ops::Range<usize> = 17..21;

/// Takes any bytes as batches: as they are; with every CRC made right, so that what lies behind the check meets the
/// damage; and as one batch whose length and magic are made right too.
///
/// Whatever is valid is rewritten, read and built again, and must be the same.
///
/// # Panics
///
/// If it is not: that is what the target looks for.
pub fn batch(data: &[u8]) {
    all_batches(data);
    let mut repaired = data.to_vec();
    repair_every_crc(&mut repaired);
    all_batches(&repaired);
    if let Some(one) = as_one_batch(data) {
        all_batches(&one);
    }
}

fn all_batches(bytes: &[u8]) {
    let mut taken = 0;
    let mut batches = Batches::new(bytes);
    while let Some(Ok(batch)) = batches.next() {
        assert_eq!(
            batch.bytes(),
            &bytes[taken..taken + batch.bytes().len()],
            "batches lie behind each other"
        );
        assert_eq!(
            batch.header().write()[..],
            batch.bytes()[..HEADER_BYTES],
            "a header is written as it was read"
        );
        taken += batch.bytes().len();
        if let Ok(valid) = batch.validate() {
            rewritten(&valid);
            rebuilt(&valid);
        }
    }
    assert!(batches.next().is_none(), "after an error or a part of a batch there is nothing more");
    assert_eq!(batches.rest(), &bytes[taken..], "what was not taken is the rest");
}

/// Rewrites the batch both ways and compares with the header that was asked for.
fn rewritten(batch: &ValidBatch<'_>) {
    let old = *batch.header();
    // Fields that follow from the batch, so that the corpus drives them.
    let flag = |bit: u32| old.crc >> bit & 1 == 1;
    let change = Rewrite {
        base_offset: flag(0).then_some(i64::from(old.crc) << (old.crc % 33)),
        leader_epoch: flag(1).then_some(old.record_count),
        producer_id: flag(2).then_some(old.max_timestamp_ms),
        producer_epoch: flag(3).then_some(7),
        base_sequence: flag(4).then_some(old.last_offset_delta),
        transactional: flag(5).then_some(flag(6)),
        append_time_ms: flag(7).then_some(old.producer_id),
        create_time_max_ms: None,
    };
    let mut in_place = batch.bytes().to_vec();
    let result = rewrite_in_place(&mut in_place, &change);
    let Ok(head) = batch.rewritten_header(&change) else {
        assert!(matches!(result, Err(BatchError::Unencodable(_))), "both ways refuse the same");
        assert_eq!(in_place, batch.bytes(), "an error leaves the bytes as they were");
        return;
    };
    assert_eq!(in_place, [&head[..], batch.body()].concat(), "both ways give the same");
    let new = *RawBatch::parse(&in_place)
        .and_then(RawBatch::validate)
        .expect("what was rewritten is valid")
        .header();
    assert_eq!(result, Ok(new), "the header that was returned is the one that was written");
    let mut attributes = old.attributes.with_transactional(change.transactional.unwrap_or(flag_of(old)));
    let mut max_timestamp_ms = old.max_timestamp_ms;
    if let Some(time_ms) = change.append_time_ms {
        (attributes, max_timestamp_ms) = (attributes.with_append_time(true), time_ms);
    }
    let expected = BatchHeader {
        base_offset: change.base_offset.unwrap_or(old.base_offset),
        leader_epoch: change.leader_epoch.unwrap_or(old.leader_epoch),
        producer_id: change.producer_id.unwrap_or(old.producer_id),
        producer_epoch: change.producer_epoch.unwrap_or(old.producer_epoch),
        base_sequence: change.base_sequence.unwrap_or(old.base_sequence),
        attributes,
        max_timestamp_ms,
        crc: new.crc,
        ..old
    };
    assert_eq!(new, expected, "nothing else changed");
}

fn flag_of(header: BatchHeader) -> bool {
    header.attributes.is_transactional()
}

/// Reads the batch with a fresh reader and with one that has another batch's bytes in its buffers, builds it again,
/// and compares what comes of the three.
fn rebuilt(batch: &ValidBatch<'_>) {
    let mut used = used_reader();
    let seen_by_used = records(&mut used, batch);
    let mut fresh = BatchReader::new(LIMIT_BYTES);
    let seen = records(&mut fresh, batch);
    // Not the errors: which of two things zstd finds first depends on the room that it has.
    assert_eq!(seen.as_ref().ok(), seen_by_used.as_ref().ok(), "nothing of an earlier batch shows");
    let Ok(seen) = seen else { return };
    let header = batch.header();
    assert_eq!(seen.len().to_string(), header.record_count.to_string(), "as many records as the header says");
    let offsets: Vec<i64> = seen.iter().map(|record| record.offset).collect();
    assert!(offsets.is_sorted_by(|a, b| a < b), "offsets rise");
    assert!(offsets.iter().all(|offset| (header.base_offset..=header.last_offset()).contains(offset)));
    // There is no offset behind the last one of all, so a record there cannot be built.
    if header.last_offset() == i64::MAX {
        return;
    }
    let again = build(header, &seen);
    let batch_again = RawBatch::parse(&again).and_then(RawBatch::validate).expect("what was built is valid");
    let mut reader = BatchReader::new(usize::MAX);
    assert_eq!(records(&mut reader, &batch_again).as_ref(), Ok(&seen), "the same records");
    let new = *batch_again.header();
    // Of its times a header may say anything; what is built says what the records say.
    let times = seen.iter().map(|record| record.timestamp_ms);
    let expected = BatchHeader {
        attributes: Attributes::from_bits(header.attributes.bits() & KNOWN_ATTRIBUTES),
        base_timestamp_ms: header.delete_horizon_ms().or(times.clone().next()).unwrap_or(-1),
        max_timestamp_ms: if header.attributes.is_append_time() || seen.is_empty() {
            header.max_timestamp_ms
        } else {
            times.fold(-1, i64::max)
        },
        length_bytes: new.length_bytes,
        crc: new.crc,
        ..*header
    };
    assert_eq!(new, expected, "the same header");
    assert_eq!(build(&new, &seen), again, "what was built once is built the same again");
}

/// All records, or why not.
fn records<'a>(reader: &'a mut BatchReader, batch: &ValidBatch<'a>) -> Result<Vec<Record<'a>>, BatchError> {
    let mut records = reader.records(batch)?;
    let all = records.by_ref().collect();
    assert!(records.next().is_none(), "after the end or an error there is nothing more");
    all
}

fn build(header: &BatchHeader, records: &[Record<'_>]) -> Vec<u8> {
    // The quickest level: what a codec makes of the bytes is not looked for here.
    let options =
        BatchOptions { level: Some(1), ..BatchOptions::from_header(header).expect("the codec is known") };
    let mut builder = BatchBuilder::new(options);
    let mut out = Vec::new();
    for record in records {
        builder.push(record).expect("what was read is built");
    }
    builder.finish(&mut out).expect("what was read is built");
    out
}

/// A reader whose buffers hold what a later batch must not show.
fn used_reader() -> BatchReader {
    static EARLIER: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
        [Codec::Gzip, Codec::Lz4].map(|codec| {
            let mut builder = BatchBuilder::new(BatchOptions { codec, ..BatchOptions::default() });
            builder.append(0, None, Some(&[0xaa; 5_000]), &[]).expect("it fits");
            let mut out = Vec::new();
            builder.finish(&mut out).expect("it fits");
            out
        })
    });
    let mut reader = BatchReader::new(LIMIT_BYTES);
    for earlier in EARLIER.iter() {
        let batch = RawBatch::parse(earlier).and_then(RawBatch::validate).expect("it was built");
        assert_eq!(reader.records(&batch).expect("it was built").count(), 1);
    }
    reader
}

/// Walks over the batches by their lengths, as far as they are there, and makes each CRC right.
fn repair_every_crc(mut bytes: &mut [u8]) {
    while let Ok((batch, _)) = RawBatch::split_first(bytes) {
        let size = batch.bytes().len();
        let (batch, rest) = std::mem::take(&mut bytes).split_at_mut(size);
        repair_crc(batch);
        bytes = rest;
    }
}

/// All of the bytes as one batch: its length, magic and CRC follow from them.
fn as_one_batch(data: &[u8]) -> Option<Vec<u8>> {
    let length = i32::try_from(data.len().checked_sub(LENGTH_PREFIX_BYTES)?).ok()?;
    let mut bytes = data.to_vec();
    bytes[8..12].copy_from_slice(&length.to_be_bytes());
    *bytes.get_mut(CRC.start - 1)? = MAGIC.cast_unsigned();
    bytes.get(HEADER_BYTES - 1)?;
    repair_crc(&mut bytes);
    Some(bytes)
}

fn repair_crc(batch: &mut [u8]) {
    let crc = crc32c(&batch[CRC.end..]);
    batch[CRC].copy_from_slice(&crc.to_be_bytes());
}

/// Seeds for the corpus: batches of every codec with what a batch can say, alone and behind each other.
///
/// # Panics
///
/// Never: the batches are small and right.
#[must_use]
pub fn seeds() -> Vec<(String, Vec<u8>)> {
    let mut seeds = Vec::new();
    for codec in Codec::ALL {
        let plain = BatchOptions { codec, ..BatchOptions::default() };
        let stamped =
            BatchOptions { append_time_ms: Some(5), leader_epoch: 3, base_offset: 1 << 40, ..plain };
        let produced = BatchOptions { producer_id: 9, producer_epoch: 1, base_sequence: 7, ..plain };
        let kinds = [
            ("plain", plain, 3),
            ("append-time", stamped, 3),
            ("transactional", BatchOptions { transactional: true, ..produced }, 2),
            ("control", BatchOptions { control: true, transactional: true, ..produced }, 1),
            ("compacted", BatchOptions { last_offset: Some(20), delete_horizon_ms: Some(1), ..plain }, 2),
            ("empty", BatchOptions { last_offset: Some(4), empty_max_timestamp_ms: 6, ..produced }, 0),
            ("repetitive", plain, 40),
        ];
        let built: Vec<(&str, Vec<u8>)> =
            kinds.into_iter().map(|(kind, options, count)| (kind, seed(options, count))).collect();
        let all: Vec<u8> = built.iter().flat_map(|(_, batch)| batch.clone()).collect();
        seeds.push((format!("{codec}-sequence"), all[..all.len() - 5].to_vec()));
        seeds.extend(built.into_iter().map(|(kind, batch)| (format!("{codec}-{kind}"), batch)));
    }
    seeds
}

fn seed(options: BatchOptions, count: i64) -> Vec<u8> {
    let mut builder = BatchBuilder::new(options);
    let headers = [Header::new("h", b"1"), Header { key: b"h", value: None }, Header::new("", b"")];
    for index in 0..count {
        let value = format!("{{\"id\":{index},\"name\":\"a name that is often used\"}}");
        let key = [None, Some(&b""[..]), Some(b"key")][usize::try_from(index).expect("it counts up") % 3];
        let value = (index != 1).then_some(value.as_bytes());
        let headers = &headers[..if index < 3 { headers.len() } else { 0 }];
        builder.append(1_700_000_000_000 - index * index, key, value, headers).expect("it fits");
    }
    let mut out = Vec::new();
    builder.finish(&mut out).expect("it fits");
    out
}
