//! Frames that lie about lengths, versions and keys: refused with a clear error, without memory for what they claim.

use watershed_protocol::messages::metadata_request::MetadataRequestTopic;
use watershed_protocol::messages::{
    AnyRequest, AnyResponse, ApiKey, ApiVersionsRequest, ApiVersionsResponse, MetadataRequest,
    MetadataResponse, OffsetCommitRequest, ProduceRequest, SaslAuthenticateRequest,
};
use watershed_protocol::wire::{
    Incoming, Reader, WireError, decode, encode, encode_request, encode_response, read_request, read_response,
};
use watershed_testkit::arbitrary::Arbitrary;

/// What a decode may reserve for a frame of a few bytes. An honest frame of that size needs less.
const MEMORY_BYTES_MAX: u64 = 128 * 1024;

/// Bytes that `work` held at most at one time.
fn memory_bytes(work: impl FnOnce()) -> u64 {
    allocation_counter::measure(work).bytes_max
}

#[test]
fn the_frame_that_aborts_other_decoders_is_refused() {
    let error = decode::<MetadataRequest<'_>>(&[0x7f, 0xff, 0xff, 0xff], 1).unwrap_err();
    assert_eq!(
        error,
        WireError::ArrayTooLong { position: 4, count: i32::MAX.cast_unsigned(), available_bytes: 0 }
    );
    assert_eq!(
        error.to_string(),
        "byte 4: an array of 2147483647 elements does not fit the 0 bytes that remain"
    );
}

/// Every message, every version, every place: a length of each encoding set to the most it can say.
#[test]
fn a_huge_length_at_any_place_of_any_message_is_refused_or_harmless_and_reserves_nothing() {
    const HUGE: [&[u8]; 4] = [
        &[0x7f, 0xff, 0xff, 0xff],
        &[0x7f, 0xff],
        &[0xff, 0xff, 0xff, 0xff, 0x0f],
        &[0xff, 0xff, 0xff, 0xff, 0x07],
    ];
    let mut tried = 0;
    for &api in ApiKey::ALL {
        for version in api.versions() {
            for seed in 0..3 {
                let request = AnyRequest::read(api, &mut Arbitrary::new(seed), version).unwrap();
                let response = AnyResponse::read(api, &mut Arbitrary::new(seed), version).unwrap();
                let (mut asked, mut answered) = (Vec::new(), Vec::new());
                request.write(&mut asked, version).unwrap();
                response.write(&mut answered, version).unwrap();
                for place in 0..200 {
                    for huge in HUGE {
                        for (bytes, is_request) in [(&asked, true), (&answered, false)] {
                            let Some(front) = bytes.get(..place) else { continue };
                            let lying = [front, huge].concat();
                            let memory = memory_bytes(|| {
                                let reader = &mut Reader::new(&lying);
                                if is_request {
                                    drop(AnyRequest::read(api, reader, version));
                                } else {
                                    drop(AnyResponse::read(api, reader, version));
                                }
                            });
                            assert!(
                                memory <= MEMORY_BYTES_MAX,
                                "{api} v{version}: {memory} bytes for {lying:02x?}"
                            );
                            tried += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(tried > 100_000, "only {tried} frames were tried");
}

/// An array of the smallest elements: what is reserved is a multiple of the frame and no more.
#[test]
fn many_small_elements_are_refused_before_they_fill_the_memory() {
    // v8: an empty group, a generation, an empty member, no instance; then 2^20 topics of 3 bytes, each empty, where a
    // topic takes 56 bytes or more in memory.
    let mut frame = vec![1, 0, 0, 0, 0, 1, 0, 0x81, 0x80, 0x40];
    frame.resize(frame.len() + 3 * (1 << 20), 1);
    let mut outcome = Ok(());
    let memory = memory_bytes(|| outcome = decode::<OffsetCommitRequest<'_>>(&frame, 8).map(|_| ()));
    assert!(memory <= 1024, "{memory} bytes for a frame of {}", frame.len());
    assert!(matches!(outcome, Err(WireError::TooMuchMemory { .. })), "{outcome:?}");
}

#[test]
fn truncations_of_every_message_are_refused() {
    for &api in ApiKey::ALL {
        for version in api.versions() {
            let request = AnyRequest::read(api, &mut Arbitrary::new(7), version).unwrap();
            let mut bytes = Vec::new();
            request.write(&mut bytes, version).unwrap();
            for length in (0..bytes.len()).step_by(bytes.len() / 300 + 1) {
                let read = AnyRequest::read(api, &mut Reader::new(&bytes[..length]), version);
                assert!(read.is_err(), "{api} v{version} was read from {length} of {} bytes", bytes.len());
            }
        }
    }
}

#[test]
fn unknown_tagged_fields_are_skipped() {
    let mut bytes =
        encode(&ApiVersionsRequest { client_software_name: "a", client_software_version: "1" }, 3).unwrap();
    assert_eq!(bytes.pop(), Some(0), "no tagged fields");
    bytes.extend_from_slice(&[2, 5, 3, 1, 2, 3, 99, 0]);
    let read: ApiVersionsRequest<'_> = decode(&bytes, 3).unwrap();
    assert_eq!(read.client_software_name, "a");
}

#[test]
fn a_version_outside_the_range_is_refused_both_ways() {
    let expected =
        WireError::UnsupportedVersion { message: "ProduceRequest", version: 2, first: 3, last: 13 };
    assert_eq!(decode::<ProduceRequest<'_>>(&[], 2).unwrap_err(), expected);
    assert_eq!(encode(&ProduceRequest::default(), 2).unwrap_err(), expected);
}

#[test]
fn a_field_that_a_version_would_lose_is_refused() {
    let request = ProduceRequest { transactional_id: Some("t"), ..ProduceRequest::default() };
    assert!(encode(&request, 3).is_ok());
    let request = MetadataRequest { include_topic_authorized_operations: true, ..MetadataRequest::default() };
    let expected = WireError::FieldNotInVersion {
        message: "MetadataRequest",
        field: "include_topic_authorized_operations",
        version: 7,
    };
    assert_eq!(encode(&request, 7).unwrap_err(), expected);
}

#[test]
fn headers_have_the_version_that_the_message_asks_for() {
    for (api, version, request, response) in [
        (ApiKey::Produce, 8, 1, 0),
        (ApiKey::Produce, 9, 2, 1),
        (ApiKey::SaslHandshake, 1, 1, 0),
        (ApiKey::ApiVersions, 2, 1, 0),
        (ApiKey::ApiVersions, 3, 2, 0),
        (ApiKey::ConsumerGroupHeartbeat, 0, 2, 1),
    ] {
        assert_eq!(api.request_header_version(version), request, "{api} v{version} request");
        assert_eq!(api.response_header_version(version), response, "{api} v{version} response");
    }
}

#[test]
fn a_newer_api_versions_request_is_told_apart_and_its_answer_understood() {
    let asked = ApiVersionsRequest { client_software_name: "test", client_software_version: "1" };
    let mut frame = encode_request(&asked, 4, 7, Some("client")).unwrap().to_vec();
    frame[4 + 2..4 + 4].copy_from_slice(&99i16.to_be_bytes());
    let Ok(Incoming::ApiVersionsUnsupported { header }) = read_request(&frame[4..]) else {
        panic!("version 99 is answered with the fallback");
    };
    assert_eq!((header.correlation_id, header.client_id), (7, Some("client")));
    // The broker's answer is in version 0 whatever was asked.
    let answer = ApiVersionsResponse { error_code: 35, ..ApiVersionsResponse::default() };
    let frame = encode_response(&answer, 0, 7).unwrap().to_vec();
    let read: ApiVersionsResponse<'_> = read_response(&frame[4..], 4, 7).unwrap();
    assert_eq!(read.error_code, 35);
}

#[test]
fn requests_that_cannot_be_read_say_which_and_why() {
    let check = |frame: &[u8], expect: &str| {
        assert_eq!(read_request(frame).unwrap_err().to_string(), expect);
    };
    check(&[], "request without a header cannot be read: byte 0: the message ends inside a field");
    check(
        &[0, 99, 0, 0, 0, 0, 0, 1],
        "request of API 99 v0 cannot be read: API key 99 is not one that is supported: ApiVersions lists them",
    );
    check(
        &[0, 3, 0, 1, 0, 0, 0, 1, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff],
        "Metadata v1 cannot be read: byte 14: an array of 2147483647 elements does not fit the 0 bytes that remain",
    );
    check(
        &[0, 0, 0, 99],
        "Produce v99 cannot be read: Produce v99 is not supported, only v3 to v13: agree on one by ApiVersions",
    );
}

#[test]
fn bytes_behind_a_request_are_passed_over_as_kafka_does() {
    // What librdkafka 2.16.1 sends to list all topics.
    let frame = [0, 3, 0, 13, 0, 0, 0, 3, 0, 1, b'x', 0, 0, 0, 0, 0, 1, 0, 0];
    let Incoming::Request { header, body } = read_request(&frame).unwrap() else { panic!("not a request") };
    assert_eq!(header.client_id, Some("x"));
    let AnyRequest::Metadata(metadata) = &*body else { panic!("{body:?}") };
    assert_eq!((&metadata.topics, metadata.allow_auto_topic_creation), (&None, false));
}

#[test]
fn a_response_for_another_request_is_refused() {
    let frame = encode_response(&MetadataResponse::default(), 12, 5).unwrap().to_vec();
    let error = read_response::<MetadataResponse<'_>>(&frame[4..], 12, 6).unwrap_err();
    assert_eq!(error.reason, WireError::CorrelationMismatch { expected: 6, found: 5 });
    assert!(error.to_string().starts_with("the response to Metadata v12 cannot be read: "), "{error}");
}

#[test]
fn strings_end_at_kafkas_limit_in_every_encoding() {
    let longest = "x".repeat(32_767);
    let longer = "x".repeat(32_768);
    for version in [1, 9] {
        let with = |name| MetadataRequest {
            topics: Some(vec![MetadataRequestTopic { name: Some(name), ..MetadataRequestTopic::default() }]),
            ..MetadataRequest::default()
        };
        let bytes = encode(&with(&longest), version).unwrap();
        assert_eq!(decode::<MetadataRequest<'_>>(&bytes, version).unwrap(), with(&longest), "v{version}");
        assert_eq!(encode(&with(&longer), version).unwrap_err(), WireError::TooLong(32_768), "v{version}");
    }
    // One topic, whose name's compact length says 32,768.
    let frame = [&[2, 0x81, 0x80, 2][..], longer.as_bytes(), &[0; 8]].concat();
    let error = decode::<MetadataRequest<'_>>(&frame, 9).unwrap_err();
    assert_eq!(error.to_string(), "byte 4: a string is over 32767 bytes");
}

#[test]
fn a_null_where_the_version_has_none_is_refused() {
    let request = MetadataRequest { topics: None, ..MetadataRequest::default() };
    let error = encode(&request, 0).unwrap_err();
    assert_eq!(
        error.to_string(),
        "MetadataRequest v0 cannot have a null topics: set it or use another version"
    );
    assert!(encode(&request, 1).is_ok());
}

#[test]
fn secrets_are_not_shown_by_debug() {
    let request = SaslAuthenticateRequest { auth_bytes: b"\0user\0hunter2" };
    let shown = format!("{:?}", AnyRequest::SaslAuthenticate(request));
    assert!(shown.contains("auth_bytes: <redacted>") && !shown.contains("104, 117"), "{shown}");
}

#[test]
fn an_answer_with_error_35_is_read_in_the_version_that_it_has() {
    let answer =
        ApiVersionsResponse { error_code: 35, throttle_time_ms: 9, ..ApiVersionsResponse::default() };
    let frame = encode_response(&answer, 3, 1).unwrap().to_vec();
    let read: ApiVersionsResponse<'_> = read_response(&frame[4..], 3, 1).unwrap();
    assert_eq!(read.throttle_time_ms, 9, "in the version that was asked for");
    let frame = encode_response(&answer, 0, 1).unwrap().to_vec();
    for asked in 0..=4 {
        let read: ApiVersionsResponse<'_> = read_response(&frame[4..], asked, 1).unwrap();
        assert_eq!((read.error_code, read.throttle_time_ms), (35, 0), "v{asked}");
    }
}

#[test]
fn produce_is_advertised_from_zero_and_everything_else_as_it_is() {
    assert_eq!(ApiKey::Produce.advertised_versions(), 0..=13);
    assert_eq!(ApiKey::Fetch.advertised_versions(), ApiKey::Fetch.versions());
}
