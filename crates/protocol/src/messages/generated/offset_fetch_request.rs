// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! OffsetFetchRequest: API key 9, versions 1 to 10, flexible since v6.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::messages::ApiKey;
use crate::wire::{
    Message, Request, Sink, Source, WireError, check_version, not_in_version, null_not_in_version,
};

/// OffsetFetchRequest, versions 1 to 10.
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetFetchRequest<'a> {
    /// `GroupId`, v1 to v7.
    pub group_id: &'a str,
    /// `Topics`, v1 to v7, can be null in v2 to v7.
    pub topics: Option<Vec<OffsetFetchRequestTopic<'a>>>,
    /// `Groups`, v8 and later.
    pub groups: Vec<OffsetFetchRequestGroup<'a>>,
    /// `RequireStable`, v7 and later, default `false`.
    pub require_stable: bool,
}

impl Default for OffsetFetchRequest<'_> {
    fn default() -> Self {
        Self { group_id: "", topics: Some(Vec::new()), groups: Vec::new(), require_stable: false }
    }
}

impl<'a> Message<'a> for OffsetFetchRequest<'a> {
    const NAME: &'static str = "OffsetFetchRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=10;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 6;
        let group_id = if version <= 7 { source.string(flexible)? } else { "" };
        let topics = if version <= 7 {
            {
                let value = if (2..=7).contains(&version) {
                    source
                        .nullable_array(flexible, 3, |source| OffsetFetchRequestTopic::read(source, version))
                } else {
                    source
                        .array(flexible, 3, |source| OffsetFetchRequestTopic::read(source, version))
                        .map(Some)
                };
                value?
            }
        } else {
            Some(Vec::new())
        };
        let groups = if version >= 8 {
            source.array(flexible, 3, |source| OffsetFetchRequestGroup::read(source, version))?
        } else {
            Vec::new()
        };
        let require_stable = if version >= 7 { source.bool()? } else { false };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { group_id, topics, groups, require_stable })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 6;
        if version <= 7 {
            sink.string(flexible, self.group_id)?;
        } else if !self.group_id.is_empty() {
            return Err(not_in_version("OffsetFetchRequest", "group_id", version));
        }
        if version <= 7 {
            if !(2..=7).contains(&version) && self.topics.is_none() {
                return Err(null_not_in_version("OffsetFetchRequest", "topics", version));
            }
            sink.nullable_array(flexible, self.topics.as_deref(), |sink, element| {
                element.write(sink, version)
            })?;
        } else if self.topics.as_ref().is_none_or(|elements| !elements.is_empty()) {
            return Err(not_in_version("OffsetFetchRequest", "topics", version));
        }
        if version >= 8 {
            sink.array(flexible, &self.groups, |sink, element| element.write(sink, version))?;
        } else if !self.groups.is_empty() {
            return Err(not_in_version("OffsetFetchRequest", "groups", version));
        }
        if version >= 7 {
            sink.bool(self.require_stable);
        } else if self.require_stable {
            return Err(not_in_version("OffsetFetchRequest", "require_stable", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for OffsetFetchRequest<'a> {
    const API: ApiKey = ApiKey::OffsetFetch;
    type Response = super::OffsetFetchResponse<'a>;
}

/// OffsetFetchRequestTopic of a [`OffsetFetchRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OffsetFetchRequestTopic<'a> {
    /// `Name`, v1 to v7.
    pub name: &'a str,
    /// `PartitionIndexes`, v1 to v7.
    pub partition_indexes: Vec<i32>,
}

impl<'a> OffsetFetchRequestTopic<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 6;
        let name = if version <= 7 { source.string(flexible)? } else { "" };
        let partition_indexes =
            if version <= 7 { source.array(flexible, 4, |source| source.i32())? } else { Vec::new() };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { name, partition_indexes })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 6;
        if version <= 7 {
            sink.string(flexible, self.name)?;
        } else if !self.name.is_empty() {
            return Err(not_in_version("OffsetFetchRequestTopic", "name", version));
        }
        if version <= 7 {
            sink.array(flexible, &self.partition_indexes, |sink, element| {
                sink.i32(*element);
                Ok(())
            })?;
        } else if !self.partition_indexes.is_empty() {
            return Err(not_in_version("OffsetFetchRequestTopic", "partition_indexes", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// OffsetFetchRequestGroup of a [`OffsetFetchRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetFetchRequestGroup<'a> {
    /// `GroupId`, v8 and later.
    pub group_id: &'a str,
    /// `MemberId`, v9 and later, can be null.
    pub member_id: Option<&'a str>,
    /// `MemberEpoch`, v9 and later, default `-1`.
    pub member_epoch: i32,
    /// `Topics`, v8 and later, can be null.
    pub topics: Option<Vec<OffsetFetchRequestTopics<'a>>>,
}

impl Default for OffsetFetchRequestGroup<'_> {
    fn default() -> Self {
        Self { group_id: "", member_id: None, member_epoch: -1, topics: Some(Vec::new()) }
    }
}

impl<'a> OffsetFetchRequestGroup<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 6;
        let group_id = if version >= 8 { source.string(flexible)? } else { "" };
        let member_id = if version >= 9 { source.nullable_string(flexible)? } else { None };
        let member_epoch = if version >= 9 { source.i32()? } else { -1 };
        let topics = if version >= 8 {
            source.nullable_array(flexible, 3, |source| OffsetFetchRequestTopics::read(source, version))?
        } else {
            Some(Vec::new())
        };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { group_id, member_id, member_epoch, topics })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 6;
        if version >= 8 {
            sink.string(flexible, self.group_id)?;
        } else if !self.group_id.is_empty() {
            return Err(not_in_version("OffsetFetchRequestGroup", "group_id", version));
        }
        if version >= 9 {
            sink.nullable_string(flexible, self.member_id)?;
        }
        if version >= 9 {
            sink.i32(self.member_epoch);
        }
        if version >= 8 {
            sink.nullable_array(flexible, self.topics.as_deref(), |sink, element| {
                element.write(sink, version)
            })?;
        } else if self.topics.as_ref().is_none_or(|elements| !elements.is_empty()) {
            return Err(not_in_version("OffsetFetchRequestGroup", "topics", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// OffsetFetchRequestTopics of a [`OffsetFetchRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OffsetFetchRequestTopics<'a> {
    /// `Name`, v8 to v9.
    pub name: &'a str,
    /// `TopicId`, v10 and later.
    pub topic_id: Uuid,
    /// `PartitionIndexes`, v8 and later.
    pub partition_indexes: Vec<i32>,
}

impl<'a> OffsetFetchRequestTopics<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 6;
        let name = if (8..=9).contains(&version) { source.string(flexible)? } else { "" };
        let topic_id = if version >= 10 { source.uuid()? } else { Uuid::nil() };
        let partition_indexes =
            if version >= 8 { source.array(flexible, 4, |source| source.i32())? } else { Vec::new() };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { name, topic_id, partition_indexes })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 6;
        if (8..=9).contains(&version) {
            sink.string(flexible, self.name)?;
        }
        if version >= 10 {
            sink.uuid(self.topic_id);
        }
        if version >= 8 {
            sink.array(flexible, &self.partition_indexes, |sink, element| {
                sink.i32(*element);
                Ok(())
            })?;
        } else if !self.partition_indexes.is_empty() {
            return Err(not_in_version("OffsetFetchRequestTopics", "partition_indexes", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}
