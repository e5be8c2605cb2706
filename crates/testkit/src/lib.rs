//! What tests need from outside: real Kafka brokers, real clients in other languages, and records to send through them.
//! Only tests and benches depend on this crate.
//!
//! - [`kafka`]: a real broker of one node, in a temporary directory.
//! - [`target`]: a broker of either kind, Apache Kafka or Watershed, with the same settings.
//! - [`crash`]: a load of real producers under which a broker is killed.
//! - [`proxy`]: what stands between a client and a broker and loses, delays or cuts what it is told to.
//! - [`suite`]: scenarios in a client's own language, run one by one.
//! - [`tool`]: Apache's Java client, librdkafka and kafka-python, as programs that are asked to write and read topics.
//! - [`fuzz_batch`], [`fuzz_messages`]: what the fuzz targets do with their bytes.
//! - [`generate`] and [`record`]: the same records, and the same digest over them, in every language.
//! - [`arbitrary`]: made-up messages of every kind.
//! - [`batch`]: what is in a record batch, in a form in which readers can be compared.
//! - [`port`]: ports that nobody listens on.
//! - [`wait`]: bounded waiting for what another process does on its own time.
//!
//! Where things are comes from the environment, which `cargo xtask test` sets:
//!
//! | variable | what | without it |
//! |---|---|---|
//! | `WATERSHED_KAFKA_LIBS` | folder with Apache Kafka's jars | brokers and the Java tool cannot start |
//! | `WATERSHED_PYTHON` | a Python that has the clients | the Python tools cannot start |
//! | `WATERSHED_TEST_DIR` | where temporary directories are made | the system's place for them |
//! | `JAVA_HOME` | a Java 17 or later | the `java` that is found |
//!
//! Every wait has a limit, and every process that is started ends with the value that stands for it, or with the test's
//! process if that is killed.

pub mod arbitrary;
pub mod batch;
pub mod crash;
mod error;
pub mod fuzz_batch;
pub mod fuzz_messages;
pub mod generate;
pub mod kafka;
pub mod port;
mod process;
pub mod proxy;
pub mod record;
pub mod suite;
pub mod target;
pub mod tool;
pub mod wait;
pub mod wire;

pub use error::Error;
