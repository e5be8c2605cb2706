//! The allocator's settings.
//!
//! glibc raises the size from which an allocation gets pages of its own, and the free memory that it keeps, with the largest
//! allocation that was freed: after one burst of large requests tens of megabytes stay with the process for good. Fixed
//! thresholds end that; large buffers are few and kept by their connections, so that they cost no faults (ADR 8).

/// From this size on an allocation has pages of its own, and so much free memory is kept.
#[cfg(target_env = "gnu")]
const THRESHOLD_BYTES: libc::c_int = 1 << 20;

/// Threads share so many arenas: memory that one thread freed is there for the others.
#[cfg(target_env = "gnu")]
const ARENAS_MAX: libc::c_int = 2;

/// Tells the allocator to give memory back. Call it before there are threads.
#[cfg(target_env = "gnu")]
#[allow(unsafe_code, reason = "the C library has no safe way to say it")]
pub(crate) fn give_back() {
    for (parameter, value) in [
        (libc::M_MMAP_THRESHOLD, THRESHOLD_BYTES),
        (libc::M_TRIM_THRESHOLD, THRESHOLD_BYTES),
        (libc::M_ARENA_MAX, ARENAS_MAX),
    ] {
        // SAFETY: mallopt only sets a number of the allocator, and no other thread runs yet. A value that it does not take
        // changes nothing.
        unsafe { libc::mallopt(parameter, value) };
    }
}

/// Other allocators need not be told.
#[cfg(not(target_env = "gnu"))]
pub(crate) fn give_back() {}
