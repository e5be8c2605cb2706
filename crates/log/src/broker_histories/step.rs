//! What may happen, and how often.

use proptest::prelude::*;
use watershed_protocol::batch::Codec;

use super::topics::PLACES;

pub(super) const IDEMPOTENT_CLIENTS: usize = 2;
pub(super) const TRANSACTIONAL_CLIENTS: usize = 3;
pub(super) const GROUPS: [&str; 2] = ["copiers", "readers"];
pub(super) const KEYS: u8 = 3;

/// Who sends records.
#[derive(Debug, Clone, Copy)]
pub(super) enum Who {
    Anybody,
    Idempotent(usize),
    Transactional(usize),
}

/// One record to be sent; no size: a tombstone.
pub(super) type Sketch = (u8, Option<usize>);

/// How the broker ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    PowerCut,
    Kill,
    /// As it should, and then the power is cut.
    Close,
}

/// One step of a history. Places are numbers in [`PLACES`].
#[derive(Debug, Clone)]
pub(super) enum Step {
    Produce {
        who: Who,
        to: usize,
        /// In the same request.
        also: Option<usize>,
        records: Vec<Sketch>,
        acks: i16,
        codec: Codec,
    },
    /// An idempotent client sends one of its last batches again.
    Resend {
        client: usize,
        to: usize,
        back: usize,
        acks: i16,
    },
    /// A new instance of a client.
    Init(usize),
    /// An instance that was replaced goes on.
    ProduceFenced {
        client: usize,
        to: usize,
    },
    CommitInTransaction {
        client: usize,
        group: usize,
        partition: i32,
    },
    EndTransaction {
        client: usize,
        commit: bool,
    },
    Commit {
        group: usize,
        partition: i32,
    },
    /// A look at what a group has committed.
    FetchOffset {
        group: usize,
        partition: i32,
    },
    DeleteGroup(usize),
    DeleteRecords {
        at: usize,
        back: i64,
    },
    CreateTopic,
    DeleteTopic,
    Read {
        at: usize,
        back: i64,
        committed_only: bool,
        bytes_max: i32,
    },
    WaitMilliseconds(u64),
    WriteFails(u64),
    SyncFails(u64),
    ReadFails(u64),
    DiskFull,
    DiskHasRoom,
    /// The machine stops in the middle of a change of the disk, after so many.
    StopAfter {
        changes: u64,
        power_cut: bool,
    },
    /// A new start, which may stop in the middle of a change as well.
    Restart {
        end: End,
        stop_after: Option<u64>,
    },
}

fn place() -> impl Strategy<Value = usize> + Clone {
    0..PLACES.len()
}

fn records() -> impl Strategy<Value = Vec<Sketch>> {
    let size = prop_oneof![5 => (1_usize..60).prop_map(Some), 1 => Just(None)];
    prop::collection::vec((0..KEYS, size), 1..4)
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![
        3 => Just(Who::Anybody),
        4 => (0..IDEMPOTENT_CLIENTS).prop_map(Who::Idempotent),
        6 => (0..TRANSACTIONAL_CLIENTS).prop_map(Who::Transactional),
    ]
}

fn acks() -> impl Strategy<Value = i16> {
    prop_oneof![4 => Just(-1), 3 => Just(1), 1 => Just(0)]
}

fn produce() -> impl Strategy<Value = Step> {
    let codec = prop_oneof![4 => Just(Codec::None), 1 => Just(Codec::Lz4)];
    let also = prop_oneof![3 => Just(None), 1 => place().prop_map(Some)];
    (who(), place(), also, records(), acks(), codec).prop_map(|(who, to, also, records, acks, codec)| {
        let also = also.filter(|also| *also != to);
        Step::Produce { who, to, also, records, acks, codec }
    })
}

fn of_clients() -> impl Strategy<Value = Step> {
    let client = 0..TRANSACTIONAL_CLIENTS;
    let (group, partition) = (0..GROUPS.len(), 0..2);
    let offsets = (client.clone(), group.clone(), partition.clone());
    let resent = (0..IDEMPOTENT_CLIENTS, place(), 0_usize..4, prop_oneof![Just(-1_i16), Just(1)]);
    prop_oneof![
        30 => produce(),
        4 => resent.prop_map(|(client, to, back, acks)| Step::Resend { client, to, back, acks }),
        2 => client.clone().prop_map(Step::Init),
        2 => (client.clone(), place()).prop_map(|(client, to)| Step::ProduceFenced { client, to }),
        5 => offsets.prop_map(|(client, group, partition)| {
            Step::CommitInTransaction { client, group, partition }
        }),
        9 => (client, prop_oneof![3 => Just(true), 1 => Just(false)])
            .prop_map(|(client, commit)| Step::EndTransaction { client, commit }),
        5 => (group.clone(), partition.clone())
            .prop_map(|(group, partition)| Step::Commit { group, partition }),
        3 => (group.clone(), partition).prop_map(|(group, partition)| Step::FetchOffset { group, partition }),
        1 => group.prop_map(Step::DeleteGroup),
        2 => (place(), -1_i64..5).prop_map(|(at, back)| Step::DeleteRecords { at, back }),
        1 => Just(Step::CreateTopic),
        1 => Just(Step::DeleteTopic),
        6 => (place(), 0_i64..12, any::<bool>(), prop_oneof![Just(1), Just(300), Just(1 << 20)]).prop_map(
            |(at, back, committed_only, bytes_max)| Step::Read { at, back, committed_only, bytes_max }
        ),
        5 => prop_oneof![4 => Just(30), 4 => Just(3_000), 3 => Just(12_000), 1 => Just(61_000)]
            .prop_map(Step::WaitMilliseconds),
    ]
}

fn of_the_disk() -> impl Strategy<Value = Step> {
    let end = prop_oneof![3 => Just(End::PowerCut), 2 => Just(End::Kill), 1 => Just(End::Close)];
    let stop_after = prop_oneof![3 => Just(None), 1 => (0_u64..40).prop_map(Some)];
    prop_oneof![
        1 => (0_u64..4).prop_map(Step::WriteFails),
        1 => (0_u64..4).prop_map(Step::SyncFails),
        1 => (0_u64..4).prop_map(Step::ReadFails),
        1 => Just(Step::DiskFull),
        2 => Just(Step::DiskHasRoom),
        3 => (prop_oneof![0_u64..8, 0_u64..40], any::<bool>())
            .prop_map(|(changes, power_cut)| Step::StopAfter { changes, power_cut }),
        4 => (end, stop_after).prop_map(|(end, stop_after)| Step::Restart { end, stop_after }),
    ]
}

/// A history.
pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(prop_oneof![9 => of_clients(), 1 => of_the_disk()], 1..45)
}
