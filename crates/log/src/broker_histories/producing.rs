//! How clients send records: anybody, idempotent clients that try again, and clients with transactions.

use std::collections::BTreeMap;

use watershed_protocol::batch::{BatchBuilder, BatchOptions, Codec, Header};

use super::client::{self, Place, Producer};
use super::history::History;
use super::reader::ID_HEADER;
use super::records::{PartitionId, Record, Told};
use super::step::Sketch;
use super::transactions::{Fate, Protocol};
use crate::api::harness::Harness;

/// How many of a producer's last batches the broker knows again.
const BATCHES_KNOWN: usize = 5;

/// A batch, to be sent again.
#[derive(Debug, Clone)]
struct Batch {
    ids: Vec<usize>,
    bytes: Vec<u8>,
}

/// An idempotent client without transactions.
#[derive(Debug, Default)]
pub(super) struct Idempotent {
    producer: Option<Producer>,
    writer: usize,
    sequences: BTreeMap<PartitionId, i32>,
    /// The last batches that were acknowledged.
    sent: BTreeMap<PartitionId, Vec<Batch>>,
    /// What was not answered: it is sent again before anything else.
    unsure: BTreeMap<PartitionId, Batch>,
}

/// What one request sends, and to where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sending<'s> {
    pub(super) places: &'s [Place],
    pub(super) records: &'s [Sketch],
    pub(super) acks: i16,
    pub(super) codec: Codec,
}

impl Sending<'_> {
    fn count(&self) -> i32 {
        i32::try_from(self.records.len()).unwrap()
    }
}

impl History {
    /// Without an id, and never again.
    pub(super) async fn produce_plain(&mut self, harness: &Harness, sending: Sending<'_>) {
        let mut batches = Vec::new();
        for &place in sending.places {
            let batch = self.batch(harness, place, sending, BatchOptions::default(), (0, None));
            batches.push((place, batch));
        }
        let requests: Vec<_> = batches.iter().map(|(place, batch)| (*place, batch.bytes.clone())).collect();
        let answers = client::produce(harness, 12, None, sending.acks, &requests).await;
        for ((_, batch), (code, base_offset)) in batches.iter().zip(answers) {
            if code == 0 {
                self.records.answered(&batch.ids, sending.acks, base_offset);
            }
        }
    }

    pub(super) async fn produce_idempotent(&mut self, harness: &Harness, at: usize, sending: Sending<'_>) {
        if self.idempotent[at].producer.is_none() {
            let Ok(producer) = client::init(harness, None).await else { return };
            let writer = self.new_writer();
            self.idempotent[at] = Idempotent { producer: Some(producer), writer, ..Idempotent::default() };
        }
        for &place in sending.places {
            let partition = self.partition(place);
            if let Some(batch) = self.idempotent[at].unsure.get(&partition).cloned()
                && !self.send_again(harness, at, place, &batch, sending.acks).await
            {
                return;
            }
        }
        let Some((producer_id, producer_epoch)) = self.idempotent[at].producer else { return };
        let mut batches = Vec::new();
        for &place in sending.places {
            let partition = self.partition(place);
            let sequence = self.idempotent[at].sequences.entry(partition).or_default();
            let options = BatchOptions {
                producer_id,
                producer_epoch,
                base_sequence: *sequence,
                ..BatchOptions::default()
            };
            *sequence += sending.count();
            let writer = self.idempotent[at].writer;
            batches.push((place, self.batch(harness, place, sending, options, (writer, None))));
        }
        let requests: Vec<_> = batches.iter().map(|(place, batch)| (*place, batch.bytes.clone())).collect();
        let answers = client::produce(harness, 12, None, sending.acks, &requests).await;
        for ((place, batch), (code, base_offset)) in batches.into_iter().zip(answers) {
            let partition = self.partition(place);
            let client = &mut self.idempotent[at];
            if code == 0 {
                client.keep(partition, batch.clone());
                self.records.answered(&batch.ids, sending.acks, base_offset);
            } else if client::is_refusal(code) {
                client.producer = None;
                self.records.refused(&batch.ids, code);
            } else {
                client.unsure.insert(partition, batch);
            }
        }
    }

    /// Sends one of the last batches again, as after an answer that was lost.
    pub(super) async fn resend(
        &mut self,
        harness: &Harness,
        at: usize,
        place: Place,
        back: usize,
        acks: i16,
    ) {
        let client = &self.idempotent[at];
        let batch = client.unsure.get(&self.partition(place)).or_else(|| {
            let sent = client.sent.get(&self.partition(place))?;
            sent.get(sent.len().checked_sub(1 + back)?)
        });
        if let (Some(batch), Some(_)) = (batch.cloned(), client.producer) {
            self.send_again(harness, at, place, &batch, acks).await;
        }
    }

    /// True if it was taken, or known.
    async fn send_again(
        &mut self,
        harness: &Harness,
        at: usize,
        place: Place,
        batch: &Batch,
        acks: i16,
    ) -> bool {
        let request = [(place, batch.bytes.clone())];
        let (code, base_offset) = client::produce(harness, 12, None, acks, &request).await[0];
        let partition = self.partition(place);
        let client = &mut self.idempotent[at];
        if code == 0 {
            self.records.answered(&batch.ids, acks, base_offset);
            if let Some(batch) = client.unsure.remove(&partition) {
                client.keep(partition, batch);
            }
        } else if client::is_refusal(code) {
            client.producer = None;
            let (writer, sent) = (client.writer, &self.records.sent);
            let mut own =
                sent.iter().filter(|record| (record.writer, record.partition) == (writer, partition));
            let any_lost = own.any(|record| record.told == Told::Nothing);
            assert!(any_lost, "{batch:?} was sent again and refused with {code}: {:?}", sent[batch.ids[0]]);
        }
        code == 0
    }

    pub(super) async fn produce_in_transaction(
        &mut self,
        harness: &Harness,
        at: usize,
        sending: Sending<'_>,
    ) {
        if !self.has_ended(harness, at).await {
            return;
        }
        if self.clients[at].producer.is_none() {
            self.init(harness, at).await;
        }
        let client = &self.clients[at];
        let (id, protocol, writer) = (client.id, client.protocol, client.writer);
        let Some(producer) = client.producer else { return };
        let transaction = self.open_transaction(at);
        let missing: Vec<Place> =
            sending.places.iter().filter(|place| !self.clients[at].added.contains(*place)).copied().collect();
        if protocol == Protocol::Classic && !missing.is_empty() {
            if client::add_partitions(harness, id, producer, &missing).await.is_err() {
                return self.gives_up(at);
            }
            self.clients[at].added.extend(missing);
        }
        let mut batches = Vec::new();
        for &place in sending.places {
            let partition = self.partition(place);
            let sequence = self.clients[at].sequences.entry(partition).or_default();
            let options = BatchOptions {
                producer_id: producer.0,
                producer_epoch: producer.1,
                base_sequence: *sequence,
                transactional: true,
                ..BatchOptions::default()
            };
            *sequence += sending.count();
            batches.push((place, self.batch(harness, place, sending, options, (writer, Some(transaction)))));
        }
        let requests: Vec<_> = batches.iter().map(|(place, batch)| (*place, batch.bytes.clone())).collect();
        let version = protocol.produce_version();
        let answers = client::produce(harness, version, Some(id), sending.acks, &requests).await;
        for ((_, batch), (code, base_offset)) in batches.iter().zip(answers) {
            if code == 0 {
                self.records.answered(&batch.ids, sending.acks, base_offset);
                continue;
            }
            if client::is_refusal(code) {
                self.records.refused(&batch.ids, code);
            }
            self.gives_up(at);
        }
    }

    /// An instance that was replaced goes on as if nothing had happened.
    pub(super) async fn produce_fenced(&mut self, harness: &Harness, at: usize, place: Place) {
        let client = &self.clients[at];
        let (id, version) = (client.id, client.protocol.produce_version());
        let Some(&(producer_id, producer_epoch)) = client.fenced.last() else { return };
        let options = BatchOptions {
            producer_id,
            producer_epoch,
            base_sequence: 0,
            transactional: true,
            ..BatchOptions::default()
        };
        let sending = Sending { places: &[place], records: &[(0, Some(9))], acks: -1, codec: Codec::None };
        let writer = self.new_writer();
        let batch = self.batch(harness, place, sending, options, (writer, None));
        let request = [(place, batch.bytes)];
        let (code, _) = client::produce(harness, version, Some(id), -1, &request).await[0];
        assert_ne!(code, 0, "the fenced producer {producer_id} of epoch {producer_epoch} may write");
        self.records.sent[batch.ids[0]].told = Told::Refused;
    }

    pub(super) async fn init(&mut self, harness: &Harness, at: usize) {
        let initialised = client::init(harness, Some(self.clients[at].id)).await;
        self.gives_up(at);
        if let Ok(producer) = initialised {
            let writer = self.new_writer();
            self.clients[at].begins(producer, writer);
        }
    }

    pub(super) async fn commit_in_transaction(
        &mut self,
        harness: &Harness,
        at: usize,
        group: &'static str,
        place: Place,
    ) {
        if !self.has_ended(harness, at).await {
            return;
        }
        let Some(producer) = self.clients[at].producer else { return };
        let (id, protocol) = (self.clients[at].id, self.clients[at].protocol);
        let transaction = self.open_transaction(at);
        if protocol == Protocol::Classic && !self.clients[at].groups.contains(group) {
            if client::add_offsets(harness, id, producer, group).await.is_err() {
                return self.gives_up(at);
            }
            self.clients[at].groups.insert(group);
        }
        let (offset, version) = (self.new_offset(), protocol.offsets_version());
        let producer = (id, producer);
        let committed = client::commit_in_transaction(harness, version, producer, group, place, offset).await;
        self.offsets.tried(group, place, offset, committed.is_ok(), Some(transaction));
        if committed.is_err() {
            self.gives_up(at);
        }
    }

    /// Ends the transaction; what is not answered is asked for again, at once or by and by.
    pub(super) async fn end_transaction(&mut self, harness: &Harness, at: usize, commit: bool) {
        let client = &self.clients[at];
        let (Some(producer), Some(transaction)) = (client.producer, client.transaction) else { return };
        let commit = client.ending.unwrap_or(commit);
        let ended = client::end(harness, client.protocol.end_version(), client.id, producer, commit).await;
        if ended.is_ok() && client.ending == Some(true) {
            // The power may have been cut before the commit was decided.
            self.records.committed_late(transaction);
        }
        self.transactions.ended(transaction, commit, ended.map(drop));
        match ended {
            Ok(next) if next != producer => {
                let writer = self.new_writer();
                self.clients[at].begins(next, writer);
            }
            Ok(_) => self.clients[at].forget_transaction(),
            Err(code) if client::is_refusal(code) => self.gives_up(at),
            Err(_) => self.clients[at].ending = Some(commit),
        }
    }

    /// False if the client still waits for the end of its last transaction.
    async fn has_ended(&mut self, harness: &Harness, at: usize) -> bool {
        if self.clients[at].ending.is_some() {
            self.end_transaction(harness, at, true).await;
        }
        self.clients[at].ending.is_none()
    }

    fn open_transaction(&mut self, at: usize) -> usize {
        *self.clients[at].transaction.get_or_insert_with(|| self.transactions.begin())
    }

    /// The client gives its transaction up.
    fn gives_up(&mut self, at: usize) {
        if let Some(transaction) = self.clients[at].transaction {
            self.transactions.decide(transaction, Fate::Aborted);
        }
        self.clients[at].gives_up();
    }

    fn batch(
        &mut self,
        harness: &Harness,
        place: Place,
        sending: Sending<'_>,
        options: BatchOptions,
        (writer, transaction): (usize, Option<usize>),
    ) -> Batch {
        let (partition, sent_ms) = (self.partition(place), harness.broker.now_ms());
        let mut builder = BatchBuilder::new(BatchOptions { codec: sending.codec, ..options });
        let mut ids = Vec::new();
        for &(key, size) in sending.records {
            let id = self.records.sent.len();
            let key = format!("key-{key}").into_bytes();
            let value = size.map(|size| vec![id.to_le_bytes()[0]; size]);
            let bytes = (id as u64).to_be_bytes();
            let headers = [Header::new(ID_HEADER, &bytes)];
            builder.append(sent_ms, Some(&key), value.as_deref(), &headers).unwrap();
            let told = Told::Nothing;
            self.records.sent.push(Record { partition, key, value, writer, transaction, sent_ms, told });
            ids.push(id);
        }
        let mut bytes = Vec::new();
        builder.finish(&mut bytes).unwrap();
        Batch { ids, bytes }
    }
}

impl Idempotent {
    fn keep(&mut self, partition: PartitionId, batch: Batch) {
        let sent = self.sent.entry(partition).or_default();
        sent.push(batch);
        let too_many = sent.len().saturating_sub(BATCHES_KNOWN);
        sent.drain(..too_many);
    }
}
