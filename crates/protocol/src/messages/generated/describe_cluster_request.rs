// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! DescribeClusterRequest: API key 60, versions 0 to 2, all flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version, not_in_version};

/// DescribeClusterRequest, versions 0 to 2.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeClusterRequest {
    /// `IncludeClusterAuthorizedOperations`, all versions.
    pub include_cluster_authorized_operations: bool,
    /// `EndpointType`, v1 and later, default `1`.
    pub endpoint_type: i8,
    /// `IncludeFencedBrokers`, v2 and later.
    pub include_fenced_brokers: bool,
}

impl Default for DescribeClusterRequest {
    fn default() -> Self {
        Self { include_cluster_authorized_operations: false, endpoint_type: 1, include_fenced_brokers: false }
    }
}

impl<'a> Message<'a> for DescribeClusterRequest {
    const NAME: &'static str = "DescribeClusterRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let include_cluster_authorized_operations = source.bool()?;
        let endpoint_type = if version >= 1 { source.i8()? } else { 1 };
        let include_fenced_brokers = if version >= 2 { source.bool()? } else { false };
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { include_cluster_authorized_operations, endpoint_type, include_fenced_brokers })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.bool(self.include_cluster_authorized_operations);
        if version >= 1 {
            sink.i8(self.endpoint_type);
        } else if self.endpoint_type != 1 {
            return Err(not_in_version("DescribeClusterRequest", "endpoint_type", version));
        }
        if version >= 2 {
            sink.bool(self.include_fenced_brokers);
        } else if self.include_fenced_brokers {
            return Err(not_in_version("DescribeClusterRequest", "include_fenced_brokers", version));
        }
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Request<'a> for DescribeClusterRequest {
    const API: ApiKey = ApiKey::DescribeCluster;
    type Response = super::DescribeClusterResponse<'a>;
}
