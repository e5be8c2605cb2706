//! Events for the tests: varied, and the same in every run.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// A sequence of numbers from a seed (SplitMix64).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        let index = self.next() % from.len() as u64;
        from[usize::try_from(index).expect("below a length")]
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }
}

/// An event to be: attributes as JSON values, data as the tool takes it.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) attributes: Map<String, Value>,
    pub(crate) data: Value,
}

const TEXTS: [&str; 8] = [
    "plain",
    "with space",
    "quote \" and \\ back",
    "Zürich",
    "漢字かな",
    "🚰 water",
    "%41+b=c&d/e?f#g",
    "00000000-0000-0000-0000-00000000000A",
];
const TIMES: [&str; 9] = [
    "2024-05-01T12:00:00Z",
    "2024-05-01T12:00:00.5Z",
    "2024-05-01T12:00:00.123Z",
    "2024-05-01T12:00:00.123456Z",
    "2024-05-01T12:00:00.000001+05:30",
    "2024-02-29T23:59:59.999999-11:45",
    "1969-12-31T23:59:59.999+00:00",
    "0001-01-02T00:00:00Z",
    "9999-12-30T21:59:59Z",
];
const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

impl Given {
    pub(crate) fn minimal() -> Self {
        let attributes = [("id", "7"), ("source", "/till"), ("type", "sold")];
        let attributes =
            attributes.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
        Self { attributes, data: Value::Null }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.attributes.insert(name.to_owned(), value.into());
        self
    }

    /// An event that means the same in binary mode on both sides.
    pub(crate) fn generate(random: &mut Random, index: usize) -> Self {
        let mut given = Self::minimal().with("id", format!("{}-{index}", random.pick(&TEXTS)));
        if random.chance(50) {
            given = given.with("id", uuid::Uuid::from_u64_pair(random.next(), random.next()).to_string());
        }
        given = given.with("source", format!("/{}", random.pick(&TEXTS))).with("type", random.pick(&TEXTS));
        for (name, percent, values) in [
            ("subject", 60, &TEXTS[..]),
            ("time", 70, &TIMES[..]),
            ("dataschema", 30, &["https://example.com/schema#1", "urn:x"][..]),
            ("op", 50, &["c", "r", "u", "d"][..]),
            ("version", 50, &["0", "42", "18446744073709551615"][..]),
            ("carries", 30, &["state", "hint"][..]),
            ("traceparent", 40, &[TRACEPARENT][..]),
            ("comexampleone", 40, &TEXTS[..]),
            ("two2", 40, &TEXTS[..]),
            ("3three", 20, &["true", "5", "-2147483648"][..]),
        ] {
            if random.chance(percent) {
                given = given.with(name, random.pick(values));
            }
        }
        given.with_data(random)
    }

    /// An event of which structured mode has more to say: members that are numbers, booleans and lists.
    pub(crate) fn generate_structured(random: &mut Random, index: usize) -> Self {
        let mut given = Self::generate(random, index);
        if random.chance(30) {
            given = given.with("count", i32::MIN).with("flag", random.chance(50));
        }
        if random.chance(20) {
            given.data = json!({"json": ["list", 1, {"ü": null}, 1.5, true]});
            given.attributes.insert("datacontenttype".to_owned(), json!("application/json"));
        }
        given
    }

    fn with_data(mut self, random: &mut Random) -> Self {
        let text = random.pick(&TEXTS);
        let (content_type, data) = match random.next() % 8 {
            0 => (None, Value::Null),
            1 => (Some("application/json"), json!({"json": {"a": [1, 2.5, null], text: {"nested": text}}})),
            2 => (
                Some("application/vnd.example+json"),
                json!({"json": {"big": 9_007_199_254_740_993_u64, "t": text}}),
            ),
            3 => (None, json!({"json": {"untyped": text}})),
            4 => (Some("text/plain; charset=utf-8"), json!({ "text": text })),
            5 => (Some("application/xml"), json!({"text": format!("<much wow=\"{}\"/>\n", text.len())})),
            6 => (Some("application/octet-stream"), json!({"base64": "/wD+AYA="})),
            _ => (None, json!({"base64": "gP8="})),
        };
        if let Some(content_type) = content_type {
            self = self.with("datacontenttype", content_type);
        }
        self.data = data;
        self
    }

    /// The text of an attribute that is one.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.attributes.get(name)?.as_str().map(str::to_owned)
    }

    /// The data's bytes, as a service would send them.
    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        let (kind, value) = self.data.as_object()?.iter().next()?;
        let text = value.as_str().unwrap_or_default();
        Some(match kind.as_str() {
            "json" => value.to_string().into_bytes(),
            "text" => text.as_bytes().to_vec(),
            _ => STANDARD.decode(text).expect("the generator makes valid base64"),
        })
    }
}

/// CloudEvents' string for a value.
pub(crate) fn canonical(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
