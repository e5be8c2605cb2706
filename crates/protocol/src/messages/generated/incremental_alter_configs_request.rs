// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! IncrementalAlterConfigsRequest: API key 44, versions 0 to 1, flexible since v1.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version};

/// IncrementalAlterConfigsRequest, versions 0 to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct IncrementalAlterConfigsRequest<'a> {
    /// `Resources`, all versions.
    pub resources: Vec<AlterConfigsResource<'a>>,
    /// `ValidateOnly`, all versions.
    pub validate_only: bool,
}

impl<'a> Message<'a> for IncrementalAlterConfigsRequest<'a> {
    const NAME: &'static str = "IncrementalAlterConfigsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 1;
        let resources = source.array(flexible, 4, |source| AlterConfigsResource::read(source, version))?;
        let validate_only = source.bool()?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { resources, validate_only })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 1;
        sink.array(flexible, &self.resources, |sink, element| element.write(sink, version))?;
        sink.bool(self.validate_only);
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for IncrementalAlterConfigsRequest<'a> {
    const API: ApiKey = ApiKey::IncrementalAlterConfigs;
    type Response = super::IncrementalAlterConfigsResponse<'a>;
}

/// AlterConfigsResource of a [`IncrementalAlterConfigsRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AlterConfigsResource<'a> {
    /// `ResourceType`, all versions.
    pub resource_type: i8,
    /// `ResourceName`, all versions.
    pub resource_name: &'a str,
    /// `Configs`, all versions.
    pub configs: Vec<AlterableConfig<'a>>,
}

impl<'a> AlterConfigsResource<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 1;
        let resource_type = source.i8()?;
        let resource_name = source.string(flexible)?;
        let configs = source.array(flexible, 4, |source| AlterableConfig::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { resource_type, resource_name, configs })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 1;
        sink.i8(self.resource_type);
        sink.string(flexible, self.resource_name)?;
        sink.array(flexible, &self.configs, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// AlterableConfig of a [`IncrementalAlterConfigsRequest`].
#[derive(Clone, PartialEq)]
pub struct AlterableConfig<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `ConfigOperation`, all versions.
    pub config_operation: i8,
    /// `Value`, all versions, can be null.
    pub value: Option<&'a str>,
}

impl std::fmt::Debug for AlterableConfig<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AlterableConfig")
            .field("name", &self.name)
            .field("config_operation", &self.config_operation)
            .field("value", &format_args!("<redacted>"))
            .finish()
    }
}

impl Default for AlterableConfig<'_> {
    fn default() -> Self {
        Self { name: "", config_operation: 0, value: Some("") }
    }
}

impl<'a> AlterableConfig<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 1;
        let name = source.string(flexible)?;
        let config_operation = source.i8()?;
        let value = source.nullable_string(flexible)?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { name, config_operation, value })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 1;
        sink.string(flexible, self.name)?;
        sink.i8(self.config_operation);
        sink.nullable_string(flexible, self.value)?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}
