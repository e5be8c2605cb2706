// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! DescribeClientQuotasRequest: API key 48, versions 0 to 1, flexible since v1.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version};

/// DescribeClientQuotasRequest, versions 0 to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DescribeClientQuotasRequest<'a> {
    /// `Components`, all versions.
    pub components: Vec<ComponentData<'a>>,
    /// `Strict`, all versions.
    pub strict: bool,
}

impl<'a> Message<'a> for DescribeClientQuotasRequest<'a> {
    const NAME: &'static str = "DescribeClientQuotasRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 1;
        let components = source.array(flexible, 4, |source| ComponentData::read(source, version))?;
        let strict = source.bool()?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { components, strict })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 1;
        sink.array(flexible, &self.components, |sink, element| element.write(sink, version))?;
        sink.bool(self.strict);
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for DescribeClientQuotasRequest<'a> {
    const API: ApiKey = ApiKey::DescribeClientQuotas;
    type Response = super::DescribeClientQuotasResponse<'a>;
}

/// ComponentData of a [`DescribeClientQuotasRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct ComponentData<'a> {
    /// `EntityType`, all versions.
    pub entity_type: &'a str,
    /// `MatchType`, all versions.
    pub match_type: i8,
    /// `Match`, all versions, can be null.
    pub match_: Option<&'a str>,
}

impl Default for ComponentData<'_> {
    fn default() -> Self {
        Self { entity_type: "", match_type: 0, match_: Some("") }
    }
}

impl<'a> ComponentData<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 1;
        let entity_type = source.string(flexible)?;
        let match_type = source.i8()?;
        let match_ = source.nullable_string(flexible)?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { entity_type, match_type, match_ })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 1;
        sink.string(flexible, self.entity_type)?;
        sink.i8(self.match_type);
        sink.nullable_string(flexible, self.match_)?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}
