//! How many lines the log takes in a second of what any peer can cause as often as it likes.
//!
//! What is left out is counted, and named in the next line that is written. The metrics count everything.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Lines in a second.
const LINES_MAX: u32 = 20;

/// The lines of one server.
#[derive(Debug)]
pub(super) struct LogQuota(Mutex<Second>);

#[derive(Debug)]
struct Second {
    since: Instant,
    lines: u32,
    left_out: u64,
}

impl LogQuota {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Second { since: Instant::now(), lines: 0, left_out: 0 }))
    }

    /// Has a line written, unless there were too many; with the number of those that were left out before it, if any.
    pub(super) fn write(&self, line: impl FnOnce(Option<u64>)) {
        if let Some(left_out) = self.take() {
            line(Some(left_out).filter(|&left_out| left_out > 0));
        }
    }

    fn take(&self) -> Option<u64> {
        let mut second = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if second.since.elapsed() >= Duration::from_secs(1) {
            (second.since, second.lines) = (Instant::now(), 0);
        }
        if second.lines == LINES_MAX {
            second.left_out += 1;
            return None;
        }
        second.lines += 1;
        Some(std::mem::take(&mut second.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn lines_beyond_those_of_a_second_are_counted_and_left_out() {
        let quota = LogQuota::new();
        let mut written = Vec::new();
        for _ in 0..LINES_MAX + 7 {
            quota.write(|left_out| written.push(left_out));
        }
        assert_eq!(written, vec![None; LINES_MAX as usize]);
        tokio::time::advance(Duration::from_secs(1)).await;
        written.clear();
        quota.write(|left_out| written.push(left_out));
        quota.write(|left_out| written.push(left_out));
        assert_eq!(written, [Some(7), None]);
    }
}
