//! Which transactional ids ListTransactions gives.

use std::sync::Arc;

use regex::{Regex, RegexBuilder};
use watershed_protocol::ErrorCode;

use super::transaction::{State, Transaction};

/// How large a compiled pattern may be: a client's pattern must not cost much memory.
const PATTERN_BYTES_MAX: usize = 1 << 20;

/// What is asked for. Each part that is empty lets everything pass.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    /// Kafka's names; unknown ones match nothing.
    pub(crate) states: Vec<String>,
    pub(crate) producer_ids: Vec<i64>,
    /// Only transactions that began longer ago than this.
    pub(crate) duration_ms: Option<i64>,
    /// Only ids that match wholly (KIP-1152).
    pub(crate) pattern: Option<Regex>,
}

/// One id of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) id: Arc<str>,
    pub(crate) producer_id: i64,
    pub(crate) state: &'static str,
}

impl Filter {
    /// Compiles a pattern; an empty one is none.
    ///
    /// # Errors
    ///
    /// INVALID_REGULAR_EXPRESSION.
    pub(crate) fn pattern(pattern: Option<&str>) -> Result<Option<Regex>, ErrorCode> {
        let Some(pattern) = pattern.filter(|pattern| !pattern.is_empty()) else { return Ok(None) };
        let whole = format!("^(?:{pattern})$");
        let compiled = RegexBuilder::new(&whole).size_limit(PATTERN_BYTES_MAX).build();
        compiled.map(Some).map_err(|_| ErrorCode::InvalidRegularExpression)
    }

    /// The names among [`states`](Self::states) that are none of Kafka's.
    pub(crate) fn unknown_states(&self) -> impl Iterator<Item = &str> {
        let is_known = |name: &str| State::ALL.iter().any(|state| state.name() == name);
        self.states.iter().map(String::as_str).filter(move |name| !is_known(name))
    }

    pub(super) fn passes(&self, id: &str, transaction: &Transaction, now_ms: i64) -> bool {
        let state = transaction.state.name();
        (self.states.is_empty() || self.states.iter().any(|name| name == state))
            && (self.producer_ids.is_empty() || self.producer_ids.contains(&transaction.producer_id))
            && self
                .duration_ms
                .is_none_or(|duration_ms| now_ms.saturating_sub(transaction.start_ms) > duration_ms)
            && self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(id))
    }
}

impl Listed {
    pub(super) fn new(id: &Arc<str>, transaction: &Transaction) -> Self {
        Self { id: Arc::clone(id), producer_id: transaction.producer_id, state: transaction.state.name() }
    }
}
