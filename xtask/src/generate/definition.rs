//! Kafka's message definitions, as far as they are needed: names, types, versions, defaults.

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;

/// A range of versions, both ends included; `NONE` is no version at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Versions {
    pub(crate) first: i16,
    pub(crate) last: i16,
}

impl Versions {
    pub(crate) const NONE: Self = Self { first: 0, last: -1 };

    /// Reads "none", "3", "3+" or "3-5".
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let text = text.trim();
        if text == "none" {
            return Ok(Self::NONE);
        }
        if let Some(first) = text.strip_suffix('+') {
            return Ok(Self { first: first.parse()?, last: i16::MAX });
        }
        match text.split_once('-') {
            Some((first, last)) => Ok(Self { first: first.parse()?, last: last.parse()? }),
            None => Ok(Self { first: text.parse()?, last: text.parse()? }),
        }
    }

    pub(crate) const fn is_none(self) -> bool {
        self.first > self.last
    }

    pub(crate) const fn contains(self, version: i16) -> bool {
        self.first <= version && version <= self.last
    }

    /// What both have.
    pub(crate) fn and(self, other: Self) -> Self {
        Self { first: self.first.max(other.first), last: self.last.min(other.last) }
    }
}

/// What a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Request,
    Response,
    Other,
}

/// One file.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) api_key: Option<i16>,
    pub(crate) versions: Versions,
    pub(crate) flexible: Versions,
    pub(crate) fields: Vec<Field>,
    /// Structs that several fields use by name.
    pub(crate) common: Vec<(String, Vec<Field>)>,
}

/// A field of a message or of a struct in it.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) kind: FieldType,
    pub(crate) versions: Versions,
    pub(crate) nullable: Versions,
    /// `None`: as the message.
    pub(crate) flexible: Option<Versions>,
    pub(crate) tag: Option<u32>,
    pub(crate) tagged: Versions,
    pub(crate) default: Option<String>,
    /// Dropped without an error from a version that does not have it.
    pub(crate) ignorable: bool,
    /// The fields of the struct that is defined here.
    pub(crate) fields: Vec<Field>,
}

/// A type, by Kafka's names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FieldType {
    Bool,
    Int8,
    Int16,
    Uint16,
    Int32,
    Int64,
    Float64,
    Uuid,
    String,
    Bytes,
    Records,
    Struct(String),
    Array(Box<FieldType>),
}

impl FieldType {
    fn parse(text: &str) -> Self {
        if let Some(element) = text.trim().strip_prefix("[]") {
            return Self::Array(Box::new(Self::parse(element)));
        }
        match text.trim() {
            "bool" => Self::Bool,
            "int8" => Self::Int8,
            "int16" => Self::Int16,
            "uint16" => Self::Uint16,
            "int32" => Self::Int32,
            "int64" => Self::Int64,
            "float64" => Self::Float64,
            "uuid" => Self::Uuid,
            "string" => Self::String,
            "bytes" => Self::Bytes,
            "records" => Self::Records,
            other => Self::Struct(other.to_owned()),
        }
    }
}

impl Definition {
    /// Reads a definition: JSON with comments.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let json: Value = jsonc_parser::parse_to_serde_value(text, &jsonc_parser::ParseOptions::default())?;
        let kind = match text_of(&json, "type")? {
            "request" => Kind::Request,
            "response" => Kind::Response,
            "header" | "data" | "metadata" | "coordinator-key" | "coordinator-value" => Kind::Other,
            other => bail!("a message of type {other} is not understood"),
        };
        let mut versions = Versions::parse(text_of(&json, "validVersions")?)?;
        if json.get("latestVersionUnstable").and_then(Value::as_bool) == Some(true) {
            versions.last -= 1;
        }
        ensure!(!versions.is_none(), "it has no version");
        let common = list(&json, "commonStructs")
            .iter()
            .map(|common| Ok((text_of(common, "name")?.to_owned(), fields(common)?)))
            .collect::<anyhow::Result<_>>()?;
        Ok(Self {
            name: text_of(&json, "name")?.to_owned(),
            kind,
            // In what a coordinator writes down, `apiKey` numbers the kinds of record: not an API.
            api_key: json
                .get("apiKey")
                .filter(|_| kind != Kind::Other)
                .and_then(Value::as_i64)
                .map(i16::try_from)
                .transpose()?,
            versions,
            flexible: Versions::parse(text_of(&json, "flexibleVersions")?)?.and(versions),
            fields: fields(&json)?,
            common,
        })
    }
}

impl Field {
    fn parse(json: &Value) -> anyhow::Result<Self> {
        let versions_or = |key: &str, otherwise: Versions| match json.get(key).and_then(Value::as_str) {
            Some(text) => Versions::parse(text),
            None => Ok(otherwise),
        };
        let tag = json.get("tag").and_then(Value::as_u64).map(u32::try_from).transpose()?;
        // A field that says only where it is tagged is in those versions.
        let tagged = versions_or("taggedVersions", Versions::NONE)?;
        Ok(Self {
            name: text_of(json, "name")?.to_owned(),
            kind: FieldType::parse(text_of(json, "type")?),
            versions: versions_or("versions", tagged)?,
            nullable: versions_or("nullableVersions", Versions::NONE)?,
            flexible: json
                .get("flexibleVersions")
                .and_then(Value::as_str)
                .map(Versions::parse)
                .transpose()?,
            tag,
            tagged,
            default: match json.get("default") {
                None => None,
                Some(Value::String(text)) => Some(text.clone()),
                Some(other) => Some(other.to_string()),
            },
            ignorable: json.get("ignorable").and_then(Value::as_bool).unwrap_or(false),
            fields: fields(json)?,
        })
    }
}

fn fields(json: &Value) -> anyhow::Result<Vec<Field>> {
    list(json, "fields").iter().map(Field::parse).collect()
}

fn list<'a>(json: &'a Value, key: &str) -> &'a [Value] {
    json.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text_of<'a>(json: &'a Value, key: &str) -> anyhow::Result<&'a str> {
    json.get(key).and_then(Value::as_str).with_context(|| format!("it has no text '{key}'"))
}
