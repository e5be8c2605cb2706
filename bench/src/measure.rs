//! CPU time of this thread, comparisons that alternate, and the table that they print.

use std::hint::black_box;
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::time::{ClockId, clock_gettime};

/// Rounds of a comparison; each side runs once a round.
const ROUNDS: usize = 15;
/// A round takes at least this much CPU time a side.
const ROUND: Duration = Duration::from_millis(40);

/// One side of a comparison: a name and what it does once.
pub(crate) struct Side<'s> {
    name: String,
    work: Box<dyn FnMut() + 's>,
}

impl<'s> Side<'s> {
    /// A side that does `work`; what it returns is kept from being optimised away.
    pub(crate) fn new<T>(name: impl Into<String>, mut work: impl FnMut() -> T + 's) -> Self {
        Self { name: name.into(), work: Box::new(move || drop(black_box(work()))) }
    }
}

/// What one side of a comparison took.
pub(crate) struct Figure {
    pub(crate) name: String,
    /// Median over the rounds of the CPU seconds for doing it once.
    pub(crate) seconds: f64,
    /// Median over the rounds of the ratio to the first side in the same round.
    pub(crate) ratio: f64,
    /// Allocations for doing it once, when warm.
    pub(crate) allocations: u64,
}

/// Runs the sides in turn, round by round. Ratios are to the first side.
pub(crate) fn compare(mut sides: Vec<Side<'_>>) -> Vec<Figure> {
    let mut allocations = Vec::new();
    let mut repeats = Vec::new();
    for side in &mut sides {
        (side.work)();
        (side.work)();
        allocations.push(crate::allocations::during(&mut *side.work));
        repeats.push(repeats_for_a_round(&mut *side.work));
    }
    let mut rounds = vec![Vec::new(); sides.len()];
    for _ in 0..ROUNDS {
        for (index, side) in sides.iter_mut().enumerate() {
            let start = thread_cpu();
            for _ in 0..repeats[index] {
                (side.work)();
            }
            let taken = thread_cpu() - start;
            rounds[index].push(taken.as_secs_f64() / f64::from(repeats[index]));
        }
    }
    let first = rounds[0].clone();
    let figure = |(index, side): (usize, Side<'_>)| {
        let ratios = rounds[index].iter().zip(&first).map(|(own, first)| own / first).collect();
        Figure {
            name: side.name,
            seconds: median(rounds[index].clone()),
            ratio: median(ratios),
            allocations: allocations[index],
        }
    };
    sides.into_iter().enumerate().map(figure).collect()
}

fn repeats_for_a_round(work: &mut dyn FnMut()) -> u32 {
    let mut repeats = 1;
    loop {
        let start = thread_cpu();
        (0..repeats).for_each(|_| work());
        if thread_cpu() - start >= ROUND || repeats >= 1 << 24 {
            return repeats;
        }
        repeats *= 2;
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// CPU time that this thread has used.
fn thread_cpu() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("Linux has this clock").into()
}

/// CPU time that this process has used, all threads, user and system.
pub(crate) fn process_cpu() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("Linux counts this");
    let of = |time: nix::sys::time::TimeVal| {
        Duration::from_micros(u64::try_from(time.tv_sec() * 1_000_000 + time.tv_usec()).unwrap_or(0))
    };
    of(usage.user_time()) + of(usage.system_time())
}

/// Prints a comparison over `bytes` and `records` (or messages) done once: CPU seconds are for a million of them.
pub(crate) fn print(title: &str, bytes: usize, records: usize, figures: &[Figure]) {
    println!("\n{title}");
    println!("  {:<44} {:>9} {:>14} {:>8} {:>12}", "", "GB/s", "CPU-s/M", "ratio", "allocations");
    for Figure { name, seconds, ratio, allocations } in figures {
        #[expect(clippy::cast_precision_loss, reason = "figures for people")]
        let (rate, per_million) = (bytes as f64 / seconds / 1e9, seconds * 1e6 / records as f64);
        println!("  {name:<44} {rate:>9.2} {per_million:>14.4} {ratio:>8.3} {allocations:>12}");
    }
}
