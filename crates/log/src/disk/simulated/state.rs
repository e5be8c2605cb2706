//! All that a simulated disk holds: files and directories, faults that wait, and whether the machine runs.

use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path};

use super::file::{Change, File};
use super::{Chance, Fault};

const ROOT: u64 = 0;

/// A directory: names to nodes.
#[derive(Debug, Default)]
pub(super) struct Directory {
    pub(super) shown: BTreeMap<String, u64>,
    platter: BTreeMap<String, u64>,
    pending: Vec<Entry>,
}

/// A change of a directory that is not yet on the platter. They get there in their order.
#[derive(Debug, Clone)]
enum Entry {
    Link(String, u64),
    Unlink(String),
    Rename(String, String),
}

impl Entry {
    fn apply(&self, to: &mut BTreeMap<String, u64>) {
        match self {
            Self::Link(name, node) => {
                to.insert(name.clone(), *node);
            }
            Self::Unlink(name) => {
                to.remove(name);
            }
            Self::Rename(from, name) => {
                if let Some(node) = to.remove(from) {
                    to.insert(name.clone(), node);
                }
            }
        }
    }
}

impl Directory {
    fn change(&mut self, entry: Entry) {
        entry.apply(&mut self.shown);
        self.pending.push(entry);
    }

    fn sync(&mut self) {
        for entry in self.pending.drain(..) {
            entry.apply(&mut self.platter);
        }
    }

    fn power_cut(&mut self, chance: &mut Chance) {
        let survive = chance.index(self.pending.len() + 1);
        for entry in self.pending.drain(..).take(survive) {
            entry.apply(&mut self.platter);
        }
        self.shown.clone_from(&self.platter);
    }
}

#[derive(Debug)]
enum Node {
    File(File),
    Directory(Directory),
}

/// The disk and the machine around it.
#[derive(Debug)]
pub(super) struct State {
    chance: Chance,
    nodes: BTreeMap<u64, Node>,
    next_node: u64,
    /// Counts processes: handles of earlier ones are dead.
    pub(super) life: u64,
    pub(super) changes: u64,
    pub(super) read_bytes: u64,
    pub(super) capacity_bytes: Option<u64>,
    pub(super) stop_after: Option<u64>,
    pub(super) stopped: bool,
    /// Calls that are left before the one that fails.
    write_faults: Vec<u64>,
    read_faults: Vec<u64>,
    sync_faults: Vec<u64>,
}

impl State {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            chance: Chance::new(seed),
            nodes: BTreeMap::from([(ROOT, Node::Directory(Directory::default()))]),
            next_node: ROOT + 1,
            life: 0,
            changes: 0,
            read_bytes: 0,
            capacity_bytes: None,
            stop_after: None,
            stopped: false,
            write_faults: Vec::new(),
            read_faults: Vec::new(),
            sync_faults: Vec::new(),
        }
    }

    pub(super) fn add_fault(&mut self, fault: Fault) {
        match fault {
            Fault::Write(after) => self.write_faults.push(after),
            Fault::Read(after) => self.read_faults.push(after),
            Fault::Sync(after) => self.sync_faults.push(after),
        }
    }

    pub(super) fn clear_faults(&mut self) {
        self.write_faults.clear();
        self.read_faults.clear();
        self.sync_faults.clear();
    }

    pub(super) fn new_life(&mut self) {
        self.life += 1;
        self.stopped = false;
        self.stop_after = None;
        self.clear_faults();
        // What no directory names any more lived only as long as it was open.
        let reachable = self.reachable();
        self.nodes.retain(|node, _| reachable.contains(node));
    }

    pub(super) fn power_cut(&mut self) {
        for node in self.nodes.values_mut() {
            match node {
                Node::File(file) => file.power_cut(&mut self.chance),
                Node::Directory(directory) => directory.power_cut(&mut self.chance),
            }
        }
        self.new_life();
    }

    pub(super) fn check_running(&self) -> io::Result<()> {
        if self.stopped { Err(stopped()) } else { Ok(()) }
    }

    pub(super) fn used_bytes(&self) -> u64 {
        let used = |node: &u64| match self.nodes.get(node) {
            Some(Node::File(file)) => file.used_bytes(),
            _ => 0,
        };
        self.reachable().iter().map(used).sum()
    }

    pub(super) fn open(&mut self, path: &Path, create: bool) -> io::Result<u64> {
        self.check_running()?;
        match self.file_at(path) {
            Err(error) if create && error.kind() == io::ErrorKind::NotFound => {
                let (parent, name) = self.parent_of(path)?;
                let node = self.next_node;
                self.changed(|state| {
                    state.next_node += 1;
                    state.nodes.insert(node, Node::File(File::default()));
                    state.directory(parent)?.change(Entry::Link(name, node));
                    Ok(node)
                })
            }
            found => found,
        }
    }

    pub(super) fn create_directory(&mut self, path: &Path) -> io::Result<()> {
        let mut at = ROOT;
        for name in names(path)? {
            at = match self.directory(at)?.shown.get(&name) {
                Some(&found) => found,
                None => self.changed(|state| {
                    let node = state.next_node;
                    state.next_node += 1;
                    state.nodes.insert(node, Node::Directory(Directory::default()));
                    state.directory(at)?.change(Entry::Link(name, node));
                    Ok(node)
                })?,
            };
        }
        self.check_running()
    }

    pub(super) fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let node = self.node_at(from)?;
        let (from_parent, from_name) = self.parent_of(from)?;
        let (to_parent, to_name) = self.parent_of(to)?;
        let there = self.directory(to_parent)?.shown.get(&to_name).copied();
        let there = there.and_then(|there| self.nodes.get(&there));
        if matches!(there, Some(Node::Directory(directory)) if !directory.shown.is_empty()) {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        self.changed(|state| {
            if from_parent == to_parent {
                state.directory(from_parent)?.change(Entry::Rename(from_name, to_name));
            } else {
                state.directory(to_parent)?.change(Entry::Link(to_name, node));
                state.directory(from_parent)?.change(Entry::Unlink(from_name));
            }
            Ok(())
        })
    }

    pub(super) fn remove(&mut self, path: &Path, directory: bool) -> io::Result<()> {
        let node = self.node_at(path)?;
        if directory != matches!(self.nodes.get(&node), Some(Node::Directory(_))) {
            let kind = if directory { io::ErrorKind::NotADirectory } else { io::ErrorKind::IsADirectory };
            return Err(kind.into());
        }
        let (parent, name) = self.parent_of(path)?;
        self.changed(|state| {
            state.directory(parent)?.change(Entry::Unlink(name));
            Ok(())
        })
    }

    pub(super) fn sync_directory(&mut self, path: &Path) -> io::Result<()> {
        let node = self.node_at(path)?;
        let fails = count_down(&mut self.sync_faults);
        self.changed(|state| {
            // Directories are in the file system's journal: what it could not write yet, it keeps.
            if fails {
                return Err(input_output_error());
            }
            state.directory(node)?.sync();
            Ok(())
        })
    }

    pub(super) fn write(&mut self, node: u64, position: usize, bytes: Vec<u8>) -> io::Result<()> {
        let fails = count_down(&mut self.write_faults);
        let end = position + bytes.len();
        let full = !self.has_room(node, end as u64)?;
        self.changed(|state| {
            if fails || full {
                let part = state.chance.index(bytes.len() + 1);
                if fails && part > 0 {
                    let bytes = bytes[..part].to_vec();
                    state.file(node)?.change(Change::Write { position, bytes });
                }
                return Err(if fails { input_output_error() } else { io::ErrorKind::StorageFull.into() });
            }
            state.file(node)?.change(Change::Write { position, bytes });
            Ok(())
        })
    }

    pub(super) fn truncate(&mut self, node: u64, size: usize) -> io::Result<()> {
        self.changed(|state| {
            let file = state.file(node)?;
            file.change(Change::Size(size));
            file.reserved_bytes = 0;
            Ok(())
        })
    }

    pub(super) fn reserve(&mut self, node: u64, size_bytes: u64) -> io::Result<()> {
        if !self.has_room(node, size_bytes)? {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.changed(|state| {
            let file = state.file(node)?;
            file.reserved_bytes = file.reserved_bytes.max(size_bytes);
            Ok(())
        })
    }

    pub(super) fn sync_file(&mut self, node: u64) -> io::Result<()> {
        let fails = count_down(&mut self.sync_faults);
        self.changed(|state| {
            let mut chance = state.chance.clone();
            let file = state.file(node)?;
            if fails {
                file.lose(&mut chance);
                state.chance = chance;
                return Err(input_output_error());
            }
            file.sync();
            Ok(())
        })
    }

    pub(super) fn count_read(&mut self) -> io::Result<()> {
        if count_down(&mut self.read_faults) { Err(input_output_error()) } else { Ok(()) }
    }

    pub(super) fn file(&mut self, node: u64) -> io::Result<&mut File> {
        match self.nodes.get_mut(&node) {
            Some(Node::File(file)) => Ok(file),
            Some(Node::Directory(_)) => Err(io::ErrorKind::IsADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    pub(super) fn file_at(&mut self, path: &Path) -> io::Result<u64> {
        let node = self.node_at(path)?;
        self.file(node).map(|_| node)
    }

    pub(super) fn directory_at(&mut self, path: &Path) -> io::Result<&mut Directory> {
        let node = self.node_at(path)?;
        self.directory(node)
    }

    fn directory(&mut self, node: u64) -> io::Result<&mut Directory> {
        match self.nodes.get_mut(&node) {
            Some(Node::Directory(directory)) => Ok(directory),
            Some(Node::File(_)) => Err(io::ErrorKind::NotADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Makes a change, unless the machine stops before it. If it stops in it, the change may be made, and the caller
    /// never hears of it.
    fn changed<T>(&mut self, change: impl FnOnce(&mut Self) -> io::Result<T>) -> io::Result<T> {
        self.check_running()?;
        self.changes += 1;
        match &mut self.stop_after {
            Some(0) => {
                if self.chance.one_in(2) {
                    let _unheard = change(self);
                }
                self.stopped = true;
                Err(stopped())
            }
            Some(left) => {
                *left -= 1;
                change(self)
            }
            None => change(self),
        }
    }

    fn has_room(&mut self, node: u64, size_bytes: u64) -> io::Result<bool> {
        let Some(capacity_bytes) = self.capacity_bytes else { return Ok(true) };
        let more = size_bytes.saturating_sub(self.file(node)?.used_bytes());
        Ok(more == 0 || self.used_bytes() + more <= capacity_bytes)
    }

    fn node_at(&mut self, path: &Path) -> io::Result<u64> {
        let mut at = ROOT;
        for name in names(path)? {
            at = *self.directory(at)?.shown.get(&name).ok_or(io::ErrorKind::NotFound)?;
        }
        Ok(at)
    }

    fn parent_of(&mut self, path: &Path) -> io::Result<(u64, String)> {
        let mut names = names(path)?;
        let name = names.pop().ok_or(io::ErrorKind::InvalidInput)?;
        let mut at = ROOT;
        for name in names {
            at = *self.directory(at)?.shown.get(&name).ok_or(io::ErrorKind::NotFound)?;
        }
        self.directory(at)?;
        Ok((at, name))
    }

    /// Nodes that a path leads to, as shown or on the platter.
    fn reachable(&self) -> std::collections::BTreeSet<u64> {
        let mut found = std::collections::BTreeSet::from([ROOT]);
        let mut open = vec![ROOT];
        while let Some(node) = open.pop() {
            if let Some(Node::Directory(directory)) = self.nodes.get(&node) {
                for &child in directory.shown.values().chain(directory.platter.values()) {
                    if found.insert(child) {
                        open.push(child);
                    }
                }
            }
        }
        found
    }
}

/// True if this is the call that fails.
fn count_down(faults: &mut Vec<u64>) -> bool {
    let fails = faults.contains(&0);
    faults.retain(|left| *left > 0);
    for left in faults {
        *left -= 1;
    }
    fails
}

fn names(path: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => {
                names.push(name.to_str().ok_or(io::ErrorKind::InvalidInput)?.to_owned());
            }
            Component::CurDir => {}
            _ => return Err(io::ErrorKind::InvalidInput.into()),
        }
    }
    Ok(names)
}

fn input_output_error() -> io::Error {
    io::Error::from_raw_os_error(5)
}

fn stopped() -> io::Error {
    io::Error::other("the machine has stopped")
}
