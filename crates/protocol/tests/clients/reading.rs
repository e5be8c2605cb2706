//! What clients write is read with nothing changed, can be rewritten, and can be built again.

use libtest_mimic::{Failed, Trial};
use watershed_protocol::batch::{
    BatchBuilder, BatchOptions, BatchReader, Batches, Rewrite, rewrite_in_place,
};
use watershed_testkit::Error;
use watershed_testkit::batch::{BatchView, MarkerView};
use watershed_testkit::generate::Generate;
use watershed_testkit::record::{Header, Record, TimestampType};
use watershed_testkit::tool::{Client, Codec, Isolation, Mode, Produce, Source};

use crate::lab::{Lab, same, same_batches, same_records};
use crate::view::LIMIT_BYTES;
use crate::{SharedLab, claim, view};

const TIMESTAMP_MS: i64 = 1_700_000_000_000;

pub(crate) fn trials(lab: &SharedLab) -> Vec<Trial> {
    let mut trials = Vec::new();
    for client in Client::ALL {
        for codec in Codec::ALL {
            let name = |what: &str| format!("{}::{}::{what}", client.name(), codec.name());
            for mode in MODES {
                let name = name(&format!("{mode}_10_000_records_are_read_with_nothing_changed"));
                trials.push(claim(lab, name, move |lab| ten_thousand_records(lab, client, codec, mode)));
            }
            trials.push(claim(lab, name("one_record_is_read_with_nothing_changed"), move |lab| {
                one_record(lab, client, codec)
            }));
            trials.push(claim(lab, name("awkward_records_are_read_with_nothing_changed"), move |lab| {
                awkward_records(lab, client, codec)
            }));
            trials.push(claim(lab, name("append_time_is_every_records_time"), move |lab| {
                append_time(lab, client, codec)
            }));
            trials.push(claim(lab, name("sequences_of_many_batches_follow_each_other"), move |lab| {
                many_batches(lab, client, codec)
            }));
        }
        let name = format!("{}::transactions_end_with_their_marker", client.name());
        trials.push(claim(lab, name, move |lab| transactions(lab, client)));
    }
    trials.push(claim(lab, "kafka-python::null_header_values_are_refused_by_the_client_itself", refusals));
    trials
}

const MODES: [&str; 4] = ["plain", "idempotent", "commit", "abort"];

fn mode(name: &str, topic: &str) -> Mode {
    let transactional_id = format!("transaction-{topic}");
    match name {
        "plain" => Mode::Plain,
        "idempotent" => Mode::Idempotent,
        "commit" => Mode::Commit { transactional_id },
        _ => Mode::Abort { transactional_id },
    }
}

/// Every record that `client` can send.
fn generate(client: Client, seed: u64, count: u32) -> Generate {
    let all = client != Client::KafkaPython;
    Generate { null_header_values: all, null_key_and_value: all, ..Generate::new(seed, count) }
}

/// Records in which everything that can be null or double is. The long text makes every client compress. No time is 0,
/// which librdkafka takes for now.
pub(crate) fn awkward(client: Client) -> Vec<Record> {
    let text = "water under the bridge, ".repeat(60);
    let header = |name: &str, value: Option<&[u8]>| Header(name.to_owned(), value.map(<[u8]>::to_vec));
    let mut records = vec![
        Record {
            key: Some(b"key".to_vec()),
            headers: vec![
                header("a", Some(b"1")),
                header("a", Some(b"2")),
                header("b", None),
                header("", Some(b"")),
            ],
            ..Record::with_value(TIMESTAMP_MS, text)
        },
        Record {
            value: None,
            key: Some(b"tombstone".to_vec()),
            ..Record::with_value(TIMESTAMP_MS + 5000, "")
        },
        Record { key: Some(Vec::new()), ..Record::with_value(TIMESTAMP_MS - 10_000, "") },
        Record { value: None, ..Record::with_value(TIMESTAMP_MS, "") },
        Record {
            headers: vec![header("größer", Some("水门".as_bytes()))],
            ..Record::with_value(1, vec![0, 0xff])
        },
    ];
    if client == Client::KafkaPython {
        records[0].headers[2].1 = Some(Vec::new());
        records[3].key = Some(b"second tombstone".to_vec());
    }
    for (offset, record) in (0..).zip(&mut records) {
        record.offset = offset;
    }
    records
}

/// Produces to a topic of its own and waits until it is all there, a marker included.
pub(crate) fn produced(lab: &Lab, client: Client, topic: &str, produce: Produce) -> Result<Vec<u8>, Failed> {
    let markers = match produce.mode {
        Mode::Plain | Mode::Idempotent => 0,
        Mode::Commit { .. } | Mode::Abort { .. } => 1,
    };
    let produced = lab.tool(client).produce(&produce)?;
    let end = produced.last_offset + 1 + markers;
    lab.consume(Client::Java, topic, Isolation::ReadUncommitted, end)?;
    lab.partition_bytes(topic)
}

fn ten_thousand_records(lab: &Lab, client: Client, codec: Codec, mode_name: &str) -> Result<(), Failed> {
    let topic = format!("{}-{}-{mode_name}-10000", client.name(), codec.name());
    lab.create_topic(&topic, &[])?;
    let seed = topic.bytes().fold(1, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
    let generate = generate(client, seed, 10_000);
    let produce = Produce::new(&lab.bootstrap(), &topic, Source::Generate(generate));
    let bytes = produced(lab, client, &topic, Produce { codec, mode: mode(mode_name, &topic), ..produce })?;

    let views = lab.views_agreed_with_java(&bytes)?;
    let (markers, data): (Vec<_>, Vec<_>) = views.into_iter().partition(|batch| batch.control);
    same_records(
        &data.iter().flat_map(|batch| batch.records.clone()).collect::<Vec<_>>(),
        &generate.records(),
    )?;
    for batch in &data {
        same("codec", &batch.codec.as_str(), &codec.name())?;
        same("producer id", &(batch.producer_id >= 0), &(mode_name != "plain"))?;
        same("transactional", &batch.transactional, &matches!(mode_name, "commit" | "abort"))?;
    }
    let markers: Vec<_> =
        markers.into_iter().filter_map(|batch| batch.marker).map(|marker| marker.kind).collect();
    let expected: &[&str] = if matches!(mode_name, "commit" | "abort") { &[mode_name] } else { &[] };
    same("markers", &markers, &expected.iter().map(|&kind| kind.to_owned()).collect())?;
    // One mode is enough for what takes longest: the one that has markers too.
    if mode_name == "commit" { rebuilt_and_rewritten(lab, &bytes) } else { Ok(()) }
}

fn one_record(lab: &Lab, client: Client, codec: Codec) -> Result<(), Failed> {
    let topic = format!("{}-{}-1", client.name(), codec.name());
    let records = &awkward(client)[..1];
    let batch = one_batch(lab, client, codec, &topic, records, &[])?.1;
    same_records(&batch.records, records)
}

fn awkward_records(lab: &Lab, client: Client, codec: Codec) -> Result<(), Failed> {
    let topic = format!("{}-{}-awkward", client.name(), codec.name());
    let records = awkward(client);
    let (bytes, batch) = one_batch(lab, client, codec, &topic, &records, &[])?;
    same_records(&batch.records, &records)?;
    same("largest time", &batch.max_timestamp_ms, &(TIMESTAMP_MS + 5000))?;
    lab.save_golden(&topic, &bytes, &batch, &writer(lab, client)?)?;
    rebuilt_and_rewritten(lab, &bytes)
}

fn append_time(lab: &Lab, client: Client, codec: Codec) -> Result<(), Failed> {
    let topic = format!("{}-{}-append-time", client.name(), codec.name());
    let config = ("message.timestamp.type", "LogAppendTime");
    let (bytes, batch) = one_batch(lab, client, codec, &topic, &awkward(client), &[config])?;
    same("timestamp type", &batch.timestamp_type, &TimestampType::Append)?;
    let appended = |mut record: Record| {
        record.timestamp_ms = batch.max_timestamp_ms;
        record.timestamp_type = TimestampType::Append;
        record
    };
    same_records(&batch.records, &awkward(client).into_iter().map(appended).collect::<Vec<_>>())?;
    if batch.max_timestamp_ms <= TIMESTAMP_MS + 5000 {
        return Err("the broker's time is not there: this proves nothing".into());
    }
    for reader in Client::ALL {
        let end = batch.last_offset + 1;
        same_records(&batch.records, &lab.consume(reader, &topic, Isolation::ReadUncommitted, end)?)?;
    }
    lab.save_golden(&topic, &bytes, &batch, &writer(lab, client)?)
}

/// The one batch that these records become.
fn one_batch(
    lab: &Lab,
    client: Client,
    codec: Codec,
    topic: &str,
    records: &[Record],
    configs: &[(&str, &str)],
) -> Result<(Vec<u8>, BatchView), Failed> {
    lab.create_topic(topic, configs)?;
    let produce = Produce::new(&lab.bootstrap(), topic, Source::Records(records.to_vec()));
    let bytes = produced(lab, client, topic, Produce { codec, ..produce })?;
    let mut views = lab.views_agreed_with_java(&bytes)?;
    same("how many batches", &views.len(), &1)?;
    let batch = views.remove(0);
    same("codec", &batch.codec.as_str(), &codec.name())?;
    Ok((bytes, batch))
}

fn many_batches(lab: &Lab, client: Client, codec: Codec) -> Result<(), Failed> {
    let topic = format!("{}-{}-many", client.name(), codec.name());
    lab.create_topic(&topic, &[])?;
    let generate = generate(client, 3, 2000);
    let produce = Produce::new(&lab.bootstrap(), &topic, Source::Generate(generate));
    let produce = Produce { codec, mode: Mode::Idempotent, batch_bytes: 16_384, ..produce };
    let bytes = produced(lab, client, &topic, produce)?;
    let views = lab.views_agreed_with_java(&bytes)?;
    if views.len() < 4 {
        return Err(format!("{} batches are not many", views.len()).into());
    }
    for pair in views.windows(2) {
        same("offset after the batch", &pair[1].base_offset, &(pair[0].last_offset + 1))?;
        same(
            "sequence after the batch",
            &pair[1].base_sequence,
            &(pair[0].base_sequence + pair[0].record_count),
        )?;
    }
    same_records(&views.into_iter().flat_map(|batch| batch.records).collect::<Vec<_>>(), &generate.records())
}

fn transactions(lab: &Lab, client: Client) -> Result<(), Failed> {
    for kind in ["commit", "abort"] {
        let topic = format!("{}-none-{kind}", client.name());
        lab.create_topic(&topic, &[])?;
        let records = vec![Record::with_value(TIMESTAMP_MS, "in a transaction")];
        let produce = Produce::new(&lab.bootstrap(), &topic, Source::Records(records));
        let bytes = produced(lab, client, &topic, Produce { mode: mode(kind, &topic), ..produce })?;
        let views = lab.views_agreed_with_java(&bytes)?;
        let [data, marker] = &views[..] else {
            return Err(format!("{} batches instead of records and a marker", views.len()).into());
        };
        let expected = Some(MarkerView { kind: kind.to_owned(), coordinator_epoch: 0 });
        same("marker", &marker.marker, &expected)?;
        same("the marker's producer", &marker.producer_id, &data.producer_id)?;
        let (data_bytes, marker_bytes) = bytes.split_at(data.size_bytes as usize);
        lab.save_golden(&format!("{topic}-data"), data_bytes, data, &writer(lab, client)?)?;
        lab.save_golden(
            &format!("{topic}-marker"),
            marker_bytes,
            marker,
            "Kafka's transaction coordinator 4.3.1",
        )?;
        rebuilt_and_rewritten(lab, &bytes)?;
    }
    Ok(())
}

/// If this fails, kafka-python has learnt it, and the tests above can ask it for everything.
fn refusals(lab: &Lab) -> Result<(), Failed> {
    let topic = "kafka-python-refusals";
    lab.create_topic(topic, &[])?;
    for record in [&awkward(Client::Java)[0], &awkward(Client::Java)[3]] {
        let produce = Produce::new(&lab.bootstrap(), topic, Source::Records(vec![record.clone()]));
        match lab.tool(Client::KafkaPython).produce(&produce) {
            Err(Error::Unsupported { .. }) => {}
            other => return Err(format!("not refused: {other:?}").into()),
        }
    }
    same("bytes written all the same", &lab.partition_bytes(topic)?.len(), &0)
}

/// Batches of a client keep their content when their header is rewritten in place, and when they are built again from
/// their records; Java's own code agrees. What was not compressed comes out as the very bytes.
fn rebuilt_and_rewritten(lab: &Lab, bytes: &[u8]) -> Result<(), Failed> {
    let mut reader = BatchReader::new(LIMIT_BYTES);
    for batch in Batches::new(bytes) {
        let batch = batch?.validate()?;
        let before = view::view(&batch, &mut reader)?;

        let mut builder = BatchBuilder::new(BatchOptions::from_header(batch.header())?);
        for record in reader.records(&batch)? {
            builder.push(&record?)?;
        }
        let mut rebuilt = Vec::new();
        builder.finish(&mut rebuilt)?;
        if before.codec == "none" && rebuilt != batch.bytes() {
            return Err(format!("{before:?} came out as other bytes").into());
        }
        let after = lab.views_agreed_with_java(&rebuilt)?;
        let sized = |view: &BatchView| BatchView { size_bytes: 0, crc: 0, ..view.clone() };
        same_batches(&[sized(&before)], &after.iter().map(sized).collect::<Vec<_>>())?;

        let mut rewritten = batch.bytes().to_vec();
        let change = Rewrite {
            base_offset: Some(0),
            leader_epoch: Some(-1),
            producer_id: Some(77),
            producer_epoch: Some(3),
            base_sequence: Some(12),
            ..Rewrite::default()
        };
        rewrite_in_place(&mut rewritten, &change)?;
        let after = lab.views_agreed_with_java(&rewritten)?;
        same("rewritten producer", &(after[0].producer_id, after[0].producer_epoch), &(77, 3))?;
        let moved = before.records.iter().cloned().map(|mut record| {
            record.offset -= before.base_offset;
            record
        });
        same_records(&after[0].records, &moved.collect::<Vec<_>>())?;
    }
    Ok(())
}

fn writer(lab: &Lab, client: Client) -> Result<String, Error> {
    let version = lab.tool(client).version()?;
    Ok(format!("{} {}", version.client, version.version))
}
