// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ProduceRequest: API key 0, versions 3 to 13, flexible since v9.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::messages::ApiKey;
use crate::wire::{Message, Payload, Request, Sink, Source, WireError, check_version};

/// ProduceRequest, versions 3 to 13.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProduceRequest<'a> {
    /// `TransactionalId`, all versions, can be null.
    pub transactional_id: Option<&'a str>,
    /// `Acks`, all versions.
    pub acks: i16,
    /// `TimeoutMs`, all versions.
    pub timeout_ms: i32,
    /// `TopicData`, all versions.
    pub topic_data: Vec<TopicProduceData<'a>>,
}

impl<'a> Message<'a> for ProduceRequest<'a> {
    const NAME: &'static str = "ProduceRequest";
    const VERSIONS: RangeInclusive<i16> = 3..=13;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 9;
        let transactional_id = source.nullable_string(flexible)?;
        let acks = source.i16()?;
        let timeout_ms = source.i32()?;
        let topic_data = source.array(flexible, 3, |source| TopicProduceData::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { transactional_id, acks, timeout_ms, topic_data })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 9;
        sink.nullable_string(flexible, self.transactional_id)?;
        sink.i16(self.acks);
        sink.i32(self.timeout_ms);
        sink.array(flexible, &self.topic_data, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for ProduceRequest<'a> {
    const API: ApiKey = ApiKey::Produce;
    type Response = super::ProduceResponse<'a>;
}

/// TopicProduceData of a [`ProduceRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TopicProduceData<'a> {
    /// `Name`, v3 to v12.
    pub name: &'a str,
    /// `TopicId`, v13 and later.
    pub topic_id: Uuid,
    /// `PartitionData`, all versions.
    pub partition_data: Vec<PartitionProduceData<'a>>,
}

impl<'a> TopicProduceData<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 9;
        let name = if version <= 12 { source.string(flexible)? } else { "" };
        let topic_id = if version >= 13 { source.uuid()? } else { Uuid::nil() };
        let partition_data =
            source.array(flexible, 6, |source| PartitionProduceData::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { name, topic_id, partition_data })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 9;
        if version <= 12 {
            sink.string(flexible, self.name)?;
        }
        if version >= 13 {
            sink.uuid(self.topic_id);
        }
        sink.array(flexible, &self.partition_data, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// PartitionProduceData of a [`ProduceRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PartitionProduceData<'a> {
    /// `Index`, all versions.
    pub index: i32,
    /// `Records`, all versions, can be null.
    pub records: Option<Payload<'a>>,
}

impl<'a> PartitionProduceData<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 9;
        let index_ = source.i32()?;
        let records = source.nullable_payload(flexible)?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { index: index_, records })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 9;
        sink.i32(self.index);
        sink.nullable_payload(flexible, self.records)?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}
