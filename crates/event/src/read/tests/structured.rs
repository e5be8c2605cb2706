//! Claims about structured mode.

use super::*;
use crate::attribute::NameError;

#[test]
fn data_of_structured_mode_becomes_the_bytes_of_binary_mode() {
    let check = |members: &str, data: Option<&str>, content_type: Option<&str>| {
        let event = structured(members).unwrap();
        let text = event.data().map(|data| std::str::from_utf8(data).unwrap());
        assert_eq!(
            (text, event.data_content_type().map(DataContentType::as_str)),
            (data, content_type),
            "{members}"
        );
    };
    const JSON: Option<&str> = Some("application/json");
    check("", None, None);
    check(r#","data": {"a" :[1.50, "\u00e9"]} "#, Some(r#"{"a" :[1.50, "\u00e9"]}"#), JSON);
    check(r#","data":"just a \"string\"""#, Some(r#""just a \"string\"""#), JSON);
    check(r#","data":null"#, Some("null"), JSON);
    check(r#","data":1,"datacontenttype":null"#, Some("1"), JSON);
    check(r#","datacontenttype":"a/b+json","data":true"#, Some("true"), Some("a/b+json"));
    check(
        r#","datacontenttype":"application/xml","data":"<a b=\"c\"/>\u00e9""#,
        Some("<a b=\"c\"/>é"),
        Some("application/xml"),
    );
    check(r#","datacontenttype":"text/plain","data":"plain""#, Some("plain"), Some("text/plain"));
    check(r#","datacontenttype":"text/plain","data":null"#, None, Some("text/plain"));
    check(r#","datacontenttype":"a/b""#, None, Some("a/b"));
    check(r#","data_base64":"eyAieHl6IjogMTIzIH0=""#, Some(r#"{ "xyz": 123 }"#), None);
    check(r#","data_base64":"aGk=","datacontenttype":"a/b","data":null"#, Some("hi"), Some("a/b"));
    check(r#","data_base64":null"#, None, None);
    check(r#","data":1,"data":2,"data_base64":null"#, Some("2"), JSON);
}

#[test]
fn more_members_than_are_kept_are_refused_and_no_limit_overflows() {
    let reader = reader_with(Limits { attributes_max: usize::MAX, attribute_bytes_max: usize::MAX });
    let headers = headers(&STRUCTURED);
    let with = |count: usize| {
        let members = (0..count).map(|index| format!(r#","x{index}":"1""#)).collect::<String>();
        let text = format!(r#"{{"specversion":"1.0","id":"1","source":"/s","type":"t","data":1{members}}}"#);
        let read = reader.read(&record(None, Some(text.as_bytes()), &headers));
        read.map(|read| read.event.extensions().iter().count())
    };
    assert_eq!(with(4000), Ok(4000));
    assert_eq!(with(5000).unwrap_err(), ReadError::TooManyAttributes { attributes_max: usize::MAX });
}

#[test]
fn extensions_of_structured_mode_become_text() {
    let event = structured(r#","s":"\u00fc\/","n":-5,"t":true,"f":1.5,"nothing":null,"s":"last""#).unwrap();
    let all: Vec<_> = event.extensions().iter().map(|e| (e.name().as_str(), e.value())).collect();
    assert_eq!(all, [("s", "last"), ("n", "-5"), ("t", "true"), ("f", "1.5")]);
}

#[test]
fn a_broken_event_in_structured_mode_is_an_error_that_names_the_member() {
    let check = |members: &str, expected: &str| {
        let error = structured(members).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    };
    check(r#","id":null"#, "member `id` is missing");
    check(r#","id":7"#, "member `id` must be a JSON string");
    check(r#","specversion":"0.3""#, "member `specversion` is \"0.3\"");
    check(r#","source":"""#, "member `source` is empty");
    check(r#","time":"1714564800""#, "member `time` is not a time");
    check(r#","subject":"\ud83d""#, "member `subject` holds half a surrogate pair");
    check(r#","subject":"\u0000""#, "member `subject` holds the character U+0000");
    check(r#","x":{}"#, "member `x` must be a JSON string, number or boolean");
    check(r#","x":[]"#, "member `x` must be a JSON string, number or boolean");
    check(r#","my_ext":1"#, "member `my_ext` cannot be an attribute: an attribute's name consists of");
    check(r#","data":1,"data_base64":"aGk=""#, "member `data_base64` cannot stand beside `data`");
    check(r#","data_base64":"aGk""#, "member `data_base64` is not base64 with padding");
    check(r#","data_base64":5"#, "member `data_base64` must be a JSON string");
    check(r#","data":{},"datacontenttype":"text/plain""#, "member `data` must be a JSON string, since");
    check(r#","data":"\udc00","datacontenttype":"text/plain""#, "member `data` holds half a surrogate");
    check(
        r#","datacontenttype":"application/cloudevents+json""#,
        "member `datacontenttype` says that the data",
    );
    check(&format!(r#","x":"{}""#, "x".repeat(100)), "member `x` has 102 bytes where 100");
    assert_eq!(
        structured(&format!(r#","{}":1"#, "É".repeat(10_000))).unwrap_err(),
        ReadError::Member {
            member: format!("{}…", "É".repeat(64)),
            cause: MemberError::Name(NameError::Characters)
        }
    );
}

#[test]
fn what_structured_mode_cannot_be_is_refused() {
    let check = |content_type: &str, value: Option<&[u8]>, expected: &str| {
        let error = read(&[("content-type", content_type)], value).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    };
    let json = "application/cloudevents+json";
    check("application/cloudevents-batch+json", Some(b"[]"), "header `content-type` announces a batch");
    check("application/CloudEvents-Batch", Some(b"[]"), "header `content-type` announces a batch");
    check(
        "application/cloudevents+avro",
        Some(b""),
        "header `content-type` is `application/cloudevents+avro`",
    );
    check("application/cloudevents", Some(b"{}"), "header `content-type` is `application/cloudevents`");
    check(json, None, "the record has no value");
    for value in [b"".as_slice(), b"[]", b"{", b"{}x", b"{\"a\":\xff}", b"\"a\"", b"null"] {
        check(json, Some(value), "the value is not the JSON object");
    }
    let deep = [b"{\"data\":".as_slice(), &[b'['; 1_000_000]].concat();
    check(json, Some(&deep), "the value is not the JSON object");
}
