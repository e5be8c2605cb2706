//! The directories of partitions: `NAME-N`, as Kafka's, with a file in each that says whose it is.
//!
//! A directory is made before its topic's record is written, and renamed after its topic's deletion was: what a crash
//! leaves behind belongs to no topic, and is found by the id in its file at the next start. It is removed if it is
//! known to be deleted or holds no records; else it is put aside, for a person to decide.

use std::collections::BTreeSet;
use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::ids;
use crate::disk::Disk;

/// Says whose a partition's directory is, in Kafka's form.
const METADATA_FILE: &str = "partition.metadata";
/// Parts of the names of the files that a partition's log makes when it is opened.
const MADE_AT_OPENING: [&str; 5] = [".log", ".index", "synced", "checkpoint", "compacted"];
/// The end of the name of a directory that is to be removed.
const DELETED: &str = "-delete";
/// The end of the name of a directory that belongs to nobody.
const STRAY: &str = "-stray";
/// The most bytes of a topic's name that stand in the name of a directory put aside: a file's name has at most 255.
const NAME_BYTES_MAX: usize = 180;
/// The most directories of one name that are put aside.
const ASIDE_MAX: u32 = 100;
/// The most that the metadata file is read of.
const METADATA_BYTES_MAX: usize = 256;

/// The data directory itself.
pub(super) const ROOT: &str = "";

/// Where a partition lies.
pub(super) fn partition_directory(topic: &str, partition: i32) -> PathBuf {
    PathBuf::from(format!("{topic}-{partition}"))
}

/// Makes a partition's directory, and says in it whose it is. One that was there and is another topic's is put aside;
/// so is one that does not say, if the partition is `new`.
pub(super) fn claim(
    disk: &dyn Disk,
    topic: &str,
    id: Uuid,
    partition: i32,
    new: bool,
) -> io::Result<PathBuf> {
    let directory = partition_directory(topic, partition);
    match owner(disk, &directory)? {
        Owner::Topic(owner) if owner == id => return Ok(directory),
        Owner::Topic(owner) => {
            put_aside(disk, &directory, owner, STRAY)?;
        }
        // What an earlier creation left that failed half-way, on a full disk.
        Owner::Nobody if new && is_unused(disk, &directory)? => disk.remove_directory(&directory)?,
        Owner::Nobody if new => {
            put_aside(disk, &directory, Uuid::nil(), STRAY)?;
        }
        Owner::Nobody | Owner::Absent => {}
    }
    disk.create_directory(&directory)?;
    let text = format!("version: 0\ntopic_id: {}", ids::to_text(id));
    let file = disk.open(&directory.join(METADATA_FILE), true)?;
    file.truncate(0)?;
    file.write_at(&[IoSlice::new(text.as_bytes())], 0)?;
    file.sync()?;
    // Before the topic's record is: what is found without it later is nobody's.
    disk.sync_directory(&directory)?;
    Ok(directory)
}

/// Renames the directory of a topic's partition, so that another of the same name can be made; gives the new name. `None`
/// if what is there is not that topic's.
pub(super) fn set_aside(
    disk: &dyn Disk,
    topic: &str,
    id: Uuid,
    partition: i32,
) -> io::Result<Option<PathBuf>> {
    let directory = partition_directory(topic, partition);
    match owner(disk, &directory)? {
        Owner::Topic(owner) if owner == id => mark_deleted(disk, &directory, id).map(Some),
        _ => Ok(None),
    }
}

/// Renames a deleted topic's directory so that another of the same name can be made; gives the new name.
fn mark_deleted(disk: &dyn Disk, directory: &Path, id: Uuid) -> io::Result<PathBuf> {
    put_aside(disk, directory, id, DELETED)
}

/// Looks at what lies in the data directory that is no partition of the catalog's; gives what is to be removed.
/// `belongs` says whether a topic of this name has a partition of this number.
pub(super) fn sort_out(
    disk: &dyn Disk,
    deleted: &BTreeSet<Uuid>,
    belongs: impl Fn(&str, i32) -> bool,
) -> io::Result<Vec<PathBuf>> {
    let mut to_remove = Vec::new();
    for name in disk.list(Path::new(ROOT))? {
        if name.ends_with(DELETED) {
            to_remove.push(PathBuf::from(name));
            continue;
        }
        let Some((topic, partition)) = partition_of(&name) else { continue };
        if topic == super::METADATA_TOPIC || belongs(topic, partition) {
            continue;
        }
        let directory = PathBuf::from(&name);
        match owner(disk, &directory)? {
            Owner::Topic(id) if deleted.contains(&id) || is_empty(disk, &directory)? => {
                to_remove.push(mark_deleted(disk, &directory, id)?);
            }
            Owner::Topic(id) => {
                put_aside(disk, &directory, id, STRAY)?;
            }
            // A crash came before it could say whose it is.
            Owner::Nobody if is_unused(disk, &directory)? => {
                to_remove.push(mark_deleted(disk, &directory, Uuid::nil())?);
            }
            // Not one of ours.
            Owner::Nobody | Owner::Absent => {}
        }
    }
    Ok(to_remove)
}

/// Topic and number, if it is the name of a partition's directory.
fn partition_of(name: &str) -> Option<(&str, i32)> {
    let (topic, number) = name.rsplit_once('-')?;
    let partition = number.parse::<i32>().ok().filter(|&partition| partition >= 0)?;
    super::names::check_name(topic).is_ok().then_some((topic, partition))
}

/// Whose a directory is.
enum Owner {
    Topic(Uuid),
    /// It is there, and does not say.
    Nobody,
    Absent,
}

fn owner(disk: &dyn Disk, directory: &Path) -> io::Result<Owner> {
    let file = match disk.open(&directory.join(METADATA_FILE), false) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return match disk.list(directory) {
                Ok(_) => Ok(Owner::Nobody),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Owner::Absent),
                Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(Owner::Nobody),
                Err(error) => Err(error),
            };
        }
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Ok(Owner::Nobody),
        Err(error) => return Err(error),
    };
    let mut bytes = [0; METADATA_BYTES_MAX];
    let read = file.read_at(&mut bytes, 0)?;
    let text = std::str::from_utf8(bytes.get(..read).unwrap_or_default()).unwrap_or_default();
    let id = text.lines().find_map(|line| ids::from_text(line.strip_prefix("topic_id:")?.trim()));
    Ok(id.map_or(Owner::Nobody, Owner::Topic))
}

/// Whether a directory holds nothing but what opening a partition makes, and no records.
fn is_unused(disk: &dyn Disk, directory: &Path) -> io::Result<bool> {
    let names = match disk.list(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Ok(false),
        names => names?,
    };
    let of_a_log = |name: &String| {
        name == METADATA_FILE
            || MADE_AT_OPENING.iter().any(|made| name.ends_with(made) || name.starts_with(made))
    };
    Ok(names.iter().all(of_a_log) && is_empty(disk, directory)?)
}

/// Whether a partition's directory holds no records.
fn is_empty(disk: &dyn Disk, directory: &Path) -> io::Result<bool> {
    for name in disk.list(directory)? {
        if name.ends_with(".log") && disk.open(&directory.join(&name), false)?.size_bytes()? > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

fn put_aside(disk: &dyn Disk, directory: &Path, id: Uuid, end: &str) -> io::Result<PathBuf> {
    let name = directory.to_string_lossy();
    let (topic, partition) = partition_of(&name).unwrap_or((&name, 0));
    let topic: String = topic.chars().take(NAME_BYTES_MAX).collect();
    // Another one of that name may be there: what is nobody's has no id.
    let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
    for number in 0..ASIDE_MAX {
        let number = if number == 0 { String::new() } else { format!(".{number}") };
        let aside = PathBuf::from(format!("{topic}-{partition}.{}{number}{end}", id.simple()));
        match disk.rename(directory, &aside) {
            Ok(()) => {
                if end == STRAY {
                    tracing::warn!(
                        directory = %directory.display(), kept_as = %aside.display(),
                        "files that belong to no topic were in the way: put aside, remove them if they are not needed"
                    );
                }
                return Ok(aside);
            }
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists
                ) =>
            {
                last = error;
            }
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::SimulatedDisk;

    fn put(disk: &SimulatedDisk, path: &str, text: &str) {
        let path = Path::new(path);
        disk.create_directory(path.parent().unwrap()).unwrap();
        disk.open(path, true).unwrap().write_at(&[IoSlice::new(text.as_bytes())], 0).unwrap();
    }

    fn names(disk: &SimulatedDisk) -> Vec<String> {
        let mut names = disk.list(Path::new(ROOT)).unwrap();
        names.sort();
        names
    }

    #[test]
    fn what_a_failed_creation_left_is_in_nobodys_way() {
        let disk = SimulatedDisk::new(1);
        for _ in 0..3 {
            // The disk was full before the id was written.
            put(&disk, "t-0/partition.metadata", "");
            claim(&disk, "t", Uuid::from_u128(1), 0, true).unwrap();
            assert_eq!(names(&disk), ["t-0"]);
            disk.remove_directory(Path::new("t-0")).unwrap();
        }
    }

    #[test]
    fn files_of_somebody_else_are_put_aside_each_time() {
        let disk = SimulatedDisk::new(1);
        for _ in 0..3 {
            put(&disk, "t-0/letter.txt", "mine");
            claim(&disk, "t", Uuid::from_u128(1), 0, true).unwrap();
            disk.remove_directory(Path::new("t-0")).unwrap();
        }
        let nobody = Uuid::nil().simple();
        let expected =
            [format!("t-0.{nobody}-stray"), format!("t-0.{nobody}.1-stray"), format!("t-0.{nobody}.2-stray")];
        assert_eq!(names(&disk), expected);
        assert_eq!(set_aside(&disk, "t", Uuid::from_u128(1), 0).unwrap(), None);
        put(&disk, "t-0/letter.txt", "mine");
        assert_eq!(set_aside(&disk, "t", Uuid::from_u128(1), 0).unwrap(), None, "not that topic's");
    }
}
