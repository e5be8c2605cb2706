//! A record as every client sees it, owned and comparable, and the digest over a list of them.
//!
//! The JSON form is that of the tools' contract: bytes as base64 or null.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// Which clock set a record's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimestampType {
    /// The producer's.
    Create,
    /// The broker's, at the append.
    Append,
}

/// A record with its place in a partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Its place in the partition.
    pub offset: i64,
    /// Milliseconds since the epoch.
    #[serde(rename = "timestamp")]
    pub timestamp_ms: i64,
    /// Whose time that is.
    pub timestamp_type: TimestampType,
    /// Null and empty are two things.
    #[serde(with = "nullable_base64")]
    pub key: Option<Vec<u8>>,
    /// Null and empty are two things.
    #[serde(with = "nullable_base64")]
    pub value: Option<Vec<u8>>,
    /// In the order they were written; a name may come more than once.
    pub headers: Vec<Header>,
}

/// A header: its name and its value, which may be null. In JSON a list of the two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header(pub String, #[serde(with = "nullable_base64")] pub Option<Vec<u8>>);

impl Record {
    /// A record with nothing but a value, at offset 0.
    #[must_use]
    pub fn with_value(timestamp_ms: i64, value: impl Into<Vec<u8>>) -> Self {
        Self {
            offset: 0,
            timestamp_ms,
            timestamp_type: TimestampType::Create,
            key: None,
            value: Some(value.into()),
            headers: Vec::new(),
        }
    }
}

/// SHA-256, in hex, over the canonical encoding of records in order: two lists have one digest if, and only if, no field
/// of any record differs.
#[must_use]
pub fn digest<'a>(records: impl IntoIterator<Item = &'a Record>) -> String {
    let mut hash = Sha256::new();
    for record in records {
        hash.update(record.offset.to_be_bytes());
        hash.update(record.timestamp_ms.to_be_bytes());
        hash.update([u8::from(record.timestamp_type == TimestampType::Append)]);
        digest_bytes(&mut hash, record.key.as_deref());
        digest_bytes(&mut hash, record.value.as_deref());
        hash.update(length(record.headers.len()).to_be_bytes());
        for Header(name, value) in &record.headers {
            digest_bytes(&mut hash, Some(name.as_bytes()));
            digest_bytes(&mut hash, value.as_deref());
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn digest_bytes(hash: &mut Sha256, bytes: Option<&[u8]>) {
    hash.update(bytes.map_or(-1, |bytes| length(bytes.len())).to_be_bytes());
    hash.update(bytes.unwrap_or_default());
}

fn length(bytes: usize) -> i32 {
    i32::try_from(bytes).expect("Kafka's lengths are of 31 bits, and so are a test's")
}

/// Bytes as base64 or null.
mod nullable_base64 {
    use super::{Deserialize, Deserializer, Engine, STANDARD, Serialize, Serializer};
    use serde::de::Error;

    pub(super) fn serialize<S: Serializer>(bytes: &Option<Vec<u8>>, to: S) -> Result<S::Ok, S::Error> {
        bytes.as_ref().map(|bytes| STANDARD.encode(bytes)).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<u8>>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| STANDARD.decode(text).map_err(D::Error::custom)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Record {
        Record {
            offset: 3,
            timestamp_ms: 1_700_000_000_000,
            timestamp_type: TimestampType::Create,
            key: None,
            value: Some(Vec::new()),
            headers: vec![Header("a".into(), None), Header("a".into(), Some(vec![0xff]))],
        }
    }

    #[test]
    fn a_record_survives_its_json() {
        let json = serde_json::to_string(&sample()).unwrap();
        assert_eq!(
            json,
            r#"{"offset":3,"timestamp":1700000000000,"timestamp_type":"create","key":null,"value":"","headers":[["a",null],["a","/w=="]]}"#
        );
        assert_eq!(serde_json::from_str::<Record>(&json).unwrap(), sample());
    }

    #[test]
    fn any_field_changes_the_digest() {
        let changes: [fn(&mut Record); 8] = [
            |record| record.offset += 1,
            |record| record.timestamp_ms += 1,
            |record| record.timestamp_type = TimestampType::Append,
            |record| record.key = Some(Vec::new()),
            |record| record.value = None,
            |record| record.headers[0].1 = Some(Vec::new()),
            |record| record.headers.swap(0, 1),
            |record| record.headers[0].0.clear(),
        ];
        let mut seen = std::collections::BTreeSet::from([digest(&[sample()]), digest(&[])]);
        for change in changes {
            let mut record = sample();
            change(&mut record);
            assert!(seen.insert(digest(&[record])));
        }
    }
}
