// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! FindCoordinatorRequest: API key 10, versions 0 to 6, flexible since v3.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version, not_in_version};

/// FindCoordinatorRequest, versions 0 to 6.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FindCoordinatorRequest<'a> {
    /// `Key`, v0 to v3.
    pub key: &'a str,
    /// `KeyType`, v1 and later, default `0`.
    pub key_type: i8,
    /// `CoordinatorKeys`, v4 and later.
    pub coordinator_keys: Vec<&'a str>,
}

impl<'a> Message<'a> for FindCoordinatorRequest<'a> {
    const NAME: &'static str = "FindCoordinatorRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=6;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 3;
        let key = if version <= 3 { source.string(flexible)? } else { "" };
        let key_type = if version >= 1 { source.i8()? } else { 0 };
        let coordinator_keys = if version >= 4 {
            source.array(flexible, 1, |source| source.string(flexible))?
        } else {
            Vec::new()
        };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { key, key_type, coordinator_keys })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 3;
        if version <= 3 {
            sink.string(flexible, self.key)?;
        } else if !self.key.is_empty() {
            return Err(not_in_version("FindCoordinatorRequest", "key", version));
        }
        if version >= 1 {
            sink.i8(self.key_type);
        } else if self.key_type != 0 {
            return Err(not_in_version("FindCoordinatorRequest", "key_type", version));
        }
        if version >= 4 {
            sink.array(flexible, &self.coordinator_keys, |sink, element| sink.string(flexible, element))?;
        } else if !self.coordinator_keys.is_empty() {
            return Err(not_in_version("FindCoordinatorRequest", "coordinator_keys", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for FindCoordinatorRequest<'a> {
    const API: ApiKey = ApiKey::FindCoordinator;
    type Response = super::FindCoordinatorResponse<'a>;
}
