//! A compacted file in the place of the segments that it was made from: all or nothing, whenever the power goes.
//!
//! | step | the directory has | a start |
//! |---|---|---|
//! | written and synced | `BASE.cleaned`, the old segments | removes it |
//! | renamed | `BASE-NEXT.swap`, the old segments | does the steps below |
//! | removed | `BASE-NEXT.swap` | does the step below |
//! | renamed | `BASE.log` | finds a segment like any other |
//!
//! BASE and NEXT are offsets of 20 digits. Between two steps the directory is synced. What else belongs to an old
//! segment has a name that begins with its offset, and goes with it: an index of the old file must not be taken for one
//! of the new.

use std::io;
use std::path::Path;

use super::Replacement;
use crate::disk::Disk;

/// The name of a file that is being written.
pub(crate) fn cleaned_name(base_offset: i64) -> String {
    format!("{base_offset:020}.cleaned")
}

/// Puts a replacement where the segments were. Those can be read on by who has them open.
///
/// # Errors
///
/// Those of the disk. How far it came is not known; the next start finishes it. Until then the old segments, which are
/// open, are the log, and this partition is not compacted again.
pub(crate) fn commit(disk: &dyn Disk, directory: &Path, replacement: &Replacement) -> io::Result<()> {
    let base_offset = replacement.base_offset();
    let swap = swap_name(base_offset, replacement.next_offset);
    disk.rename(&directory.join(cleaned_name(base_offset)), &directory.join(&swap))?;
    disk.sync_directory(directory)?;
    finish(disk, directory, &swap, base_offset..replacement.next_offset, &disk.list(directory)?)
}

/// Finishes what a start finds half done. To be called before the segments are listed.
///
/// # Errors
///
/// Those of the disk.
pub(crate) fn recover(disk: &dyn Disk, directory: &Path) -> io::Result<()> {
    let names = disk.list(directory)?;
    for name in &names {
        if name.strip_suffix(".cleaned").and_then(offset).is_some() {
            disk.remove(&directory.join(name))?;
        } else if let Some((base_offset, next_offset)) = swap_range(name) {
            tracing::info!(file = %directory.join(name).display(), "a compacted segment is put in its place");
            finish(disk, directory, name, base_offset..next_offset, &names)?;
        }
    }
    Ok(())
}

/// Removes what is replaced, and gives the new file its name.
fn finish(
    disk: &dyn Disk,
    directory: &Path,
    swap: &str,
    replaced: std::ops::Range<i64>,
    names: &[String],
) -> io::Result<()> {
    for name in names {
        let base_offset = name.split('.').next().and_then(offset);
        if base_offset.is_some_and(|base_offset| replaced.contains(&base_offset)) {
            match disk.remove(&directory.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    disk.sync_directory(directory)?;
    disk.rename(&directory.join(swap), &directory.join(format!("{:020}.log", replaced.start)))?;
    disk.sync_directory(directory)
}

fn swap_name(base_offset: i64, next_offset: i64) -> String {
    format!("{base_offset:020}-{next_offset:020}.swap")
}

fn swap_range(name: &str) -> Option<(i64, i64)> {
    let (base_offset, next_offset) = name.strip_suffix(".swap")?.split_once('-')?;
    Some((offset(base_offset)?, offset(next_offset)?))
}

fn offset(digits: &str) -> Option<i64> {
    let plain = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}
