//! The topics of a history, one for each way to keep records; the last is created and deleted.

use super::client::Place;

pub(super) const RETENTION_MS: i64 = 20_000;

/// What may go of a topic's records without being asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keeping {
    All,
    /// What is older may go.
    Milliseconds(i64),
    /// The oldest may go.
    SomeBytes,
    LastOfEachKey,
}

#[derive(Debug)]
pub(super) struct Topic {
    pub(super) name: &'static str,
    pub(super) partitions: i32,
    pub(super) keeping: Keeping,
    pub(super) settings: &'static [(&'static str, &'static str)],
}

impl Topic {
    /// Whether records have the broker's time and not their producer's.
    pub(super) fn stamps(&self) -> bool {
        self.settings.contains(&("message.timestamp.type", "LogAppendTime"))
    }
}

/// The topic that comes and goes.
pub(super) const FLEETING: &str = "fleeting";

pub(super) static TOPICS: [Topic; 6] = [
    Topic { name: "plain", partitions: 2, keeping: Keeping::All, settings: &[] },
    Topic {
        name: "aged",
        partitions: 1,
        keeping: Keeping::Milliseconds(RETENTION_MS),
        settings: &[("internal.segment.bytes", "700"), ("retention.ms", "20000")],
    },
    Topic {
        name: "sized",
        partitions: 1,
        keeping: Keeping::SomeBytes,
        settings: &[("internal.segment.bytes", "700"), ("retention.bytes", "2000")],
    },
    Topic {
        name: "keyed",
        partitions: 1,
        keeping: Keeping::LastOfEachKey,
        settings: &[
            ("internal.segment.bytes", "700"),
            ("cleanup.policy", "compact"),
            ("min.cleanable.dirty.ratio", "0.1"),
            ("delete.retention.ms", "8000"),
        ],
    },
    Topic {
        name: "stamped",
        partitions: 1,
        keeping: Keeping::All,
        settings: &[("message.timestamp.type", "LogAppendTime"), ("internal.segment.bytes", "2000")],
    },
    Topic { name: FLEETING, partitions: 1, keeping: Keeping::All, settings: &[] },
];

/// All partitions.
pub(super) const PLACES: [Place; 7] =
    [("plain", 0), ("plain", 1), ("aged", 0), ("sized", 0), ("keyed", 0), ("stamped", 0), (FLEETING, 0)];
