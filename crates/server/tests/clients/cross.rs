//! What one client writes, every client reads: all codecs, null and empty keys, values and headers, names that come twice,
//! and the producer's times.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::{Failed, Trial};
use watershed_testkit::generate::Generate;
use watershed_testkit::record::digest;
use watershed_testkit::tool::{Client, Codec, Consume, Isolation, Mode, Produce, Source, Tool};

use crate::lab::Lab;

/// Records of a claim.
const COUNT: u32 = 300;

/// One process per client, for one command at a time.
static TOOLS: Mutex<Option<HashMap<Client, Arc<Mutex<Tool>>>>> = Mutex::new(None);

pub(crate) fn trials(lab: &Arc<Lab>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for writer in Client::ALL {
        for codec in Codec::ALL {
            let lab = Arc::clone(lab);
            let name =
                format!("{}/cross/{}_{}_is_read_by_every_client", lab.name(), writer.name(), codec.name());
            trials.push(Trial::test(name, move || everyone_reads(&lab, writer, codec)));
        }
    }
    trials
}

fn everyone_reads(lab: &Lab, writer: Client, codec: Codec) -> Result<(), Failed> {
    let bootstrap = lab.bootstrap()?;
    let topic = format!("cross-{}-{}", writer.name(), codec.name());
    with(Client::Java, |tool| Ok(tool.create_topic(&bootstrap, &topic, &[])?))?;
    let any = writer != Client::KafkaPython;
    let generate = Generate { null_header_values: any, null_key_and_value: any, ..Generate::new(41, COUNT) };
    let produce = Produce {
        codec,
        batch_bytes: 900_000,
        ..Produce::new(&bootstrap, &topic, Source::Generate(generate))
    };
    with(writer, |tool| Ok(tool.produce(&produce)?))?;
    let mut expected = generate.records();
    same(writer, &bootstrap, &topic, i64::from(COUNT), &digest(&expected))?;
    // The same again in a transaction: at offsets further on.
    let mode = Mode::Commit { transactional_id: topic.clone() };
    with(writer, |tool| Ok(tool.produce(&Produce { mode, ..produce })?))?;
    let again = generate.records().into_iter();
    expected.extend(again.map(|mut record| {
        record.offset += i64::from(COUNT);
        record
    }));
    // The marker has an offset too.
    same(writer, &bootstrap, &topic, 2 * i64::from(COUNT) + 1, &digest(&expected))
}

fn same(writer: Client, bootstrap: &str, topic: &str, until: i64, expected: &str) -> Result<(), Failed> {
    for reader in Client::ALL {
        for isolation in [Isolation::ReadCommitted, Isolation::ReadUncommitted] {
            let consume = Consume { isolation, until_offset: Some(until), ..Consume::new(bootstrap, topic) };
            let found = with(reader, |tool| Ok(tool.digest(&consume)?))?;
            if found.digest != expected {
                return Err(format!(
                    "{} reads {} records, and others than {} wrote ({isolation:?})",
                    reader.name(),
                    found.count,
                    writer.name()
                )
                .into());
            }
        }
    }
    Ok(())
}

fn with<T>(client: Client, ask: impl FnOnce(&mut Tool) -> Result<T, Failed>) -> Result<T, Failed> {
    let tool = {
        let mut tools = TOOLS.lock().unwrap_or_else(PoisonError::into_inner);
        let tools = tools.get_or_insert_default();
        match tools.get(&client) {
            Some(tool) => Arc::clone(tool),
            None => {
                let tool = Arc::new(Mutex::new(Tool::start(client)?));
                tools.insert(client, Arc::clone(&tool));
                tool
            }
        }
    };
    let mut running = tool.lock().unwrap_or_else(PoisonError::into_inner);
    ask(&mut running).inspect_err(|_| {
        // It has ended; whoever comes next starts another.
        TOOLS.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default().remove(&client);
    })
}
