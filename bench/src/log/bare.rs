//! What this machine costs at least: loops that do to the same bytes what every durable broker must, and nothing else. No
//! protocol, no offsets, no concurrency. A server that comes near to them has its time in the kernel's network and disk.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use clap::Subcommand;
use rustix::fs::{FallocateFlags, fallocate, sendfile};
use watershed_protocol::batch::crc32c;

use super::server::cpu_of;

/// Files that a receiver writes to in turn, as many as the topics have partitions.
const FILES: usize = 4;
/// Room that is reserved in each at once.
const RESERVED_BYTES: u64 = 64 << 20;

/// A loop, as the arguments of its process.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Bare {
    /// Receives blocks, checks them, writes them to files in turn, and syncs.
    Receive {
        directory: PathBuf,
        blocks: u64,
        block_bytes: usize,
        /// How long a write may stay unsynced, in milliseconds; with 0 each block is synced.
        sync_ms: u64,
    },
    /// Receives blocks, checks each, writes it, and says so; syncs as a receiver does.
    Answer { directory: PathBuf, block_bytes: usize, sync_ms: u64 },
    /// Sends a file's bytes straight from the page cache.
    Send { file: PathBuf },
}

/// The process.
#[expect(clippy::disallowed_methods, reason = "the time sets the syncs")]
pub(crate) fn run(bare: &Bare) -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    let (mut stream, _) = listener.accept()?;
    stream.set_nodelay(true)?;
    match bare {
        Bare::Send { file } => {
            let file = File::open(file)?;
            let mut left = usize::try_from(file.metadata()?.len())?;
            while left > 0 {
                let sent = sendfile(&stream, &file, None, left.min(1 << 20))?;
                ensure!(sent > 0, "the file is shorter than it was");
                left -= sent;
            }
        }
        Bare::Answer { directory, block_bytes, sync_ms } => {
            let file = File::create(directory.join("bare"))?;
            fallocate(&file, FallocateFlags::KEEP_SIZE, 0, RESERVED_BYTES)?;
            let mut block = vec![0; *block_bytes];
            let (mut synced, mut position) = (Instant::now(), 0);
            while stream.read_exact(&mut block).is_ok() {
                ensure!(crc32c(&block) != 1, "so that it is computed");
                file.write_all_at(&block, position)?;
                position += *block_bytes as u64;
                stream.write_all(&[1])?;
                if synced.elapsed() >= Duration::from_millis(*sync_ms) {
                    file.sync_data()?;
                    synced = Instant::now();
                }
            }
        }
        Bare::Receive { directory, blocks, block_bytes, sync_ms } => {
            let open = |at| File::create(directory.join(format!("bare-{at}")));
            let files = (0..FILES).map(open).collect::<Result<Vec<_>, _>>()?;
            let mut block = vec![0; *block_bytes];
            let mut synced = Instant::now();
            let mut position = 0;
            for number in 0..*blocks {
                stream.read_exact(&mut block)?;
                ensure!(crc32c(&block) != 1, "so that it is computed");
                let at = usize::try_from(number)? % FILES;
                if position % RESERVED_BYTES < *block_bytes as u64 {
                    fallocate(&files[at], FallocateFlags::KEEP_SIZE, position, RESERVED_BYTES)?;
                }
                files[at].write_all_at(&block, position)?;
                if *sync_ms == 0 {
                    files[at].sync_data()?;
                } else if synced.elapsed() >= Duration::from_millis(*sync_ms) {
                    files.iter().try_for_each(File::sync_data)?;
                    synced = Instant::now();
                }
                if at + 1 == FILES {
                    position += *block_bytes as u64;
                }
            }
            stream.write_all(&[1])?;
        }
    }
    // Its CPU time is read before it ends.
    stream.read_to_end(&mut Vec::new())?;
    Ok(())
}

/// CPU time of a receiver for so many blocks.
pub(super) fn receive(blocks: u64, block: &[u8], sync_ms: u64) -> anyhow::Result<Duration> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().to_str().context("a path that is no text")?;
    let arguments = ["receive", path, &blocks.to_string(), &block.len().to_string(), &sync_ms.to_string()];
    measure(&arguments, |stream| {
        for _ in 0..blocks {
            stream.write_all(block)?;
        }
        Ok(stream.read_exact(&mut [0])?)
    })
}

/// CPU time of a sender of a file of this size, which is in the page cache.
pub(super) fn send(bytes: u64) -> anyhow::Result<Duration> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("file");
    let mut file = File::create(&path)?;
    std::io::copy(&mut std::io::repeat(7).take(bytes), &mut file)?;
    file.sync_all()?;
    measure(&["send", path.to_str().context("a path that is no text")?], |stream| {
        let mut buffer = vec![0; 1 << 20];
        let mut left = bytes;
        while left > 0 {
            left -= stream.read(&mut buffer)? as u64;
        }
        Ok(())
    })
}

fn measure(
    arguments: &[&str],
    work: impl FnOnce(&mut TcpStream) -> anyhow::Result<()>,
) -> anyhow::Result<Duration> {
    let (bare, mut stream) = BareLoop::start(arguments)?;
    let before = bare.cpu()?;
    work(&mut stream)?;
    let spent = bare.cpu()? - before;
    bare.end(stream)?;
    Ok(spent)
}

/// A running loop; it ends with this.
pub(super) struct BareLoop(Child);

impl BareLoop {
    /// Starts it, and connects to it.
    pub(super) fn start(arguments: &[&str]) -> anyhow::Result<(Self, TcpStream)> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut bare = Self(command.arg("bare").args(arguments).stdout(Stdio::piped()).spawn()?);
        let mut address = String::new();
        BufReader::new(bare.0.stdout.take().context("no output")?).read_line(&mut address)?;
        let stream = TcpStream::connect(address.trim())?;
        stream.set_nodelay(true)?;
        Ok((bare, stream))
    }

    pub(super) fn cpu(&self) -> anyhow::Result<Duration> {
        cpu_of(self.0.id())
    }

    /// Ends it, and sees that it did all.
    pub(super) fn end(mut self, stream: TcpStream) -> anyhow::Result<()> {
        drop(stream);
        ensure!(self.0.wait()?.success(), "the bare loop failed");
        Ok(())
    }
}

impl Drop for BareLoop {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
