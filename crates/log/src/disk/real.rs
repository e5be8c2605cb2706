//! The disk of the operating system, and the lock by which one process owns a data directory.
//!
//! Paths are taken below the root that the disk was made with; nothing above it is touched.

use std::fs::{self, File, OpenOptions};
use std::io::{self, IoSlice, Read, Seek, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{Advice, FallocateFlags, FlockOperation};
use rustix::io::Errno;

use super::{Disk, DiskFile, Space};
use crate::error::OpenError;

/// A directory of the operating system.
#[derive(Debug, Clone)]
pub struct RealDisk {
    root: PathBuf,
}

impl RealDisk {
    /// A disk whose paths begin at `root`, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    pub fn new(root: impl Into<PathBuf>) -> io::Result<Self> {
        let root = root.into();
        fs::create_dir_all(&root)?;
        Ok(Self { root })
    }

    fn path(&self, path: &Path) -> PathBuf {
        self.root.join(path)
    }
}

impl Disk for RealDisk {
    fn open(&self, path: &Path, create: bool) -> io::Result<Arc<dyn DiskFile>> {
        let file =
            OpenOptions::new().read(true).write(true).create(create).truncate(false).open(self.path(path))?;
        Ok(Arc::new(RealFile(file)))
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.path(directory))? {
            // A name that is not UTF-8 is none of ours.
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn create_directory(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(self.path(path))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(self.path(from), self.path(to))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(self.path(path))
    }

    fn remove_directory(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir_all(self.path(path))
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        File::open(self.path(path))?.sync_all()
    }

    fn space(&self) -> io::Result<Space> {
        let stat = rustix::fs::statvfs(&self.root)?;
        Ok(Space {
            total_bytes: stat.f_blocks.saturating_mul(stat.f_frsize),
            usable_bytes: stat.f_bavail.saturating_mul(stat.f_frsize),
        })
    }
}

#[derive(Debug)]
struct RealFile(File);

impl DiskFile for RealFile {
    fn write_at(&self, parts: &[IoSlice<'_>], position: u64) -> io::Result<()> {
        let mut written = loop {
            match rustix::io::pwritev(&self.0, parts, position) {
                Ok(written) => break written,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        };
        // Seldom: the operating system took less than all of it, so that the rest is written part by part.
        let mut at = position;
        for part in parts {
            let done = written.min(part.len());
            written -= done;
            if done < part.len() {
                self.0.write_all_at(&part[done..], at + done as u64)?;
            }
            at += part.len() as u64;
        }
        Ok(())
    }

    fn read_at(&self, into: &mut [u8], position: u64) -> io::Result<usize> {
        let mut filled = 0;
        while filled < into.len() {
            match self.0.read_at(&mut into[filled..], position + filled as u64) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    fn sync(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn size_bytes(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn truncate(&self, size_bytes: u64) -> io::Result<()> {
        self.0.set_len(size_bytes)
    }

    fn reserve(&self, size_bytes: u64) -> io::Result<()> {
        let from = self.size_bytes()?;
        if size_bytes <= from {
            return Ok(());
        }
        match rustix::fs::fallocate(&self.0, FallocateFlags::KEEP_SIZE, from, size_bytes - from) {
            // A file system that cannot reserve reports a lack of room when it is written to.
            Ok(()) | Err(Errno::OPNOTSUPP | Errno::NOSYS) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn forget_cached(&self, position: u64) -> io::Result<()> {
        match rustix::fs::fadvise(&self.0, position, None, Advice::DontNeed) {
            // Only advice, and some file systems take none.
            Ok(()) | Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn as_file(&self) -> Option<&File> {
        Some(&self.0)
    }
}

/// The right to a data directory, for as long as this lives. The operating system takes it back when the process ends,
/// however it ends.
#[derive(Debug)]
pub struct DirectoryLock {
    _file: File,
}

impl DirectoryLock {
    const NAME: &'static str = ".lock";

    /// Takes the directory, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// [`OpenError::InUse`] with the pid of the process that has it; [`OpenError::Io`].
    pub fn acquire(directory: &Path) -> Result<Self, OpenError> {
        let path = directory.join(Self::NAME);
        let failed = |doing| {
            let path = path.clone();
            move |source: io::Error| OpenError::Io { path, doing, source }
        };
        fs::create_dir_all(directory).map_err(|source| OpenError::Io {
            path: directory.to_owned(),
            doing: "created",
            source,
        })?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed("opened"))?;
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => {
                return Err(OpenError::InUse { path: directory.to_owned(), pid: read_pid(&mut file) });
            }
            Err(error) => return Err(failed("locked")(error.into())),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(failed("written"))?;
        Ok(Self { _file: file })
    }
}

/// The pid in a lock file; 0 if its owner has not yet written it.
fn read_pid(file: &mut File) -> u32 {
    let mut text = String::new();
    match file.take(16).read_to_string(&mut text) {
        Ok(_) => text.trim().parse().unwrap_or(0),
        Err(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk() -> (tempfile::TempDir, RealDisk) {
        let folder = tempfile::tempdir().unwrap();
        let disk = RealDisk::new(folder.path().join("data")).unwrap();
        (folder, disk)
    }

    #[test]
    fn parts_are_written_one_behind_the_other() {
        let (_folder, disk) = disk();
        let file = disk.open(Path::new("a"), true).unwrap();
        file.write_at(&[IoSlice::new(b"head"), IoSlice::new(b""), IoSlice::new(b"body")], 3).unwrap();
        let mut bytes = [9; 16];
        assert_eq!(file.read_at(&mut bytes, 0).unwrap(), 11);
        assert_eq!(&bytes[..11], b"\0\0\0headbody");
    }

    #[test]
    fn reserving_room_does_not_change_the_size() {
        let (_folder, disk) = disk();
        let file = disk.open(Path::new("a"), true).unwrap();
        file.write_at(&[IoSlice::new(b"x")], 0).unwrap();
        file.reserve(1 << 20).unwrap();
        assert_eq!(file.size_bytes().unwrap(), 1);
        file.truncate(1).unwrap();
        assert_eq!(file.size_bytes().unwrap(), 1);
    }

    #[test]
    fn a_removed_file_stays_readable_through_its_handle() {
        let (_folder, disk) = disk();
        let file = disk.open(Path::new("a"), true).unwrap();
        file.write_at(&[IoSlice::new(b"x")], 0).unwrap();
        disk.remove(Path::new("a")).unwrap();
        let mut byte = [0];
        assert_eq!(file.read_at(&mut byte, 0).unwrap(), 1);
        assert_eq!(disk.open(Path::new("a"), false).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_second_owner_of_a_directory_is_refused_with_the_pid_of_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let lock = DirectoryLock::acquire(folder.path()).unwrap();
        match DirectoryLock::acquire(folder.path()) {
            Err(OpenError::InUse { pid, .. }) => assert_eq!(pid, std::process::id()),
            other => panic!("{other:?}"),
        }
        drop(lock);
        DirectoryLock::acquire(folder.path()).unwrap();
    }
}
