//! Random histories of a whole broker, through the protocol, on a disk that fails, fills up, tears and forgets: producers
//! of every kind, transactions, groups, topics that come and go, retention, compaction, and crashes at any moment.
//!
//! After each start what readers see is compared with what clients were told:
//!
//! | file | owns |
//! |---|---|
//! | `step` | what may happen, and how often |
//! | `history` | brokers that live on one disk, one after the other |
//! | `producing`, `client`, `reader` | what clients do |
//! | `records`, `transactions`, `offsets`, `topics` | what they were told, and what must therefore hold |
//! | `check` | looking whether it does |
//!
//! A history follows from its seed, but for the order of background tasks that are due in the same moment. A failure
//! prints its seed and its smallest form: `WATERSHED_SEED=7 cargo test -p watershed-log broker_histories` runs it again;
//! `WATERSHED_HISTORIES=100000` runs more than usual, and `WATERSHED_FOLLOW=1` says each step.

mod check;
mod client;
mod history;
mod offsets;
mod producing;
mod reader;
mod records;
mod step;
mod topics;
mod transactions;

use std::cell::Cell;
use std::num::NonZero;
use std::sync::Once;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

use history::History;
use step::Step;

const HISTORIES: u64 = 1_000;

thread_local! {
    /// Panics on this thread, also those that a task of the runtime hides.
    static PANICS: Cell<u64> = const { Cell::new(0) };
    /// Only the last one is shown, of the smallest history.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

fn run(seed: u64, steps: &[Step], followed: bool) {
    let before = PANICS.get();
    History::run(seed, steps, followed);
    assert_eq!(PANICS.get(), before, "a background task panicked");
}

/// Runs the history of a seed; one that fails is made smaller before it is shown.
fn check(seed: u64, followed: bool) {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let config = Config { failure_persistence: None, max_shrink_iters: 400, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, rng);
    let tree = step::steps().new_tree(&mut runner).expect("nothing is filtered");
    QUIET.set(!followed);
    let result = runner.run_one(tree, |steps| {
        run(seed, &steps, followed);
        Ok(())
    });
    QUIET.set(false);
    match result {
        Ok(_) => {}
        Err(TestError::Fail(reason, steps)) => {
            let steps: Vec<String> = steps.iter().map(|step| format!("{step:?}")).collect();
            panic!("the history of WATERSHED_SEED={seed} failed: {reason}\n{}", steps.join("\n"));
        }
        Err(error) => panic!("the history of WATERSHED_SEED={seed} was not run: {error}"),
    }
}

#[test]
fn clients_find_what_they_were_told_whatever_happens() {
    static COUNT_PANICS: Once = Once::new();
    COUNT_PANICS.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            PANICS.set(PANICS.get() + 1);
            if !QUIET.get() {
                before(panic);
            }
        }));
    });
    let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse().ok());
    if let Some(seed) = number("WATERSHED_SEED") {
        return check(seed, number("WATERSHED_FOLLOW") == Some(1));
    }
    let histories = number("WATERSHED_HISTORIES").unwrap_or(HISTORIES);
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            scope.spawn(move || {
                for seed in (0..histories).skip(thread).step_by(threads) {
                    check(seed, false);
                }
            });
        }
    });
}
