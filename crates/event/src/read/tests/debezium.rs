//! Claims about Debezium's envelope, on values as its documentation shows them.

use super::*;
use crate::read::debezium::Change;

const POSTGRES: &str = r#"{"version":"3.3.0","connector":"postgresql","name":"shop","ts_ms":1559033904863,
    "ts_us":1559033904863123,"ts_ns":1559033904863123000,"snapshot":false,"db":"postgres","sequence":"[\"1\",\"2\"]",
    "schema":"public","table":"customers","txId":555,"lsn":24023128,"xmin":null}"#;
const MYSQL: &str = r#"{"version":"3.3.0","connector":"mysql","name":"shop","ts_ms":1559033904000,"db":"inventory",
    "table":"customers","server_id":223344,"gtid":null,"file":"mysql-bin.000003","pos":484,"row":0,"thread":7}"#;
const ORACLE: &str = r#"{"connector":"oracle","name":"shop","ts_ms":1,"schema":"D","table":"C","scn":"2122185",
    "commit_scn":"2122999","rs_id":" 0x1.2.3 ","ssn":0}"#;
const SQLSERVER: &str = r#"{"connector":"sqlserver","name":"shop","ts_ms":1,"schema":"dbo","table":"C",
    "commit_lsn":"00000027:00000758:0005","change_lsn":"00000027:00000758:0003","event_serial_no":1}"#;
const MONGODB: &str =
    r#"{"connector":"mongodb","name":"shop","ts_ms":1,"db":"i","collection":"c","ord":31,"lsid":null}"#;
const KEY: &str = r#"{"id":1004}"#;

/// Everything of an event that a claim looks at.
#[derive(Debug, PartialEq)]
struct Seen {
    event_type: String,
    op: Option<Op>,
    carries: Option<Carries>,
    data: Option<String>,
}

fn read(key: Option<&str>, value: &str) -> Option<Event<'static>> {
    let reader = reader();
    let record = record(key.map(str::as_bytes), Some(value.as_bytes()), &[]);
    let ReadEvent { event, form } = reader.read(&record).unwrap();
    matches!(form, Form::Debezium(_)).then(|| event.into_owned())
}

fn change(op: &str, before: &str, after: &str, source: &str) -> Event<'static> {
    read(Some(KEY), &envelope(op, before, after, source)).unwrap()
}

fn envelope(op: &str, before: &str, after: &str, source: &str) -> String {
    format!(
        r#"{{"before":{before},"after":{after},"source":{source},"transaction":null,"op":"{op}","ts_ms":1559033905000}}"#
    )
}

#[test]
fn each_change_has_its_op_type_and_data() {
    let check = |value: &str, event_type: &str, op, carries, data: Option<&str>| {
        let event = read(Some(KEY), value).unwrap();
        let seen = Seen {
            event_type: event.event_type().to_string(),
            op: event.op(),
            carries: event.carries(),
            data: event.data().map(|data| String::from_utf8(data.to_vec()).unwrap()),
        };
        let data = data.map(str::to_owned);
        assert_eq!(seen, Seen { event_type: event_type.to_owned(), op, carries, data }, "{value}");
    };
    let row = |op: &str, before: &str, after: &str| envelope(op, before, after, POSTGRES);
    let state = Some(Carries::State);
    check(&row("c", "null", r#"{"id": 1}"#), "sales.create", Some(Op::Create), state, Some(r#"{"id": 1}"#));
    check(&row("r", "null", r#"{"id":1}"#), "sales.read", Some(Op::Read), state, Some(r#"{"id":1}"#));
    check(
        &row("u", r#"{"id":1}"#, r#"{"id":2}"#),
        "sales.update",
        Some(Op::Update),
        state,
        Some(r#"{"id":2}"#),
    );
    check(&row("d", r#"{"id":1}"#, "null"), "sales.delete", Some(Op::Delete), state, Some(r#"{"id":1}"#));
    check(&row("d", "null", "null"), "sales.delete", Some(Op::Delete), state, None);
    check(&row("u", "null", "null"), "sales.update", Some(Op::Update), Some(Carries::Hint), None);
    let document = r#""{\"_id\": \"Z\u00fcrich\"}""#;
    check(&row("c", "null", document), "sales.create", Some(Op::Create), state, Some(r#"{"_id": "Zürich"}"#));
    let truncate = format!(r#"{{"source":{POSTGRES},"op":"t","ts_ms":1}}"#);
    check(&truncate, "sales.truncate", None, None, None);
    let message = format!(
        r#"{{"source":{POSTGRES},"op":"m","ts_ms":1,"message":{{"prefix":"foo","content":"Ymfy"}}}}"#
    );
    check(&message, "sales.message", None, None, Some(r#"{"prefix":"foo","content":"Ymfy"}"#));
    // Some connectors send the rows of a snapshot as c.
    let snapshot = POSTGRES.replace("\"snapshot\":false", "\"snapshot\":\"last\"");
    let value = envelope("c", "null", "{}", &snapshot);
    check(&value, "sales.read", Some(Op::Read), state, Some("{}"));
}

#[test]
fn the_converters_schema_is_passed_over() {
    let payload = envelope("c", "null", r#"{"id":1}"#, POSTGRES);
    let wrapped = format!(r#"{{"schema":{{"type":"struct","fields":[]}},"payload":{payload}}}"#);
    let key = format!(r#"{{"schema":{{"type":"struct"}},"payload":{KEY}}}"#);
    let (bare, wrapped) = (read(Some(KEY), &payload).unwrap(), read(Some(&key), &wrapped).unwrap());
    assert_eq!(wrapped.subject(), bare.subject());
    assert_eq!(wrapped.data(), bare.data());
    assert_eq!((wrapped.time(), wrapped.version()), (bare.time(), bare.version()));
}

#[test]
fn only_the_envelope_is_taken_for_it() {
    for value in [
        "",
        "{",
        "[1]",
        "null",
        r#"{"ts_ms":1}"#,
        r#"{"op":"c","source":{}}"#,
        r#"{"op":"x","source":{},"after":{}}"#,
        r#"{"op":1,"source":{},"after":{}}"#,
        r#"{"op":"c","source":"x","after":{}}"#,
        r#"{"op":"c","source":null,"after":{}}"#,
        r#"{"op":"c","after":{"source":{}}}"#,
        r#"{"before":{},"after":{},"note":"\"op\" and \"source\""}"#,
        r#"{"op":"c","source":{},"after":{}} trailing"#,
        r#"{"payload":{"op":"c","source":{}}}"#,
        r#"{"payload":"{\"op\":\"c\",\"source\":{},\"after\":{}}"}"#,
    ] {
        assert_eq!(read(None, value), None, "{value}");
    }
    for value in [
        r#"{"op":"c","source":{},"after":null}"#,
        r#" {"op":"d","source":{},"before":null,"ts_us":1,"ts_ns":"x"}"#,
        r#"{"payload":{"op":"t","source":{}}}"#,
    ] {
        assert!(read(None, value).is_some(), "{value}");
    }
}

#[test]
fn the_envelope_is_not_looked_for_where_the_options_say_so() {
    let reader = EventReader { debezium: Detection::Ignore, ..reader() };
    let value = envelope("c", "null", "{}", POSTGRES);
    assert_eq!(reader.read(&record(None, Some(value.as_bytes()), &[])).unwrap().form, Form::Bare);
}

#[test]
fn what_the_event_has_no_place_for_is_in_the_envelope() {
    let value = envelope("u", r#"{"id":1}"#, r#"{"id":2}"#, "{}").replace("null", r#"{"id":"7"}"#);
    let envelope = Envelope::parse(value.as_bytes()).unwrap();
    assert_eq!(envelope.change(), Change::Row(Op::Update));
    assert_eq!(envelope.before_json(), Some(r#"{"id":1}"#));
    assert_eq!(envelope.after_json(), Some(r#"{"id":2}"#));
    assert_eq!(envelope.transaction_json(), Some(r#"{"id":"7"}"#));
    assert_eq!(envelope.source_json(), "{}");
}

#[test]
fn source_is_that_of_debeziums_own_cloudevents() {
    assert_eq!(change("c", "null", "{}", POSTGRES).source().as_str(), "/debezium/postgresql/shop");
    assert_eq!(change("c", "null", "{}", r#"{"connector":"mysql"}"#).source().as_str(), "/sales");
    let odd = r#"{"connector":"a\u0000","name":"b"}"#;
    assert_eq!(change("c", "null", "{}", odd).source().as_str(), "/sales");
    let long = format!(r#"{{"connector":"mysql","name":"{}"}}"#, "x".repeat(100));
    assert_eq!(change("c", "null", "{}", &long).source().as_str(), "/sales");
}

#[test]
fn subject_is_the_keys_value() {
    let check = |key: Option<&str>, expected: Option<&str>| {
        let event = read(key, &envelope("c", "null", "{}", POSTGRES)).unwrap();
        assert_eq!(event.subject().map(Subject::as_str), expected, "{key:?}");
    };
    check(None, None);
    check(Some("null"), None);
    check(Some(r#"{"schema":null,"payload":null}"#), None);
    check(Some(KEY), Some("1004"));
    check(Some(r#"{"id":"Z\u00fcrich"}"#), Some("Zürich"));
    check(Some(r#"{"schema":{},"payload":{"id":7}}"#), Some("7"));
    check(Some(r#"{"schema":1,"payload":2,"more":3}"#), Some(r#"{"schema":1,"payload":2,"more":3}"#));
    check(Some(r#"{"a":1,"b":"x"}"#), Some(r#"{"a":1,"b":"x"}"#));
    check(Some(r#"{"a":{"b":1}}"#), Some(r#"{"a":{"b":1}}"#));
    check(Some("1004"), Some("1004"));
    check(Some("\"text\""), Some("text"));
    check(Some("not json"), Some("not json"));
    check(Some(r#"{"id":"\u0000"}"#), None);
    check(Some(""), None);
}

#[test]
fn time_is_that_of_the_commit_as_fine_as_it_is_known() {
    let check = |source: &str, ts: &str, expected: &str| {
        let value = format!(r#"{{"op":"c","after":{{}},"source":{source}{ts}}}"#);
        assert_eq!(read(None, &value).unwrap().time().unwrap().to_string(), expected, "{value}");
    };
    check(POSTGRES, "", "2019-05-28T08:58:24.863123Z");
    check(r#"{"ts_ms":1000,"ts_us":1000001}"#, r#","ts_ms":5"#, "1970-01-01T00:00:01.000001Z");
    check(r#"{"ts_ms":1000}"#, r#","ts_ns":5"#, "1970-01-01T00:00:01Z");
    check(r#"{"ts_ms":0}"#, r#","ts_ms":7"#, "1970-01-01T00:00:00.007Z");
    check("{}", r#","ts_ms":9223372036854775807"#, "2024-05-01T12:00:00.500Z");
    check("{}", "", "2024-05-01T12:00:00.500Z");
}

#[test]
fn a_version_is_given_only_where_it_never_goes_down() {
    let check = |source: &str, expected: Option<u64>| {
        let event = change("u", "null", "{}", source);
        assert_eq!(event.version(), expected.map(EntityVersion), "{source}");
    };
    check(POSTGRES, Some(24_023_128));
    check(ORACLE, Some(2_122_185));
    for source in [MYSQL, SQLSERVER, MONGODB, "{}"] {
        check(source, None);
    }
    check(&POSTGRES.replace("24023128", "-1"), None);
    check(&POSTGRES.replace("\"snapshot\":false", "\"snapshot\":\"incremental\""), None);
    assert_eq!(change("r", "null", "{}", POSTGRES).version(), None);
}

#[test]
fn a_copy_has_the_id_of_the_first_at_whatever_offset() {
    let reader = reader();
    let id = |offset, value: &str| {
        let record = Record { offset, ..record(Some(KEY.as_bytes()), Some(value.as_bytes()), &[]) };
        reader.read(&record).unwrap().event.id().clone().into_owned()
    };
    for source in [POSTGRES, SQLSERVER] {
        let first = envelope("u", "null", "{}", source);
        // A later run: the connector's version, the time of processing and what is only its own differ.
        let copy = first.replace("3.3.0", "3.4.0").replace("1559033905000", "1559039999000");
        let copy =
            copy.replace(r#"[\"1\",\"2\"]"#, r#"[\"9\",\"2\"]"#).replace(r#""thread":7"#, r#""thread":8"#);
        assert_eq!(id(1, &first), id(2, &copy), "{source}");
        assert_eq!(id(1, &first).as_uuid().unwrap().get_version_num(), 5);
    }
    assert_eq!(
        id(1, &envelope("u", "null", "{}", POSTGRES)).to_string(),
        "f0fcfbcd-6236-5666-a347-71e2e4e39914",
        "golden: computed apart from this code with Python's hashlib"
    );
}

#[test]
fn different_changes_have_different_ids() {
    let next = SQLSERVER.replace(r#""event_serial_no":1"#, r#""event_serial_no":2"#);
    let later = POSTGRES.replace("24023128", "24023129");
    let other_table = POSTGRES.replace("customers", "orders");
    let all = [
        change("u", "null", "{}", POSTGRES),
        change("d", "null", "{}", POSTGRES),
        change("u", "{}", "null", POSTGRES),
        change("u", "{}", "{}", POSTGRES),
        change("u", "null", r#"{"a":1}"#, POSTGRES),
        change("u", "null", "{}", &later),
        change("u", "null", "{}", &other_table),
        change("u", "null", "{}", SQLSERVER),
        change("u", "null", "{}", &next),
        read(Some("5"), &envelope("u", "null", "{}", POSTGRES)).unwrap(),
    ];
    for (index, one) in all.iter().enumerate() {
        for other in &all[..index] {
            assert_ne!(one.id(), other.id());
        }
    }
}

#[test]
fn a_change_without_a_position_of_its_own_has_the_id_of_its_place() {
    let of_place = reader().ids.id(41).unwrap();
    let value = |source: &str| envelope("u", "null", "{}", source);
    for (key, value) in [
        (Some(KEY), value(MONGODB)),
        (Some(KEY), value("{}")),
        (Some(KEY), value(MYSQL)),
        (Some(KEY), value(ORACLE)),
        (Some(KEY), value(&SQLSERVER.replace(r#""event_serial_no":1"#, r#""event_serial_no":null"#))),
        (Some(KEY), value(&POSTGRES.replace("\"snapshot\":false", "\"snapshot\":\"incremental\""))),
        (Some(KEY), envelope("r", "null", "{}", POSTGRES)),
        (Some(KEY), format!(r#"{{"source":{POSTGRES},"op":"m"}}"#)),
        (None, value(POSTGRES)),
        (Some("null"), value(POSTGRES)),
    ] {
        assert_eq!(*read(key, &value).unwrap().id(), of_place, "{key:?} {value}");
    }
}
