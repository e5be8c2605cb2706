//! Batches that are not what they say, and bombs.

use std::io;

use watershed_protocol::batch::{BatchBuilder, BatchOptions, Codec, crc32c};
use watershed_protocol::messages::ProduceResponse;

use super::Hostility;
use super::server::{ALIVE, COMPACTED, RECOMPRESSED, Server, batch, produce};

/// Where fields lie in a batch's header.
const LENGTH_AT: usize = 8;
const MAGIC_AT: usize = 16;
const CRC_AT: usize = 17;
const ATTRIBUTES_AT: usize = 21;
const LAST_DELTA_AT: usize = 23;
const BASE_TIME_AT: usize = 27;
const MAX_TIME_AT: usize = 35;
const PRODUCER_ID_AT: usize = 43;
const EPOCH_AT: usize = 51;
const SEQUENCE_AT: usize = 53;
const COUNT_AT: usize = 57;
const HEADER_BYTES: usize = 61;
/// Decompressed, a bomb is this large.
const BOMB_BYTES: usize = 256 << 20;

pub(crate) const KINDS: &[(&str, Hostility)] = &[
    ("a wrong CRC", |server| refused(server, ALIVE, &with(CRC_AT, &[1, 2, 3, 4], false))),
    ("a bit flipped in a record", |server| {
        let mut bytes = good();
        *bytes.last_mut().expect("a batch") ^= 4;
        refused(server, ALIVE, &bytes)
    }),
    ("magic 0", |server| refused(server, ALIVE, &with(MAGIC_AT, &[0], true))),
    ("magic 1", |server| refused(server, ALIVE, &with(MAGIC_AT, &[1], true))),
    ("magic 3", |server| refused(server, ALIVE, &with(MAGIC_AT, &[3], true))),
    ("no batch at all", |server| refused(server, ALIVE, &[])),
    ("half a header", |server| refused(server, ALIVE, &good()[..30])),
    ("a batch that ends early", |server| refused(server, ALIVE, &good()[..70])),
    ("a length that says more", |server| {
        refused(server, ALIVE, &with(LENGTH_AT, &[0x7f, 0xff, 0xff, 0xff], true))
    }),
    ("a length that says less", |server| refused(server, ALIVE, &with(LENGTH_AT, &[0, 0, 0, 10], true))),
    ("a negative length", |server| refused(server, ALIVE, &with(LENGTH_AT, &[0xff; 4], true))),
    ("two billion records", |server| refused(server, ALIVE, &with(COUNT_AT, &i32::MAX.to_be_bytes(), true))),
    ("a negative number of records", |server| refused(server, ALIVE, &with(COUNT_AT, &[0xff; 4], true))),
    ("no records", |server| refused(server, ALIVE, &with(COUNT_AT, &[0; 4], true))),
    ("a last offset of two billion", |server| {
        refused(server, ALIVE, &with(LAST_DELTA_AT, &i32::MAX.to_be_bytes(), true))
    }),
    ("a negative last offset", |server| refused(server, ALIVE, &with(LAST_DELTA_AT, &[0xff; 4], true))),
    ("a marker from a client", |server| refused(server, ALIVE, &with(ATTRIBUTES_AT, &[0, 0x20], true))),
    ("a codec that nobody has", |server| refused(server, ALIVE, &with(ATTRIBUTES_AT, &[0, 7], true))),
    ("transactional without a producer", |server| {
        refused(server, ALIVE, &with(ATTRIBUTES_AT, &[0, 0x10], true))
    }),
    ("a producer with a negative epoch", |server| {
        let mut bytes = with(PRODUCER_ID_AT, &5i64.to_be_bytes(), true);
        bytes[EPOCH_AT..EPOCH_AT + 2].copy_from_slice(&[0xff, 0xf0]);
        refused(server, ALIVE, &sign(bytes))
    }),
    ("a producer with a negative sequence", |server| {
        let mut bytes = with(PRODUCER_ID_AT, &6i64.to_be_bytes(), true);
        bytes[EPOCH_AT..EPOCH_AT + 2].copy_from_slice(&[0, 0]);
        bytes[SEQUENCE_AT..SEQUENCE_AT + 4].copy_from_slice(&[0xff, 0xff, 0xff, 0xf0]);
        refused(server, ALIVE, &sign(bytes))
    }),
    ("times at the ends of time", |server| {
        let mut bytes = with(BASE_TIME_AT, &i64::MIN.to_be_bytes(), true);
        bytes[MAX_TIME_AT..MAX_TIME_AT + 8].copy_from_slice(&i64::MAX.to_be_bytes());
        refused(server, ALIVE, &sign(bytes))
    }),
    ("two batches for one partition", |server| refused(server, ALIVE, &[good(), good()].concat())),
    ("a batch over the limit", |server| {
        let mut builder = BatchBuilder::new(BatchOptions::default());
        builder.append(0, None, Some(&vec![0; 2 << 20]), &[]).map_err(io::Error::other)?;
        let mut bytes = Vec::new();
        builder.finish(&mut bytes).map_err(io::Error::other)?;
        refused(server, ALIVE, &bytes)
    }),
    ("gzip that is none", |server| refused(server, COMPACTED, &garbage(1))),
    ("snappy that is none", |server| refused(server, COMPACTED, &garbage(2))),
    ("lz4 that is none", |server| refused(server, COMPACTED, &garbage(3))),
    ("zstd that is none", |server| refused(server, COMPACTED, &garbage(4))),
    ("a gzip bomb where keys are looked at", |server| bomb(server, COMPACTED, Codec::Gzip)),
    ("an lz4 bomb where keys are looked at", |server| bomb(server, COMPACTED, Codec::Lz4)),
    ("a zstd bomb where keys are looked at", |server| bomb(server, COMPACTED, Codec::Zstd)),
    ("a gzip bomb where batches are compressed anew", |server| bomb(server, RECOMPRESSED, Codec::Gzip)),
    ("an lz4 bomb where batches are compressed anew", |server| bomb(server, RECOMPRESSED, Codec::Lz4)),
    ("a snappy bomb where batches are compressed anew", |server| bomb(server, RECOMPRESSED, Codec::Snappy)),
];

fn good() -> Vec<u8> {
    batch(BatchOptions::default(), 3)
}

/// The good batch with other bytes in its header; signed again if `signed`.
fn with(at: usize, bytes: &[u8], signed: bool) -> Vec<u8> {
    let mut batch = good();
    batch[at..at + bytes.len()].copy_from_slice(bytes);
    if signed { sign(batch) } else { batch }
}

fn sign(mut batch: Vec<u8>) -> Vec<u8> {
    let crc = crc32c(&batch[ATTRIBUTES_AT..]);
    batch[CRC_AT..CRC_AT + 4].copy_from_slice(&crc.to_be_bytes());
    batch
}

/// A batch that says that it is compressed, and is not.
fn garbage(codec: u8) -> Vec<u8> {
    with(ATTRIBUTES_AT, &[0, codec], true)
}

/// A quarter of a gigabyte of zeros in one record of few bytes. Every codec's stream says what its records would be.
fn bomb(server: &Server, topic: &str, codec: Codec) -> io::Result<()> {
    // Built in pieces of our own: a batch's header in front of a compressed stream of zeros, which no record is.
    let compressed = compressed_zeros(codec)?;
    let mut bytes = batch(BatchOptions { codec, ..BatchOptions::default() }, 1);
    bytes.truncate(HEADER_BYTES);
    bytes.extend_from_slice(&compressed);
    let length = i32::try_from(bytes.len() - 12).map_err(io::Error::other)?;
    bytes[LENGTH_AT..LENGTH_AT + 4].copy_from_slice(&length.to_be_bytes());
    let (head, _) = bytes.split_at_mut(HEADER_BYTES);
    head[COUNT_AT..].copy_from_slice(&1i32.to_be_bytes());
    // Small when it arrives and no lie, it may be taken where its records are wanted as they are.
    server.connect().ask(&produce(topic, &sign(bytes), 1), 9).map(drop)
}

/// As much of it as fits a batch of under a megabyte.
fn compressed_zeros(codec: Codec) -> io::Result<Vec<u8>> {
    let mut size = BOMB_BYTES;
    loop {
        let mut builder = BatchBuilder::new(BatchOptions { codec, ..BatchOptions::default() });
        builder.append(0, Some(b"key"), Some(&vec![0; size]), &[]).map_err(io::Error::other)?;
        let mut bytes = Vec::new();
        builder.finish(&mut bytes).map_err(io::Error::other)?;
        if bytes.len() < 1_000_000 {
            return Ok(bytes.split_off(HEADER_BYTES));
        }
        size /= 2;
    }
}

/// The batch must be refused with an error, not taken, and not cost the connection.
fn refused(server: &Server, topic: &str, records: &[u8]) -> io::Result<()> {
    let reply = server.connect().ask(&produce(topic, records, 1), 9)?;
    let response: ProduceResponse<'_> = reply.read()?;
    let code = response.responses[0].partition_responses[0].error_code;
    if code == 0 { Err(io::Error::other("the batch was taken")) } else { Ok(()) }
}
