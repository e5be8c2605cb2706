// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! FindCoordinatorResponse: API key 10, versions 0 to 6, flexible since v3.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version, not_in_version};

/// FindCoordinatorResponse, versions 0 to 6.
#[derive(Debug, Clone, PartialEq)]
pub struct FindCoordinatorResponse<'a> {
    /// `ThrottleTimeMs`, v1 and later.
    pub throttle_time_ms: i32,
    /// `ErrorCode`, v0 to v3.
    pub error_code: i16,
    /// `ErrorMessage`, v1 to v3, can be null.
    pub error_message: Option<&'a str>,
    /// `NodeId`, v0 to v3.
    pub node_id: i32,
    /// `Host`, v0 to v3.
    pub host: &'a str,
    /// `Port`, v0 to v3.
    pub port: i32,
    /// `Coordinators`, v4 and later.
    pub coordinators: Vec<Coordinator<'a>>,
}

impl Default for FindCoordinatorResponse<'_> {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: Some(""),
            node_id: 0,
            host: "",
            port: 0,
            coordinators: Vec::new(),
        }
    }
}

impl<'a> Message<'a> for FindCoordinatorResponse<'a> {
    const NAME: &'static str = "FindCoordinatorResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=6;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 3;
        let throttle_time_ms = if version >= 1 { source.i32()? } else { 0 };
        let error_code = if version <= 3 { source.i16()? } else { 0 };
        let error_message =
            if (1..=3).contains(&version) { source.nullable_string(flexible)? } else { Some("") };
        let node_id = if version <= 3 { source.i32()? } else { 0 };
        let host = if version <= 3 { source.string(flexible)? } else { "" };
        let port = if version <= 3 { source.i32()? } else { 0 };
        let coordinators = if version >= 4 {
            source.array(flexible, 14, |source| Coordinator::read(source, version))?
        } else {
            Vec::new()
        };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { throttle_time_ms, error_code, error_message, node_id, host, port, coordinators })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 3;
        if version >= 1 {
            sink.i32(self.throttle_time_ms);
        }
        if version <= 3 {
            sink.i16(self.error_code);
        } else if self.error_code != 0 {
            return Err(not_in_version("FindCoordinatorResponse", "error_code", version));
        }
        if (1..=3).contains(&version) {
            sink.nullable_string(flexible, self.error_message)?;
        }
        if version <= 3 {
            sink.i32(self.node_id);
        } else if self.node_id != 0 {
            return Err(not_in_version("FindCoordinatorResponse", "node_id", version));
        }
        if version <= 3 {
            sink.string(flexible, self.host)?;
        } else if !self.host.is_empty() {
            return Err(not_in_version("FindCoordinatorResponse", "host", version));
        }
        if version <= 3 {
            sink.i32(self.port);
        } else if self.port != 0 {
            return Err(not_in_version("FindCoordinatorResponse", "port", version));
        }
        if version >= 4 {
            sink.array(flexible, &self.coordinators, |sink, element| element.write(sink, version))?;
        } else if !self.coordinators.is_empty() {
            return Err(not_in_version("FindCoordinatorResponse", "coordinators", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Response<'a> for FindCoordinatorResponse<'a> {
    const API: ApiKey = ApiKey::FindCoordinator;
}

/// Coordinator of a [`FindCoordinatorResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct Coordinator<'a> {
    /// `Key`, v4 and later.
    pub key: &'a str,
    /// `NodeId`, v4 and later.
    pub node_id: i32,
    /// `Host`, v4 and later.
    pub host: &'a str,
    /// `Port`, v4 and later.
    pub port: i32,
    /// `ErrorCode`, v4 and later.
    pub error_code: i16,
    /// `ErrorMessage`, v4 and later, can be null.
    pub error_message: Option<&'a str>,
}

impl Default for Coordinator<'_> {
    fn default() -> Self {
        Self { key: "", node_id: 0, host: "", port: 0, error_code: 0, error_message: Some("") }
    }
}

impl<'a> Coordinator<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 3;
        let key = if version >= 4 { source.string(flexible)? } else { "" };
        let node_id = if version >= 4 { source.i32()? } else { 0 };
        let host = if version >= 4 { source.string(flexible)? } else { "" };
        let port = if version >= 4 { source.i32()? } else { 0 };
        let error_code = if version >= 4 { source.i16()? } else { 0 };
        let error_message = if version >= 4 { source.nullable_string(flexible)? } else { Some("") };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { key, node_id, host, port, error_code, error_message })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 3;
        if version >= 4 {
            sink.string(flexible, self.key)?;
        } else if !self.key.is_empty() {
            return Err(not_in_version("Coordinator", "key", version));
        }
        if version >= 4 {
            sink.i32(self.node_id);
        } else if self.node_id != 0 {
            return Err(not_in_version("Coordinator", "node_id", version));
        }
        if version >= 4 {
            sink.string(flexible, self.host)?;
        } else if !self.host.is_empty() {
            return Err(not_in_version("Coordinator", "host", version));
        }
        if version >= 4 {
            sink.i32(self.port);
        } else if self.port != 0 {
            return Err(not_in_version("Coordinator", "port", version));
        }
        if version >= 4 {
            sink.i16(self.error_code);
        } else if self.error_code != 0 {
            return Err(not_in_version("Coordinator", "error_code", version));
        }
        if version >= 4 {
            sink.nullable_string(flexible, self.error_message)?;
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}
