//! A struct for every request and response that Watershed serves or uses, in all versions that Kafka 4.3 has.
//!
//! The structs lie in `generated`, a file each, and are made again by `cargo xtask generate` from Kafka's own
//! definitions; which ones is said in `xtask/src/generate/selection.rs`. Here is only what follows from them.
//!
//! A struct has the fields of all versions; one that is not in a version has its default when read, and must have it
//! when written unless Kafka says that it may be dropped. What can be null in some version is an `Option`.

mod generated;

pub use generated::*;

impl ApiKey {
    /// The API with this key, if it is one that is read and written here.
    #[must_use]
    pub fn from_key(key: i16) -> Option<Self> {
        Self::ALL.iter().copied().find(|&api| api as i16 == key)
    }

    /// The versions that a broker says it has, in its answer to ApiVersions: those of [`versions`](Self::versions), but
    /// for Produce, where Kafka says 0 since old librdkafka takes a broker without it for one that cannot produce
    /// (KAFKA-18659). A request in such a version is still refused.
    #[must_use]
    pub fn advertised_versions(self) -> std::ops::RangeInclusive<i16> {
        let first = if self == Self::Produce { 0 } else { *self.versions().start() };
        first..=*self.versions().end()
    }

    /// Whether requests and responses of this version have compact lengths and tagged fields (KIP-482).
    #[must_use]
    pub fn is_flexible(self, version: i16) -> bool {
        self.flexible_since().is_some_and(|first| version >= first)
    }

    /// The version of the [`RequestHeader`] in front of a request.
    #[must_use]
    pub fn request_header_version(self, version: i16) -> i16 {
        if self.is_flexible(version) { 2 } else { 1 }
    }

    /// The version of the [`ResponseHeader`] in front of a response. Always 0 for ApiVersions, whose client cannot yet
    /// know what the broker understands (KIP-511).
    #[must_use]
    pub fn response_header_version(self, version: i16) -> i16 {
        i16::from(self != Self::ApiVersions && self.is_flexible(version))
    }
}

impl std::fmt::Display for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
