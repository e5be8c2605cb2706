//! The same records from the same seed as the tools make in their languages, so that thousands need not be piped.
//!
//! The formula is in `clients/README.md`; every change must be made in all three languages. It mixes sizes of 0 to 200
//! bytes, null and empty keys, values and header values, header names that come twice, and text beyond ASCII, and its
//! times go back and forth.

use serde::Serialize;

use crate::record::{Header, Record, TimestampType};

const TEXT: &[u8] = "The water divides: größer, naïve, вода, 水门, 🌊. ".as_bytes();
const NAMES: [&str; 4] = ["trace", "ключ", "水", ""];
const FIRST_TIMESTAMP_MS: i64 = 1_700_000_000_000;

/// Which records to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Generate {
    /// Another seed, other records.
    pub seed: u64,
    /// How many.
    pub count: u32,
    /// Whether header values may be null, which kafka-python refuses to send; else they are empty.
    pub null_header_values: bool,
    /// Whether a record may have neither key nor value, which kafka-python refuses to send; else its value is empty.
    pub null_key_and_value: bool,
}

impl Generate {
    /// Everything that Kafka allows.
    #[must_use]
    pub const fn new(seed: u64, count: u32) -> Self {
        Self { seed, count, null_header_values: true, null_key_and_value: true }
    }

    /// The records, from offset 0 on.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        let mut random = Xorshift { state: if self.seed == 0 { 0x9E37_79B9_7F4A_7C15 } else { self.seed } };
        (0..self.count).map(|index| self.record(&mut random, i64::from(index))).collect()
    }

    fn record(&self, random: &mut Xorshift, index: i64) -> Record {
        let timestamp_ms = FIRST_TIMESTAMP_MS + 3 * index + i64::from(random.below(2000));
        let key = random.nullable(8, 40);
        let mut value = random.nullable(8, 200);
        let header_count = random.below(4);
        let headers = (0..header_count)
            .map(|_| {
                let name = NAMES[random.below(4) as usize].to_owned();
                let value = random.nullable(4, 20);
                Header(name, if self.null_header_values { value } else { Some(value.unwrap_or_default()) })
            })
            .collect();
        if key.is_none() && !self.null_key_and_value {
            value.get_or_insert_default();
        }
        Record { offset: index, timestamp_ms, timestamp_type: TimestampType::Create, key, value, headers }
    }
}

/// xorshift64* (Vigna 2016), chosen for being three lines in any language.
struct Xorshift {
    state: u64,
}

impl Xorshift {
    fn next(&mut self) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, limit: u32) -> u32 {
        u32::try_from((self.next() >> 33) % u64::from(limit)).expect("less than a u32")
    }

    fn nullable(&mut self, kinds: u32, length_limit: u32) -> Option<Vec<u8>> {
        match self.below(kinds) {
            0 => None,
            1 => Some(Vec::new()),
            _ => {
                let length = self.below(length_limit);
                Some(self.blob(length as usize))
            }
        }
    }

    fn blob(&mut self, length: usize) -> Vec<u8> {
        if self.below(4) == 0 {
            return (0..length).map(|_| self.next().to_be_bytes()[0]).collect();
        }
        let start = self.below(u32::try_from(TEXT.len()).expect("a short text")) as usize;
        TEXT.iter().copied().cycle().skip(start).take(length).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::digest;

    #[test]
    fn the_formula_is_the_one_of_the_other_languages() {
        // Made by clients/client_tool.py; the client tests compare all of them over a broker.
        let check = |generate: Generate, expect: &str| assert_eq!(digest(&generate.records()), expect);
        check(Generate::new(1, 1000), "6c33114e44dc23425bdb1e68bc7217b906ec4432890a891810e1b80a989eaf0b");
        check(Generate::new(0, 10), "e66ecb1a9ce5b684c106c9bc581c9511fe554aa3abe3096542b85092546de5f1");
        check(
            Generate { null_header_values: false, ..Generate::new(u64::MAX, 1000) },
            "bd69ba432eac983c87d3660164ce2747066a80dd1449528f54474560b26af7c1",
        );
        check(
            Generate { null_key_and_value: false, ..Generate::new(7, 1000) },
            "5cbd1ee46e69e2b5c40e9455416113773a0d6f2e944bb9017c1678a6b8aef780",
        );
    }

    #[test]
    fn every_awkward_kind_of_record_comes_up() {
        let records = Generate::new(1, 1000).records();
        type Is = fn(&Record) -> bool;
        let kinds: [(&str, Is); 7] = [
            ("null key", |record| record.key.is_none()),
            ("empty key", |record| record.key == Some(Vec::new())),
            ("null value", |record| record.value.is_none()),
            ("neither key nor value", |record| record.key.is_none() && record.value.is_none()),
            ("null header value", |record| record.headers.iter().any(|header| header.1.is_none())),
            ("a header name twice", |record| {
                record
                    .headers
                    .iter()
                    .enumerate()
                    .any(|(at, a)| record.headers[..at].iter().any(|b| a.0 == b.0))
            }),
            ("empty header name", |record| record.headers.iter().any(|header| header.0.is_empty())),
        ];
        for (name, is) in kinds {
            assert!(records.iter().any(is), "{name}");
        }
        assert!(records.windows(2).any(|pair| pair[0].timestamp_ms > pair[1].timestamp_ms), "time goes back");
    }
}
