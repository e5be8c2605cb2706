//! Waiting for what another process does on its own time and tells nobody, such as the cleaning of a log.

use std::thread;
use std::time::Duration;

use crate::Error;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// Looks again and again, with pauses, until there is an answer.
///
/// # Errors
///
/// [`Error::NotYet`] when `within` is over; `what` says in it what was waited for.
pub fn wait_for<T>(what: &str, within: Duration, mut look: impl FnMut() -> Option<T>) -> Result<T, Error> {
    let looks = within.as_millis().div_ceil(PAUSE.as_millis());
    for _ in 0..=looks {
        if let Some(answer) = look() {
            return Ok(answer);
        }
        // A pause may end early, never late: the wait as a whole is bounded either way.
        thread::park_timeout(PAUSE);
    }
    Err(Error::NotYet { what: what.to_owned(), waited_seconds: within.as_secs() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_answer_ends_the_wait_and_none_is_an_error() {
        let mut looks = 0;
        let answer = wait_for("the third look", Duration::from_secs(10), || {
            looks += 1;
            (looks == 3).then_some("here")
        });
        assert_eq!((answer.unwrap(), looks), ("here", 3));
        let error = wait_for("nothing", Duration::from_millis(40), || None::<()>).unwrap_err();
        assert!(error.to_string().contains("nothing"), "{error}");
    }
}
