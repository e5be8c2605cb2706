//! Control batches: the one record that Kafka writes for itself.
//!
//! Consumers read only a marker's type; the rest is for who writes or audits transactions.
//! Source: KIP-98 (markers), KIP-595 and KIP-630 (the log of the quorum).

use super::BatchError;

/// What a control record says. Its key holds a version and this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ControlType {
    /// The producer's transaction was aborted.
    Abort,
    /// The producer's transaction was committed.
    Commit,
    /// The quorum has a new leader.
    LeaderChange,
    /// A snapshot of the metadata begins.
    SnapshotHeader,
    /// A snapshot of the metadata ends.
    SnapshotFooter,
    /// The quorum's protocol version.
    KRaftVersion,
    /// The quorum's voters.
    KRaftVoters,
    /// A type that came after this was written: to be passed over.
    Unknown(i16),
}

impl ControlType {
    /// Reads the key of a control record. Later versions of the key may be longer; the type stays where it is.
    ///
    /// # Errors
    ///
    /// [`BatchError::Corrupt`] for a key that is null, too short or of a negative version.
    pub fn from_key(key: Option<&[u8]>) -> Result<Self, BatchError> {
        let corrupt = BatchError::Corrupt("a control record's key is not a version and a type");
        let Some((&[v0, v1, t0, t1], _)) = key.and_then(|key| key.split_first_chunk::<4>()) else {
            return Err(corrupt);
        };
        if i16::from_be_bytes([v0, v1]) < 0 {
            return Err(corrupt);
        }
        Ok(match i16::from_be_bytes([t0, t1]) {
            0 => Self::Abort,
            1 => Self::Commit,
            2 => Self::LeaderChange,
            3 => Self::SnapshotHeader,
            4 => Self::SnapshotFooter,
            5 => Self::KRaftVersion,
            6 => Self::KRaftVoters,
            other => Self::Unknown(other),
        })
    }

    /// The key of a control record, version 0.
    #[must_use]
    pub const fn to_key(self) -> [u8; 4] {
        let number: i16 = match self {
            Self::Abort => 0,
            Self::Commit => 1,
            Self::LeaderChange => 2,
            Self::SnapshotHeader => 3,
            Self::SnapshotFooter => 4,
            Self::KRaftVersion => 5,
            Self::KRaftVoters => 6,
            Self::Unknown(other) => other,
        };
        let [a, b] = number.to_be_bytes();
        [0, 0, a, b]
    }
}

/// The value of a commit or abort marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EndTxnMarker {
    /// Epoch of the transaction coordinator that decided, by which a stale decision is refused.
    pub coordinator_epoch: i32,
}

impl EndTxnMarker {
    /// Reads the value of a marker. Later versions may be longer.
    ///
    /// # Errors
    ///
    /// [`BatchError::Corrupt`] for a value that is null, too short or of a negative version.
    pub fn from_value(value: Option<&[u8]>) -> Result<Self, BatchError> {
        match value.and_then(|value| value.split_first_chunk::<6>()) {
            Some((&[v0, v1, e0, e1, e2, e3], _)) if i16::from_be_bytes([v0, v1]) >= 0 => {
                Ok(Self { coordinator_epoch: i32::from_be_bytes([e0, e1, e2, e3]) })
            }
            _ => Err(BatchError::Corrupt("a marker's value is not a version and a coordinator epoch")),
        }
    }

    /// The value of a marker, version 0.
    #[must_use]
    pub const fn to_value(self) -> [u8; 6] {
        let [a, b, c, d] = self.coordinator_epoch.to_be_bytes();
        [0, 0, a, b, c, d]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_come_back_and_longer_ones_are_read() {
        for number in -1..9 {
            let key = [&[0, 0][..], &i16::to_be_bytes(number)].concat();
            let kind = ControlType::from_key(Some(&key)).unwrap();
            assert_eq!(kind.to_key(), key[..]);
            assert_eq!(ControlType::from_key(Some(&[&key[..], b"later"].concat())), Ok(kind));
        }
        let marker = EndTxnMarker { coordinator_epoch: 7 };
        assert_eq!(EndTxnMarker::from_value(Some(&marker.to_value())), Ok(marker));
    }

    #[test]
    fn null_short_and_negative_ones_are_refused() {
        for key in [None, Some(&[][..]), Some(&[0, 0, 0]), Some(&[0xff, 0xff, 0, 0])] {
            assert!(ControlType::from_key(key).is_err(), "{key:?}");
        }
        for value in [None, Some(&[0, 0, 0, 0, 0][..]), Some(&[0xff, 0xff, 0, 0, 0, 1])] {
            assert!(EndTxnMarker::from_value(value).is_err(), "{value:?}");
        }
    }
}
