//! Batches as proptest strategies, and the shortest ways to build and read one.

use proptest::prelude::*;

use super::super::*;

/// Enough for every batch that is generated here.
pub(super) const LIMIT_BYTES: usize = 64 << 20;

/// A record that owns what it holds.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct OwnedRecord {
    pub(super) offset: i64,
    pub(super) timestamp_ms: i64,
    pub(super) key: Option<Vec<u8>>,
    pub(super) value: Option<Vec<u8>>,
    pub(super) headers: Vec<OwnedHeader>,
}

impl std::fmt::Debug for OwnedRecord {
    /// On one line, long bytes cut off: a failure shows whole batches.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let short = |bytes: &Option<Vec<u8>>| {
            bytes.as_ref().map(|bytes| {
                let front = &bytes[..bytes.len().min(16)];
                format!("{} bytes {}", bytes.len(), front.escape_ascii())
            })
        };
        write!(
            f,
            "{} at {} ms: {:?} -> {:?}",
            self.offset,
            self.timestamp_ms,
            short(&self.key),
            short(&self.value)
        )?;
        self.headers
            .iter()
            .try_for_each(|(key, value)| write!(f, ", {:?}: {:?}", short(&Some(key.clone())), short(value)))
    }
}

pub(super) type OwnedHeader = (Vec<u8>, Option<Vec<u8>>);

impl From<Record<'_>> for OwnedRecord {
    fn from(record: Record<'_>) -> Self {
        Self {
            offset: record.offset,
            timestamp_ms: record.timestamp_ms,
            key: record.key.map(<[u8]>::to_vec),
            value: record.value.map(<[u8]>::to_vec),
            headers: record
                .headers
                .iter()
                .map(|header| (header.key.to_vec(), header.value.map(<[u8]>::to_vec)))
                .collect(),
        }
    }
}

/// A batch that is still to be built.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) options: BatchOptions,
    pub(super) records: Vec<OwnedRecord>,
}

impl Case {
    /// A few small records under `options`, for tests that go through every position of a batch.
    pub(super) fn small(options: BatchOptions) -> Self {
        let record = |index: i64, value: Option<&[u8]>, headers: &[OwnedHeader]| OwnedRecord {
            offset: options.base_offset + 2 * index,
            timestamp_ms: 1_700_000_000_000 + index,
            key: (index != 1).then(|| format!("key-{index}").into_bytes()),
            value: value.map(<[u8]>::to_vec),
            headers: headers.to_vec(),
        };
        let header = |key: &str, value: Option<&[u8]>| (key.as_bytes().to_vec(), value.map(<[u8]>::to_vec));
        let records = vec![
            record(0, Some(b"value value value value value value"), &[]),
            record(1, None, &[header("h", Some(b"1")), header("h", None), header("", Some(b""))]),
            record(2, Some(b""), &[header("h", Some(b"value value value"))]),
        ];
        Self { options, records }
    }

    pub(super) fn build(&self) -> Vec<u8> {
        let mut builder = BatchBuilder::new(self.options);
        for record in &self.records {
            let headers: Vec<Header<'_>> =
                record.headers.iter().map(|(key, value)| Header { key, value: value.as_deref() }).collect();
            let record = Record {
                offset: record.offset,
                timestamp_ms: record.timestamp_ms,
                key: record.key.as_deref(),
                value: record.value.as_deref(),
                headers: Headers::from_list(&headers),
            };
            builder.push(&record).expect("generated records fit");
        }
        let mut out = Vec::new();
        builder.finish(&mut out).expect("generated batches fit");
        out
    }

    /// The records as a reader sees them: an append time is the time of every record.
    pub(super) fn records_as_read(&self) -> Vec<OwnedRecord> {
        let mut records = self.records.clone();
        if let Some(time_ms) = self.options.append_time_ms {
            for record in &mut records {
                record.timestamp_ms = time_ms;
            }
        }
        records
    }

    pub(super) fn last_offset(&self) -> i64 {
        let last = self.records.last().map_or(self.options.base_offset, |record| record.offset);
        self.options.last_offset.unwrap_or(last)
    }
}

/// Parses, validates and takes apart.
pub(super) fn read(bytes: &[u8]) -> Result<(BatchHeader, Vec<OwnedRecord>), BatchError> {
    let batch = RawBatch::parse(bytes)?.validate()?;
    let mut reader = BatchReader::new(LIMIT_BYTES);
    let records =
        reader.records(&batch)?.map(|record| Ok(record?.into())).collect::<Result<Vec<_>, BatchError>>()?;
    Ok((*batch.header(), records))
}

/// Takes a batch apart and builds it again, as a route does that drops no record.
pub(super) fn rebuild(bytes: &[u8], level: Option<i32>) -> Result<Vec<u8>, BatchError> {
    let batch = RawBatch::parse(bytes)?.validate()?;
    let mut reader = BatchReader::new(LIMIT_BYTES);
    let mut builder = BatchBuilder::new(BatchOptions { level, ..BatchOptions::from_header(batch.header())? });
    for record in reader.records(&batch)? {
        builder.push(&record?)?;
    }
    let mut out = Vec::new();
    builder.finish(&mut out)?;
    Ok(out)
}

/// Gives the batch the CRC that its bytes have, so that what lies behind the check meets the damage.
pub(super) fn repair_crc(bytes: &mut [u8]) {
    if let Some((front, covered)) = bytes.split_at_mut_checked(21) {
        front[17..].copy_from_slice(&crc32c(covered).to_be_bytes());
    }
}

/// A batch with this header in front of `body`; length and CRC follow from the two.
pub(super) fn seal(mut header: BatchHeader, body: &[u8]) -> Vec<u8> {
    header.length_bytes =
        i32::try_from(HEADER_BYTES - LENGTH_PREFIX_BYTES + body.len()).expect("it is small");
    let mut bytes = [&header.write()[..], body].concat();
    repair_crc(&mut bytes);
    bytes
}

/// Bytes that do not compress, the same for the same seed.
pub(in crate::batch) fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut out = Vec::with_capacity(len + 8);
    while out.len() < len {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        out.extend_from_slice(&state.to_le_bytes());
    }
    out.truncate(len);
    out
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        1 => Just(Vec::new()),
        8 => prop::collection::vec(any::<u8>(), 1..40),
        4 => (any::<u8>(), 1..2_000usize).prop_map(|(byte, len)| vec![byte; len]),
        4 => "\\{\"id\":[0-9]{1,12},\"name\":\"[a-z]{1,20}\",\"tags\":\\[\"a\",\"b\"\\]\\}".prop_map(String::into_bytes),
        1 => (any::<u64>(), 60_000..70_000usize).prop_map(|(seed, len)| noise(seed, len)),
        1 => (any::<u8>(), 100_000..300_000usize).prop_map(|(byte, len)| vec![byte; len]),
    ]
}

fn nullable() -> impl Strategy<Value = Option<Vec<u8>>> {
    prop_oneof![1 => Just(None), 4 => bytes().prop_map(Some)]
}

fn headers() -> impl Strategy<Value = Vec<OwnedHeader>> {
    let small = prop::option::of(prop::collection::vec(any::<u8>(), 0..30));
    // Few names, so that they repeat.
    let name = prop_oneof![Just(Vec::new()), "[ab]".prop_map(String::into_bytes), bytes()];
    prop_oneof![
        3 => Just(Vec::new()),
        3 => prop::collection::vec((name, small.clone()), 1..5),
        1 => prop::collection::vec(("h".prop_map(String::into_bytes), small), 60..140),
    ]
}

fn timestamp() -> impl Strategy<Value = i64> {
    prop_oneof![
        4 => 1_700_000_000_000..1_700_000_100_000i64,
        1 => any::<i64>(),
        1 => prop_oneof![Just(i64::MIN), Just(i64::MAX), Just(-1), Just(0)],
    ]
}

fn level(codec: Codec) -> BoxedStrategy<Option<i32>> {
    match codec {
        Codec::Gzip => prop::option::of(0..=9).boxed(),
        Codec::Zstd => {
            prop_oneof![3 => Just(None), 3 => (-7..=12).prop_map(Some), 1 => (13..=22).prop_map(Some)].boxed()
        }
        _ => Just(None).boxed(),
    }
}

/// What a header can say, but for the last offset.
fn options() -> impl Strategy<Value = BatchOptions> {
    let base_offset = prop_oneof![
        2 => Just(0),
        2 => 0..1i64 << 40,
        // As far up as 2^31 offsets still have room.
        1 => Just(i64::MAX - (1 << 31)),
        1 => i64::MIN..0,
        1 => Just(i64::MIN),
    ];
    let codec = prop::sample::select(&Codec::ALL).prop_flat_map(|codec| (Just(codec), level(codec)));
    let producer = prop_oneof![
        Just((NO_PRODUCER_ID, NO_PRODUCER_EPOCH, NO_SEQUENCE)),
        (0..i64::MAX, 0..i16::MAX, 0..i32::MAX),
        any::<(i64, i16, i32)>(),
    ];
    let times =
        (prop::option::weighted(0.2, timestamp()), prop::option::weighted(0.2, timestamp()), timestamp());
    (base_offset, codec, producer, times, any::<(i32, bool, bool)>()).prop_map(
        |(base_offset, (codec, level), producer, times, (leader_epoch, transactional, control))| {
            BatchOptions {
                codec,
                level,
                base_offset,
                last_offset: None,
                leader_epoch,
                producer_id: producer.0,
                producer_epoch: producer.1,
                base_sequence: producer.2,
                transactional,
                control,
                append_time_ms: times.0,
                delete_horizon_ms: times.1,
                empty_max_timestamp_ms: times.2,
            }
        },
    )
}

/// Any batch: any header, any records, gaps between the offsets and behind the last; also without records.
pub(super) fn case() -> impl Strategy<Value = Case> {
    let gap = prop_oneof![8 => Just(0), 2 => 1..100i64, 1 => 1..1i64 << 24];
    let record = (gap, timestamp(), nullable(), nullable(), headers()).boxed();
    let records = prop_oneof![1 => Just(0..1), 8 => Just(1..12)]
        .prop_flat_map(move |count| prop::collection::vec(record.clone(), count));
    let behind = prop_oneof![3 => Just(None), 1 => Just(Some(0)), 1 => (1..1i64 << 30).prop_map(Some)];
    (options(), records, behind).prop_map(|(mut options, records, behind)| {
        let mut next = options.base_offset;
        let records: Vec<OwnedRecord> = records
            .into_iter()
            .map(|(gap, timestamp_ms, key, value, headers)| {
                let offset = next + gap;
                next = offset + 1;
                OwnedRecord { offset, timestamp_ms, key, value, headers }
            })
            .collect();
        let last = records.last().map_or(options.base_offset, |record| record.offset);
        options.last_offset = behind.map(|behind| last + behind);
        if records.is_empty() {
            options.last_offset = Some(last + behind.unwrap_or(0));
        }
        Case { options, records }
    })
}
