// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! DescribeClusterResponse: API key 60, versions 0 to 2, all flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version, not_in_version};

/// DescribeClusterResponse, versions 0 to 2.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeClusterResponse<'a> {
    /// `ThrottleTimeMs`, all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ErrorMessage`, all versions, can be null.
    pub error_message: Option<&'a str>,
    /// `EndpointType`, v1 and later, default `1`.
    pub endpoint_type: i8,
    /// `ClusterId`, all versions.
    pub cluster_id: &'a str,
    /// `ControllerId`, all versions, default `-1`.
    pub controller_id: i32,
    /// `Brokers`, all versions.
    pub brokers: Vec<DescribeClusterBroker<'a>>,
    /// `ClusterAuthorizedOperations`, all versions, default `-2147483648`.
    pub cluster_authorized_operations: i32,
}

impl Default for DescribeClusterResponse<'_> {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: None,
            endpoint_type: 1,
            cluster_id: "",
            controller_id: -1,
            brokers: Vec::new(),
            cluster_authorized_operations: -2147483648,
        }
    }
}

impl<'a> Message<'a> for DescribeClusterResponse<'a> {
    const NAME: &'static str = "DescribeClusterResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let throttle_time_ms = source.i32()?;
        let error_code = source.i16()?;
        let error_message = source.nullable_string(true)?;
        let endpoint_type = if version >= 1 { source.i8()? } else { 1 };
        let cluster_id = source.string(true)?;
        let controller_id = source.i32()?;
        let brokers = source.array(true, 11, |source| DescribeClusterBroker::read(source, version))?;
        let cluster_authorized_operations = source.i32()?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self {
            throttle_time_ms,
            error_code,
            error_message,
            endpoint_type,
            cluster_id,
            controller_id,
            brokers,
            cluster_authorized_operations,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.i32(self.throttle_time_ms);
        sink.i16(self.error_code);
        sink.nullable_string(true, self.error_message)?;
        if version >= 1 {
            sink.i8(self.endpoint_type);
        } else if self.endpoint_type != 1 {
            return Err(not_in_version("DescribeClusterResponse", "endpoint_type", version));
        }
        sink.string(true, self.cluster_id)?;
        sink.i32(self.controller_id);
        sink.array(true, &self.brokers, |sink, element| element.write(sink, version))?;
        sink.i32(self.cluster_authorized_operations);
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Response<'a> for DescribeClusterResponse<'a> {
    const API: ApiKey = ApiKey::DescribeCluster;
}

/// DescribeClusterBroker of a [`DescribeClusterResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DescribeClusterBroker<'a> {
    /// `BrokerId`, all versions.
    pub broker_id: i32,
    /// `Host`, all versions.
    pub host: &'a str,
    /// `Port`, all versions.
    pub port: i32,
    /// `Rack`, all versions, can be null.
    pub rack: Option<&'a str>,
    /// `IsFenced`, v2 and later.
    pub is_fenced: bool,
}

impl<'a> DescribeClusterBroker<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let broker_id = source.i32()?;
        let host = source.string(true)?;
        let port = source.i32()?;
        let rack = source.nullable_string(true)?;
        let is_fenced = if version >= 2 { source.bool()? } else { false };
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { broker_id, host, port, rack, is_fenced })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        sink.i32(self.broker_id);
        sink.string(true, self.host)?;
        sink.i32(self.port);
        sink.nullable_string(true, self.rack)?;
        if version >= 2 {
            sink.bool(self.is_fenced);
        } else if self.is_fenced {
            return Err(not_in_version("DescribeClusterBroker", "is_fenced", version));
        }
        sink.varint(0);
        Ok(())
    }
}
