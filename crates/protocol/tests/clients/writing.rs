//! What is written here is accepted by Kafka and read by all its clients with nothing changed: batches built here, and
//! batches of others passed on with another header.

use libtest_mimic::{Failed, Trial};
use watershed_protocol::batch::{
    BatchBuilder, BatchOptions, BatchReader, Batches, Codec, Header, RawBatch, Rewrite, rewrite_in_place,
};
use watershed_testkit::generate::Generate;
use watershed_testkit::record::Record;
use watershed_testkit::tool::{Client, Isolation, Produce, Source};
use watershed_testkit::{record, tool};

use crate::lab::{Lab, same, same_records};
use crate::producer::{Produced, Producer};
use crate::reading::{awkward, produced};
use crate::view::LIMIT_BYTES;
use crate::{SharedLab, claim};

/// `OUT_OF_ORDER_SEQUENCE_NUMBER`.
const OUT_OF_ORDER: i16 = 45;
/// `CORRUPT_MESSAGE`.
const CORRUPT: i16 = 2;

pub(crate) fn trials(lab: &SharedLab) -> Vec<Trial> {
    let mut trials = Vec::new();
    for codec in Codec::ALL {
        let name = |what: &str| format!("watershed::{codec}::{what}");
        trials.push(claim(lab, name("10_000_records_are_read_by_every_client"), move |lab| {
            read_by_all(lab, codec, "10000", &Generate::new(11, 10_000).records())
        }));
        trials.push(claim(lab, name("one_record_is_read_by_every_client"), move |lab| {
            read_by_all(lab, codec, "1", &awkward(Client::Java)[..1])
        }));
        trials.push(claim(lab, name("awkward_records_are_read_by_every_client"), move |lab| {
            read_by_all(lab, codec, "awkward", &awkward(Client::Java))
        }));
        trials.push(claim(lab, name("sequences_are_kept_by_the_broker"), move |lab| sequences(lab, codec)));
        trials.push(claim(lab, name("transactions_are_read_once_committed"), move |lab| {
            transactions(lab, codec)
        }));
        for client in Client::ALL {
            let name = format!("{}::{codec}::its_batches_are_accepted_when_passed_on", client.name());
            trials.push(claim(lab, name, move |lab| passed_on(lab, client, codec)));
        }
    }
    trials.push(claim(lab, "watershed::a_batch_with_a_wrong_crc_is_refused_by_the_broker", damaged));
    trials
}

/// One batch of these records, compressed, otherwise as `options` say.
fn build(options: BatchOptions, records: &[Record]) -> Result<Vec<u8>, Failed> {
    let mut builder = BatchBuilder::new(options);
    for record in records {
        let headers: Vec<_> = record
            .headers
            .iter()
            .map(|record::Header(name, value)| Header { key: name.as_bytes(), value: value.as_deref() })
            .collect();
        builder.append(record.timestamp_ms, record.key.as_deref(), record.value.as_deref(), &headers)?;
    }
    let mut batch = Vec::new();
    builder.finish(&mut batch)?;
    Ok(batch)
}

fn read_by_all(lab: &Lab, codec: Codec, name: &str, records: &[Record]) -> Result<(), Failed> {
    let topic = format!("watershed-{codec}-{name}");
    lab.create_topic(&topic, &[])?;
    let mut batch = build(BatchOptions { codec, ..BatchOptions::default() }, records)?;
    let mut producer = Producer::connect(&lab.bootstrap())?;
    same("first offset", &producer.send_accepted(&topic, batch[..].into())?, &0)?;
    seen_by_all(lab, &topic, records)?;

    // The broker took the batch as it was, but for the two fields that are its own.
    rewrite_in_place(&mut batch, &Rewrite { leader_epoch: Some(0), ..Rewrite::default() })?;
    for (place, bytes) in [("disk", lab.partition_bytes(&topic)?), ("wire", producer.fetch(&topic, 0)?)] {
        if bytes != batch {
            return Err(format!("what is on the {place} is not what was sent").into());
        }
    }
    Ok(())
}

/// Every client sees these records and no other ones, in a partition that ends with them.
fn seen_by_all(lab: &Lab, topic: &str, records: &[Record]) -> Result<(), Failed> {
    let end = records.last().map_or(0, |record| record.offset + 1);
    for client in Client::ALL {
        let seen = lab.consume(client, topic, Isolation::ReadUncommitted, end)?;
        same_records(&seen, records).map_err(|error| named(client, &error))?;
    }
    Ok(())
}

fn named(client: Client, error: &Failed) -> Failed {
    format!("{}: {}", client.name(), error.message().unwrap_or_default()).into()
}

fn sequences(lab: &Lab, codec: Codec) -> Result<(), Failed> {
    let topic = format!("watershed-{codec}-idempotent");
    lab.create_topic(&topic, &[])?;
    let records = Generate::new(5, 200).records();
    let (first, second) = records.split_at(120);
    let mut producer = Producer::connect(&lab.bootstrap())?;
    let (producer_id, producer_epoch) = producer.init(None)?;
    let options =
        BatchOptions { codec, producer_id, producer_epoch, base_sequence: 0, ..BatchOptions::default() };
    let first = build(options, first)?;
    let mut second = build(options, second)?;

    same("first batch", &producer.send(&topic, None, first[..].into())?, &accepted_at(0))?;
    // Its sequence is that of the batch before, but it is another batch: Kafka has read our header.
    same("sequence too low", &producer.send(&topic, None, second[..].into())?.error_code, &OUT_OF_ORDER)?;
    rewrite_in_place(&mut second, &Rewrite { base_sequence: Some(120), ..Rewrite::default() })?;
    same("second batch", &producer.send(&topic, None, second[..].into())?, &accepted_at(120))?;
    same("second batch again", &producer.send(&topic, None, second[..].into())?, &accepted_at(120))?;
    seen_by_all(lab, &topic, &records)
}

fn accepted_at(base_offset: i64) -> Produced {
    Produced { error_code: 0, base_offset }
}

fn transactions(lab: &Lab, codec: Codec) -> Result<(), Failed> {
    let topic = format!("watershed-{codec}-transactions");
    lab.create_topic(&topic, &[])?;
    let mut records = awkward(Client::Java);
    // Of each transaction: its records and its marker.
    let size = i64::try_from(records.len())? + 1;
    let mut producer = Producer::connect(&lab.bootstrap())?;
    for (committed, end) in [(false, size), (true, 2 * size)] {
        let id = format!("{topic}-{committed}");
        let (producer_id, producer_epoch) = producer.init(Some(&id))?;
        let options = BatchOptions {
            codec,
            producer_id,
            producer_epoch,
            base_sequence: 0,
            transactional: true,
            ..BatchOptions::default()
        };
        let batch = build(options, &records)?;
        producer.send_in_transaction(&topic, &id, batch[..].into())?;
        producer.end(&id, (producer_id, producer_epoch), committed)?;
        // The marker is written a moment after the answer, and must not come behind the next transaction.
        lab.consume(Client::Java, &topic, Isolation::ReadUncommitted, end)?;
    }
    // The aborted transaction lies in front.
    records.iter_mut().for_each(|record| record.offset += size);
    for client in Client::ALL {
        let seen = lab.consume(client, &topic, Isolation::ReadCommitted, 2 * size)?;
        same_records(&seen, &records).map_err(|error| named(client, &error))?;
        let all = lab.consume(client, &topic, Isolation::ReadUncommitted, 2 * size)?;
        same("records of both", &all.len(), &(2 * records.len()))?;
    }
    let markers: Vec<_> = lab
        .views_agreed_with_java(&lab.partition_bytes(&topic)?)?
        .into_iter()
        .filter_map(|batch| batch.marker)
        .collect();
    same("markers", &markers.iter().map(|marker| marker.kind.as_str()).collect(), &vec!["abort", "commit"])
}

/// What a route does with a batch that another client wrote: passed on whole behind a new header, or built again.
fn passed_on(lab: &Lab, client: Client, codec: Codec) -> Result<(), Failed> {
    let from = format!("{}-{codec}-from", client.name());
    let to = format!("{}-{codec}-to", client.name());
    for topic in [&from, &to] {
        lab.create_topic(topic, &[])?;
    }
    let records = awkward(client);
    let produce = Produce::new(&lab.bootstrap(), &from, Source::Records(records.clone()));
    let named =
        tool::Codec::ALL.into_iter().find(|named| named.name() == codec.name()).expect("the same codecs");
    produced(lab, client, &from, Produce { codec: named, ..produce })?;

    let mut producer = Producer::connect(&lab.bootstrap())?;
    let bytes = producer.fetch(&from, 0)?;
    let batch = RawBatch::parse(&bytes)?.validate()?;
    let (producer_id, producer_epoch) = producer.init(None)?;
    let head = batch.rewritten_header(&Rewrite {
        base_offset: Some(0),
        leader_epoch: Some(-1),
        producer_id: Some(producer_id),
        producer_epoch: Some(producer_epoch),
        base_sequence: Some(0),
        ..Rewrite::default()
    })?;
    let payload = watershed_protocol::wire::Payload { head: &head, body: batch.body(), elsewhere_bytes: 0 };
    same("first offset", &producer.send_accepted(&to, payload)?, &0)?;

    let mut builder = BatchBuilder::new(BatchOptions { codec, ..BatchOptions::default() });
    for record in BatchReader::new(LIMIT_BYTES).records(&batch)? {
        builder.push(&record?)?;
    }
    let mut rebuilt = Vec::new();
    builder.finish(&mut rebuilt)?;
    let second_offset = producer.send_accepted(&to, rebuilt[..].into())?;

    let again = records.iter().cloned().map(|mut record| {
        record.offset += second_offset;
        record
    });
    seen_by_all(lab, &to, &records.iter().cloned().chain(again).collect::<Vec<_>>())?;
    same("batches on the way", &Batches::new(&producer.fetch(&to, 0)?).count(), &2)
}

/// That the broker checks at all, so that its consent above means something.
fn damaged(lab: &Lab) -> Result<(), Failed> {
    let topic = "watershed-damaged";
    lab.create_topic(topic, &[])?;
    let mut batch = build(BatchOptions::default(), &awkward(Client::Java))?;
    *batch.last_mut().expect("a batch has bytes") ^= 1;
    let produced = Producer::connect(&lab.bootstrap())?.send(topic, None, batch[..].into())?;
    same("error code", &produced.error_code, &CORRUPT)
}
