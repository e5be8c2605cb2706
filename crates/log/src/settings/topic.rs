//! The table of Kafka's topic settings.

use super::rule::{Rule, int_from, long_from};

/// One of Kafka's topic settings.
#[derive(Debug)]
pub(crate) struct TopicSetting {
    /// Kafka's name.
    pub(crate) name: &'static str,
    /// Kafka's default, where neither topic nor broker says anything. None: there is no value then.
    pub(crate) default: Option<&'static str>,
    pub(crate) rule: Rule,
    /// The broker's settings that are its default, the strongest first.
    pub(crate) synonyms: &'static [Synonym],
    /// Not described unless it is set: Kafka's own tests use it.
    pub(crate) hidden: bool,
    pub(crate) documentation: &'static str,
}

/// A broker's setting that is the default of a topic's.
#[derive(Debug)]
pub(crate) struct Synonym {
    /// The broker's name for it.
    pub(crate) name: &'static str,
    /// What the broker's number is multiplied by to be the topic's.
    pub(crate) unit: i64,
}

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

const fn same(name: &'static str) -> Synonym {
    Synonym { name, unit: 1 }
}

const fn setting(
    name: &'static str,
    default: &'static str,
    rule: Rule,
    synonyms: &'static [Synonym],
    documentation: &'static str,
) -> TopicSetting {
    TopicSetting { name, default: Some(default), rule, synonyms, hidden: false, documentation }
}

/// The setting of this name.
pub(crate) fn topic_setting(name: &str) -> Option<&'static TopicSetting> {
    let at = TOPIC_SETTINGS.binary_search_by(|setting| setting.name.cmp(name)).ok()?;
    TOPIC_SETTINGS.get(at)
}

/// `cleanup.policy`
pub(crate) const CLEANUP_POLICY: &str = "cleanup.policy";

const LONGEST: &str = "9223372036854775807";

/// All of them, by name.
pub(crate) static TOPIC_SETTINGS: &[TopicSetting] = &[
    setting(
        CLEANUP_POLICY,
        "delete",
        Rule::SomeOf(&["compact", "delete"]),
        &[same("log.cleanup.policy")],
        "What becomes of old records: delete removes whole segments by age and size, compact keeps the last record of each key.",
    ),
    setting(
        "compression.gzip.level",
        "-1",
        Rule::GzipLevel,
        &[same("compression.gzip.level")],
        "The level, where compression.type is gzip.",
    ),
    setting(
        "compression.lz4.level",
        "9",
        Rule::Int { least: 1, most: 17 },
        &[same("compression.lz4.level")],
        "The level, where compression.type is lz4. Kept and described; lz4 is written at its fastest level.",
    ),
    setting(
        "compression.type",
        "producer",
        Rule::OneOf(&["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"]),
        &[same("compression.type")],
        "How batches are compressed: producer keeps what the producer chose; otherwise a batch of another codec is compressed anew.",
    ),
    setting(
        "compression.zstd.level",
        "3",
        Rule::Int { least: -131_072, most: 22 },
        &[same("compression.zstd.level")],
        "The level, where compression.type is zstd.",
    ),
    setting(
        "delete.retention.ms",
        "86400000",
        long_from(0),
        &[same("log.cleaner.delete.retention.ms")],
        "How long a compacted topic keeps a tombstone after it was first cleaned: the time a reader from the start has to see it.",
    ),
    setting(
        "file.delete.delay.ms",
        "60000",
        long_from(0),
        &[same("log.segment.delete.delay.ms")],
        "How long removed files stay on the disk. Kept and described: open handles keep running reads whole here.",
    ),
    setting(
        "flush.messages",
        LONGEST,
        long_from(1),
        &[same("log.flush.interval.messages")],
        "Kept and described: acks decides when records are synced.",
    ),
    setting(
        "flush.ms",
        LONGEST,
        long_from(0),
        &[same("log.flush.interval.ms"), same("log.flush.scheduler.interval.ms")],
        "Kept and described: acks decides when records are synced.",
    ),
    setting(
        "follower.replication.throttled.replicas",
        "",
        Rule::Replicas,
        &[],
        "Kept and described: one node replicates nothing.",
    ),
    setting(
        "index.interval.bytes",
        "4096",
        int_from(0),
        &[same("log.index.interval.bytes")],
        "How many bytes of batches lie between two entries of the offset index.",
    ),
    TopicSetting {
        name: "internal.segment.bytes",
        default: None,
        rule: int_from(1),
        synonyms: &[],
        hidden: true,
        documentation: "Overrides segment.bytes, without its lower bound: for tests.",
    },
    setting(
        "leader.replication.throttled.replicas",
        "",
        Rule::Replicas,
        &[],
        "Kept and described: one node replicates nothing.",
    ),
    setting(
        "local.retention.bytes",
        "-2",
        long_from(-2),
        &[same("log.local.retention.bytes")],
        "Kept and described: there is no tiered storage.",
    ),
    setting(
        "local.retention.ms",
        "-2",
        long_from(-2),
        &[same("log.local.retention.ms")],
        "Kept and described: there is no tiered storage.",
    ),
    setting(
        "max.compaction.lag.ms",
        LONGEST,
        long_from(1),
        &[same("log.cleaner.max.compaction.lag.ms")],
        "The longest that a record may wait before a compacted topic is cleaned.",
    ),
    setting(
        "max.message.bytes",
        "1048588",
        int_from(0),
        &[same("message.max.bytes")],
        "The largest batch that is taken, after compression, its header included.",
    ),
    setting(
        "message.timestamp.after.max.ms",
        "3600000",
        long_from(0),
        &[same("log.message.timestamp.after.max.ms")],
        "How far a record's timestamp may be ahead of the broker's clock, where timestamps are the producer's.",
    ),
    setting(
        "message.timestamp.before.max.ms",
        LONGEST,
        long_from(0),
        &[same("log.message.timestamp.before.max.ms")],
        "How far a record's timestamp may be behind the broker's clock, where timestamps are the producer's.",
    ),
    setting(
        "message.timestamp.type",
        "CreateTime",
        Rule::OneOf(&["CreateTime", "LogAppendTime"]),
        &[same("log.message.timestamp.type")],
        "Whose timestamps records have: the producer's, or the broker's when it writes them.",
    ),
    setting(
        "min.cleanable.dirty.ratio",
        "0.5",
        Rule::Double { least: 0.0, most: 1.0 },
        &[same("log.cleaner.min.cleanable.ratio")],
        "The share of a compacted partition that must be uncleaned before it is cleaned again.",
    ),
    setting(
        "min.compaction.lag.ms",
        "0",
        long_from(0),
        &[same("log.cleaner.min.compaction.lag.ms")],
        "How long a record of a compacted topic is safe from cleaning.",
    ),
    setting(
        "min.insync.replicas",
        "1",
        int_from(1),
        &[same("min.insync.replicas")],
        "Kept and described: the only copy is in sync.",
    ),
    setting(
        "preallocate",
        "false",
        Rule::Boolean,
        &[same("log.preallocate")],
        "Kept and described: room for a segment is always reserved ahead, in steps.",
    ),
    setting(
        "remote.log.copy.disable",
        "false",
        Rule::Boolean,
        &[],
        "Kept and described: there is no tiered storage.",
    ),
    setting(
        "remote.log.delete.on.disable",
        "false",
        Rule::Boolean,
        &[],
        "Kept and described: there is no tiered storage.",
    ),
    setting(
        "remote.storage.enable",
        "false",
        Rule::Boolean,
        &[],
        "Only false is taken: there is no tiered storage.",
    ),
    setting(
        "retention.bytes",
        "-1",
        long_from(i64::MIN),
        &[same("log.retention.bytes")],
        "How large a partition may grow before its oldest segments go, where cleanup.policy has delete; -1: no limit.",
    ),
    setting(
        "retention.ms",
        "604800000",
        long_from(-1),
        &[
            same("log.retention.ms"),
            Synonym { name: "log.retention.minutes", unit: MINUTE_MS },
            Synonym { name: "log.retention.hours", unit: HOUR_MS },
        ],
        "How old records may grow before their segment goes, where cleanup.policy has delete; -1: no limit.",
    ),
    setting(
        "segment.bytes",
        "1073741824",
        int_from(1_048_576),
        &[same("log.segment.bytes")],
        "The size of a segment's file. Retention and cleaning work on whole segments.",
    ),
    setting(
        "segment.index.bytes",
        "10485760",
        int_from(4),
        &[same("log.index.size.max.bytes")],
        "Kept and described: an index takes what its segment needs.",
    ),
    setting(
        "segment.jitter.ms",
        "0",
        long_from(0),
        &[same("log.roll.jitter.ms"), Synonym { name: "log.roll.jitter.hours", unit: HOUR_MS }],
        "Kept and described: segments of one node need not be spread in time.",
    ),
    setting(
        "segment.ms",
        "604800000",
        long_from(1),
        &[same("log.roll.ms"), Synonym { name: "log.roll.hours", unit: HOUR_MS }],
        "The age at which a segment is closed even if it is not full, so that retention and cleaning can have it.",
    ),
    setting(
        "unclean.leader.election.enable",
        "false",
        Rule::Boolean,
        &[same("unclean.leader.election.enable")],
        "Kept and described: one node elects nobody.",
    ),
];
