//! The last offset of each key in the dirty part of a log.
//!
//! A key is kept as 16 bytes of its SHA-256, so that the map's size does not depend on the keys'. Two keys with the same
//! 16 bytes would cost the older one its record: keys come from clients, so the hash has to be one for which nobody can
//! find such a pair, and it must not be a short one. (Kafka: MD5.)

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use sha2::{Digest, Sha256};

/// Keys of a map that takes 26 MB at its largest, and half as much again while it grows: seven eighths of 2^20.
pub(crate) const KEYS_MAX: usize = 917_504;

/// Key to offset.
#[derive(Debug)]
pub(crate) struct Keys {
    offsets: HashMap<[u8; 16], i64, BuildHasherDefault<FirstBytes>>,
    keys_max: usize,
}

impl Keys {
    pub(crate) fn new(keys_max: usize) -> Self {
        Self { offsets: HashMap::default(), keys_max }
    }

    /// True if another batch should not be taken. One batch may go over the limit, so that there is always progress.
    pub(super) fn is_full(&self) -> bool {
        self.offsets.len() >= self.keys_max
    }

    /// Offsets come in order.
    pub(super) fn put(&mut self, key: &[u8], offset: i64) {
        self.offsets.insert(hash(key), offset);
    }

    /// True unless a later record has this key.
    pub(super) fn is_last(&self, key: &[u8], offset: i64) -> bool {
        self.offsets.get(&hash(key)).is_none_or(|&last| offset >= last)
    }
}

fn hash(key: &[u8]) -> [u8; 16] {
    let digest = Sha256::digest(key);
    let mut out = [0; 16];
    out.copy_from_slice(&digest[..16]);
    out
}

/// What is hashed already needs no second hash.
#[derive(Debug, Default)]
struct FirstBytes(u64);

impl Hasher for FirstBytes {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk::<8>() {
            self.0 = u64::from_ne_bytes(*first);
        }
    }

    // The length of the array, which is always the same.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}
