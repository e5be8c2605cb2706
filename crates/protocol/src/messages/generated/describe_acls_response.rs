// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! DescribeAclsResponse: API key 29, versions 1 to 3, flexible since v2.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version};

/// DescribeAclsResponse, versions 1 to 3.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeAclsResponse<'a> {
    /// `ThrottleTimeMs`, all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ErrorMessage`, all versions, can be null.
    pub error_message: Option<&'a str>,
    /// `Resources`, all versions.
    pub resources: Vec<DescribeAclsResource<'a>>,
}

impl Default for DescribeAclsResponse<'_> {
    fn default() -> Self {
        Self { throttle_time_ms: 0, error_code: 0, error_message: Some(""), resources: Vec::new() }
    }
}

impl<'a> Message<'a> for DescribeAclsResponse<'a> {
    const NAME: &'static str = "DescribeAclsResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=3;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        let throttle_time_ms = source.i32()?;
        let error_code = source.i16()?;
        let error_message = source.nullable_string(flexible)?;
        let resources = source.array(flexible, 5, |source| DescribeAclsResource::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { throttle_time_ms, error_code, error_message, resources })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        sink.i32(self.throttle_time_ms);
        sink.i16(self.error_code);
        sink.nullable_string(flexible, self.error_message)?;
        sink.array(flexible, &self.resources, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Response<'a> for DescribeAclsResponse<'a> {
    const API: ApiKey = ApiKey::DescribeAcls;
}

/// DescribeAclsResource of a [`DescribeAclsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeAclsResource<'a> {
    /// `ResourceType`, all versions.
    pub resource_type: i8,
    /// `ResourceName`, all versions.
    pub resource_name: &'a str,
    /// `PatternType`, all versions, default `3`.
    pub pattern_type: i8,
    /// `Acls`, all versions.
    pub acls: Vec<AclDescription<'a>>,
}

impl Default for DescribeAclsResource<'_> {
    fn default() -> Self {
        Self { resource_type: 0, resource_name: "", pattern_type: 3, acls: Vec::new() }
    }
}

impl<'a> DescribeAclsResource<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 2;
        let resource_type = source.i8()?;
        let resource_name = source.string(flexible)?;
        let pattern_type = source.i8()?;
        let acls = source.array(flexible, 5, |source| AclDescription::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { resource_type, resource_name, pattern_type, acls })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 2;
        sink.i8(self.resource_type);
        sink.string(flexible, self.resource_name)?;
        sink.i8(self.pattern_type);
        sink.array(flexible, &self.acls, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// AclDescription of a [`DescribeAclsResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AclDescription<'a> {
    /// `Principal`, all versions.
    pub principal: &'a str,
    /// `Host`, all versions.
    pub host: &'a str,
    /// `Operation`, all versions.
    pub operation: i8,
    /// `PermissionType`, all versions.
    pub permission_type: i8,
}

impl<'a> AclDescription<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 2;
        let principal = source.string(flexible)?;
        let host = source.string(flexible)?;
        let operation = source.i8()?;
        let permission_type = source.i8()?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { principal, host, operation, permission_type })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 2;
        sink.string(flexible, self.principal)?;
        sink.string(flexible, self.host)?;
        sink.i8(self.operation);
        sink.i8(self.permission_type);
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}
