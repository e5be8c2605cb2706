//! `watershed log` as a person or a service manager meets it: the line when it is ready, signals, and errors that say what
//! to do.

#![allow(clippy::disallowed_methods, reason = "how long the end takes is what is shown")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use watershed_protocol::messages::alter_client_quotas_request::{EntityData, EntryData, OpData};
use watershed_protocol::messages::alter_user_scram_credentials_request::ScramCredentialUpsertion;
use watershed_protocol::messages::{
    AlterClientQuotasRequest, AlterClientQuotasResponse, AlterUserScramCredentialsRequest,
    AlterUserScramCredentialsResponse, ApiVersionsRequest, ApiVersionsResponse, DescribeLogDirsRequest,
    DescribeLogDirsResponse,
};
use watershed_testkit::wire::Connection;

/// The bar; what a loaded machine adds to it is the slack of a test.
const END_WITHIN: Duration = Duration::from_secs(1);
const SLACK: Duration = Duration::from_secs(4);

fn watershed(data: &Path, options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_watershed"));
    command.arg("log").arg("--data").arg(data).args(options);
    command
}

/// A log that runs, and ends with the test.
struct Running {
    child: Child,
    output: BufReader<ChildStdout>,
    /// What it said when it was ready.
    ready: String,
    /// Goes with it.
    folder: Option<TempDir>,
}

impl Running {
    fn start(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let mut running = Self::start_in(&folder.path().join("data"), options);
        running.folder = Some(folder);
        running
    }

    fn start_in(data: &Path, options: &[&str]) -> Self {
        Self::spawn(watershed(data, options).stderr(Stdio::null()))
    }

    fn spawn(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
        let mut output = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        let mut ready = String::new();
        output.read_line(&mut ready).expect("it says that it is ready");
        Self { child, output, ready, folder: None }
    }

    fn address(&self) -> String {
        let text = self.ready.split([' ', '"', '\n']).find(|word| word.starts_with("127.0.0.1:"));
        text.unwrap_or_else(|| panic!("no address in {:?}", self.ready)).to_owned()
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &pid]).status().expect("kill runs");
        assert!(sent.success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What it says when it does not start.
fn refusal(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().expect("the program runs");
    let text = String::from_utf8(stderr).expect("errors are text");
    assert!(!status.success() && stdout.is_empty(), "{text}");
    text
}

#[test]
fn it_says_once_where_it_is_ready_and_answers_there() {
    let mut text = Running::start(&["--listen", ":0"]);
    assert!(text.ready.starts_with("ready: "), "{}", text.ready);
    let mut json = Running::start(&["--listen", "127.0.0.1:0", "--listen", ":0", "--log-format", "json"]);
    let ready: serde_json::Value = serde_json::from_str(&json.ready).unwrap();
    assert_eq!(ready["event"], "ready");
    assert_eq!(ready["address"], json.address());
    assert_eq!(ready["addresses"].as_array().unwrap().len(), 2);
    for running in [&mut text, &mut json] {
        let mut connection = Connection::open(&running.address()).unwrap();
        let reply = connection.ask(&ApiVersionsRequest::default(), 0).unwrap();
        let answer: ApiVersionsResponse<'_> = reply.read().unwrap();
        assert_eq!(answer.error_code, 0);
        running.signal("TERM");
        let mut rest = String::new();
        running.output.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
    }
}

#[test]
fn a_signal_ends_it_cleanly_within_a_second_also_with_connections_open() {
    for signal in ["TERM", "INT"] {
        let mut running = Running::start(&["--listen", ":0"]);
        let _idle = TcpStream::connect(running.address()).unwrap();
        let mut connection = Connection::open(&running.address()).unwrap();
        connection.ask(&ApiVersionsRequest::default(), 0).unwrap();
        let since = Instant::now();
        running.signal(signal);
        assert_eq!(running.child.wait().unwrap().code(), Some(0), "SIG{signal}");
        assert!(since.elapsed() < END_WITHIN + SLACK, "SIG{signal} took {:?}", since.elapsed());
    }
}

#[test]
fn a_second_process_on_the_directory_is_refused_with_the_firsts_pid_until_that_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = Running::start_in(folder.path(), &["--listen", ":0"]);
    let text = refusal(&mut watershed(folder.path(), &["--listen", ":0"]));
    assert!(text.contains(&format!("process {}", first.child.id())) && text.contains("--data"), "{text}");
    first.child.kill().unwrap();
    first.child.wait().unwrap();
    let second = Running::start_in(folder.path(), &["--listen", ":0"]);
    assert!(second.ready.starts_with("ready"));
}

#[test]
fn an_address_that_cannot_be_had_is_named_with_the_next_step() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let text = refusal(&mut watershed(folder.path(), &["--listen", ":0", "--metrics", &address]));
    assert!(text.contains(&format!("{address}, which is in use by another process: stop it")), "{text}");
    let users = folder.path().join("users");
    std::fs::write(&users, "alice:secret\n").unwrap();
    let options = ["--listen", "0.0.0.0:0", "--users", users.to_str().unwrap()];
    let text = refusal(&mut watershed(folder.path(), &options));
    assert!(text.contains("without TLS") && !text.contains("--users"), "{text}");
    for (listen, parts) in [
        (address.as_str(), [address.as_str(), "in use", "--listen"]),
        ("0.0.0.0:0", ["0.0.0.0:0", "other machines", "--insecure"]),
        ("nonsense", ["nonsense", "no port", "127.0.0.1:9092"]),
    ] {
        let text = refusal(&mut watershed(folder.path(), &["--listen", listen]));
        assert!(parts.iter().all(|part| text.contains(part)), "{text}");
    }
}

#[test]
fn a_directory_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    for data in [file.clone(), file.join("below")] {
        let text = refusal(&mut watershed(&data, &["--listen", ":0"]));
        let file = file.to_str().unwrap();
        assert!(text.contains(file) && text.contains("is a file, not a directory"), "{text}");
        assert!(text.contains("--data"), "{text}");
    }
    let text = refusal(&mut watershed(Path::new("/proc/x"), &["--listen", ":0"]));
    assert!(text.contains("/proc/x") && text.contains("give one that can be made or written to"), "{text}");
}

#[test]
fn an_option_that_is_wrong_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let users = folder.path().join("users");
    std::fs::write(&users, "alice:secret\nbob-and-no-password\n").unwrap();
    let users = users.to_str().unwrap();
    let nobody = folder.path().join("nobody");
    std::fs::write(&nobody, "# alice is yet to come\n").unwrap();
    let nobody = nobody.to_str().unwrap();
    for (options, parts) in [
        (
            &["--set", "num.partition=3"][..],
            &["--set num.partition=3: there is no such setting; did you mean num.partitions?"][..],
        ),
        (&["--set", "max.connection=3"], &["max.connection", "max.connections"]),
        (&["--set", "num.partitions=many"], &["--set num.partitions=many: it must be a whole number"]),
        (&["--set", "max.connections=0"], &["--set max.connections=0: give a number from 1"]),
        (
            &["--set", "num.partitions=4", "--set", "num.partitions=5"],
            &["--set num.partitions=5: num.partitions=4 is given too"],
        ),
        (&["--set", "log.dirs=/x"], &["--set log.dirs=/x: it is set with --data"]),
        (&["--set", "ssl.key.password=secret"], &["ssl.key.password=[hidden]: it is set with --tls-cert"]),
        (&["--set", "num.partitions"], &["equals sign", "NAME=VALUE"]),
        (&["--advertise", "broker"], &["broker", "HOST:PORT"]),
        (&["--advertise", "broker:0"], &["broker:0", "from 1 to 65535"]),
        (&["--tls-cert", "cert.pem"], &["--tls-key"]),
        (
            &["--tls-cert", "absent.pem", "--tls-key", "absent.key"],
            &["absent.pem", "cannot read", "--tls-cert takes"],
        ),
        (&["--users", "absent"], &["absent", "NAME:PASSWORD"]),
        (&["--users", nobody], &[nobody, "names no users", "NAME:PASSWORD"]),
        (&["--users", users], &[users, "line 2", "NAME:PASSWORD"]),
    ] {
        let text = refusal(&mut watershed(folder.path(), &[&["--listen", ":0"], options].concat()));
        assert!(parts.iter().all(|part| text.contains(part)), "{options:?}: {text}");
        assert!(!text.contains("secret") && !text.contains("bob"), "{text}");
    }
}

#[test]
fn metrics_are_where_it_says_and_for_nobody_who_asks_by_another_name() {
    let log = Running::start(&["--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"]);
    let (_, url) = log.ready.split_once("http://").expect("it says where");
    let (address, path) = url.trim().split_once('/').expect("an address and a path");
    let get = |host: &str| {
        let mut connection = TcpStream::connect(address).expect("it listens");
        connection.write_all(format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        answer
    };
    drop(Connection::open(&log.address()).unwrap());
    let answer = get(address);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("watershed_log_connections_opened_total"), "{answer}");
    assert!(get("evil.example").starts_with("HTTP/1.1 403"));
    let folder = tempfile::tempdir().unwrap();
    let text = refusal(&mut watershed(folder.path(), &["--listen", "127.0.0.1:0", "--metrics", "0.0.0.0:0"]));
    assert!(text.contains("--insecure"), "{text}");
}

#[test]
fn help_names_every_option_with_its_default() {
    let output = Command::new(env!("CARGO_BIN_EXE_watershed")).args(["log", "--help"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for part in [
        "--data",
        "./watershed-data",
        "--listen",
        "127.0.0.1:9092",
        "--advertise",
        "--users",
        "--insecure",
        "--set",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn a_level_with_a_typing_error_is_refused_and_does_not_silence_it() {
    let folder = tempfile::tempdir().unwrap();
    let text = refusal(watershed(folder.path(), &["--listen", ":0"]).env("WATERSHED_LOG", "debgu"));
    assert!(text.contains("\"debgu\" is neither a level nor TARGET=LEVEL"), "{text}");
    assert!(text.contains("off, error, warn, info, debug and trace"), "{text}");
}

#[test]
fn clients_are_told_an_absolute_directory() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = watershed(Path::new("./data"), &["--listen", ":0"]);
    let log = Running::spawn(command.current_dir(folder.path()).stderr(Stdio::null()));
    let mut connection = Connection::open(&log.address()).unwrap();
    let reply = connection.ask(&DescribeLogDirsRequest::default(), 4).unwrap();
    let answer: DescribeLogDirsResponse<'_> = reply.read().unwrap();
    let expect = folder.path().canonicalize().unwrap().join("data");
    assert_eq!(Path::new(answer.results[0].log_dir), expect);
}

#[test]
fn a_quota_that_is_set_is_followed_by_a_warning_that_it_is_not_enforced() {
    let folder = tempfile::tempdir().unwrap();
    let lines = folder.path().join("lines");
    let mut command = watershed(&folder.path().join("data"), &["--listen", ":0"]);
    let mut log = Running::spawn(command.stderr(std::fs::File::create(&lines).unwrap()));
    let mut connection = Connection::open(&log.address()).unwrap();
    for (remove, validate_only) in [(false, true), (false, false), (true, false)] {
        let entity = vec![EntityData { entity_type: "user", entity_name: Some("alice") }];
        let ops = vec![OpData { key: "producer_byte_rate", value: 1024.0, remove }];
        let request = AlterClientQuotasRequest { entries: vec![EntryData { entity, ops }], validate_only };
        let reply = connection.ask(&request, 1).unwrap();
        let answer: AlterClientQuotasResponse<'_> = reply.read().unwrap();
        assert_eq!(answer.entries[0].error_code, 0);
    }
    log.signal("TERM");
    log.child.wait().unwrap();
    let lines = std::fs::read_to_string(lines).unwrap();
    let warnings = lines.lines().filter(|line| line.contains("WARN") && line.contains("not enforced"));
    assert_eq!(warnings.count(), 1, "{lines}");
}

#[test]
fn a_file_without_users_is_taken_where_users_were_made_over_the_wire() {
    let folder = tempfile::tempdir().unwrap();
    let (data, users) = (folder.path().join("data"), folder.path().join("users"));
    std::fs::write(&users, "").unwrap();
    let mut log = Running::start_in(&data, &["--listen", ":0"]);
    let alice = ScramCredentialUpsertion {
        name: "alice",
        mechanism: 1,
        iterations: 4_096,
        salt: b"salt",
        salted_password: b"salted password",
    };
    let request = AlterUserScramCredentialsRequest { upsertions: vec![alice], ..Default::default() };
    let reply = Connection::open(&log.address()).unwrap().ask(&request, 0).unwrap();
    let answer: AlterUserScramCredentialsResponse<'_> = reply.read().unwrap();
    assert_eq!(answer.results[0].error_code, 0);
    log.signal("TERM");
    log.child.wait().unwrap();
    let again = Running::start_in(&data, &["--listen", ":0", "--users", users.to_str().unwrap()]);
    assert!(again.ready.starts_with("ready"), "{}", again.ready);
}
