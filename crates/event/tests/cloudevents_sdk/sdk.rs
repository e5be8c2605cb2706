//! The Python tool as a child process: one JSON command a line, one JSON reply a line.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use watershed_event::time::EventTime;

use super::generate::Given;

/// Where the tool lies, from this crate's folder.
const TOOL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../testkit/clients/cloudevents_tool.py");
const INTERPRETER: &str = "WATERSHED_PYTHON";
/// The SDK that the claims were made about.
const SDK_VERSION: &str = "2.2.0";

/// A Kafka message.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) value: Option<Vec<u8>>,
}

/// An event as the SDK shows it.
#[derive(Debug, PartialEq)]
pub(crate) struct Seen {
    attributes: BTreeMap<String, String>,
    data: Value,
}

impl Seen {
    pub(crate) fn new(attributes: Vec<(String, String)>, data: Value) -> Self {
        Self { attributes: attributes.into_iter().collect(), data }
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.attributes.insert(name.to_owned(), value.to_owned());
    }
}

/// The tool, ended when it is dropped.
pub(crate) struct Sdk {
    process: Child,
    commands: ChildStdin,
    replies: BufReader<ChildStdout>,
}

impl Sdk {
    pub(crate) fn start() -> Self {
        let interpreter = std::env::var_os(INTERPRETER).unwrap_or_else(|| {
            panic!(
                "{INTERPRETER} is not set. This test needs a Python with the CloudEvents SDK: run \
                 `cargo xtask test`, which sets one up, or set {INTERPRETER} to an interpreter where cloudevents=={SDK_VERSION} is installed"
            )
        });
        let mut process = Command::new(&interpreter)
            // Nothing compiled is left beside the sources.
            .arg("-B")
            .arg(TOOL)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("cannot start {}, which {INTERPRETER} names: {error}", interpreter.display())
            });
        let commands = process.stdin.take().expect("standard input is piped");
        let replies = BufReader::new(process.stdout.take().expect("standard output is piped"));
        let mut sdk = Self { process, commands, replies };
        assert_eq!(
            sdk.ask(&json!({"cmd": "version"})),
            json!({"client": "cloudevents", "version": SDK_VERSION})
        );
        sdk
    }

    /// The event that the SDK sees in a message, finding its mode by itself.
    pub(crate) fn read(&mut self, message: &Message) -> Seen {
        let encode = |bytes: &[u8]| STANDARD.encode(bytes);
        let headers: Vec<_> =
            message.headers.iter().map(|(name, value)| json!([name, encode(value)])).collect();
        let (key, value) = (message.key.as_deref().map(encode), message.value.as_deref().map(encode));
        let mut reply = self.ask(&json!({"cmd": "read", "headers": headers, "key": key, "value": value}));
        let attributes = reply["attributes"].take();
        let attributes = serde_json::from_value(attributes).expect("the tool gives attributes as strings");
        Seen { attributes, data: reply["data"].take() }
    }

    /// The message that the SDK makes of an event.
    pub(crate) fn write(&mut self, mode: &str, given: &Given) -> Message {
        let reply = self
            .ask(&json!({"cmd": "write", "mode": mode, "attributes": given.attributes, "data": given.data}));
        let decode =
            |value: &Value| value.as_str().map(|text| STANDARD.decode(text).expect("the tool writes base64"));
        let header = |pair: &Value| {
            let name = pair[0].as_str().expect("a header has a name").to_owned();
            (name, decode(&pair[1]).expect("the SDK's headers have values"))
        };
        let headers =
            reply["headers"].as_array().expect("a message has headers").iter().map(header).collect();
        Message { headers, key: decode(&reply["key"]), value: decode(&reply["value"]) }
    }

    fn ask(&mut self, command: &Value) -> Value {
        writeln!(self.commands, "{command}").expect("the tool reads its commands");
        let mut reply = String::new();
        self.replies.read_line(&mut reply).expect("the tool answers in UTF-8");
        let reply: Value = serde_json::from_str(&reply).unwrap_or_else(|error| {
            panic!("the tool answered {reply:?} ({error}) to {command}; its own errors are above")
        });
        assert!(reply.get("error").is_none(), "{reply} to {command}");
        reply
    }
}

impl Drop for Sdk {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end, and its status is fetched all the same.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A time as the tool shows it: in UTC, with six digits of a second.
pub(crate) fn time_as_shown(text: &str) -> String {
    let instant = EventTime::parse(text).expect("the generator makes valid times").instant();
    format!("{instant:.6}")
}
