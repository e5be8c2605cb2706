// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! AlterClientQuotasRequest: API key 49, versions 0 to 1, flexible since v1.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version};

/// AlterClientQuotasRequest, versions 0 to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AlterClientQuotasRequest<'a> {
    /// `Entries`, all versions.
    pub entries: Vec<EntryData<'a>>,
    /// `ValidateOnly`, all versions.
    pub validate_only: bool,
}

impl<'a> Message<'a> for AlterClientQuotasRequest<'a> {
    const NAME: &'static str = "AlterClientQuotasRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 1;
        let entries = source.array(flexible, 3, |source| EntryData::read(source, version))?;
        let validate_only = source.bool()?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { entries, validate_only })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 1;
        sink.array(flexible, &self.entries, |sink, element| element.write(sink, version))?;
        sink.bool(self.validate_only);
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for AlterClientQuotasRequest<'a> {
    const API: ApiKey = ApiKey::AlterClientQuotas;
    type Response = super::AlterClientQuotasResponse<'a>;
}

/// EntryData of a [`AlterClientQuotasRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EntryData<'a> {
    /// `Entity`, all versions.
    pub entity: Vec<EntityData<'a>>,
    /// `Ops`, all versions.
    pub ops: Vec<OpData<'a>>,
}

impl<'a> EntryData<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 1;
        let entity = source.array(flexible, 3, |source| EntityData::read(source, version))?;
        let ops = source.array(flexible, 11, |source| OpData::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { entity, ops })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 1;
        sink.array(flexible, &self.entity, |sink, element| element.write(sink, version))?;
        sink.array(flexible, &self.ops, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// EntityData of a [`AlterClientQuotasRequest`].
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

/// OpData of a [`AlterClientQuotasRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OpData<'a> {
    /// `Key`, all versions.
    pub key: &'a str,
    /// `Value`, all versions.
    pub value: f64,
    /// `Remove`, all versions.
    pub remove: bool,
}

impl<'a> OpData<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 1;
        let key = source.string(flexible)?;
        let value = source.f64()?;
        let remove = source.bool()?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { key, value, remove })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 1;
        sink.string(flexible, self.key)?;
        sink.f64(self.value);
        sink.bool(self.remove);
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}
