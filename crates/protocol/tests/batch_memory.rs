//! What a reader takes of the memory, counted: hostile batches get no more than the limit and a small constant.
//!
//! Every allocation is counted, those inside the zstd library too.

#![allow(clippy::unwrap_used, reason = "in a test that is a failure")]

mod batch_support;

use std::io::Write;

use allocation_counter::measure;
use batch_support::{batch_of, body, noise, read, repair_crc, with_body};
use watershed_protocol::batch::{
    BatchError, BatchOptions, BatchReader, Codec, RawBatch, Records, ValidBatch, rewrite_in_place,
};

const MIB: usize = 1 << 20;
/// What the contexts of gzip and zstd take, once for a reader.
const CONTEXTS_BYTES: u64 = 200 << 10;

/// The most that a reader may hold at any moment: while its buffer grows, the old one is at most half of the new.
fn bound(limit_bytes: usize) -> u64 {
    (limit_bytes + limit_bytes / 2) as u64 + CONTEXTS_BYTES
}

/// Reads a batch with a fresh reader; returns what came of it and the most memory that it held.
fn read_counted(bytes: &[u8], limit_bytes: usize) -> (Result<usize, BatchError>, u64) {
    let batch = RawBatch::parse(bytes).and_then(RawBatch::validate).expect("its CRC is right");
    let mut result = Ok(0);
    let counted = measure(|| {
        let mut reader = BatchReader::new(limit_bytes);
        result = reader.records(&batch).and_then(count);
    });
    (result, counted.bytes_max)
}

fn count(mut records: Records<'_>) -> Result<usize, BatchError> {
    records.try_fold(0, |count, record| record.map(|_| count + 1))
}

/// A batch that says that it holds one record, compressed like this.
fn hostile(codec: Codec, compressed: &[u8]) -> Vec<u8> {
    with_body(&batch_of(BatchOptions::default(), &[b"value".to_vec()]), codec, compressed)
}

/// 1 GiB of zeros, once in each way in which a codec can say it.
fn bombs() -> Vec<(&'static str, Codec, Vec<u8>)> {
    let zeros = vec![0; MIB];
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    (0..64).for_each(|_| encoder.write_all(&zeros).expect("zeros compress"));
    let member = encoder.finish().expect("zeros compress");

    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1).expect("zeros compress");
    (0..1024).for_each(|_| encoder.write_all(&zeros).expect("zeros compress"));
    let stream = encoder.finish().expect("zeros compress");
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1).expect("zeros compress");
    encoder.set_pledged_src_size(Some(1 << 30)).expect("zeros compress");
    (0..1024).for_each(|_| encoder.write_all(&zeros).expect("zeros compress"));
    let stated = encoder.finish().expect("zeros compress");
    // Its magic, no size and a window of 1 MB, then blocks of 128 KB that repeat one byte.
    let mut densest = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x50];
    (0..8192u32).for_each(|index| densest.extend([u8::from(index == 8191) | 2, 0, 0x10, 0]));

    let block = snap::raw::Encoder::new().compress_vec(&zeros).expect("zeros compress");
    let xerial_block = [&u32::try_from(block.len()).expect("it is small").to_be_bytes()[..], &block].concat();
    let xerial = [&b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01"[..], &xerial_block.repeat(1024)].concat();
    let bare = snap::raw::Encoder::new().compress_vec(&vec![0; 64 * MIB]).expect("zeros compress");

    let block = lz4::block::compress(&vec![0; 4 * MIB], None, false).expect("zeros compress");
    let block = [&u32::try_from(block.len()).expect("it is small").to_le_bytes()[..], &block].concat();
    let independent = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73];
    let linked = [0x04, 0x22, 0x4d, 0x18, 0x40, 0x70, 0xdf];
    let lz4 = |header: &[u8]| [header, &block.repeat(256), &[0; 4]].concat();

    vec![
        ("one member of 64 MiB", Codec::Gzip, member.clone()),
        ("sixteen of them", Codec::Gzip, member.repeat(16)),
        ("a stream", Codec::Zstd, stream),
        ("a stated size", Codec::Zstd, stated),
        ("the densest blocks", Codec::Zstd, densest),
        ("Xerial's blocks", Codec::Snappy, xerial),
        ("one bare block of 64 MiB", Codec::Snappy, bare),
        ("independent blocks", Codec::Lz4, lz4(&independent)),
        ("linked blocks", Codec::Lz4, lz4(&linked)),
    ]
}

#[test]
fn a_bomb_is_refused_within_the_memory_of_the_limit() {
    for (what, codec, compressed) in bombs() {
        let bytes = hostile(codec, &compressed);
        for limit_bytes in [0, 1000, MIB, 10 * MIB, 16 * MIB] {
            let (result, held_bytes) = read_counted(&bytes, limit_bytes);
            assert_eq!(result, Err(BatchError::TooLarge { limit_bytes }), "{codec}, {what}");
            assert!(
                held_bytes <= bound(limit_bytes),
                "{codec}, {what}: {held_bytes} bytes for a limit of {limit_bytes}"
            );
        }
    }
}

#[test]
fn a_bomb_is_rewritten_and_passed_on_without_memory() {
    for (what, codec, compressed) in bombs() {
        let mut bytes = hostile(codec, &compressed);
        let counted = measure(|| {
            rewrite_in_place(&mut bytes, &Default::default()).unwrap();
        });
        assert_eq!(counted.count_total, 0, "{codec}, {what}");
    }
}

#[test]
fn a_claim_reserves_no_more_than_the_bytes_behind_it_could_give() {
    let claims: [(&str, Codec, Vec<u8>); 9] = [
        ("a block of 2^31-1 bytes in Xerial's frame", Codec::Snappy, {
            [&b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01"[..], &i32::MAX.to_be_bytes(), &[0; 40]].concat()
        }),
        ("2^32-1 bytes in a bare block", Codec::Snappy, vec![0xff, 0xff, 0xff, 0xff, 0x0f, 0, b'x']),
        ("a zstd frame of 2^64-1 bytes", Codec::Zstd, {
            [&[0x28, 0xb5, 0x2f, 0xfd, 0xe0][..], &[0xff; 8], &[3, 0, 0x10, 0]].concat()
        }),
        ("a zstd frame of 900 MB", Codec::Zstd, {
            [&[0x28, 0xb5, 0x2f, 0xfd, 0xa0][..], &900_000_000u32.to_le_bytes(), &[3, 0, 0x10, 0]].concat()
        }),
        ("a zstd window of 3.75 TB", Codec::Zstd, { vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xff, 1, 0, 0] }),
        (
            "a zstd window of 128 MB, no size",
            Codec::Zstd,
            vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88, 3, 0, 0x10, 0],
        ),
        ("an lz4 frame of blocks of 4 MB", Codec::Lz4, {
            [&[0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73][..], &3u32.to_le_bytes(), &[0x10, b'x', 0]].concat()
        }),
        ("an lz4 block of 2^31-1 bytes", Codec::Lz4, {
            [&[0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73][..], &i32::MAX.to_le_bytes(), &[0; 30]].concat()
        }),
        ("an lz4 frame to be passed over, of 4 GB", Codec::Lz4, {
            [&0x184d_2a50u32.to_le_bytes()[..], &u32::MAX.to_le_bytes(), &[0; 30]].concat()
        }),
    ];
    for (what, codec, compressed) in claims {
        let (result, held_bytes) = read_counted(&hostile(codec, &compressed), 1 << 30);
        assert!(result.is_err(), "{what}: {result:?}");
        // A block of zstd's gives 128 KB for 4 bytes, so that much may be reserved.
        let bytes_max = CONTEXTS_BYTES + 32 * 1024 * compressed.len() as u64;
        assert!(held_bytes <= bytes_max, "{what}: {held_bytes} bytes for {}", compressed.len());
    }
}

#[test]
fn records_that_claim_gigabytes_take_no_memory() {
    let plain = batch_of(BatchOptions::default(), &[b"value".to_vec()]);
    // Zigzag of 2^31-1.
    let huge = [0xfe, 0xff, 0xff, 0xff, 0x0f];
    for claim in [
        huge.to_vec(),
        [&[20, 0, 0, 0][..], &huge, &[0; 10]].concat(),
        [&[22, 0, 0, 0, 1][..], &huge, &[0; 10]].concat(),
        [&[24, 0, 0, 0, 1, 1][..], &huge, &[0; 10]].concat(),
        [&[26, 0, 0, 0, 1, 1, 2][..], &huge, &[0; 10]].concat(),
    ] {
        let (result, held_bytes) = read_counted(&with_body(&plain, Codec::None, &claim), 1 << 30);
        assert!(matches!(result, Err(BatchError::Corrupt(_))), "{claim:x?}: {result:?}");
        assert_eq!(held_bytes, 0, "{claim:x?}");
    }
}

#[test]
fn damage_under_a_right_crc_stays_within_the_limit() {
    const LIMIT_BYTES: usize = 64 << 10;
    let values = [noise(1, 40), vec![7; 300], b"{\"id\":1,\"id\":1,\"id\":1}".to_vec(), Vec::new()];
    for codec in Codec::ALL {
        let bytes = batch_of(BatchOptions { codec, ..BatchOptions::default() }, &values);
        let whole = read(&bytes, LIMIT_BYTES).unwrap();
        assert_eq!(whole.len(), values.len());
        for bit in 21 * 8..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            check_damaged(damaged, LIMIT_BYTES);
        }
        for len in 0..body(&bytes).len() {
            check_damaged(with_body(&bytes, codec, &body(&bytes)[..len]), LIMIT_BYTES);
        }
    }
}

fn check_damaged(mut damaged: Vec<u8>, limit_bytes: usize) {
    repair_crc(&mut damaged);
    if RawBatch::parse(&damaged).is_ok() {
        let (_, held_bytes) = read_counted(&damaged, limit_bytes);
        assert!(held_bytes <= bound(limit_bytes), "{held_bytes} bytes for {damaged:x?}");
    }
}

#[test]
fn a_reader_holds_one_buffer_however_many_batches_it_reads() {
    let limit_bytes = 4 * MIB;
    let bombs: Vec<Vec<u8>> = bombs().iter().map(|(_, codec, bytes)| hostile(*codec, bytes)).collect();
    let good: Vec<Vec<u8>> = Codec::ALL
        .map(|codec| batch_of(BatchOptions { codec, ..BatchOptions::default() }, &[vec![1; 3 * MIB]]))
        .to_vec();
    let batches: Vec<ValidBatch<'_>> =
        bombs.iter().chain(&good).map(|bytes| RawBatch::parse(bytes).unwrap().validate().unwrap()).collect();
    let counted = measure(|| {
        let mut reader = BatchReader::new(limit_bytes);
        for batch in batches.iter().cycle().take(3 * batches.len()) {
            let _ = reader.records(batch).and_then(count);
        }
    });
    assert!(counted.bytes_max <= bound(limit_bytes), "{} bytes", counted.bytes_max);
}
