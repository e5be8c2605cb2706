//! Claims about binary mode, and about what both modes share.

use super::*;

#[test]
fn every_attribute_of_binary_mode_finds_its_field() {
    let event = binary(&[
        ("ce_subject", "Zürich 🚰"),
        ("ce_time", "2024-05-01T14:00:00.120+02:00"),
        ("ce_dataschema", "https://example.com/s"),
        ("content-type", "text/plain"),
        ("ce_op", "u"),
        ("ce_version", "18446744073709551615"),
        ("ce_carries", "hint"),
        ("ce_traceparent", TRACE),
        ("ce_tracestate", "a=1"),
        ("ce_partitionkey", "k"),
    ]);
    let expected = minimal()
        .with_subject(Subject::new("Zürich 🚰").unwrap())
        .with_time(EventTime::parse("2024-05-01T12:00:00.12Z").unwrap())
        .with_data_schema(DataSchema::new("https://example.com/s").unwrap())
        .with_data_content_type(DataContentType::new("text/plain").unwrap())
        .with_op(Op::Update)
        .with_version(EntityVersion(u64::MAX))
        .with_carries(Carries::Hint)
        .with_trace(TraceContext::new(TRACE).unwrap().with_tracestate("a=1"))
        .with_data(b"data");
    assert_eq!(event, Ok(extension(expected, "partitionkey", "k")));
    assert_eq!(event.unwrap().time().unwrap().to_string(), "2024-05-01T14:00:00.120+02:00");
}

#[test]
fn no_value_and_an_empty_value_are_different_data() {
    for value in [None, Some(b"".as_slice())] {
        assert_eq!(read(&REQUIRED, value).unwrap().0.data(), value);
    }
}

#[test]
fn another_producers_meaning_of_op_version_and_carries_is_passed_on() {
    for (name, value) in [("op", "update"), ("version", "v2"), ("version", "007"), ("carries", "beer")] {
        let expected = extension(minimal().with_data(b"data"), name, value);
        assert_eq!(binary(&[(&format!("ce_{name}"), value)]), Ok(expected.clone()), "{name}");
        let read = structured(&format!(r#","{name}":"{value}""#));
        assert_eq!(read, Ok(expected.without_data()), "{name}");
    }
    assert_eq!(structured(r#","version":7"#).unwrap().version(), Some(EntityVersion(7)));
    assert_eq!(structured(r#","version":7.5"#), Ok(extension(minimal(), "version", "7.5")));
}

#[test]
fn the_last_header_of_a_name_counts_and_null_takes_it_away() {
    let base = headers(&REQUIRED);
    let check = |more: &[Header<'static>], expected: Event<'static>| {
        let list: Vec<_> = base.iter().copied().chain(more.iter().copied()).collect();
        assert_eq!(reader().read(&record(None, None, &list)).unwrap().event, expected);
    };
    let null = |key: &'static str| Header { key: key.as_bytes(), value: None };
    let subject = |text| minimal().with_subject(Subject::new(text).unwrap());
    let (one, two) = (Header::new("ce_subject", b"1"), Header::new("ce_subject", b"2"));
    check(&[one, two], subject("2"));
    check(&[two, one], subject("1"));
    check(&[one, null("ce_subject")], minimal());
    check(&[null("ce_subject"), one], subject("1"));
    check(&[Header::new("ce_x", b"1"), null("ce_x")], minimal());
    check(&[Header::new("ce_x", b"1"), Header::new("ce_x", b"2")], extension(minimal(), "x", "2"));
}

#[test]
fn headers_that_are_no_attributes_are_not_read() {
    let event = binary(&[("ce_Upper", "1"), ("ce_data", "1"), ("ce_", "1"), ("CE_x", "1"), ("x", "1")]);
    assert_eq!(event, Ok(minimal().with_data(b"data")));
}

#[test]
fn the_media_type_may_also_be_an_attribute_but_the_header_wins() {
    let of = |pairs: &[_]| binary(pairs).unwrap().data_content_type().unwrap().to_string();
    assert_eq!(of(&[("ce_datacontenttype", "a/b")]), "a/b");
    assert_eq!(of(&[("content-type", "c/d"), ("ce_datacontenttype", "a/b")]), "c/d");
}

#[test]
fn the_attribute_wins_over_the_bare_traceparent_and_an_invalid_one_is_left_out() {
    let check = |pairs: &[(&str, &str)], expected: Option<(&str, Option<&str>)>| {
        let event = binary(pairs).unwrap();
        let trace = event.trace().map(|trace| (trace.traceparent(), trace.tracestate()));
        assert_eq!(trace, expected, "{pairs:?}");
        assert!(event.extensions().is_empty(), "{pairs:?}");
    };
    let hop = [("traceparent", HOP_TRACE), ("tracestate", "h=1")];
    check(&[], None);
    check(&hop, Some((HOP_TRACE, Some("h=1"))));
    check(&[hop[0], ("ce_traceparent", TRACE), hop[1]], Some((TRACE, None)));
    check(&[hop[0], ("ce_traceparent", "00-bad"), ("ce_tracestate", "a=1")], Some((HOP_TRACE, None)));
    check(&[("ce_traceparent", "00-bad")], None);
    check(&[("ce_tracestate", "a=1")], None);
    let member = structured(&format!(r#","traceparent":"{TRACE}","tracestate":"a=1""#)).unwrap();
    assert_eq!(member.trace(), Some(&TraceContext::new(TRACE).unwrap().with_tracestate("a=1")));
}

#[test]
fn a_broken_event_in_binary_mode_is_an_error_that_names_the_header() {
    let check = |change: (&'static str, Option<&'static [u8]>), expected: &str| {
        let mut list = headers(&REQUIRED);
        list.push(Header { key: change.0.as_bytes(), value: change.1 });
        let error = reader().read(&record(None, None, &list)).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    };
    for name in ["ce_specversion", "ce_id", "ce_source", "ce_type"] {
        check((name, None), &format!("header `{name}` is missing: a CloudEvent has specversion"));
    }
    check(("ce_specversion", Some(b"0.3")), "header `ce_specversion` is \"0.3\", but only version 1.0");
    check(("ce_id", Some(b"")), "header `ce_id` is empty: fill it");
    check(("ce_source", Some(b"\xff")), "header `ce_source` is not UTF-8");
    check(("ce_type", Some(b"a\0")), "header `ce_type` holds the character U+0000");
    check(("ce_time", Some(b"yesterday")), "header `ce_time` is not a time as RFC 3339");
    check(("ce_x", Some(b"\xc3")), "header `ce_x` is not UTF-8");
    check(("ce_x", Some(b"")), "header `ce_x` is empty");
    check(("ce_x", Some(&[b'x'; 101])), "header `ce_x` has 101 bytes where 100 are allowed");
    check(("ce_subject", Some(&[b'x'; 101])), "header `ce_subject` has 101 bytes");
    check(
        ("ce_datacontenttype", Some(b"application/cloudevents+json")),
        "header `ce_datacontenttype` says that",
    );
}

#[test]
fn attributes_are_bounded_in_number() {
    let named: Vec<_> = (0..16).map(|index| format!("ce_x{index}")).collect();
    let mut list = headers(&REQUIRED);
    list.extend(named.iter().map(|name| Header::new(name, b"1")));
    assert_eq!(reader().read(&record(None, None, &list)).unwrap().event.extensions().len(), 16);
    list.push(Header::new("ce_y", b"1"));
    let too_many = ReadError::TooManyAttributes { attributes_max: 20 };
    assert_eq!(reader().read(&record(None, None, &list)), Err(too_many.clone()));

    let members = |count| (0..count).map(|index| format!(r#","x{index}":1"#)).collect::<String>();
    assert_eq!(structured(&(members(16) + r#","data":1"#)).unwrap().extensions().len(), 16);
    assert_eq!(structured(&members(17)), Err(too_many));
}
