//! Claims over generated events and hostile records.

use proptest::prelude::*;

use super::*;

fn text() -> impl Strategy<Value = String> {
    "[ -~äß漢🚰]{1,40}"
}

prop_compose! {
    fn event()(
        id in prop_oneof![any::<[u8; 16]>().prop_map(|bytes| Uuid::from_bytes(bytes).to_string()), text()],
        (source, event_type) in (text(), text()),
        subject in prop::option::of(text()),
        time in prop::option::of((-62_167_219_200i64..253_402_207_200, 0..1_000_000_000i32)),
        op in prop::option::of(prop::sample::select(&Op::ALL[..])),
        version in prop::option::of(any::<u64>()),
        carries in prop::option::of(prop::sample::select(&[Carries::State, Carries::Hint][..])),
        trace in prop::option::of(prop::option::of("[!-~]{1,20}")),
        (content_type, schema) in (prop::option::of(text()), prop::option::of(text())),
        extensions in prop::collection::btree_map("x[a-z0-9]{0,8}", text(), 0..6),
        data in prop::option::of(any::<Vec<u8>>()),
    ) -> Event<'static> {
        let mut event = Event::new(
            EventId::parse(id).unwrap(),
            Source::new(source).unwrap(),
            EventType::new(event_type).unwrap(),
        );
        if let Some(subject) = subject { event = event.with_subject(Subject::new(subject).unwrap()); }
        if let Some((second, nanosecond)) = time {
            let instant = jiff::Timestamp::new(second, nanosecond).unwrap();
            event = event.with_time(EventTime::new(instant).unwrap());
        }
        if let Some(op) = op { event = event.with_op(op); }
        if let Some(version) = version { event = event.with_version(EntityVersion(version)); }
        if let Some(carries) = carries { event = event.with_carries(carries); }
        if let Some(tracestate) = trace {
            let trace = TraceContext::new(TRACE).unwrap();
            event = event.with_trace(tracestate.map_or(trace.clone(), |state| trace.with_tracestate(state)));
        }
        if let Some(text) = content_type {
            event = event.with_data_content_type(DataContentType::new(text).unwrap());
        }
        if let Some(text) = schema { event = event.with_data_schema(DataSchema::new(text).unwrap()); }
        for (name, value) in extensions {
            event = event.with_extension(AttributeName::new(&name).unwrap(), value).unwrap();
        }
        if let Some(data) = data { event = event.with_data(data); }
        event
    }
}

/// Headers as somebody who knows the format would send them to break it.
fn hostile_headers() -> impl Strategy<Value = Vec<(Vec<u8>, Option<Vec<u8>>)>> {
    let known = prop::sample::select(
        &[
            "ce_specversion",
            "ce_id",
            "ce_source",
            "ce_type",
            "ce_subject",
            "ce_time",
            "ce_op",
            "ce_version",
            "ce_carries",
            "ce_traceparent",
            "ce_tracestate",
            "ce_datacontenttype",
            "ce_x",
            "content-type",
            "traceparent",
            "tracestate",
        ][..],
    );
    let name = prop_oneof![4 => known.prop_map(|name| name.as_bytes().to_vec()), 1 => any::<Vec<u8>>()];
    let likely = prop::sample::select(
        &[
            "1.0",
            "7",
            "application/cloudevents+json",
            "application/json",
            "2024-05-01T12:00:00Z",
            "u",
            TRACE,
            "",
        ][..],
    );
    let value = prop_oneof![2 => likely.prop_map(|value| value.as_bytes().to_vec()), 1 => any::<Vec<u8>>()];
    prop::collection::vec((name, prop::option::weighted(0.9, value)), 0..12)
}

/// JSON-like values with the members that mean something here.
fn hostile_value() -> impl Strategy<Value = Vec<u8>> {
    let name = prop::sample::select(
        &[
            "specversion",
            "id",
            "source",
            "type",
            "time",
            "data",
            "data_base64",
            "datacontenttype",
            "op",
            "before",
            "after",
            "payload",
            "schema",
            "snapshot",
            "connector",
            "lsn",
            "ts_ms",
            "x",
            "\\u0069d",
        ][..],
    );
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        prop::sample::select(
            &["\"1.0\"", "\"c\"", "\"t\"", "\"postgresql\"", "\"\\ud800\"", "true", "1e400"][..]
        )
        .prop_map(str::to_owned),
        "[\\\\\"a-z0-9{}:,]{0,8}",
    ];
    let tree = leaf.prop_recursive(3, 20, 6, move |inner| {
        prop::collection::vec((name.clone(), inner), 0..6).prop_map(|members| {
            let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
            format!("{{{}}}", members.join(","))
        })
    });
    prop_oneof![4 => tree.prop_map(String::into_bytes), 1 => any::<Vec<u8>>()]
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same_event(event in event(), kept in hostile_headers()) {
        // What the record had before is passed on, and none of it is taken for the event's.
        let kept: Vec<_> = kept.iter().filter(|(name, _)| name != b"traceparent").collect();
        let kept: Vec<_> = kept.iter().map(|(name, value)| Header { key: name, value: value.as_deref() }).collect();
        let mut buffer = HeaderBuffer::default();
        let written = buffer.write(&event, Headers::from_list(&kept));
        let record = Record { value: event.data(), headers: written.headers(), ..record(None, None, &[]) };
        let reader = reader();
        let read = reader.read(&record).unwrap();
        prop_assert_eq!(&read.event, &event);
        prop_assert_eq!(read.form, Form::Binary);
        prop_assert_eq!(read.event.clone().into_owned(), event.clone());
    }

    #[test]
    fn no_record_panics_and_every_event_read_can_be_written(
        headers in hostile_headers(),
        key in prop::option::of(hostile_value()),
        value in prop::option::of(hostile_value()),
        (offset, timestamp_ms) in any::<(i64, i64)>(),
    ) {
        let list: Vec<_> = headers.iter().map(|(name, value)| Header { key: name, value: value.as_deref() }).collect();
        let record = Record { offset, timestamp_ms, ..record(key.as_deref(), value.as_deref(), &list) };
        let reader = reader();
        if let Ok(ReadEvent { event, .. }) = reader.read(&record) {
            let mut buffer = HeaderBuffer::default();
            let written = buffer.write(&event, record.headers);
            let again = Record { value: event.data(), headers: written.headers(), ..record };
            let again = reader.read(&again).unwrap();
            prop_assert_eq!(&again.event, &event);
            prop_assert_eq!(again.form, Form::Binary);
        }
    }
}
