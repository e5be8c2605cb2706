//! Why a broker could not be opened.

use std::io;
use std::path::PathBuf;

/// Why a broker could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has the directory.
    #[error("{} is in use by the process {pid}: stop it, or choose another directory with --data", .path.display())]
    InUse {
        /// The data directory.
        path: PathBuf,
        /// Who has it.
        pid: u32,
    },
    /// The file system refused.
    #[error("{} could not be {doing}: {source}", .path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What was tried: "opened", "created".
        doing: &'static str,
        /// What the file system says.
        source: io::Error,
    },
    /// A file of the log is damaged where damage cannot be cut off.
    #[error("{} is damaged at byte {position}: {reason}", .path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// Where in it.
        position: u64,
        /// What is wrong.
        reason: String,
    },
    /// A log of the node's own state holds what this version does not understand.
    #[error("{} cannot be read: {reason}; bring it back from a copy, or start with an empty directory", .path.display())]
    Unreadable {
        /// The directory of the log.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}
