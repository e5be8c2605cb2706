//! Incremental fetch sessions (KIP-227): a consumer of many partitions says once what it wants, and hears only of what
//! has changed.
//!
//! Sessions are in memory alone; a client whose session is gone is told so and begins another. Their number and the
//! partitions that they remember in all are bounded: beyond that the oldest idle session goes, or a new one is not made, and its
//! client goes on without one.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;
use watershed_protocol::ErrorCode;

use crate::OpenError;
use crate::options::Options;

/// How many sessions there may be: the setting's name.
const SESSIONS_MAX: &str = "max.incremental.fetch.session.cache.slots";
/// Partitions in all sessions together.
const PARTITIONS_MAX: usize = 100_000;
/// A session that was used more recently is not evicted for another (Kafka's
/// `min.incremental.fetch.session.eviction.ms`).
const EVICTION_AGE_MS: i64 = 120_000;
/// The epoch of a request that begins a session.
const INITIAL_EPOCH: i32 = 0;
/// The epoch of a request without a session, which ends the one that it names.
const FINAL_EPOCH: i32 = -1;

/// A partition of which records are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) topic: TopicKey,
    pub(super) partition: i32,
    pub(super) offset: i64,
    pub(super) bytes_max: i32,
    pub(super) leader_epoch: i32,
    pub(super) last_fetched_epoch: i32,
}

/// How a request names a topic: by its name up to version 12, then by its id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum TopicKey {
    Name(Arc<str>),
    Id(Uuid),
}

/// What the client was told last of a partition: it is told again only when this changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) high_watermark: i64,
    pub(super) last_stable_offset: i64,
    pub(super) log_start_offset: i64,
}

/// What a request says of its session.
#[derive(Debug, Clone, Copy)]
pub(super) struct SessionAsk {
    pub(super) id: i32,
    pub(super) epoch: i32,
    pub(super) by_id: bool,
}

/// How a request is to be answered.
#[derive(Debug)]
pub(super) enum Plan {
    /// Everything, and no session.
    Sessionless(Vec<Wanted>),
    /// Everything, and the answer begins the session with this id.
    Full { id: i32, wanted: Vec<Wanted> },
    /// What has changed.
    Incremental { id: i32, wanted: Vec<(Wanted, Option<Told>)> },
}

/// The sessions of all connections.
#[derive(Debug)]
pub(crate) struct FetchSessions(Mutex<Inner>);

#[derive(Debug)]
struct Inner {
    sessions: HashMap<i32, Session>,
    sessions_max: usize,
    partitions: usize,
    /// Of the newest session; goes round.
    last_id: i32,
}

#[derive(Debug)]
struct Session {
    /// Of the next request.
    epoch: i32,
    by_id: bool,
    used_ms: i64,
    /// In the order in which they are looked at: what gave records goes to the end, so that none starves.
    turns: BTreeMap<u64, (Wanted, Option<Told>)>,
    places: HashMap<(TopicKey, i32), u64>,
    next_turn: u64,
}

impl FetchSessions {
    /// As many as the settings allow. Ids go on from a random one, so that the sessions of an earlier start are not taken
    /// for those of this one.
    ///
    /// # Errors
    ///
    /// The operating system gives no random bytes.
    pub(crate) fn open(options: &Options) -> Result<Self, OpenError> {
        let mut bytes = [0; 4];
        getrandom::fill(&mut bytes).map_err(|error| OpenError::Io {
            path: "the operating system's random numbers".into(),
            doing: "read",
            source: std::io::Error::other(error.to_string()),
        })?;
        let sessions_max = usize::try_from(options.settings.long(SESSIONS_MAX)).unwrap_or_default();
        Ok(Self::new(sessions_max, i32::from_ne_bytes(bytes) & i32::MAX))
    }

    /// At most so many sessions, whose ids go on from this one.
    fn new(sessions_max: usize, last_id: i32) -> Self {
        let (sessions, partitions) = (HashMap::new(), 0);
        Self(Mutex::new(Inner { sessions, sessions_max, partitions, last_id }))
    }

    /// Finds or makes the session of a request, and what it wants of it.
    ///
    /// # Errors
    ///
    /// FETCH_SESSION_ID_NOT_FOUND, INVALID_FETCH_SESSION_EPOCH, FETCH_SESSION_TOPIC_ID_ERROR: the client begins another.
    pub(super) fn plan(
        &self,
        ask: SessionAsk,
        wanted: Vec<Wanted>,
        forgotten: &[(TopicKey, i32)],
        now_ms: i64,
    ) -> Result<Plan, ErrorCode> {
        let mut inner = self.lock();
        if ask.epoch == FINAL_EPOCH || ask.epoch == INITIAL_EPOCH {
            inner.remove(ask.id);
            if ask.epoch == FINAL_EPOCH || wanted.is_empty() {
                return Ok(Plan::Sessionless(wanted));
            }
            return Ok(match inner.create(ask.by_id, &wanted, now_ms) {
                Some(id) => Plan::Full { id, wanted },
                None => Plan::Sessionless(wanted),
            });
        }
        let session = inner.sessions.get_mut(&ask.id).ok_or(ErrorCode::FetchSessionIdNotFound)?;
        if session.by_id != ask.by_id {
            return Err(ErrorCode::FetchSessionTopicIdError);
        }
        if session.epoch != ask.epoch {
            return Err(ErrorCode::InvalidFetchSessionEpoch);
        }
        session.epoch = next_epoch(session.epoch);
        session.used_ms = now_ms;
        let before = session.places.len();
        forgotten.iter().for_each(|place| session.forget(place));
        wanted.into_iter().for_each(|wanted| session.want(wanted));
        let plan = Plan::Incremental { id: ask.id, wanted: session.turns.values().cloned().collect() };
        let after = session.places.len();
        inner.partitions = (inner.partitions + after).saturating_sub(before);
        if inner.partitions > PARTITIONS_MAX {
            // Its client asks for another, which is made if there is room.
            inner.remove(ask.id);
            return Err(ErrorCode::FetchSessionIdNotFound);
        }
        Ok(plan)
    }

    /// Takes note of what an answer says. `gave_records`: the partition goes behind the others.
    pub(super) fn told(&self, id: i32, answers: impl Iterator<Item = ((TopicKey, i32), Told, bool)>) {
        let mut inner = self.lock();
        let Some(session) = inner.sessions.get_mut(&id) else { return };
        for (place, told, gave_records) in answers {
            let Some(&turn) = session.places.get(&place) else { continue };
            if gave_records && let Some((wanted, _)) = session.turns.remove(&turn) {
                session.turns.insert(session.next_turn, (wanted, Some(told)));
                session.places.insert(place, session.next_turn);
                session.next_turn += 1;
            } else if let Some((_, last)) = session.turns.get_mut(&turn) {
                *last = Some(told);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn create(&mut self, by_id: bool, wanted: &[Wanted], now_ms: i64) -> Option<i32> {
        while self.sessions.len() >= self.sessions_max || self.partitions + wanted.len() > PARTITIONS_MAX {
            let (&oldest, session) = self.sessions.iter().min_by_key(|(_, session)| session.used_ms)?;
            if session.used_ms + EVICTION_AGE_MS > now_ms {
                return None;
            }
            self.remove(oldest);
        }
        let mut session = Session {
            epoch: next_epoch(INITIAL_EPOCH),
            by_id,
            used_ms: now_ms,
            turns: BTreeMap::new(),
            places: HashMap::new(),
            next_turn: 0,
        };
        wanted.iter().cloned().for_each(|wanted| session.want(wanted));
        self.partitions += session.places.len();
        loop {
            self.last_id = self.last_id.checked_add(1).unwrap_or(1);
            if !self.sessions.contains_key(&self.last_id) {
                self.sessions.insert(self.last_id, session);
                return Some(self.last_id);
            }
        }
    }

    fn remove(&mut self, id: i32) {
        if let Some(session) = self.sessions.remove(&id) {
            self.partitions = self.partitions.saturating_sub(session.places.len());
        }
    }
}

impl Session {
    fn want(&mut self, wanted: Wanted) {
        let place = (wanted.topic.clone(), wanted.partition);
        if let Some(turn) = self.places.get(&place) {
            if let Some((known, _)) = self.turns.get_mut(turn) {
                *known = wanted;
            }
            return;
        }
        self.turns.insert(self.next_turn, (wanted, None));
        self.places.insert(place, self.next_turn);
        self.next_turn += 1;
    }

    fn forget(&mut self, place: &(TopicKey, i32)) {
        if let Some(turn) = self.places.remove(place) {
            self.turns.remove(&turn);
        }
    }
}

const fn next_epoch(epoch: i32) -> i32 {
    match epoch.checked_add(1) {
        Some(next) => next,
        None => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSIONS_MAX: usize = 100;

    fn sessions() -> FetchSessions {
        FetchSessions::new(SESSIONS_MAX, i32::MAX - 1)
    }

    fn wanted(partition: i32, offset: i64) -> Wanted {
        Wanted {
            topic: TopicKey::Name("t".into()),
            partition,
            offset,
            bytes_max: 100,
            leader_epoch: -1,
            last_fetched_epoch: -1,
        }
    }

    fn ask(id: i32, epoch: i32) -> SessionAsk {
        SessionAsk { id, epoch, by_id: false }
    }

    fn begin(sessions: &FetchSessions, partitions: i32) -> i32 {
        let all = (0..partitions).map(|partition| wanted(partition, 0)).collect();
        match sessions.plan(ask(0, INITIAL_EPOCH), all, &[], 0) {
            Ok(Plan::Full { id, .. }) => id,
            other => panic!("{other:?}"),
        }
    }

    fn incremental(plan: Result<Plan, ErrorCode>) -> Vec<(i32, i64, bool)> {
        match plan {
            Ok(Plan::Incremental { wanted, .. }) => wanted
                .iter()
                .map(|(wanted, told)| (wanted.partition, wanted.offset, told.is_some()))
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_session_remembers_changes_and_forgets_partitions() {
        let sessions = sessions();
        let id = begin(&sessions, 3);
        let told = Told { high_watermark: 1, last_stable_offset: 1, log_start_offset: 0 };
        let place = |partition| (TopicKey::Name("t".into()), partition);
        sessions.told(id, [(place(0), told, true), (place(1), told, false)].into_iter());
        let plan = sessions.plan(ask(id, 1), vec![wanted(0, 5), wanted(7, 9)], &[place(2)], 0);
        assert_eq!(incremental(plan), [(1, 0, true), (0, 5, true), (7, 9, false)]);
        assert_eq!(incremental(sessions.plan(ask(id, 2), Vec::new(), &[], 0)).len(), 3);
        assert_eq!(sessions.lock().partitions, 3);
    }

    #[test]
    fn a_request_out_of_order_is_refused() {
        let sessions = sessions();
        let id = begin(&sessions, 1);
        let code = |ask| sessions.plan(ask, Vec::new(), &[], 0).map(drop).unwrap_err();
        assert_eq!(code(ask(id, 2)), ErrorCode::InvalidFetchSessionEpoch);
        assert_eq!(code(ask(id - 1, 1)), ErrorCode::FetchSessionIdNotFound);
        assert_eq!(code(SessionAsk { id, epoch: 1, by_id: true }), ErrorCode::FetchSessionTopicIdError);
        assert!(matches!(
            sessions.plan(ask(id, FINAL_EPOCH), vec![wanted(0, 0)], &[], 0),
            Ok(Plan::Sessionless(_))
        ));
        assert_eq!(code(ask(id, 1)), ErrorCode::FetchSessionIdNotFound);
        assert_eq!(sessions.lock().partitions, 0);
    }

    #[test]
    fn a_full_cache_gives_way_only_to_the_old() {
        let sessions = sessions();
        let first = begin(&sessions, 1);
        for _ in 1..SESSIONS_MAX {
            begin(&sessions, 1);
        }
        let more = |now_ms| sessions.plan(ask(0, INITIAL_EPOCH), vec![wanted(0, 0)], &[], now_ms);
        assert!(matches!(more(EVICTION_AGE_MS - 1), Ok(Plan::Sessionless(_))));
        assert!(matches!(more(EVICTION_AGE_MS), Ok(Plan::Full { .. })));
        assert_eq!(sessions.lock().sessions.len(), SESSIONS_MAX);
        assert_eq!(sessions.lock().partitions, SESSIONS_MAX);
        let oldest_or_other = sessions.plan(ask(first, 1), Vec::new(), &[], 0);
        assert!(oldest_or_other.is_ok() || oldest_or_other.err() == Some(ErrorCode::FetchSessionIdNotFound));
    }

    #[test]
    fn a_session_that_grows_beyond_what_all_may_remember_is_gone() {
        let sessions = sessions();
        let (small, large) = (begin(&sessions, 1), begin(&sessions, 1));
        let more = |from: usize, to: usize| {
            let numbers = (from..to).map(|number| i32::try_from(number).unwrap());
            numbers.map(|number| wanted(number, 0)).collect()
        };
        assert!(sessions.plan(ask(large, 1), more(1, PARTITIONS_MAX - 1), &[], 0).is_ok());
        assert_eq!(sessions.lock().partitions, PARTITIONS_MAX);
        let over = sessions.plan(ask(large, 2), more(PARTITIONS_MAX, PARTITIONS_MAX + 1), &[], 0);
        assert_eq!(over.unwrap_err(), ErrorCode::FetchSessionIdNotFound);
        assert_eq!(sessions.lock().partitions, 1);
        assert_eq!(incremental(sessions.plan(ask(small, 1), Vec::new(), &[], 0)).len(), 1);
    }

    #[test]
    fn ids_go_round_and_are_positive() {
        let sessions = sessions();
        assert_eq!([begin(&sessions, 1), begin(&sessions, 1), begin(&sessions, 1)], [i32::MAX, 1, 2]);
    }

    #[test]
    fn where_no_sessions_are_to_be_kept_clients_go_on_without() {
        let sessions = FetchSessions::new(0, 0);
        let plan = sessions.plan(ask(0, INITIAL_EPOCH), vec![wanted(0, 0)], &[], i64::MAX / 2);
        assert!(matches!(plan, Ok(Plan::Sessionless(_))));
    }
}
