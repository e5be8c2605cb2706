//! Reading a segment batch by batch, and writing a new one, each through one buffer.

use std::io::{self, IoSlice};
use std::path::Path;
use std::sync::Arc;

use watershed_protocol::batch::{BatchError, BatchHeader, HEADER_BYTES, LENGTH_PREFIX_BYTES, RawBatch};

use super::CompactError;
use super::plan::Input;
use crate::disk::{Disk, DiskFile};
use crate::partition::index::{Index, Noted};

/// What is read or written at once; more if a batch is larger.
const CHUNK_BYTES: usize = 1 << 20;

/// Reads the batches of a closed segment.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    input: &'a Input,
    buffer: Vec<u8>,
    /// Where in the file the buffer begins.
    buffer_position: u64,
    /// What of the buffer was given out.
    used: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(input: &'a Input) -> Self {
        Self { input, buffer: Vec::new(), buffer_position: 0, used: 0 }
    }

    /// The next batch and where it begins; `None` at the segment's end. Its CRC is not checked.
    ///
    /// # Errors
    ///
    /// [`CompactError::Damaged`] if no whole batch is there, [`CompactError::Disk`].
    pub(super) fn next_batch(&mut self) -> Result<Option<(u64, RawBatch<'_>)>, CompactError> {
        let position = self.position();
        if position >= self.input.size_bytes {
            return Ok(None);
        }
        self.fill(HEADER_BYTES)?;
        let size_bytes = self.size_of_next().map_err(|source| self.input.damaged(position, source))?;
        self.fill(size_bytes)?;
        let start = self.used;
        self.used = (start + size_bytes).min(self.buffer.len());
        match RawBatch::split_first(&self.buffer[start..]) {
            Ok((batch, _)) => Ok(Some((position, batch))),
            Err(source) => Err(self.input.damaged(position, source)),
        }
    }

    /// Where the next batch begins.
    fn position(&self) -> u64 {
        self.buffer_position + self.used as u64
    }

    fn size_of_next(&self) -> Result<usize, BatchError> {
        let bytes = &self.buffer[self.used..];
        let head = bytes
            .first_chunk::<HEADER_BYTES>()
            .ok_or(BatchError::Truncated { needed: HEADER_BYTES, available: bytes.len() })?;
        let header = BatchHeader::read(head)?;
        usize::try_from(header.length_bytes)
            .ok()
            .and_then(|length| length.checked_add(LENGTH_PREFIX_BYTES))
            .filter(|&size| size >= HEADER_BYTES && size as u64 <= self.input.size_bytes - self.position())
            .ok_or(BatchError::Corrupt("its length is less than a header's or more than the file's"))
    }

    /// Sees to it that so many bytes are in the buffer, if the file has them.
    fn fill(&mut self, needed: usize) -> io::Result<()> {
        if self.buffer.len() - self.used >= needed {
            return Ok(());
        }
        self.buffer_position = self.position();
        self.buffer.drain(..self.used);
        self.used = 0;
        let left = usize::try_from(self.input.size_bytes - self.buffer_position).unwrap_or(usize::MAX);
        let wanted = needed.max(CHUNK_BYTES).min(left);
        let mut have = self.buffer.len();
        self.buffer.resize(wanted.max(have), 0);
        while have < wanted {
            let read =
                self.input.file.read_at(&mut self.buffer[have..], self.buffer_position + have as u64)?;
            if read == 0 {
                break;
            }
            have += read;
        }
        self.buffer.truncate(have);
        Ok(())
    }
}

/// Writes a new segment.
#[derive(Debug)]
pub(super) struct Writer {
    file: Arc<dyn DiskFile>,
    buffer: Vec<u8>,
    flushed_bytes: u64,
    base_offset: i64,
    index_interval_bytes: u64,
    index: Index,
}

impl Writer {
    /// # Errors
    ///
    /// Those of the disk.
    pub(super) fn create(
        disk: &dyn Disk,
        path: &Path,
        base_offset: i64,
        index_interval_bytes: u64,
    ) -> io::Result<Self> {
        let file = disk.open(path, true)?;
        file.truncate(0)?;
        let index = Index::new(base_offset);
        Ok(Self { file, buffer: Vec::new(), flushed_bytes: 0, base_offset, index_interval_bytes, index })
    }

    /// Appends a whole batch.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub(super) fn append(&mut self, batch: &[u8]) -> io::Result<()> {
        if !self.buffer.is_empty() && self.buffer.len() + batch.len() > CHUNK_BYTES {
            self.flush()?;
        }
        if let Some(Ok(header)) = batch.first_chunk::<HEADER_BYTES>().map(BatchHeader::read) {
            let noted = Noted {
                position: self.size_bytes(),
                size_bytes: batch.len() as u64,
                base_offset: header.base_offset,
                last_offset: header.last_offset(),
                max_timestamp_ms: header.max_timestamp_ms,
            };
            self.index.add(&noted, self.base_offset, self.index_interval_bytes);
        }
        self.buffer.extend_from_slice(batch);
        Ok(())
    }

    pub(super) fn size_bytes(&self) -> u64 {
        self.flushed_bytes + self.buffer.len() as u64
    }

    /// Writes the rest, and syncs.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub(super) fn finish(mut self) -> io::Result<(u64, Index)> {
        self.flush()?;
        self.file.sync()?;
        Ok((self.flushed_bytes, self.index))
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.buffer.is_empty() {
            self.file.write_at(&[IoSlice::new(&self.buffer)], self.flushed_bytes)?;
            self.flushed_bytes += self.buffer.len() as u64;
            self.buffer.clear();
        }
        Ok(())
    }
}
