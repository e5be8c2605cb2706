//! Single values in Rust: how one is read and written, and what its default is.

use anyhow::ensure;

use super::definition::{FieldType, Versions};
use super::structs::Member;

/// The variable that holds a field while its struct is read, out of the way of `read`'s own names.
pub(super) fn local(member: &Member<'_>) -> String {
    let name = &member.rust_name;
    if matches!(name.as_str(), "source" | "version" | "flexible" | "index") {
        format!("{name}_")
    } else {
        name.clone()
    }
}

pub(super) fn own_flexible<'f>(member: &Member<'_>, flexible: &'f str) -> &'f str {
    if member.field.flexible.is_some_and(Versions::is_none) { "false" } else { flexible }
}

/// Reads a value that cannot be null, or one other than a struct that can.
pub(super) fn read_plain(
    kind: &FieldType,
    flexible: &str,
    bytes_min: usize,
    nullable: bool,
) -> anyhow::Result<String> {
    let prefix = if nullable { "nullable_" } else { "" };
    Ok(match kind {
        FieldType::String => format!("source.{prefix}string({flexible})?"),
        FieldType::Bytes => format!("source.{prefix}bytes({flexible})?"),
        FieldType::Records => format!("source.{prefix}payload({flexible})?"),
        FieldType::Struct(name) => format!("{name}::read(source, version)?"),
        FieldType::Array(element) => {
            ensure!(!matches!(**element, FieldType::Array(_)), "an array of arrays");
            let read = read_plain(element, flexible, 0, false)?;
            let read = read.strip_suffix('?').unwrap_or(&read);
            format!("source.{prefix}array({flexible}, {bytes_min}, |source| {read})?")
        }
        number => format!("source.{}()?", method(number)),
    })
}

pub(super) fn write_plain(
    kind: &FieldType,
    place: &str,
    sink: &str,
    flexible: &str,
    nullable: bool,
) -> String {
    let prefix = if nullable { "nullable_" } else { "" };
    match kind {
        FieldType::String => format!("{sink}.{prefix}string({flexible}, {place})?;\n"),
        FieldType::Bytes => format!("{sink}.{prefix}bytes({flexible}, {place})?;\n"),
        FieldType::Records => format!("{sink}.{prefix}payload({flexible}, {place})?;\n"),
        FieldType::Struct(_) => format!("{place}.write({sink}, version)?;\n"),
        FieldType::Array(element) => {
            let write = match &**element {
                FieldType::Struct(_) => "element.write(sink, version)".to_owned(),
                FieldType::String => format!("sink.string({flexible}, element)"),
                FieldType::Bytes => format!("sink.bytes({flexible}, element)"),
                number => format!("{{ sink.{}(*element); Ok(()) }}", method(number)),
            };
            let elements = if nullable { format!("{place}.as_deref()") } else { format!("&{place}") };
            format!("{sink}.{prefix}array({flexible}, {elements}, |sink, element| {write})?;\n")
        }
        number => format!("{sink}.{}({place});\n", method(number)),
    }
}

/// The method of `Source` and `Sink` for a type of fixed length.
fn method(kind: &FieldType) -> &'static str {
    match kind {
        FieldType::Bool => "bool",
        FieldType::Int8 => "i8",
        FieldType::Int16 => "i16",
        FieldType::Uint16 => "u16",
        FieldType::Int32 => "i32",
        FieldType::Int64 => "i64",
        FieldType::Float64 => "f64",
        FieldType::Uuid => "uuid",
        FieldType::String
        | FieldType::Bytes
        | FieldType::Records
        | FieldType::Struct(_)
        | FieldType::Array(_) => "not_fixed",
    }
}

/// The condition that a field is not at its default.
pub(super) fn differs(member: &Member<'_>) -> anyhow::Result<String> {
    let place = format!("self.{}", member.rust_name);
    let null_default = default_value(member)? == "None";
    Ok(match &member.field.kind {
        _ if member.nullable && null_default => format!("{place}.is_some()"),
        FieldType::Array(_) if member.nullable => {
            format!("{place}.as_ref().is_none_or(|elements| !elements.is_empty())")
        }
        FieldType::Array(_) | FieldType::Bytes | FieldType::Records if !member.nullable => {
            format!("!{place}.is_empty()")
        }
        FieldType::Bool => {
            if default_value(member)? == "true" {
                format!("!{place}")
            } else {
                place
            }
        }
        FieldType::String if !member.nullable && default_value(member)? == "\"\"" => {
            format!("!{place}.is_empty()")
        }
        FieldType::Uuid => format!("!{place}.is_nil()"),
        FieldType::Struct(name) => format!("{place} != {name}::default()"),
        _ => format!("{place} != {}", default_value(member)?),
    })
}

/// The default of a field in Rust, by Kafka's rules: null only where the definition says so, and for records.
pub(super) fn default_value(member: &Member<'_>) -> anyhow::Result<String> {
    let default = member.field.default.as_deref();
    if default == Some("null")
        || (member.nullable && default.is_none() && member.field.kind == FieldType::Records)
    {
        return Ok("None".to_owned());
    }
    let text = default.unwrap_or_default();
    let plain = match &member.field.kind {
        FieldType::Bool => if text == "true" { "true" } else { "false" }.to_owned(),
        FieldType::String => format!("{text:?}"),
        FieldType::Bytes => "&[]".to_owned(),
        FieldType::Records => "Payload::default()".to_owned(),
        FieldType::Uuid => "Uuid::nil()".to_owned(),
        FieldType::Struct(name) => format!("{name}::default()"),
        FieldType::Array(_) => "Vec::new()".to_owned(),
        FieldType::Float64 => format!("{:?}", if text.is_empty() { 0.0 } else { text.parse::<f64>()? }),
        FieldType::Int8 | FieldType::Int16 | FieldType::Uint16 | FieldType::Int32 | FieldType::Int64 => {
            number(text)?
        }
    };
    Ok(if member.nullable { format!("Some({plain})") } else { plain })
}

fn number(text: &str) -> anyhow::Result<String> {
    let value = match text.strip_prefix("0x") {
        Some(hex) => i64::from_str_radix(hex, 16)?,
        None if text.is_empty() => 0,
        None => text.parse()?,
    };
    Ok(match value {
        i64::MAX => "i64::MAX".to_owned(),
        i64::MIN => "i64::MIN".to_owned(),
        _ if value == i64::from(i32::MAX) => "i32::MAX".to_owned(),
        _ => value.to_string(),
    })
}

/// Whether Rust's own default is the field's.
pub(super) fn has_plain_default(member: &Member<'_>) -> bool {
    match default_value(member) {
        Ok(value) => {
            ["0", "0.0", "false", "\"\"", "&[]", "None", "Vec::new()", "Uuid::nil()", "Payload::default()"]
                .contains(&value.as_str())
                || (matches!(member.field.kind, FieldType::Struct(_)) && !member.nullable)
        }
        Err(_) => false,
    }
}
