//! Incremental fetch sessions (KIP-227).

/// The sessions of all connections.
#[derive(Debug, Default)]
pub(crate) struct FetchSessions {}
