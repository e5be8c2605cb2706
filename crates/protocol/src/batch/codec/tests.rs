//! Claims about the codecs alone: limits are held to the byte, damage is named, nothing of an earlier batch shows.

use twox_hash::XxHash32;

use super::*;
use crate::batch::tests::generate::noise;

/// Bytes that compress somewhat, and end differently for every length.
fn content(len: usize) -> Vec<u8> {
    (0..len).map(|index| (index % 251).to_le_bytes()[0] ^ (index >> 12).to_le_bytes()[0]).collect()
}

fn compress(codec: Codec, input: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    Compressor::default().run(codec, None, input, &mut out).expect("any bytes compress");
    out
}

fn decompress(codec: Codec, input: &[u8], limit_bytes: usize) -> Result<Vec<u8>, BatchError> {
    Decompressor::new(limit_bytes).run(codec, input).map(<[u8]>::to_vec)
}

/// An lz4 frame of independent blocks: flags, size code, then as given.
fn lz4_frame(flags: u8, sizes: u8, content_size: Option<u64>, rest: &[&[u8]]) -> Vec<u8> {
    let mut descriptor = vec![flags, sizes];
    descriptor.extend(content_size.map(u64::to_le_bytes).into_iter().flatten());
    let checksum = XxHash32::oneshot(0, &descriptor).to_le_bytes()[1];
    [&0x184d_2204u32.to_le_bytes()[..], &descriptor, &[checksum], &rest.concat()].concat()
}

/// An lz4 block behind its length.
fn lz4_block(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).expect("it is small").to_le_bytes()[..], bytes].concat()
}

/// An lz4 block of literals behind its length: `bytes` as they are.
fn lz4_stored(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("it is small") | 1 << 31;
    [&length.to_le_bytes()[..], bytes].concat()
}

const LZ4_END: [u8; 4] = [0; 4];

#[test]
fn exactly_the_limit_passes_and_one_byte_more_is_refused() {
    for codec in Codec::ALL {
        for len in [1, 2, 1_000, 32_768, 65_536, 65_537, 300_000] {
            for plain in [content(len), vec![0; len], noise(1, len)] {
                let compressed = compress(codec, &plain);
                assert_eq!(decompress(codec, &compressed, len).as_ref(), Ok(&plain), "{codec} {len}");
                assert_eq!(decompress(codec, &compressed, usize::MAX).as_ref(), Ok(&plain), "{codec} {len}");
                for limit_bytes in [len - 1, len / 2, 0] {
                    let refused = Err(BatchError::TooLarge { limit_bytes });
                    assert_eq!(decompress(codec, &compressed, limit_bytes), refused, "{codec} {len}");
                }
            }
        }
    }
}

#[test]
fn the_limit_counts_all_members_and_frames_together() {
    for codec in [Codec::Gzip, Codec::Lz4, Codec::Zstd] {
        let (a, b) = (content(70_000), noise(2, 5_000));
        let compressed = [compress(codec, &a), compress(codec, &b)].concat();
        assert_eq!(decompress(codec, &compressed, 75_000), Ok([a, b].concat()), "{codec}");
        for limit_bytes in [74_999, 70_000, 69_999] {
            let refused = Err(BatchError::TooLarge { limit_bytes });
            assert_eq!(decompress(codec, &compressed, limit_bytes), refused, "{codec}");
        }
    }
}

#[test]
fn no_bytes_come_back_as_none_and_a_missing_stream_never_gives_any() {
    for codec in Codec::ALL {
        assert_eq!(decompress(codec, &compress(codec, &[]), 0), Ok(Vec::new()), "{codec}");
        let missing = decompress(codec, &[], 100);
        assert!(missing.as_ref().is_ok_and(Vec::is_empty) || missing.is_err(), "{codec}: {missing:?}");
    }
}

/// A decompressor's buffer holds the batch before, which may be another tenant's.
#[test]
fn nothing_of_an_earlier_batch_shows_in_a_later_one() {
    let secret = vec![0xaa; 100_000];
    let reads_back: [&[u8]; 5] = [
        // One literal, then a match of 4 from offset 0, 2, 0xffff: before what was written.
        &[0x10, b'x', 0, 0, 0x10, b'y'],
        &[0x10, b'x', 2, 0, 0x10, b'y'],
        &[0x10, b'x', 0xff, 0xff, 0x10, b'y'],
        // A match at once.
        &[0x00, 1, 0, 0x10, b'y'],
        &[0x0f, 1, 0, 200, 0x10, b'y'],
    ];
    let mut hostile: Vec<(Codec, Vec<u8>)> = Vec::new();
    for block in reads_back {
        for flags in [0x40, 0x60] {
            hostile.push((Codec::Lz4, lz4_frame(flags, 0x40, None, &[&lz4_block(block), &LZ4_END])));
            // Behind a frame with content: a frame may not refer to the one before it.
            let first = lz4_frame(flags, 0x40, None, &[&lz4_stored(b"first frame"), &LZ4_END]);
            hostile.push((
                Codec::Lz4,
                [&first[..], &lz4_frame(flags, 0x40, None, &[&lz4_block(block), &LZ4_END])].concat(),
            ));
        }
        // A second independent block may not refer to the first.
        let blocks = [lz4_stored(b"first block"), lz4_block(block)].concat();
        hostile.push((Codec::Lz4, lz4_frame(0x60, 0x40, None, &[&blocks, &LZ4_END])));
    }
    // Snappy: 8 bytes are claimed, one literal, then a copy of 7 from offset 0, 2, 0xffff.
    for offset in [[0, 0], [2, 0], [0xff, 0xff]] {
        hostile.push((Codec::Snappy, [&[8, 0, b'x', 6 << 2 | 2][..], &offset].concat()));
    }
    // Snappy: more is claimed than given.
    hostile.push((Codec::Snappy, vec![8, 0, b'x']));
    // Deflate, fixed codes: a match before the first byte.
    hostile.push((
        Codec::Gzip,
        [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &[0x03, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0]].concat(),
    ));
    for (codec, input) in hostile {
        let mut decompressor = Decompressor::new(1 << 20);
        for codec in Codec::ALL {
            decompressor.run(codec, &compress(codec, &secret)).expect("it is whole");
        }
        let result = decompressor.run(codec, &input);
        assert!(matches!(result, Err(BatchError::Decompress { .. })), "{codec} {input:x?}: {result:?}");
    }
}

#[test]
fn a_decompressor_is_whole_again_after_any_failure() {
    let plain = content(100_000);
    let mut decompressor = Decompressor::new(plain.len());
    for codec in Codec::ALL {
        let good = compress(codec, &plain);
        let large = compress(codec, &vec![0; 200_000]);
        let damaged = if codec == Codec::None { large.clone() } else { good[..good.len() / 2].to_vec() };
        for bad in [large, damaged] {
            assert!(decompressor.run(codec, &bad).is_err(), "{codec}");
            assert_eq!(decompressor.run(codec, &good), Ok(&plain[..]), "{codec}");
        }
    }
}

#[test]
fn levels_outside_a_codecs_range_are_taken_as_the_nearest() {
    let plain = content(10_000);
    let mut compressor = Compressor::default();
    for codec in [Codec::Gzip, Codec::Zstd] {
        for level in [i32::MIN, -100, -1, 0, 9, 22, 100, i32::MAX] {
            let mut out = Vec::new();
            compressor.run(codec, Some(level), &plain, &mut out).unwrap();
            assert_eq!(decompress(codec, &out, plain.len()).as_ref(), Ok(&plain), "{codec} {level}");
        }
    }
}

#[test]
fn a_higher_level_is_used_and_gives_less() {
    let plain: Vec<u8> =
        (0..3_000).flat_map(|index| format!("{{\"id\":{}}}", index * 7919 % 1000).into_bytes()).collect();
    let mut compressor = Compressor::default();
    for (codec, low, high) in [(Codec::Gzip, 1, 9), (Codec::Zstd, -7, 19)] {
        let sizes = [low, high].map(|level| {
            let mut out = Vec::new();
            compressor.run(codec, Some(level), &plain, &mut out).unwrap();
            out.len()
        });
        assert!(sizes[1] < sizes[0], "{codec}: {sizes:?}");
    }
}

#[test]
fn damage_is_named() {
    let gzip = |bytes: &[u8], reason| check(Codec::Gzip, bytes, reason);
    let early = "the gzip stream ends early";
    let good = compress(Codec::Gzip, b"content");
    gzip(&[], early);
    gzip(&good[..9], early);
    gzip(&good[..good.len() - 1], early);
    gzip(&good[..good.len() - 9], early);
    gzip(&[0; 30], "not a gzip stream");
    gzip(&edited(&good, 2, 7), "not a gzip stream");
    gzip(&edited(&good, 3, 0x20), "not a gzip stream");
    gzip(&edited(&good, 10, 0xff), "not a deflate stream in gzip");
    gzip(&edited(&good, good.len() - 8, 0), "the gzip stream's checksum is wrong");
    gzip(&edited(&good, good.len() - 4, 0), "the gzip stream does not have the size that it states");
    gzip(&[&good[..], &[0]].concat(), early);
    gzip(&[&good[..], &[0; 20]].concat(), "not a gzip stream");
    // A name without its end; an extra field longer than the stream.
    gzip(&[&[0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3][..], &[b'n'; 30]].concat(), early);
    gzip(&[&[0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 3, 0xff, 0xff][..], &[0; 30]].concat(), early);
    gzip(
        &[&[0x1f, 0x8b, 8, 2, 0, 0, 0, 0, 0, 3, 0, 0][..], &[0; 30]].concat(),
        "the gzip header's checksum is wrong",
    );

    let snappy = |bytes: &[u8], reason| check(Codec::Snappy, bytes, reason);
    let framed = compress(Codec::Snappy, b"content");
    snappy(&framed[..15], "the snappy frame's header is cut off");
    snappy(&[&framed[..], b"\x82SNAPPY\0"].concat(), "the snappy frame's header is cut off");
    snappy(&[&framed[..], &[0, 0]].concat(), "a snappy block's length is cut off");
    snappy(&framed[..framed.len() - 1], "a snappy block ends outside the batch");
    for length in [i32::MAX, -1, i32::MIN] {
        let claims = [&framed[..16], &length.to_be_bytes(), &[0; 100]].concat();
        snappy(&claims, "a snappy block ends outside the batch");
    }
    snappy(&[0xff, 0xff, 0xff, 0xff, 0x07, 0, b'x'], "a snappy block claims more bytes than it can hold");
    snappy(&[0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0], "not a snappy block");
    snappy(&[9, 0, b'x'], "not a snappy block");

    let zstd = |bytes: &[u8]| check(Codec::Zstd, bytes, "not a zstd frame, or damaged");
    let good = compress(Codec::Zstd, &content(1000));
    zstd(&[0; 30]);
    zstd(&good[..good.len() - 1]);
    zstd(&[&good[..], &[0]].concat());
    zstd(&[&good[..], &good[..10]].concat());
}

#[test]
fn damage_of_an_lz4_frame_is_named() {
    let lz4 = |bytes: &[u8], reason| check(Codec::Lz4, bytes, reason);
    let early = "the lz4 frame ends early";
    let good = compress(Codec::Lz4, &content(100_000));
    for len in [0, 1, 4, 6, 7, 10, 1000, good.len() - 4, good.len() - 1] {
        lz4(&good[..len], early);
    }
    lz4(&[&good[..], &[0; 4]].concat(), "not an lz4 frame");
    lz4(&[&good[..], &[0; 3]].concat(), early);
    lz4(&[0; 30], "not an lz4 frame");
    lz4(&edited(&good, 6, 0), "the lz4 frame header's checksum is wrong");
    for flags in [0x00, 0x20, 0x80, 0xa0, 0xe0] {
        lz4(&lz4_frame(flags, 0x40, None, &[&LZ4_END]), "the lz4 frame's version is not 1");
    }
    lz4(&lz4_frame(0x61, 0x40, None, &[&[0; 4], &LZ4_END]), "the lz4 frame wants a dictionary");
    for (flags, sizes) in [(0x62, 0x40), (0x60, 0xc0), (0x60, 0x41), (0x60, 0x48)] {
        lz4(&lz4_frame(flags, sizes, None, &[&LZ4_END]), "the lz4 frame uses bits that are not defined");
    }
    for sizes in [0x00, 0x10, 0x20, 0x30] {
        lz4(&lz4_frame(0x60, sizes, None, &[&LZ4_END]), "the lz4 frame's block size is not defined");
    }
    let stored = lz4_stored(b"content");
    let sum = XxHash32::oneshot(0, b"content").to_le_bytes();
    let wrong = [1, 2, 3, 4];
    check_ok(Codec::Lz4, &lz4_frame(0x70, 0x40, None, &[&stored, &sum, &LZ4_END]), b"content");
    lz4(&lz4_frame(0x70, 0x40, None, &[&stored, &wrong, &LZ4_END]), "an lz4 block's checksum is wrong");
    lz4(&lz4_frame(0x70, 0x40, None, &[&stored]), early);
    check_ok(Codec::Lz4, &lz4_frame(0x64, 0x40, None, &[&stored, &LZ4_END, &sum]), b"content");
    lz4(&lz4_frame(0x64, 0x40, None, &[&stored, &LZ4_END, &wrong]), "the lz4 frame's checksum is wrong");
    lz4(&lz4_frame(0x64, 0x40, None, &[&stored, &LZ4_END]), early);
    check_ok(Codec::Lz4, &lz4_frame(0x68, 0x40, Some(7), &[&stored, &LZ4_END]), b"content");
    for size in [0, 6, 8, u64::MAX] {
        let frame = lz4_frame(0x68, 0x40, Some(size), &[&stored, &LZ4_END]);
        lz4(&frame, "the lz4 frame does not have the size that it states");
    }
    let large = lz4_stored(&vec![0; 65_537]);
    lz4(
        &lz4_frame(0x60, 0x40, None, &[&large, &LZ4_END]),
        "a stored lz4 block is larger than its frame allows",
    );
    check_ok(Codec::Lz4, &lz4_frame(0x60, 0x50, None, &[&large, &LZ4_END]), &[0; 65_537]);
    // 66,000 bytes of the same from a block of a frame that allows 65,536.
    let run = [&[0x1f, 7, 1, 0][..], &[255; 258], &[190, 0x50], &[7; 5]].concat();
    lz4(&lz4_frame(0x60, 0x40, None, &[&lz4_block(&run), &LZ4_END]), "an lz4 block is damaged");
    check_ok(Codec::Lz4, &lz4_frame(0x60, 0x50, None, &[&lz4_block(&run), &LZ4_END]), &[7; 66_005]);
    // Also where the buffer has room for them.
    let mut warm = Decompressor::new(1 << 20);
    let large = compress(Codec::Lz4, &noise(3, 500_000));
    assert_eq!(warm.run(Codec::Lz4, &large).map(<[u8]>::len), Ok(500_000));
    assert!(warm.run(Codec::Lz4, &lz4_frame(0x60, 0x40, None, &[&lz4_block(&run), &LZ4_END])).is_err());
    lz4(&lz4_frame(0x60, 0x40, None, &[&lz4_block(&[0xf0, 0xff]), &LZ4_END]), "an lz4 block is damaged");
    lz4(&lz4_frame(0x60, 0x40, None, &[&i32::MAX.to_le_bytes(), &[0; 50]]), early);
    // A frame to be passed over that is longer than the batch.
    lz4(&[&0x184d_2a50u32.to_le_bytes()[..], &u32::MAX.to_le_bytes(), &[0; 50]].concat(), early);
}

#[test]
fn names_are_those_of_compression_type() {
    for (codec, name) in Codec::ALL.into_iter().zip(["none", "gzip", "snappy", "lz4", "zstd"]) {
        assert_eq!((codec.to_string().as_str(), name.parse()), (name, Ok(codec)));
    }
    for name in ["", "LZ4", "brotli"] {
        let error = name.parse::<Codec>().unwrap_err().to_string();
        assert_eq!(error, format!("'{name}' is not a codec: use none, gzip, snappy, lz4 or zstd"));
    }
}

fn edited(bytes: &[u8], at: usize, value: u8) -> Vec<u8> {
    let mut edited = bytes.to_vec();
    assert_ne!(edited[at], value, "the edit must change something");
    edited[at] = value;
    edited
}

#[track_caller]
fn check(codec: Codec, input: &[u8], reason: &'static str) {
    assert_eq!(decompress(codec, input, 1 << 20), Err(BatchError::Decompress { codec, reason }));
}

#[track_caller]
fn check_ok(codec: Codec, input: &[u8], expected: &[u8]) {
    assert_eq!(decompress(codec, input, 1 << 20).as_deref(), Ok(expected));
}
