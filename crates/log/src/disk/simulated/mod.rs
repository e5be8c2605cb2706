//! A disk in memory that forgets what was not synced: for tests.
//!
//! It keeps two states of each file and directory, the one that the operating system shows and the one that is on the
//! platter, and the changes between them. A power cut lets any of these changes through, in part; what was synced
//! stays. All chances come from one seed, so that a history can be had again.
//!
//! What it is harder about than real disks: changes to one file reach the platter in any order and by halves; a sync
//! that failed leaves changes behind that a later sync does not write; files whose directory was not synced are gone.

mod file;
mod state;

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Disk, DiskFile, Space};
use file::SimulatedFile;
use state::State;

/// A call that fails, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The write after so many more writes returns EIO; part of it may have been done.
    Write(u64),
    /// The read after so many more reads returns EIO.
    Read(u64),
    /// The sync after so many more syncs (of files or directories) returns EIO; what it should have synced may be lost,
    /// though later syncs succeed.
    Sync(u64),
}

/// A disk in memory. Clones are the same disk.
#[derive(Debug, Clone)]
pub struct SimulatedDisk(Arc<Mutex<State>>);

impl SimulatedDisk {
    /// An empty disk whose chances follow from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State::new(seed))))
    }

    /// Lets a call fail.
    pub fn fail(&self, fault: Fault) {
        self.state().add_fault(fault);
    }

    /// Forgets faults that have not happened yet.
    pub fn clear_faults(&self) {
        self.state().clear_faults();
    }

    /// Sets the size of the disk; `None` for one without end.
    pub fn set_capacity(&self, capacity_bytes: Option<u64>) {
        self.state().capacity_bytes = capacity_bytes;
    }

    /// What all files take, in bytes: their size, or what is reserved for them.
    #[must_use]
    pub fn used_bytes(&self) -> u64 {
        self.state().used_bytes()
    }

    /// Stops the machine in the middle of the call that changes something, after `changes` more of these. Whether
    /// that one is still done is left to chance; from then on every call fails until [`power_cut`](Self::power_cut)
    /// or [`kill`](Self::kill).
    pub fn stop_after(&self, changes: u64) {
        self.state().stop_after = Some(changes);
    }

    /// True if the machine has come to the stop that was ordered.
    #[must_use]
    pub fn has_stopped(&self) -> bool {
        self.state().stopped
    }

    /// How many calls have changed something so far.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.state().changes
    }

    /// How many bytes were read so far.
    #[must_use]
    pub fn read_bytes(&self) -> u64 {
        self.state().read_bytes
    }

    /// Takes the power away and gives it back: of what was not synced, any part may be lost. Files that were open fail
    /// from now on.
    pub fn power_cut(&self) {
        self.state().power_cut();
    }

    /// Ends the process, and nothing else: all that was written is there. Files that were open fail from now on.
    pub fn kill(&self) {
        self.state().new_life();
    }

    /// Changes a byte of a file, on the platter too.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::NotFound`]; [`io::ErrorKind::UnexpectedEof`] behind its end.
    pub fn flip(&self, path: &Path, position: u64, mask: u8) -> io::Result<()> {
        let mut state = self.state();
        let file = state.file_at(path)?;
        state.file(file)?.flip(position, mask)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Disk for SimulatedDisk {
    fn open(&self, path: &Path, create: bool) -> io::Result<Arc<dyn DiskFile>> {
        let mut state = self.state();
        let node = state.open(path, create)?;
        Ok(Arc::new(SimulatedFile { state: Arc::clone(&self.0), node, life: state.life }))
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        let mut state = self.state();
        state.check_running()?;
        Ok(state.directory_at(directory)?.shown.keys().cloned().collect())
    }

    fn create_directory(&self, path: &Path) -> io::Result<()> {
        self.state().create_directory(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.state().rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.state().remove(path, false)
    }

    fn remove_directory(&self, path: &Path) -> io::Result<()> {
        self.state().remove(path, true)
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        self.state().sync_directory(path)
    }

    fn space(&self) -> io::Result<Space> {
        let state = self.state();
        state.check_running()?;
        let total_bytes = state.capacity_bytes.unwrap_or(1 << 50);
        Ok(Space { total_bytes, usable_bytes: total_bytes.saturating_sub(state.used_bytes()) })
    }
}

/// The chances of a simulation (SplitMix64): small, and the same everywhere.
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Less than `end`; 0 if that is 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        if end == 0 { 0 } else { self.next() % end }
    }

    /// As an index below `end`.
    pub(crate) fn index(&mut self, end: usize) -> usize {
        usize::try_from(self.below(end as u64)).unwrap_or(0)
    }

    /// True once in `times`.
    pub(crate) fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

#[cfg(test)]
mod tests;
