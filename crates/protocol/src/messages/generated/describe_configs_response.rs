// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! DescribeConfigsResponse: API key 32, versions 1 to 4, flexible since v4.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version};

/// DescribeConfigsResponse, versions 1 to 4.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DescribeConfigsResponse<'a> {
    /// `ThrottleTimeMs`, all versions.
    pub throttle_time_ms: i32,
    /// `Results`, all versions.
    pub results: Vec<DescribeConfigsResult<'a>>,
}

impl<'a> Message<'a> for DescribeConfigsResponse<'a> {
    const NAME: &'static str = "DescribeConfigsResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=4;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 4;
        let throttle_time_ms = source.i32()?;
        let results = source.array(flexible, 7, |source| DescribeConfigsResult::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { throttle_time_ms, results })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 4;
        sink.i32(self.throttle_time_ms);
        sink.array(flexible, &self.results, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Response<'a> for DescribeConfigsResponse<'a> {
    const API: ApiKey = ApiKey::DescribeConfigs;
}

/// DescribeConfigsResult of a [`DescribeConfigsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeConfigsResult<'a> {
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ErrorMessage`, all versions, can be null.
    pub error_message: Option<&'a str>,
    /// `ResourceType`, all versions.
    pub resource_type: i8,
    /// `ResourceName`, all versions.
    pub resource_name: &'a str,
    /// `Configs`, all versions.
    pub configs: Vec<DescribeConfigsResourceResult<'a>>,
}

impl Default for DescribeConfigsResult<'_> {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: Some(""),
            resource_type: 0,
            resource_name: "",
            configs: Vec::new(),
        }
    }
}

impl<'a> DescribeConfigsResult<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 4;
        let error_code = source.i16()?;
        let error_message = source.nullable_string(flexible)?;
        let resource_type = source.i8()?;
        let resource_name = source.string(flexible)?;
        let configs =
            source.array(flexible, 9, |source| DescribeConfigsResourceResult::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { error_code, error_message, resource_type, resource_name, configs })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 4;
        sink.i16(self.error_code);
        sink.nullable_string(flexible, self.error_message)?;
        sink.i8(self.resource_type);
        sink.string(flexible, self.resource_name)?;
        sink.array(flexible, &self.configs, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// DescribeConfigsResourceResult of a [`DescribeConfigsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeConfigsResourceResult<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `Value`, all versions, can be null.
    pub value: Option<&'a str>,
    /// `ReadOnly`, all versions.
    pub read_only: bool,
    /// `ConfigSource`, all versions, default `-1`.
    pub config_source: i8,
    /// `IsSensitive`, all versions.
    pub is_sensitive: bool,
    /// `Synonyms`, all versions.
    pub synonyms: Vec<DescribeConfigsSynonym<'a>>,
    /// `ConfigType`, v3 and later, default `0`.
    pub config_type: i8,
    /// `Documentation`, v3 and later, can be null.
    pub documentation: Option<&'a str>,
}

impl Default for DescribeConfigsResourceResult<'_> {
    fn default() -> Self {
        Self {
            name: "",
            value: Some(""),
            read_only: false,
            config_source: -1,
            is_sensitive: false,
            synonyms: Vec::new(),
            config_type: 0,
            documentation: Some(""),
        }
    }
}

impl<'a> DescribeConfigsResourceResult<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 4;
        let name = source.string(flexible)?;
        let value = source.nullable_string(flexible)?;
        let read_only = source.bool()?;
        let config_source = source.i8()?;
        let is_sensitive = source.bool()?;
        let synonyms = source.array(flexible, 4, |source| DescribeConfigsSynonym::read(source, version))?;
        let config_type = if version >= 3 { source.i8()? } else { 0 };
        let documentation = if version >= 3 { source.nullable_string(flexible)? } else { Some("") };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { name, value, read_only, config_source, is_sensitive, synonyms, config_type, documentation })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 4;
        sink.string(flexible, self.name)?;
        sink.nullable_string(flexible, self.value)?;
        sink.bool(self.read_only);
        sink.i8(self.config_source);
        sink.bool(self.is_sensitive);
        sink.array(flexible, &self.synonyms, |sink, element| element.write(sink, version))?;
        if version >= 3 {
            sink.i8(self.config_type);
        }
        if version >= 3 {
            sink.nullable_string(flexible, self.documentation)?;
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// DescribeConfigsSynonym of a [`DescribeConfigsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeConfigsSynonym<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `Value`, all versions, can be null.
    pub value: Option<&'a str>,
    /// `Source`, all versions.
    pub source: i8,
}

impl Default for DescribeConfigsSynonym<'_> {
    fn default() -> Self {
        Self { name: "", value: Some(""), source: 0 }
    }
}

impl<'a> DescribeConfigsSynonym<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 4;
        let name = source.string(flexible)?;
        let value = source.nullable_string(flexible)?;
        let source_ = source.i8()?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { name, value, source: source_ })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 4;
        sink.string(flexible, self.name)?;
        sink.nullable_string(flexible, self.value)?;
        sink.i8(self.source);
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}
