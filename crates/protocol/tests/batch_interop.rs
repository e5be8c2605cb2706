//! Other libraries' framings are read, and ours are read by other libraries.
//!
//! The C library of lz4, and flate2, snap and zstd in ways in which the code under test does not use them. What real
//! Kafka clients write and read is tested elsewhere, against the clients.

#![allow(clippy::unwrap_used, reason = "in a test that is a failure")]

mod batch_support;

use std::io::{Read, Write};

use batch_support::{batch_of, body, noise, read, with_body};
use watershed_protocol::batch::{BatchOptions, Codec};

const LIMIT_BYTES: usize = 32 << 20;

/// Plain batches of different kinds: tiny, repetitive, incompressible, larger than the largest block of any codec.
fn plain_batches() -> Vec<Vec<u8>> {
    let json = |index: usize| {
        format!("{{\"id\":{index},\"name\":\"somebody\",\"tags\":[\"a\",\"b\"]}}").into_bytes()
    };
    [
        vec![b"v".to_vec()],
        (0..3_000).map(json).collect(),
        (0..200).map(|seed| noise(seed, 1_000)).collect(),
        vec![vec![0; 300_000]; 3],
        (0..9).map(|seed| [noise(seed, 500_000), vec![7; 600_000]].concat()).collect(),
    ]
    .iter()
    .map(|values| batch_of(BatchOptions::default(), values))
    .collect()
}

/// The batch reads the same with `compressed` for a body as without compression.
#[track_caller]
fn check(plain: &[u8], codec: Codec, compressed: &[u8], what: &str) {
    let expected = read(plain, LIMIT_BYTES).expect("the plain batch is whole");
    let records = read(&with_body(plain, codec, compressed), LIMIT_BYTES);
    // Not assert_eq: megabytes of records are of no use on a screen.
    assert!(records.as_ref() == Ok(&expected), "{codec}, {what}: {:?}", records.map(|records| records.len()));
}

/// Cuts into parts that are not the codec's own block size.
fn parts(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.chunks(bytes.len().div_ceil(3).max(1))
}

#[test]
fn gzip_of_others_is_read() {
    for plain in plain_batches() {
        for level in [0, 1, 6, 9] {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(level));
            encoder.write_all(body(&plain)).unwrap();
            check(&plain, Codec::Gzip, &encoder.finish().unwrap(), "a level");
        }
        let member = |builder: flate2::GzBuilder, part: &[u8]| {
            let mut encoder = builder.write(Vec::new(), flate2::Compression::fast());
            encoder.write_all(part).unwrap();
            encoder.finish().unwrap()
        };
        let named = || {
            flate2::GzBuilder::new()
                .filename("records")
                .comment("by another client")
                .extra(b"EX\x03\0abc".to_vec())
                .mtime(1_700_000_000)
        };
        check(&plain, Codec::Gzip, &member(named(), body(&plain)), "name, comment, extra field");
        let joined: Vec<u8> = parts(body(&plain)).flat_map(|part| member(named(), part)).collect();
        check(&plain, Codec::Gzip, &joined, "several members");
        let empty = member(flate2::GzBuilder::new(), &[]);
        let joined = [&empty[..], &member(named(), body(&plain)), &empty].concat();
        check(&plain, Codec::Gzip, &joined, "empty members around it");

        // The header's own checksum, which no builder here writes.
        let mut checked = member(flate2::GzBuilder::new(), body(&plain));
        checked[3] |= 2;
        let mut crc = flate2::Crc::new();
        crc.update(&checked[..10]);
        checked.splice(10..10, crc.sum().to_le_bytes()[..2].iter().copied());
        check(&plain, Codec::Gzip, &checked, "a header checksum");
    }
}

#[test]
fn snappy_of_others_is_read() {
    let block = |bytes: &[u8]| snap::raw::Encoder::new().compress_vec(bytes).unwrap();
    let framed = |bytes: &[u8], block_bytes: usize| {
        let mut out = b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01".to_vec();
        for chunk in bytes.chunks(block_bytes) {
            let block = block(chunk);
            out.extend_from_slice(&u32::try_from(block.len()).unwrap().to_be_bytes());
            out.extend_from_slice(&block);
        }
        out
    };
    for plain in plain_batches() {
        check(&plain, Codec::Snappy, &block(body(&plain)), "one bare block, as librdkafka may write it");
        for block_bytes in [1_000, 32 << 10, 1 << 20, usize::MAX] {
            check(&plain, Codec::Snappy, &framed(body(&plain), block_bytes), "Xerial's frame");
        }
        let joined: Vec<u8> = parts(body(&plain)).flat_map(|part| framed(part, 32 << 10)).collect();
        check(&plain, Codec::Snappy, &joined, "several streams");
        // Written by a later version that this one can read; Xerial's reader looks at neither number.
        let mut later = framed(body(&plain), 32 << 10);
        later[11] = 2;
        check(&plain, Codec::Snappy, &later, "a later version");
    }
}

#[test]
fn lz4_of_the_c_library_is_read() {
    use lz4::liblz4::BlockChecksum;
    use lz4::{BlockMode, BlockSize, ContentChecksum, EncoderBuilder};

    let encode = |builder: &mut EncoderBuilder, bytes: &[u8]| {
        let mut encoder = builder.build(Vec::new()).unwrap();
        encoder.write_all(bytes).unwrap();
        let (out, result) = encoder.finish();
        result.unwrap();
        out
    };
    let skippable = [&0x184d_2a57u32.to_le_bytes()[..], &5u32.to_le_bytes(), b"hello"].concat();
    for plain in plain_batches() {
        let body = body(&plain);
        for (size, mode) in [BlockSize::Max64KB, BlockSize::Max256KB, BlockSize::Max1MB, BlockSize::Max4MB]
            .into_iter()
            .flat_map(|size| [(size.clone(), BlockMode::Linked), (size, BlockMode::Independent)])
        {
            let mut builder = EncoderBuilder::new();
            builder.block_size(size).block_mode(mode).checksum(ContentChecksum::NoChecksum);
            check(&plain, Codec::Lz4, &encode(&mut builder, body), "no checksum");
            builder
                .checksum(ContentChecksum::ChecksumEnabled)
                .block_checksum(BlockChecksum::BlockChecksumEnabled);
            builder.content_size(body.len() as u64);
            check(&plain, Codec::Lz4, &encode(&mut builder, body), "both checksums and the size");
        }
        for level in [0, 4, 12] {
            check(&plain, Codec::Lz4, &encode(EncoderBuilder::new().level(level), body), "a level");
        }
        check(&plain, Codec::Lz4, &encode(EncoderBuilder::new().auto_flush(true), body), "flushed blocks");
        let mut joined = skippable.clone();
        for part in parts(body) {
            joined.extend(encode(&mut EncoderBuilder::new(), part));
            joined.extend(encode(&mut EncoderBuilder::new(), &[]));
            joined.extend_from_slice(&skippable);
        }
        check(&plain, Codec::Lz4, &joined, "several frames, empty and skippable ones between");
    }
}

#[test]
fn zstd_of_others_is_read() {
    let skippable = [&0x184d_2a53u32.to_le_bytes()[..], &5u32.to_le_bytes(), b"hello"].concat();
    for plain in plain_batches() {
        let body = body(&plain);
        // As Java writes it: a stream that does not know its size, whose window follows from the level alone; at
        // level 22 that is 128 MB, far over the reader's limit.
        for level in if body.len() < 1 << 20 { &[-7, 1, 3, 9, 19, 22][..] } else { &[-7, 3] } {
            let mut encoder = zstd::stream::Encoder::new(Vec::new(), *level).unwrap();
            encoder.include_checksum(true).unwrap();
            encoder.write_all(body).unwrap();
            check(&plain, Codec::Zstd, &encoder.finish().unwrap(), "a stream with a checksum");
        }
        let mut encoder = zstd::stream::Encoder::new(Vec::new(), 3).unwrap();
        for part in parts(body) {
            encoder.write_all(part).unwrap();
            encoder.flush().unwrap();
        }
        check(&plain, Codec::Zstd, &encoder.finish().unwrap(), "flushed blocks");
        let mut encoder = zstd::stream::Encoder::new(Vec::new(), 3).unwrap();
        encoder.set_pledged_src_size(Some(body.len() as u64)).unwrap();
        encoder.include_contentsize(false).unwrap();
        encoder.window_log(27).unwrap();
        encoder.write_all(body).unwrap();
        check(&plain, Codec::Zstd, &encoder.finish().unwrap(), "a large window and no size");
        let mut joined = skippable.clone();
        for part in parts(body) {
            joined.extend(zstd::bulk::compress(part, 1).unwrap());
            joined.extend(zstd::bulk::compress(&[], 1).unwrap());
            joined.extend_from_slice(&skippable);
        }
        check(&plain, Codec::Zstd, &joined, "several frames, empty and skippable ones between");
    }
}

#[test]
fn ours_is_read_by_others() {
    for plain in plain_batches() {
        let values: Vec<Vec<u8>> =
            read(&plain, LIMIT_BYTES).unwrap().into_iter().filter_map(|seen| seen.3).collect();
        for codec in Codec::ALL {
            let batch = batch_of(BatchOptions { codec, ..BatchOptions::default() }, &values);
            let theirs = match codec {
                Codec::None => body(&batch).to_vec(),
                Codec::Gzip => {
                    let mut out = Vec::new();
                    flate2::read::MultiGzDecoder::new(body(&batch)).read_to_end(&mut out).unwrap();
                    out
                }
                Codec::Snappy => xerial(body(&batch)),
                Codec::Lz4 => {
                    let mut decoder = lz4::Decoder::new(body(&batch)).unwrap();
                    let mut out = Vec::new();
                    decoder.read_to_end(&mut out).unwrap();
                    let (left, result) = decoder.finish();
                    result.unwrap();
                    assert_eq!(left, [], "one frame and nothing behind it");
                    out
                }
                Codec::Zstd => {
                    let size = zstd::zstd_safe::get_frame_content_size(body(&batch)).unwrap();
                    assert_eq!(size, Some(body(&plain).len() as u64), "the frame states its size");
                    zstd::bulk::decompress(body(&batch), LIMIT_BYTES).unwrap()
                }
            };
            assert!(theirs == body(&plain), "{codec}");
        }
    }
}

/// Xerial's framing, read by the rules of its Java code.
fn xerial(bytes: &[u8]) -> Vec<u8> {
    let mut rest = bytes.strip_prefix(b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01").expect("its header");
    let mut out = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let (block, after) = after.split_at(u32::from_be_bytes(*length) as usize);
        let block = snap::raw::Decoder::new().decompress_vec(block).expect("a whole block");
        assert!(block.len() <= 32 << 10, "Java's blocks are 32 KB");
        out.extend(block);
        rest = after;
    }
    assert_eq!(rest, []);
    out
}

#[test]
fn small_lz4_blocks_that_do_not_compress_are_stored() {
    let batch = batch_of(BatchOptions { codec: Codec::Lz4, ..BatchOptions::default() }, &[noise(1, 100_000)]);
    let first_block = u32::from_le_bytes(body(&batch)[7..11].try_into().unwrap());
    assert_eq!(first_block, 1 << 31 | 64 << 10);
}
