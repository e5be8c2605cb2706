//! Pauses between tries: doubling, with jitter, so that clients do not come back in step.

use std::time::Duration;

/// How much a pause varies, in percent, up and down.
const JITTER_PERCENT: u32 = 20;

/// The pauses after failures in a row.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    first: Duration,
    longest: Duration,
    failures: u32,
}

impl Backoff {
    pub(crate) const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, failures: 0 }
    }

    /// The pause after one more failure; `dice` is random.
    pub(crate) fn failed(&mut self, dice: u32) -> Duration {
        let pause = self.first.saturating_mul(1 << self.failures.min(20)).min(self.longest);
        self.failures = self.failures.saturating_add(1);
        let percent = 100 - JITTER_PERCENT + dice % (2 * JITTER_PERCENT + 1);
        pause * percent / 100
    }

    /// It worked: the next failure is a first one.
    pub(crate) fn worked(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_vary_by_a_fifth() {
        let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(1));
        let mut pauses = |dice: u32| (0..7).map(|_| backoff.failed(dice).as_millis()).collect::<Vec<_>>();
        assert_eq!(pauses(20), [50, 100, 200, 400, 800, 1000, 1000]);
        backoff.worked();
        assert_eq!(backoff.failed(0).as_millis(), 40);
        assert_eq!(backoff.failed(40).as_millis(), 120);
    }
}
