// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! CreateAclsRequest: API key 30, versions 1 to 3, flexible since v2.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version};

/// CreateAclsRequest, versions 1 to 3.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CreateAclsRequest<'a> {
    /// `Creations`, all versions.
    pub creations: Vec<AclCreation<'a>>,
}

impl<'a> Message<'a> for CreateAclsRequest<'a> {
    const NAME: &'static str = "CreateAclsRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=3;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        let creations = source.array(flexible, 8, |source| AclCreation::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { creations })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        sink.array(flexible, &self.creations, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for CreateAclsRequest<'a> {
    const API: ApiKey = ApiKey::CreateAcls;
    type Response = super::CreateAclsResponse<'a>;
}

/// AclCreation of a [`CreateAclsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct AclCreation<'a> {
    /// `ResourceType`, all versions.
    pub resource_type: i8,
    /// `ResourceName`, all versions.
    pub resource_name: &'a str,
    /// `ResourcePatternType`, all versions, default `3`.
    pub resource_pattern_type: i8,
    /// `Principal`, all versions.
    pub principal: &'a str,
    /// `Host`, all versions.
    pub host: &'a str,
    /// `Operation`, all versions.
    pub operation: i8,
    /// `PermissionType`, all versions.
    pub permission_type: i8,
}

impl Default for AclCreation<'_> {
    fn default() -> Self {
        Self {
            resource_type: 0,
            resource_name: "",
            resource_pattern_type: 3,
            principal: "",
            host: "",
            operation: 0,
            permission_type: 0,
        }
    }
}

impl<'a> AclCreation<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 2;
        let resource_type = source.i8()?;
        let resource_name = source.string(flexible)?;
        let resource_pattern_type = source.i8()?;
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
            resource_type,
            resource_name,
            resource_pattern_type,
            principal,
            host,
            operation,
            permission_type,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 2;
        sink.i8(self.resource_type);
        sink.string(flexible, self.resource_name)?;
        sink.i8(self.resource_pattern_type);
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
