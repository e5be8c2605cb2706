//! What follows from a change's position in the database's log: its id and the row's version.
//!
//! # Ids
//!
//! Debezium delivers at least once: after a crash it sends changes again, at new offsets. So that the copy has
//! the id of the first, a change gets the version 5 UUID (RFC 9562, 5.5) of what is the same in both:
//! connector, database and table, position in the log, time of the commit, op, key, `before` and `after`. That
//! holds for a change that was streamed, has a key, and comes from a connector that gives each change a
//! position of its own:
//!
//! | connector | position |
//! |---|---|
//! | `postgresql` | `lsn` |
//! | `sqlserver` | `commit_lsn`, `change_lsn`, `event_serial_no` |
//!
//! All others have the id of their place in the stream, as bare records do, so that a copy has another id and
//! is not seen to be one. That is the safe side: two ids for one change cost a repeated effect, one id for two
//! changes would lose one. So it is for
//!
//! - MongoDB: all changes of a transaction share a position, and one document may go from A to B, back, and to
//!   B again;
//! - MySQL and MariaDB: the same, where transactions are compressed in the binlog;
//! - Oracle: what is in `source` differs by version and adapter, and none of it is said to be unique;
//! - snapshots: their rows share the snapshot's position;
//! - changes without a key: one log record may insert two equal rows;
//! - t and m, which change no row.
//!
//! # Versions
//!
//! PostgreSQL's `lsn` and Oracle's `scn`: for one row, a later change never has a smaller one, since it waits
//! for the row's lock. None for snapshots: a change that was under way while the snapshot was taken may come
//! after it with a smaller number. None for MySQL and MariaDB, whose positions start again after a failover;
//! for SQL Server, whose positions have more than 64 bits; and for MongoDB, whose cluster time is not in the
//! envelope.

use serde_json::value::RawValue;
use uuid::Uuid;

use super::super::json;
use super::{Change, Envelope};
use crate::entity::EntityVersion;
use crate::id::EventId;

/// The namespace of ids: the version 5 UUID of `urn:watershed:debezium` in the namespace of URLs. Part of the
/// ids' format, as are the names below and their order.
const NAMESPACE: Uuid = Uuid::from_u128(0xccdf8a96_7bb3_5739_a573_678b71ab8382);

/// Members of `source` that say where the row is and when it changed.
const ORIGIN: [&str; 7] = ["connector", "name", "db", "schema", "table", "collection", "ts_ms"];

/// Members of `source` that together are a position of one change. Others differ in a copy (`sequence`, `xmin`,
/// `version`).
fn position(connector: &str) -> Option<&'static [&'static str]> {
    match connector {
        "postgresql" => Some(&["lsn"]),
        "sqlserver" => Some(&["commit_lsn", "change_lsn", "event_serial_no"]),
        _ => None,
    }
}

/// The id of a change that has a position of its own.
pub(super) fn id(key: &[u8], envelope: &Envelope<'_>) -> Option<EventId<'static>> {
    let Change::Row(op) = envelope.change else { return None };
    if envelope.is_snapshot() {
        return None;
    }
    let position = position(&envelope.source_text("connector")?)?;
    let member = |name: &&str| envelope.source_members.get(name).map(bytes);
    if !position.iter().all(|name| member(name).is_some()) {
        return None;
    }
    let place = ORIGIN.iter().chain(position).map(member);
    let change = [Some(op.letter().as_bytes()), Some(key)];
    let row = [envelope.before.map(bytes), envelope.after.map(bytes)];
    let mut name = Vec::new();
    for part in place.chain(change).chain(row) {
        // With each part's length before it, no two lists of parts give the same name.
        let length = part.map_or(u64::MAX, |part| part.len() as u64);
        name.extend_from_slice(&length.to_be_bytes());
        name.extend_from_slice(part.unwrap_or_default());
    }
    Some(Uuid::new_v5(&NAMESPACE, &name).into())
}

/// The version of the row, where the position gives one.
pub(super) fn version(envelope: &Envelope<'_>) -> Option<EntityVersion> {
    if !matches!(envelope.change, Change::Row(_)) || envelope.is_snapshot() {
        return None;
    }
    let member = match &*envelope.source_text("connector")? {
        "postgresql" => "lsn",
        "oracle" => "scn",
        _ => return None,
    };
    envelope.source_members.get(member).and_then(json::integer).map(EntityVersion)
}

fn bytes(value: &RawValue) -> &[u8] {
    value.get().as_bytes()
}
