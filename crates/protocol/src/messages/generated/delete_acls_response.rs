// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! DeleteAclsResponse: API key 31, versions 1 to 3, flexible since v2.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version};

/// DeleteAclsResponse, versions 1 to 3.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DeleteAclsResponse<'a> {
    /// `ThrottleTimeMs`, all versions.
    pub throttle_time_ms: i32,
    /// `FilterResults`, all versions.
    pub filter_results: Vec<DeleteAclsFilterResult<'a>>,
}

impl<'a> Message<'a> for DeleteAclsResponse<'a> {
    const NAME: &'static str = "DeleteAclsResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=3;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        let throttle_time_ms = source.i32()?;
        let filter_results =
            source.array(flexible, 5, |source| DeleteAclsFilterResult::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { throttle_time_ms, filter_results })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        sink.i32(self.throttle_time_ms);
        sink.array(flexible, &self.filter_results, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Response<'a> for DeleteAclsResponse<'a> {
    const API: ApiKey = ApiKey::DeleteAcls;
}

/// DeleteAclsFilterResult of a [`DeleteAclsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteAclsFilterResult<'a> {
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ErrorMessage`, all versions, can be null.
    pub error_message: Option<&'a str>,
    /// `MatchingAcls`, all versions.
    pub matching_acls: Vec<DeleteAclsMatchingAcl<'a>>,
}

impl Default for DeleteAclsFilterResult<'_> {
    fn default() -> Self {
        Self { error_code: 0, error_message: Some(""), matching_acls: Vec::new() }
    }
}

impl<'a> DeleteAclsFilterResult<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 2;
        let error_code = source.i16()?;
        let error_message = source.nullable_string(flexible)?;
        let matching_acls =
            source.array(flexible, 11, |source| DeleteAclsMatchingAcl::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { error_code, error_message, matching_acls })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 2;
        sink.i16(self.error_code);
        sink.nullable_string(flexible, self.error_message)?;
        sink.array(flexible, &self.matching_acls, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// DeleteAclsMatchingAcl of a [`DeleteAclsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteAclsMatchingAcl<'a> {
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ErrorMessage`, all versions, can be null.
    pub error_message: Option<&'a str>,
    /// `ResourceType`, all versions.
    pub resource_type: i8,
    /// `ResourceName`, all versions.
    pub resource_name: &'a str,
    /// `PatternType`, all versions, default `3`.
    pub pattern_type: i8,
    /// `Principal`, all versions.
    pub principal: &'a str,
    /// `Host`, all versions.
    pub host: &'a str,
    /// `Operation`, all versions.
    pub operation: i8,
    /// `PermissionType`, all versions.
    pub permission_type: i8,
}

impl Default for DeleteAclsMatchingAcl<'_> {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: Some(""),
            resource_type: 0,
            resource_name: "",
            pattern_type: 3,
            principal: "",
            host: "",
            operation: 0,
            permission_type: 0,
        }
    }
}

impl<'a> DeleteAclsMatchingAcl<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 2;
        let error_code = source.i16()?;
        let error_message = source.nullable_string(flexible)?;
        let resource_type = source.i8()?;
        let resource_name = source.string(flexible)?;
        let pattern_type = source.i8()?;
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
        Ok(Self {
            error_code,
            error_message,
            resource_type,
            resource_name,
            pattern_type,
            principal,
            host,
            operation,
            permission_type,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 2;
        sink.i16(self.error_code);
        sink.nullable_string(flexible, self.error_message)?;
        sink.i8(self.resource_type);
        sink.string(flexible, self.resource_name)?;
        sink.i8(self.pattern_type);
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
