// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! AlterClientQuotasResponse: API key 49, versions 0 to 1, flexible since v1.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version};

/// AlterClientQuotasResponse, versions 0 to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AlterClientQuotasResponse<'a> {
    /// `ThrottleTimeMs`, all versions.
    pub throttle_time_ms: i32,
    /// `Entries`, all versions.
    pub entries: Vec<EntryData<'a>>,
}

impl<'a> Message<'a> for AlterClientQuotasResponse<'a> {
    const NAME: &'static str = "AlterClientQuotasResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 1;
        let throttle_time_ms = source.i32()?;
        let entries = source.array(flexible, 5, |source| EntryData::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { throttle_time_ms, entries })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 1;
        sink.i32(self.throttle_time_ms);
        sink.array(flexible, &self.entries, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Response<'a> for AlterClientQuotasResponse<'a> {
    const API: ApiKey = ApiKey::AlterClientQuotas;
}

/// EntryData of a [`AlterClientQuotasResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct EntryData<'a> {
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ErrorMessage`, all versions, can be null.
    pub error_message: Option<&'a str>,
    /// `Entity`, all versions.
    pub entity: Vec<EntityData<'a>>,
}

impl Default for EntryData<'_> {
    fn default() -> Self {
        Self { error_code: 0, error_message: Some(""), entity: Vec::new() }
    }
}

impl<'a> EntryData<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 1;
        let error_code = source.i16()?;
        let error_message = source.nullable_string(flexible)?;
        let entity = source.array(flexible, 3, |source| EntityData::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { error_code, error_message, entity })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 1;
        sink.i16(self.error_code);
        sink.nullable_string(flexible, self.error_message)?;
        sink.array(flexible, &self.entity, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// EntityData of a [`AlterClientQuotasResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct EntityData<'a> {
    /// `EntityType`, all versions.
    pub entity_type: &'a str,
    /// `EntityName`, all versions, can be null.
    pub entity_name: Option<&'a str>,
}

impl Default for EntityData<'_> {
    fn default() -> Self {
        Self { entity_type: "", entity_name: Some("") }
    }
}

impl<'a> EntityData<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 1;
        let entity_type = source.string(flexible)?;
        let entity_name = source.nullable_string(flexible)?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { entity_type, entity_name })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 1;
        sink.string(flexible, self.entity_type)?;
        sink.nullable_string(flexible, self.entity_name)?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}
