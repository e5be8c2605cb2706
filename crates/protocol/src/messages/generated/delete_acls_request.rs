// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! DeleteAclsRequest: API key 31, versions 1 to 3, flexible since v2.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version};

/// DeleteAclsRequest, versions 1 to 3.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DeleteAclsRequest<'a> {
    /// `Filters`, all versions.
    pub filters: Vec<DeleteAclsFilter<'a>>,
}

impl<'a> Message<'a> for DeleteAclsRequest<'a> {
    const NAME: &'static str = "DeleteAclsRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=3;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        let filters = source.array(flexible, 8, |source| DeleteAclsFilter::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { filters })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        sink.array(flexible, &self.filters, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for DeleteAclsRequest<'a> {
    const API: ApiKey = ApiKey::DeleteAcls;
    type Response = super::DeleteAclsResponse<'a>;
}

/// DeleteAclsFilter of a [`DeleteAclsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteAclsFilter<'a> {
    /// `ResourceTypeFilter`, all versions.
    pub resource_type_filter: i8,
    /// `ResourceNameFilter`, all versions, can be null.
    pub resource_name_filter: Option<&'a str>,
    /// `PatternTypeFilter`, all versions, default `3`.
    pub pattern_type_filter: i8,
    /// `PrincipalFilter`, all versions, can be null.
    pub principal_filter: Option<&'a str>,
    /// `HostFilter`, all versions, can be null.
    pub host_filter: Option<&'a str>,
    /// `Operation`, all versions.
    pub operation: i8,
    /// `PermissionType`, all versions.
    pub permission_type: i8,
}

impl Default for DeleteAclsFilter<'_> {
    fn default() -> Self {
        Self {
            resource_type_filter: 0,
            resource_name_filter: Some(""),
            pattern_type_filter: 3,
            principal_filter: Some(""),
            host_filter: Some(""),
            operation: 0,
            permission_type: 0,
        }
    }
}

impl<'a> DeleteAclsFilter<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 2;
        let resource_type_filter = source.i8()?;
        let resource_name_filter = source.nullable_string(flexible)?;
        let pattern_type_filter = source.i8()?;
        let principal_filter = source.nullable_string(flexible)?;
        let host_filter = source.nullable_string(flexible)?;
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
            resource_type_filter,
            resource_name_filter,
            pattern_type_filter,
            principal_filter,
            host_filter,
            operation,
            permission_type,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 2;
        sink.i8(self.resource_type_filter);
        sink.nullable_string(flexible, self.resource_name_filter)?;
        sink.i8(self.pattern_type_filter);
        sink.nullable_string(flexible, self.principal_filter)?;
        sink.nullable_string(flexible, self.host_filter)?;
        sink.i8(self.operation);
        sink.i8(self.permission_type);
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}
