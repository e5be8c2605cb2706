//! The time, as an argument.
//!
//! Everything that needs to know the time takes a [`Clock`]; nothing else in the workspace may ask the
//! operating system (clippy.toml bans it), so that a test decides what time it is and never waits.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// A source of time.
///
/// The two readings answer different questions: [`now`](Clock::now) is for what people and other machines see,
/// and may jump either way when the machine's clock is set; [`elapsed`](Clock::elapsed) is for timeouts and
/// latencies, and never goes back.
pub trait Clock: Send + Sync {
    /// The wall clock.
    fn now(&self) -> Timestamp;

    /// The time since some fixed moment in the life of this clock. Only differences mean anything, and only
    /// between readings of the same clock.
    fn elapsed(&self) -> Duration;
}

/// The operating system's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// A clock whose [`elapsed`](Clock::elapsed) counts from now.
    #[must_use]
    #[allow(
        clippy::disallowed_methods,
        reason = "this is the clock that everything else takes as an argument"
    )]
    pub fn start() -> Self {
        Self { started: Instant::now() }
    }
}

impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "this is the clock that everything else takes as an argument"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// A clock that stands still until it is told otherwise.
///
/// ```
/// use std::time::Duration;
/// use watershed_event::clock::{Clock, ManualClock};
///
/// let clock = ManualClock::at("2024-05-01T12:00:00Z".parse()?);
/// clock.advance(Duration::from_millis(1_500));
/// assert_eq!(clock.now().to_string(), "2024-05-01T12:00:01.5Z");
/// assert_eq!(clock.elapsed(), Duration::from_millis(1_500));
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Debug)]
pub struct ManualClock(Mutex<Readings>);

#[derive(Debug, Clone, Copy)]
struct Readings {
    now: Timestamp,
    elapsed: Duration,
}

impl ManualClock {
    /// A clock that shows `now`, with nothing elapsed.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self(Mutex::new(Readings { now, elapsed: Duration::ZERO }))
    }

    /// Lets time pass: both readings move. They stop at the largest value that they can show.
    pub fn advance(&self, by: Duration) {
        let mut readings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        readings.now = readings.now.saturating_add(by).unwrap_or(Timestamp::MAX);
        readings.elapsed = readings.elapsed.saturating_add(by);
    }

    /// Sets the wall clock, as an administrator or NTP does: it may jump back, and [`elapsed`](Clock::elapsed)
    /// does not notice.
    pub fn set(&self, now: Timestamp) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).now = now;
    }

    fn readings(&self) -> Readings {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.readings().now
    }

    fn elapsed(&self) -> Duration {
        self.readings().elapsed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_the_wall_clock_back_leaves_elapsed_alone() {
        let clock = ManualClock::at(Timestamp::from_second(1_000).unwrap());
        clock.advance(Duration::from_secs(5));
        clock.set(Timestamp::from_second(10).unwrap());
        assert_eq!(clock.now(), Timestamp::from_second(10).unwrap());
        assert_eq!(clock.elapsed(), Duration::from_secs(5));
    }

    #[test]
    fn advancing_past_the_end_of_time_stops_there() {
        let clock = ManualClock::at(Timestamp::MAX);
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
        assert_eq!(clock.elapsed(), Duration::MAX);
    }

    #[test]
    fn the_system_clock_elapses_forwards_and_knows_the_century() {
        let clock = SystemClock::start();
        let first = clock.elapsed();
        assert!(clock.elapsed() >= first);
        assert!(clock.now() > "2024-01-01T00:00:00Z".parse::<Timestamp>().unwrap());
    }
}
