// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! DescribeConfigsRequest: API key 32, versions 1 to 4, flexible since v4.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version, not_in_version};

/// DescribeConfigsRequest, versions 1 to 4.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DescribeConfigsRequest<'a> {
    /// `Resources`, all versions.
    pub resources: Vec<DescribeConfigsResource<'a>>,
    /// `IncludeSynonyms`, all versions, default `false`.
    pub include_synonyms: bool,
    /// `IncludeDocumentation`, v3 and later, default `false`.
    pub include_documentation: bool,
}

impl<'a> Message<'a> for DescribeConfigsRequest<'a> {
    const NAME: &'static str = "DescribeConfigsRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=4;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 4;
        let resources = source.array(flexible, 4, |source| DescribeConfigsResource::read(source, version))?;
        let include_synonyms = source.bool()?;
        let include_documentation = if version >= 3 { source.bool()? } else { false };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { resources, include_synonyms, include_documentation })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 4;
        sink.array(flexible, &self.resources, |sink, element| element.write(sink, version))?;
        sink.bool(self.include_synonyms);
        if version >= 3 {
            sink.bool(self.include_documentation);
        } else if self.include_documentation {
            return Err(not_in_version("DescribeConfigsRequest", "include_documentation", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for DescribeConfigsRequest<'a> {
    const API: ApiKey = ApiKey::DescribeConfigs;
    type Response = super::DescribeConfigsResponse<'a>;
}

/// DescribeConfigsResource of a [`DescribeConfigsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeConfigsResource<'a> {
    /// `ResourceType`, all versions.
    pub resource_type: i8,
    /// `ResourceName`, all versions.
    pub resource_name: &'a str,
    /// `ConfigurationKeys`, all versions, can be null.
    pub configuration_keys: Option<Vec<&'a str>>,
}

impl Default for DescribeConfigsResource<'_> {
    fn default() -> Self {
        Self { resource_type: 0, resource_name: "", configuration_keys: Some(Vec::new()) }
    }
}

impl<'a> DescribeConfigsResource<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 4;
        let resource_type = source.i8()?;
        let resource_name = source.string(flexible)?;
        let configuration_keys = source.nullable_array(flexible, 1, |source| source.string(flexible))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { resource_type, resource_name, configuration_keys })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 4;
        sink.i8(self.resource_type);
        sink.string(flexible, self.resource_name)?;
        sink.nullable_array(flexible, self.configuration_keys.as_deref(), |sink, element| {
            sink.string(flexible, element)
        })?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}
