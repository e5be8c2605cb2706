//! One file of a partition's log, with what is known of it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::index::Index;
use super::walk::{Check, Step, Verified, Walk};
use crate::disk::{Disk, DiskFile};

/// One file of the log: batches, one behind the other, from an offset on that its name says.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) base_offset: i64,
    /// Below the data directory.
    pub(crate) path: PathBuf,
    pub(crate) file: Arc<dyn DiskFile>,
    /// Whole batches; the file may be longer for a moment, behind a write that failed.
    pub(crate) size_bytes: u64,
    pub(crate) verified: Arc<Verified>,
    /// When the segment was begun by this process, or opened.
    pub(crate) opened_ms: i64,
    /// `None` where it can be read from its file.
    index: Mutex<Option<Arc<Index>>>,
    /// What is still asked of the index when it is no more in memory.
    max_timestamp_ms: Mutex<Option<i64>>,
}

impl Segment {
    /// The name of the file for a segment that begins at an offset.
    pub(crate) fn name(base_offset: i64) -> String {
        format!("{base_offset:020}.log")
    }

    /// The offset that a file's name says; `None` for other files.
    pub(crate) fn base_offset(name: &str) -> Option<i64> {
        let digits = name.strip_suffix(".log")?;
        let all_digits = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if all_digits { digits.parse().ok() } else { None }
    }

    /// Opens a segment, or begins one.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub(crate) fn open(
        disk: &dyn Disk,
        directory: &Path,
        base_offset: i64,
        create: bool,
        now_ms: i64,
    ) -> io::Result<Self> {
        let path = directory.join(Self::name(base_offset));
        let file = disk.open(&path, create)?;
        let size_bytes = file.size_bytes()?;
        Ok(Self {
            base_offset,
            path,
            file,
            size_bytes,
            verified: Arc::default(),
            opened_ms: now_ms,
            index: Mutex::new(None),
            max_timestamp_ms: Mutex::new(None),
        })
    }

    /// The same file as of now, to be read while the log goes on.
    pub(crate) fn detached(&self) -> Self {
        Self {
            base_offset: self.base_offset,
            path: self.path.clone(),
            file: Arc::clone(&self.file),
            size_bytes: self.size_bytes,
            verified: Arc::clone(&self.verified),
            opened_ms: self.opened_ms,
            index: Mutex::new(None),
            max_timestamp_ms: Mutex::new(None),
        }
    }

    /// Where the index is kept when the segment is closed.
    pub(crate) fn index_path(&self) -> PathBuf {
        self.path.with_extension("lookup")
    }

    /// The index of the batches before `end`, from its file as far as that reaches, and else from the segment.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub(crate) fn index_up_to(&self, disk: &dyn Disk, end: u64, interval_bytes: u64) -> io::Result<Index> {
        let mut index = read_index(disk, &self.index_path())?
            .filter(|index| self.agrees_with(index))
            .unwrap_or_else(|| Index::new(self.base_offset));
        if index.covered_bytes > end {
            index.cut(end, self.base_offset);
        }
        let part = (index.covered_bytes, end);
        let mut walk = Walk::new(&*self.file, Check::None, part, index.next_offset, self.base_offset);
        loop {
            match walk.step()? {
                Step::Batch(found) => index.add(&found.noted(), self.base_offset, interval_bytes),
                Step::Damaged { .. } => {}
                Step::End => return Ok(index),
            }
        }
    }

    /// Whether the index is in its file, whole.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub(crate) fn has_whole_index(&self, disk: &dyn Disk) -> io::Result<bool> {
        let index = read_index(disk, &self.index_path())?.filter(|index| self.agrees_with(index));
        Ok(index.is_some_and(|index| index.covered_bytes == self.size_bytes))
    }

    /// Whether an index can be one of this file: a batch with the right offset begins where its last entry says.
    fn agrees_with(&self, index: &Index) -> bool {
        let Some((offset_delta, position)) = index.last_entry() else { return index.covered_bytes == 0 };
        let part = (position, index.covered_bytes);
        let mut walk = Walk::new(&*self.file, Check::None, part, self.base_offset, self.base_offset);
        let first = walk.step();
        let fits = index.covered_bytes <= self.size_bytes && index.next_offset >= self.base_offset;
        fits && matches!(first, Ok(Step::Batch(found)) if found.header.base_offset - self.base_offset == offset_delta)
    }

    /// The index, if it is in memory.
    pub(crate) fn index_in_memory(&self) -> Option<Arc<Index>> {
        self.locked_index().clone()
    }

    pub(crate) fn set_index(&self, index: Arc<Index>) {
        *self.locked_index() = Some(index);
    }

    /// Changes the index in place; the segment is being written, so that it is in memory.
    pub(crate) fn change_index(&self, change: impl FnOnce(&mut Index)) {
        let mut index = self.locked_index();
        change(Arc::make_mut(index.get_or_insert_with(|| Arc::new(Index::new(self.base_offset)))));
    }

    /// Gives the memory of the index back; it can be read from its file.
    pub(crate) fn forget_index(&self) {
        let known = self.known_max_timestamp_ms();
        *self.max_timestamp_ms.lock().unwrap_or_else(PoisonError::into_inner) = known;
        *self.locked_index() = None;
    }

    /// The largest time of a record in the segment, -1 for none, if the index was looked at before.
    pub(crate) fn known_max_timestamp_ms(&self) -> Option<i64> {
        match &*self.locked_index() {
            Some(index) => Some(index.max_timestamp_ms),
            None => *self.max_timestamp_ms.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    fn locked_index(&self) -> MutexGuard<'_, Option<Arc<Index>>> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The index in a file; `None` if there is none, or it is damaged.
fn read_index(disk: &dyn Disk, path: &Path) -> io::Result<Option<Index>> {
    match read_whole(disk, path) {
        Ok(bytes) => {
            let index = Index::decode(&bytes);
            if index.is_none() {
                tracing::warn!(file = %path.display(), "the index is damaged and is made again");
            }
            Ok(index)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// All of a small file of our own.
///
/// # Errors
///
/// Those of the disk.
pub(crate) fn read_whole(disk: &dyn Disk, path: &Path) -> io::Result<Vec<u8>> {
    let file = disk.open(path, false)?;
    let mut bytes = vec![0; usize::try_from(file.size_bytes()?).map_err(io::Error::other)?];
    let read = file.read_at(&mut bytes, 0)?;
    bytes.truncate(read);
    Ok(bytes)
}
