//! The structs of a message, flattened and in Rust's terms: what the emitter writes from.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use heck::ToSnakeCase as _;

use super::definition::{Definition, Field, FieldType, Versions};

/// A struct to be written. The first one of a message is the message.
pub(crate) struct Struct<'d> {
    pub(crate) name: String,
    pub(crate) fields: Vec<Member<'d>>,
    /// Whether it borrows from the frame.
    pub(crate) borrows: bool,
}

/// A field with what was worked out about it.
pub(crate) struct Member<'d> {
    pub(crate) field: &'d Field,
    pub(crate) rust_name: String,
    /// Where it is written at all, within the message's versions.
    pub(crate) versions: Versions,
    /// Where it is written among the tagged fields.
    pub(crate) tagged: Versions,
    pub(crate) nullable: bool,
    /// Fewest bytes that one element takes, if it is an array.
    pub(crate) element_bytes_min: usize,
    pub(crate) rust_type: String,
    pub(crate) borrows: bool,
}

/// Works out the structs of `definition`, in the order in which they are met.
pub(crate) fn of(definition: &Definition) -> anyhow::Result<Vec<Struct<'_>>> {
    let mut all: BTreeMap<&str, &[Field]> = BTreeMap::new();
    for (name, fields) in &definition.common {
        all.insert(name, fields);
    }
    collect(&definition.fields, &mut all);
    for (_, fields) in &definition.common {
        collect(fields, &mut all);
    }
    let shapes = Shapes { definition, all };
    let mut structs = vec![shapes.structure(&definition.name, &definition.fields)?];
    let mut met = Vec::new();
    order(&definition.fields, &shapes.all, &mut met);
    for name in met {
        let fields = shapes.all.get(name).with_context(|| format!("the type {name} is not known"))?;
        structs.push(shapes.structure(name, fields)?);
    }
    Ok(structs)
}

fn collect<'d>(fields: &'d [Field], all: &mut BTreeMap<&'d str, &'d [Field]>) {
    for field in fields {
        if let (Some(name), false) = (struct_name(&field.kind), field.fields.is_empty()) {
            all.insert(name, &field.fields);
            collect(&field.fields, all);
        }
    }
}

fn order<'d>(fields: &'d [Field], all: &BTreeMap<&'d str, &'d [Field]>, met: &mut Vec<&'d str>) {
    for field in fields {
        if let Some(name) = struct_name(&field.kind)
            && !met.contains(&name)
        {
            met.push(name);
            order(all.get(name).copied().unwrap_or_default(), all, met);
        }
    }
}

/// The name of the struct that a type is or holds.
pub(crate) fn struct_name(kind: &FieldType) -> Option<&str> {
    match kind {
        FieldType::Struct(name) => Some(name),
        FieldType::Array(element) => struct_name(element),
        _ => None,
    }
}

struct Shapes<'d> {
    definition: &'d Definition,
    all: BTreeMap<&'d str, &'d [Field]>,
}

impl<'d> Shapes<'d> {
    fn structure(&self, name: &str, fields: &'d [Field]) -> anyhow::Result<Struct<'d>> {
        let mut members = Vec::new();
        for field in fields {
            let versions = field.versions.and(self.definition.versions);
            if !versions.is_none() {
                members.push(self.member(field, versions).with_context(|| format!("{name}.{}", field.name))?);
            }
        }
        Ok(Struct {
            name: name.to_owned(),
            borrows: members.iter().any(|member| member.borrows),
            fields: members,
        })
    }

    fn member(&self, field: &'d Field, versions: Versions) -> anyhow::Result<Member<'d>> {
        let tagged = field.tagged.and(versions);
        ensure!(
            tagged.is_none() == field.tag.is_none(),
            "it has a tag and no tagged versions, or the other way round"
        );
        ensure!(
            field.flexible.is_none_or(Versions::is_none),
            "its own flexible versions are other than none, which is not understood"
        );
        let nullable = !field.nullable.and(versions).is_none() || field.default.as_deref() == Some("null");
        let plain = self.rust_type(&field.kind);
        Ok(Member {
            field,
            rust_name: rust_name(&field.name),
            versions,
            tagged,
            nullable,
            element_bytes_min: match &field.kind {
                FieldType::Array(element) => self.bytes_min(element, field.versions),
                _ => 0,
            },
            rust_type: if nullable { format!("Option<{plain}>") } else { plain },
            borrows: self.borrows(&field.kind),
        })
    }

    fn rust_type(&self, kind: &FieldType) -> String {
        match kind {
            FieldType::Bool => "bool".into(),
            FieldType::Int8 => "i8".into(),
            FieldType::Int16 => "i16".into(),
            FieldType::Uint16 => "u16".into(),
            FieldType::Int32 => "i32".into(),
            FieldType::Int64 => "i64".into(),
            FieldType::Float64 => "f64".into(),
            FieldType::Uuid => "Uuid".into(),
            FieldType::String => "&'a str".into(),
            FieldType::Bytes => "&'a [u8]".into(),
            FieldType::Records => "Payload<'a>".into(),
            FieldType::Struct(name) if self.borrows(kind) => format!("{name}<'a>"),
            FieldType::Struct(name) => name.clone(),
            FieldType::Array(element) => format!("Vec<{}>", self.rust_type(element)),
        }
    }

    fn borrows(&self, kind: &FieldType) -> bool {
        match kind {
            FieldType::String | FieldType::Bytes | FieldType::Records => true,
            FieldType::Struct(name) => self.all.get(name.as_str()).is_some_and(|fields| {
                fields.iter().any(|field| {
                    !field.versions.and(self.definition.versions).is_none() && self.borrows(&field.kind)
                })
            }),
            FieldType::Array(element) => self.borrows(element),
            _ => false,
        }
    }

    /// Fewest bytes that a value takes in any version of `versions`: what a stated count is checked against.
    fn bytes_min(&self, kind: &FieldType, versions: Versions) -> usize {
        let versions = versions.and(self.definition.versions);
        let of_version = |version: i16| self.bytes_min_in(kind, version);
        (versions.first..=versions.last).map(of_version).min().unwrap_or(1).max(1)
    }

    fn bytes_min_in(&self, kind: &FieldType, version: i16) -> usize {
        let flexible = self.definition.flexible.contains(version);
        match kind {
            FieldType::Bool | FieldType::Int8 => 1,
            FieldType::Int16 | FieldType::Uint16 => 2,
            FieldType::Int32 => 4,
            FieldType::Int64 | FieldType::Float64 => 8,
            FieldType::Uuid => 16,
            FieldType::String => {
                if flexible {
                    1
                } else {
                    2
                }
            }
            FieldType::Bytes | FieldType::Records | FieldType::Array(_) => {
                if flexible {
                    1
                } else {
                    4
                }
            }
            FieldType::Struct(name) => {
                let fields = self.all.get(name.as_str()).copied().unwrap_or_default();
                let present = fields
                    .iter()
                    .filter(|field| field.versions.contains(version) && !field.tagged.contains(version));
                let of_fields = present.map(|field| match field.kind {
                    // A null struct is one byte.
                    FieldType::Struct(_) if field.nullable.contains(version) => 1,
                    _ => self.bytes_min_in(&field.kind, version),
                });
                of_fields.sum::<usize>() + usize::from(flexible)
            }
        }
    }
}

/// A field's name in Rust, out of the way of the keywords.
fn rust_name(name: &str) -> String {
    let name = name.to_snake_case();
    if matches!(name.as_str(), "type" | "match" | "ref" | "move" | "use") { format!("{name}_") } else { name }
}
