//! What runs share: a folder that several `cargo xtask` may use at once.
//!
//! Two rules keep them from harm. What is fetched or removed is fetched or removed under the store's lock. A folder that
//! a run goes on using after that is a [`Slot`], held by a shared lock of its own, and a held slot is never removed.
//! What is fetched ends with a marker file, so that an aborted fetch is seen and done again.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context as _;

/// How many slots of one kind are kept: this run's and the one before, so that two branches do not undo each other.
const SLOTS_MAX: usize = 2;

/// The folder.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) path: PathBuf,
}

/// The right to change what is in the store, until it is dropped.
#[derive(Debug)]
pub(crate) struct StoreLock<'a> {
    store: &'a Store,
    _file: File,
}

/// A folder `KIND-KEY` of the store that stays as long as this value lives.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) path: PathBuf,
    _held: File,
}

impl Store {
    /// Opens the store at `path`, making it if it is not there.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(path).with_context(|| format!("the folder {} cannot be made", path.display()))?;
        Ok(Self { path: path.to_owned() })
    }

    /// Waits until no other run changes the store.
    ///
    /// # Errors
    /// The lock file cannot be written or locked.
    pub(crate) fn lock(&self) -> anyhow::Result<StoreLock<'_>> {
        let path = self.path.join("xtask.lock");
        let cannot = || format!("{} cannot be locked", path.display());
        let file = File::create(&path).with_context(cannot)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                println!("waiting for another run that holds {}", path.display());
                file.lock().with_context(cannot)?;
            }
            Err(TryLockError::Error(error)) => return Err(error).with_context(cannot),
        }
        Ok(StoreLock { store: self, _file: file })
    }
}

impl StoreLock<'_> {
    /// Holds the folder `KIND-KEY`, making it if it is not there; empties it first if it is larger than
    /// `size_bytes_max` and nobody else holds it; removes the folders of that kind that were not used for longest.
    ///
    /// # Errors
    /// A folder or file cannot be written or removed.
    pub(crate) fn slot(&self, kind: &str, key: &str, size_bytes_max: Option<u64>) -> anyhow::Result<Slot> {
        let path = self.store.path.join(format!("{kind}-{key}"));
        self.hold(&path, size_bytes_max)
            .and_then(|held| {
                self.prune(kind, &path)?;
                Ok(Slot { path: path.clone(), _held: held })
            })
            .with_context(|| format!("the folder {} cannot be used", path.display()))
    }

    fn hold(&self, path: &Path, size_bytes_max: Option<u64>) -> io::Result<File> {
        fs::create_dir_all(path)?;
        let mut file = File::create(holder_file(path))?;
        file.write_all(b"held by a running `cargo xtask`; its time is that of the last use\n")?;
        let too_large =
            size_bytes_max.map_or(Ok(false), |max| Ok::<_, io::Error>(size_bytes(path)? > max))?;
        if too_large && file.try_lock().is_ok() {
            fs::remove_dir_all(path)?;
            fs::create_dir_all(path)?;
            file.unlock()?;
        }
        file.lock_shared()?;
        Ok(file)
    }

    fn prune(&self, kind: &str, ours: &Path) -> io::Result<()> {
        let mut others: Vec<(SystemTime, PathBuf)> = Vec::new();
        for entry in fs::read_dir(&self.store.path)? {
            let entry = entry?;
            let of_kind =
                entry.file_name().to_string_lossy().strip_prefix(kind).is_some_and(|it| it.starts_with('-'));
            if of_kind && entry.file_type()?.is_dir() && entry.path() != ours {
                // No holder file: left over from something else, older than everything.
                let used = fs::metadata(holder_file(&entry.path())).and_then(|meta| meta.modified());
                others.push((used.unwrap_or(SystemTime::UNIX_EPOCH), entry.path()));
            }
        }
        others.sort();
        others.reverse();
        for (_, path) in others.into_iter().skip(SLOTS_MAX - 1) {
            let holder = holder_file(&path);
            let file = File::options().create(true).append(true).open(&holder)?;
            if file.try_lock().is_ok() {
                fs::remove_dir_all(&path)?;
                fs::remove_file(&holder)?;
            }
        }
        Ok(())
    }
}

/// Beside the folder and not in it, so that emptying the folder does not lose the lock.
fn holder_file(path: &Path) -> PathBuf {
    path.with_added_extension("held")
}

fn size_bytes(path: &Path) -> io::Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        // Another run may be building here: what is gone by now has no size.
        let Ok(meta) = entry.metadata() else { continue };
        sum += if meta.is_dir() { size_bytes(&entry.path()).unwrap_or(0) } else { meta.len() };
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// A slot as a run long ago left it: let go, last used at that second.
    fn used_at(store: &Store, key: &str, second: u64) -> PathBuf {
        let path = store.lock().unwrap().slot("target", key, None).unwrap().path;
        age(&path, second);
        path
    }

    fn age(path: &Path, second: u64) {
        let file = File::options().append(true).open(holder_file(path)).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(second)).unwrap();
    }

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).unwrap();
        (folder, store)
    }

    #[test]
    fn the_newest_two_slots_of_a_kind_stay() {
        let (_folder, store) = store();
        let old = used_at(&store, "old", 10);
        let newer = used_at(&store, "newer", 20);
        let venv = store.lock().unwrap().slot("venv", "old", None).unwrap().path;
        age(&venv, 1);
        fs::write(old.join("file"), "x").unwrap();
        let ours = used_at(&store, "ours", 30);
        assert!(!old.exists() && !holder_file(&old).exists());
        assert!(newer.exists() && ours.exists() && venv.exists());
    }

    #[test]
    fn a_held_slot_is_never_removed() {
        let (_folder, store) = store();
        let held = store.lock().unwrap().slot("target", "held", None).unwrap();
        age(&held.path, 1);
        used_at(&store, "second", 20);
        used_at(&store, "third", 30);
        assert!(held.path.exists());
        let path = held.path.clone();
        drop(held);
        used_at(&store, "fourth", 40);
        assert!(!path.exists());
    }

    #[test]
    fn a_slot_that_has_grown_too_large_is_emptied_unless_held() {
        let (_folder, store) = store();
        let slot =
            |size_bytes_max| store.lock().unwrap().slot("target", "key", Some(size_bytes_max)).unwrap();
        let first = slot(10);
        fs::create_dir(first.path.join("deep")).unwrap();
        let file = first.path.join("deep/file");
        fs::write(&file, [0; 11]).unwrap();
        drop(slot(10));
        assert!(file.exists(), "still held");
        drop(first);
        drop(slot(11));
        assert!(file.exists(), "not too large");
        drop(slot(10));
        assert!(!file.exists());
    }

    #[test]
    fn one_run_at_a_time_changes_the_store() {
        let (_folder, store) = store();
        let lock = store.lock().unwrap();
        let other = File::create(store.path.join("xtask.lock")).unwrap();
        assert!(matches!(other.try_lock(), Err(TryLockError::WouldBlock)));
        drop(lock);
        other.try_lock().unwrap();
    }
}
