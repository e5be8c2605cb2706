// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ConsumerGroupMemberMetadataValue: version 0, all flexible.

use std::ops::RangeInclusive;

use crate::wire::{Counter, Message, Sink, Source, WireError, check_version};

/// ConsumerGroupMemberMetadataValue, version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsumerGroupMemberMetadataValue<'a> {
    /// `InstanceId`, all versions, can be null.
    pub instance_id: Option<&'a str>,
    /// `RackId`, all versions, can be null.
    pub rack_id: Option<&'a str>,
    /// `ClientId`, all versions.
    pub client_id: &'a str,
    /// `ClientHost`, all versions.
    pub client_host: &'a str,
    /// `SubscribedTopicNames`, all versions.
    pub subscribed_topic_names: Vec<&'a str>,
    /// `SubscribedTopicRegex`, all versions, can be null.
    pub subscribed_topic_regex: Option<&'a str>,
    /// `RebalanceTimeoutMs`, all versions, default `-1`.
    pub rebalance_timeout_ms: i32,
    /// `ServerAssignor`, all versions, can be null.
    pub server_assignor: Option<&'a str>,
    /// `ClassicMemberMetadata`, all versions, can be null, tag 0.
    pub classic_member_metadata: Option<ClassicMemberMetadata<'a>>,
}

impl Default for ConsumerGroupMemberMetadataValue<'_> {
    fn default() -> Self {
        Self {
            instance_id: Some(""),
            rack_id: Some(""),
            client_id: "",
            client_host: "",
            subscribed_topic_names: Vec::new(),
            subscribed_topic_regex: Some(""),
            rebalance_timeout_ms: -1,
            server_assignor: Some(""),
            classic_member_metadata: None,
        }
    }
}

impl<'a> Message<'a> for ConsumerGroupMemberMetadataValue<'a> {
    const NAME: &'static str = "ConsumerGroupMemberMetadataValue";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let instance_id = source.nullable_string(true)?;
        let rack_id = source.nullable_string(true)?;
        let client_id = source.string(true)?;
        let client_host = source.string(true)?;
        let subscribed_topic_names = source.array(true, 1, |source| source.string(true))?;
        let subscribed_topic_regex = source.nullable_string(true)?;
        let rebalance_timeout_ms = source.i32()?;
        let server_assignor = source.nullable_string(true)?;
        let mut classic_member_metadata = None;
        const TAGS: &[u32] = &[0];
        for index in 0..source.tag_count(TAGS)? {
            match source.tag(index, TAGS)? {
                0 => {
                    classic_member_metadata = source.tagged(|source| {
                        Ok(if source.is_present()? {
                            Some(ClassicMemberMetadata::read(source, version)?)
                        } else {
                            None
                        })
                    })?;
                }
                _ => source.skip_tagged()?,
            }
        }
        Ok(Self {
            instance_id,
            rack_id,
            client_id,
            client_host,
            subscribed_topic_names,
            subscribed_topic_regex,
            rebalance_timeout_ms,
            server_assignor,
            classic_member_metadata,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.nullable_string(true, self.instance_id)?;
        sink.nullable_string(true, self.rack_id)?;
        sink.string(true, self.client_id)?;
        sink.string(true, self.client_host)?;
        sink.array(true, &self.subscribed_topic_names, |sink, element| sink.string(true, element))?;
        sink.nullable_string(true, self.subscribed_topic_regex)?;
        sink.i32(self.rebalance_timeout_ms);
        sink.nullable_string(true, self.server_assignor)?;
        let has_tag_0 = self.classic_member_metadata.is_some();
        sink.varint(u32::from(has_tag_0));
        if has_tag_0 {
            let mut counter = Counter::default();
            {
                let counter = &mut counter;
                match &self.classic_member_metadata {
                    Some(value) => {
                        counter.presence(true);
                        value.write(counter, version)?;
                    }
                    None => counter.presence(false),
                }
            }
            sink.tag(0, counter.bytes())?;
            match &self.classic_member_metadata {
                Some(value) => {
                    sink.presence(true);
                    value.write(sink, version)?;
                }
                None => sink.presence(false),
            }
        }
        Ok(())
    }
}

/// ClassicMemberMetadata of a [`ConsumerGroupMemberMetadataValue`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ClassicMemberMetadata<'a> {
    /// `SessionTimeoutMs`, all versions.
    pub session_timeout_ms: i32,
    /// `SupportedProtocols`, all versions.
    pub supported_protocols: Vec<ClassicProtocol<'a>>,
}

impl<'a> ClassicMemberMetadata<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let session_timeout_ms = source.i32()?;
        let supported_protocols = source.array(true, 3, |source| ClassicProtocol::read(source, version))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { session_timeout_ms, supported_protocols })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        sink.i32(self.session_timeout_ms);
        sink.array(true, &self.supported_protocols, |sink, element| element.write(sink, version))?;
        sink.varint(0);
        Ok(())
    }
}

/// ClassicProtocol of a [`ConsumerGroupMemberMetadataValue`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ClassicProtocol<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `Metadata`, all versions.
    pub metadata: &'a [u8],
}

impl<'a> ClassicProtocol<'a> {
    fn read<S: Source<'a>>(source: &mut S, _version: i16) -> Result<Self, WireError> {
        let name = source.string(true)?;
        let metadata = source.bytes(true)?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { name, metadata })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, _version: i16) -> Result<(), WireError> {
        sink.string(true, self.name)?;
        sink.bytes(true, self.metadata)?;
        sink.varint(0);
        Ok(())
    }
}
