//! The disk, as a trait: what the log asks of a file system, so that a test can lose what was not synced, tear a write
//! or fill up.
//!
//! Calls block. Names are paths below the data directory, which the disk itself knows.

mod real;
mod simulated;

pub use real::{DirectoryLock, RealDisk};
#[cfg(test)]
pub(crate) use simulated::Chance;
pub use simulated::{Fault, SimulatedDisk};

use std::fmt::Debug;
use std::io::{self, IoSlice};
use std::path::Path;
use std::sync::Arc;

/// A directory tree on some disk.
pub trait Disk: Send + Sync + Debug {
    /// Opens a file for reading and writing; creates it if it is not there and `create` is set.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    fn open(&self, path: &Path, create: bool) -> io::Result<Arc<dyn DiskFile>>;

    /// The names in a directory, in no order.
    ///
    /// # Errors
    ///
    /// Those of the file system; a directory that is not there is [`io::ErrorKind::NotFound`].
    fn list(&self, directory: &Path) -> io::Result<Vec<String>>;

    /// Makes a directory and those above it.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    fn create_directory(&self, path: &Path) -> io::Result<()>;

    /// Renames a file or directory; replaces a file that has the new name.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Removes a directory with all that is in it.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    fn remove_directory(&self, path: &Path) -> io::Result<()>;

    /// Makes creations, renames and removals in this directory survive a power cut.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    fn sync_directory(&self, path: &Path) -> io::Result<()>;

    /// Size of the file system and what is free of it.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    fn space(&self) -> io::Result<Space>;
}

/// Size of a file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// All of it, in bytes.
    pub total_bytes: u64,
    /// What may still be written, in bytes.
    pub usable_bytes: u64,
}

/// An open file. It stays readable after it was removed, until the last handle is dropped.
pub trait DiskFile: Send + Sync + Debug {
    /// Writes all of the parts, one behind the other, at `position`.
    ///
    /// # Errors
    ///
    /// Those of the file system. How much was written is then not known.
    fn write_at(&self, parts: &[IoSlice<'_>], position: u64) -> io::Result<()>;

    /// Reads up to `into.len()` bytes; fewer only at the end of the file.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    fn read_at(&self, into: &mut [u8], position: u64) -> io::Result<usize>;

    /// Makes everything that was written, and the size, survive a power cut (`fdatasync`).
    ///
    /// # Errors
    ///
    /// Those of the file system. What of the unsynced data is on the disk is then not known, and a second call may
    /// lie about it.
    fn sync(&self) -> io::Result<()>;

    /// The size in bytes.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    fn size_bytes(&self) -> io::Result<u64>;

    /// Cuts the file, or gives back what was reserved behind its end.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    fn truncate(&self, size_bytes: u64) -> io::Result<()>;

    /// Reserves room up to `size_bytes` without changing the size, so that writes up to there cannot run out of it.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::StorageFull`] if there is no room.
    fn reserve(&self, size_bytes: u64) -> io::Result<()>;

    /// Forgets what is remembered of the file from `position` on, so that the next read asks the disk itself: after a
    /// sync that failed, what is remembered may never have got there. What was written and not yet synced stays.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    fn forget_cached(&self, position: u64) -> io::Result<()>;

    /// The file of the operating system, where there is one: for `sendfile`.
    fn as_file(&self) -> Option<&std::fs::File>;
}
