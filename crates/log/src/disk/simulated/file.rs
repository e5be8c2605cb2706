//! A file of the simulated disk: what is shown, what is on the platter, and the changes between the two.

use std::io::{self, IoSlice};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Chance;
use super::state::State;
use crate::disk::DiskFile;

const SECTOR_BYTES: usize = 512;

/// A change that is not yet on the platter.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Write { position: usize, bytes: Vec<u8> },
    Size(usize),
}

impl Change {
    fn apply(&self, to: &mut Vec<u8>) {
        match self {
            Self::Size(size) => to.resize(*size, 0),
            Self::Write { position, bytes } => put(to, *position, bytes),
        }
    }
}

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) shown: Vec<u8>,
    platter: Vec<u8>,
    pending: Vec<Change>,
    pub(super) reserved_bytes: u64,
}

impl File {
    pub(super) fn change(&mut self, change: Change) {
        change.apply(&mut self.shown);
        self.pending.push(change);
    }

    pub(super) fn sync(&mut self) {
        for change in self.pending.drain(..) {
            change.apply(&mut self.platter);
        }
    }

    /// A sync that fails: any of the writes are lost, and none is tried again. The size is in the file system's journal.
    pub(super) fn lose(&mut self, chance: &mut Chance) {
        for change in self.pending.drain(..) {
            if matches!(change, Change::Size(_)) || chance.one_in(2) {
                change.apply(&mut self.platter);
            }
        }
        self.platter.resize(self.shown.len(), 0);
    }

    /// Shows what is on the platter from `position` on, and what is yet to be written.
    pub(super) fn forget(&mut self, position: usize) {
        let size = self.shown.len();
        self.shown.truncate(position);
        if let Some(rest) = self.platter.get(position..) {
            self.shown.extend_from_slice(rest);
        }
        self.shown.resize(size, 0);
        let pending = std::mem::take(&mut self.pending);
        for change in &pending {
            change.apply(&mut self.shown);
        }
        self.pending = pending;
    }

    /// What a power cut leaves.
    pub(super) fn power_cut(&mut self, chance: &mut Chance) {
        let pending = std::mem::take(&mut self.pending);
        let synced_bytes = self.platter.len();
        let size_after = self.shown.len();
        let count = pending.len();
        let (prefix, scattered) = (chance.index(count + 1), chance.one_in(2));
        let survives: Vec<bool> =
            (0..count).map(|at| if scattered { chance.one_in(2) } else { at < prefix }).collect();
        let last = survives.iter().rposition(|survives| *survives);
        for (at, change) in pending.iter().enumerate() {
            if !survives[at] {
                continue;
            }
            match change {
                Change::Write { position, bytes } if Some(at) == last && chance.one_in(2) => {
                    tear(&mut self.platter, *position, bytes, chance);
                }
                change => change.apply(&mut self.platter),
            }
        }
        // The size can get there without the bytes; what is shown then is nothing, or anything.
        if count > 0 && size_after > self.platter.len().max(synced_bytes) && chance.one_in(3) {
            let garbage = chance.one_in(2);
            while self.platter.len() < size_after {
                self.platter.push(if garbage { chance.next().to_le_bytes()[0] } else { 0 });
            }
        }
        self.shown.clone_from(&self.platter);
        self.reserved_bytes = 0;
    }

    pub(super) fn flip(&mut self, position: u64, mask: u8) -> io::Result<()> {
        let at = usize::try_from(position).map_err(io::Error::other)?;
        let behind = || io::Error::new(io::ErrorKind::UnexpectedEof, "the file is shorter");
        *self.shown.get_mut(at).ok_or_else(behind)? ^= mask;
        if let Some(byte) = self.platter.get_mut(at) {
            *byte ^= mask;
        }
        Ok(())
    }

    pub(super) fn used_bytes(&self) -> u64 {
        self.reserved_bytes.max(self.shown.len() as u64)
    }
}

/// Writes a part: up to some byte, or some of its sectors.
fn tear(to: &mut Vec<u8>, position: usize, bytes: &[u8], chance: &mut Chance) {
    if chance.one_in(2) {
        put(to, position, &bytes[..chance.index(bytes.len() + 1)]);
        return;
    }
    let mut at = 0;
    while at < bytes.len() {
        let end = (((position + at) / SECTOR_BYTES + 1) * SECTOR_BYTES - position).min(bytes.len());
        if chance.one_in(2) {
            put(to, position + at, &bytes[at..end]);
        }
        at = end;
    }
}

fn put(to: &mut Vec<u8>, position: usize, bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    let end = position + bytes.len();
    if to.len() < end {
        to.resize(end, 0);
    }
    to[position..end].copy_from_slice(bytes);
}

/// A handle: good until the process of its time ends.
#[derive(Debug)]
pub(super) struct SimulatedFile {
    pub(super) state: Arc<Mutex<State>>,
    pub(super) node: u64,
    pub(super) life: u64,
}

impl SimulatedFile {
    fn state(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.check_running()?;
        if state.life == self.life {
            Ok(state)
        } else {
            Err(io::Error::other("the process that opened this file has ended"))
        }
    }
}

impl DiskFile for SimulatedFile {
    fn write_at(&self, parts: &[IoSlice<'_>], position: u64) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len()).sum());
        for part in parts {
            bytes.extend_from_slice(part);
        }
        let position = usize::try_from(position).map_err(io::Error::other)?;
        self.state()?.write(self.node, position, bytes)
    }

    fn read_at(&self, into: &mut [u8], position: u64) -> io::Result<usize> {
        let mut state = self.state()?;
        state.count_read()?;
        let shown = &state.file(self.node)?.shown;
        let from = usize::try_from(position).map_err(io::Error::other)?.min(shown.len());
        let count = into.len().min(shown.len() - from);
        into[..count].copy_from_slice(&shown[from..from + count]);
        state.read_bytes += count as u64;
        Ok(count)
    }

    fn sync(&self) -> io::Result<()> {
        self.state()?.sync_file(self.node)
    }

    fn size_bytes(&self) -> io::Result<u64> {
        Ok(self.state()?.file(self.node)?.shown.len() as u64)
    }

    fn truncate(&self, size_bytes: u64) -> io::Result<()> {
        let size = usize::try_from(size_bytes).map_err(io::Error::other)?;
        self.state()?.truncate(self.node, size)
    }

    fn reserve(&self, size_bytes: u64) -> io::Result<()> {
        self.state()?.reserve(self.node, size_bytes)
    }

    fn forget_cached(&self, position: u64) -> io::Result<()> {
        let position = usize::try_from(position).map_err(io::Error::other)?;
        self.state()?.file(self.node)?.forget(position);
        Ok(())
    }

    fn as_file(&self) -> Option<&std::fs::File> {
        None
    }
}
