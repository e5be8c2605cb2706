//! Writes the Rust of one struct: its fields, its default, `read` and `write`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Context as _, ensure};

use super::definition::{Definition, FieldType, Kind, Versions};
use super::emit::{uses, versions_text};
use super::selection;
use super::structs::{Member, Struct};
use super::values::{
    default_value, differs, has_plain_default, local, own_flexible, read_plain, write_plain,
};

pub(super) struct Emitter<'d> {
    /// The names of the messages that borrow from the frame.
    pub(super) borrowing: &'d BTreeSet<String>,
    pub(super) definition: &'d Definition,
    pub(super) structure: &'d Struct<'d>,
    /// Whether the struct is the message itself.
    pub(super) top: bool,
}

impl Emitter<'_> {
    pub(super) fn structure(&self, out: &mut String) -> anyhow::Result<()> {
        let Struct { name, fields, borrows } = self.structure;
        let life = if *borrows { "<'a>" } else { "" };
        if self.top {
            writeln!(out, "\n/// {name}, {}.", versions_text(self.definition.versions))?;
        } else {
            writeln!(out, "\n/// {name} of a [`{}`].", self.definition.name)?;
        }
        let plain_default = fields.iter().all(has_plain_default);
        let derive_default = if plain_default { ", Default" } else { "" };
        let has_secret = fields.iter().any(|member| self.is_secret(member));
        let derive_debug = if has_secret { "" } else { "Debug, " };
        writeln!(
            out,
            "#[derive({derive_debug}Clone, PartialEq{derive_default})]\npub struct {name}{life} {{"
        )?;
        for member in fields {
            writeln!(out, "/// {}\npub {}: {},", self.field_doc(member), member.rust_name, member.rust_type)?;
        }
        out.push_str("}\n");
        let anonymous = if *borrows { "<'_>" } else { "" };
        if has_secret {
            self.redacted_debug(out, anonymous)?;
        }
        if !plain_default {
            writeln!(out, "\nimpl Default for {name}{anonymous} {{ fn default() -> Self {{ Self {{")?;
            for member in fields {
                writeln!(out, "{}: {},", member.rust_name, default_value(member)?)?;
            }
            out.push_str("} } }\n");
        }
        self.implementation(out, life)
    }

    fn implementation(&self, out: &mut String, life: &str) -> anyhow::Result<()> {
        let name = &self.structure.name;
        let (read, write) = if self.top {
            let Versions { first, last } = self.definition.versions;
            writeln!(
                out,
                "\nimpl<'a> Message<'a> for {name}{life} {{ const NAME: &'static str = \"{name}\"; const VERSIONS: RangeInclusive<i16> = {first}..={last};\n"
            )?;
            ("fn read<S: Source<'a>>", "fn write<S: Sink<'a>>")
        } else if self.structure.borrows {
            writeln!(out, "\nimpl<'a> {name}<'a> {{")?;
            ("pub(super) fn read<S: Source<'a>>", "pub(super) fn write<S: Sink<'a>>")
        } else {
            writeln!(out, "\nimpl {name} {{")?;
            ("pub(super) fn read<'a, S: Source<'a>>", "pub(super) fn write<'a, S: Sink<'a>>")
        };
        let mut reading = String::new();
        self.read_body(&mut reading)?;
        let mut writing = String::new();
        self.write_body(&mut writing)?;
        let unless_used =
            |body: &str, word: &str| if uses(body, word) { word.to_owned() } else { format!("_{word}") };
        let (read, write) = (read.replace("pub(super) ", ""), write.replace("pub(super) ", ""));
        writeln!(
            out,
            "{read}({}: &mut S, {}: i16) -> Result<Self, WireError> {{\n{reading}}}\n",
            unless_used(&reading, "source"),
            unless_used(&reading, "version")
        )?;
        writeln!(
            out,
            "{write}(&self, {}: &mut S, {}: i16) -> Result<(), WireError> {{\n{writing}}}\n}}",
            unless_used(&writing, "sink"),
            unless_used(&writing, "version")
        )?;
        if self.top {
            self.role(out, life)?;
        }
        Ok(())
    }

    /// That the message is a request or a response.
    fn role(&self, out: &mut String, life: &str) -> anyhow::Result<()> {
        let name = &self.structure.name;
        match self.definition.kind {
            Kind::Request => {
                let api = name.strip_suffix("Request").context("a request's name ends in Request")?;
                let response = format!("{api}Response");
                let response_life = if self.borrowing.contains(&response) { "<'a>" } else { "" };
                writeln!(
                    out,
                    "\nimpl<'a> Request<'a> for {name}{life} {{ const API: ApiKey = ApiKey::{api}; type Response = super::{response}{response_life}; }}"
                )?;
            }
            Kind::Response => {
                let api = name.strip_suffix("Response").context("a response's name ends in Response")?;
                writeln!(
                    out,
                    "\nimpl<'a> Response<'a> for {name}{life} {{ const API: ApiKey = ApiKey::{api}; }}"
                )?;
            }
            Kind::Other => {}
        }
        Ok(())
    }

    fn field_doc(&self, member: &Member<'_>) -> String {
        let mut doc = format!("`{}`, {}", member.field.name, self.since(member.versions));
        if member.nullable {
            let nullable = member.field.nullable.and(member.versions);
            if nullable == member.versions {
                doc.push_str(", can be null");
            } else {
                write!(doc, ", can be null in {}", self.since(nullable)).unwrap_or_default();
            }
        }
        if let Some(tag) = member.field.tag {
            write!(doc, ", tag {tag}").unwrap_or_default();
        }
        if let Some(default) = member.field.default.as_deref().filter(|&default| default != "null") {
            write!(doc, ", default `{default}`").unwrap_or_default();
        }
        doc.push('.');
        doc
    }

    fn since(&self, versions: Versions) -> String {
        let all = self.definition.versions;
        match versions {
            none if none.is_none() => "no version".to_owned(),
            same if same == all => "all versions".to_owned(),
            Versions { first, last } if last == all.last => format!("v{first} and later"),
            Versions { first, last } if first == last => format!("v{first} only"),
            Versions { first, last } => format!("v{first} to v{last}"),
        }
    }

    fn read_body(&self, out: &mut String) -> anyhow::Result<()> {
        if self.top {
            out.push_str("check_version::<Self>(version)?;\n");
        }
        let flexible = self.flexible_let(out)?;
        for member in &self.structure.fields {
            let default = default_value(member)?;
            if member.tagged.is_none() {
                let read = self.read_value(member, &flexible)?;
                let condition = self.condition(member.versions);
                match condition.as_str() {
                    "true" => writeln!(out, "let {} = {read};", local(member))?,
                    condition => writeln!(
                        out,
                        "let {} = if {condition} {{ {read} }} else {{ {default} }};",
                        local(member)
                    )?,
                }
            } else {
                ensure!(
                    member.tagged == member.versions,
                    "{}: tagged in some versions only",
                    member.field.name
                );
                writeln!(out, "let mut {} = {default};", local(member))?;
            }
        }
        if flexible != "false" {
            let tags = self.tagged().map(|(tag, _)| tag.to_string()).collect::<Vec<_>>().join(", ");
            let open = if flexible == "true" { String::new() } else { format!("if {flexible} {{\n") };
            writeln!(
                out,
                "{open}const TAGS: &[u32] = &[{tags}];\nfor index in 0..source.tag_count(TAGS)? {{"
            )?;
            if tags.is_empty() {
                out.push_str("source.tag(index, TAGS)?;\nsource.skip_tagged()?;\n");
            } else {
                out.push_str("match source.tag(index, TAGS)? {\n");
                for (tag, member) in self.tagged() {
                    let guard = match self.condition(member.versions).as_str() {
                        "true" => String::new(),
                        condition => format!(" if {condition}"),
                    };
                    let read = self.read_value(member, "true")?;
                    let read =
                        read.strip_suffix('?').map_or_else(|| format!("Ok({read})"), ToOwned::to_owned);
                    writeln!(
                        out,
                        "{tag}{guard} => {{ {} = source.tagged(|source| {read})?; }}",
                        local(member)
                    )?;
                }
                out.push_str("_ => source.skip_tagged()?,\n}\n");
            }
            out.push_str(if flexible == "true" { "}\n" } else { "}\n}\n" });
        }
        let name_and_local = |member: &Member<'_>| match (member.rust_name.clone(), local(member)) {
            (name, local) if name == local => name,
            (name, local) => format!("{name}: {local}"),
        };
        let names = self.structure.fields.iter().map(name_and_local).collect::<Vec<_>>();
        writeln!(out, "Ok(Self {{ {} }})", names.join(", "))?;
        Ok(())
    }

    fn write_body(&self, out: &mut String) -> anyhow::Result<()> {
        if self.top {
            out.push_str("check_version::<Self>(version)?;\n");
        }
        let flexible = self.flexible_let(out)?;
        for member in &self.structure.fields {
            let condition = self.condition(member.versions);
            let lost = if member.field.ignorable { String::new() } else { differs(member)? };
            let write = if member.tagged.is_none() {
                self.write_value(member, "sink", &flexible)?
            } else {
                String::new()
            };
            match (condition.as_str(), write.is_empty(), lost.is_empty()) {
                ("true", ..) => out.push_str(&write),
                (_, true, true) => {}
                (condition, false, true) => writeln!(out, "if {condition} {{ {write} }}")?,
                (condition, false, false) => writeln!(
                    out,
                    "if {condition} {{ {write} }} else if {lost} {{ {} }}",
                    self.refusal(member)
                )?,
                (_, true, false) => writeln!(
                    out,
                    "if {} && {lost} {{ {} }}",
                    self.outside(member.versions),
                    self.refusal(member)
                )?,
            }
        }
        if flexible != "false" {
            let open = if flexible == "true" { String::new() } else { format!("if {flexible} {{\n") };
            out.push_str(&open);
            self.write_tags(out)?;
            if flexible != "true" {
                out.push_str("}\n");
            }
        }
        out.push_str("Ok(())\n");
        Ok(())
    }

    fn write_tags(&self, out: &mut String) -> anyhow::Result<()> {
        if self.tagged().next().is_none() {
            out.push_str("sink.varint(0);\n");
            return Ok(());
        }
        let mut conditions = Vec::new();
        for (tag, member) in self.tagged() {
            let set = differs(member)?;
            let condition = match self.condition(member.versions).as_str() {
                "true" => set,
                condition => format!("{condition} && {set}"),
            };
            writeln!(out, "let has_tag_{tag} = {condition};")?;
            conditions.push(format!("u32::from(has_tag_{tag})"));
        }
        writeln!(out, "sink.varint({});", conditions.join(" + "))?;
        for (tag, member) in self.tagged() {
            let count = self.write_value(member, "counter", "true")?;
            let write = self.write_value(member, "sink", "true")?;
            writeln!(
                out,
                "if has_tag_{tag} {{ let mut counter = Counter::default(); {{ let counter = &mut counter; {count} }} sink.tag({tag}, counter.bytes())?; {write} }}"
            )?;
        }
        Ok(())
    }

    /// The tagged fields by ascending tag.
    fn tagged(&self) -> impl Iterator<Item = (u32, &Member<'_>)> {
        let mut tagged = self
            .structure
            .fields
            .iter()
            .filter_map(|member| Some((member.field.tag?, member)))
            .collect::<Vec<_>>();
        tagged.sort_by_key(|&(tag, _)| tag);
        tagged.into_iter()
    }

    /// What says in the code whether the version is flexible, defined before it if needed.
    fn flexible_let(&self, out: &mut String) -> anyhow::Result<String> {
        let condition = match self.definition.flexible {
            none if none.is_none() => return Ok("false".to_owned()),
            flexible => self.condition(flexible),
        };
        if condition == "true" {
            return Ok(condition);
        }
        writeln!(out, "let flexible = {condition};")?;
        Ok("flexible".to_owned())
    }

    /// What says in the code whether the version is one of `versions`.
    fn condition(&self, versions: Versions) -> String {
        let all = self.definition.versions;
        let Versions { first, last } = versions.and(all);
        match (first <= all.first, last >= all.last) {
            _ if first > last => "false".to_owned(),
            (true, true) => "true".to_owned(),
            (false, true) => format!("version >= {first}"),
            (true, false) => format!("version <= {last}"),
            (false, false) => format!("({first}..={last}).contains(&version)"),
        }
    }

    /// What says in the code, where the field is read or written at all, whether it can be null.
    fn nullable_condition(&self, member: &Member<'_>) -> String {
        match member.field.nullable.and(member.versions) {
            always if always == member.versions => "true".to_owned(),
            sometimes => self.condition(sometimes),
        }
    }

    /// What says in the code that the version is none of `versions`, which are some but not all.
    fn outside(&self, versions: Versions) -> String {
        let all = self.definition.versions;
        let Versions { first, last } = versions.and(all);
        match (first <= all.first, last >= all.last) {
            (_, true) => format!("version < {first}"),
            (true, false) => format!("version > {last}"),
            (false, false) => format!("!{}", self.condition(versions)),
        }
    }

    fn read_value(&self, member: &Member<'_>, flexible: &str) -> anyhow::Result<String> {
        let flexible = own_flexible(member, flexible);
        let nullable = self.nullable_condition(member);
        let plain = read_plain(&member.field.kind, flexible, member.element_bytes_min, false)?;
        if !member.nullable {
            return Ok(plain);
        }
        let read_nullable = match &member.field.kind {
            FieldType::Struct(_) => format!("if source.is_present()? {{ Some({plain}) }} else {{ None }}"),
            kind => read_plain(kind, flexible, member.element_bytes_min, true)?,
        };
        Ok(match nullable.as_str() {
            "true" => read_nullable,
            "false" => format!("Some({plain})"),
            condition => {
                // Where the field itself is conditional, versions outside its own never get here.
                let read_nullable =
                    read_nullable.strip_suffix('?').map_or(read_nullable.clone(), ToOwned::to_owned);
                let plain = plain.strip_suffix('?').map_or(plain.clone(), ToOwned::to_owned);
                format!(
                    "{{ let value = if {condition} {{ {read_nullable} }} else {{ {plain}.map(Some) }}; value? }}"
                )
            }
        })
    }

    fn write_value(&self, member: &Member<'_>, sink: &str, flexible: &str) -> anyhow::Result<String> {
        let flexible = own_flexible(member, flexible);
        let place = format!("self.{}", member.rust_name);
        if !member.nullable {
            return Ok(write_plain(&member.field.kind, &place, sink, flexible, false));
        }
        let nullable = self.nullable_condition(member);
        let write_nullable = match &member.field.kind {
            kind @ FieldType::Struct(_) => {
                let write = write_plain(kind, "value", sink, flexible, false);
                format!(
                    "match &{place} {{ Some(value) => {{ {sink}.presence(true); {write} }} None => {sink}.presence(false), }}\n"
                )
            }
            kind => write_plain(kind, &place, sink, flexible, true),
        };
        Ok(match nullable.as_str() {
            "true" => write_nullable,
            condition => {
                let check = if condition == "false" {
                    String::new()
                } else {
                    format!("{} && ", self.outside(member.field.nullable.and(member.versions)))
                };
                let none = format!(
                    "if {check}{place}.is_none() {{ return Err(null_not_in_version(\"{}\", \"{}\", version)); }}\n",
                    self.structure.name, member.rust_name
                );
                let struct_value = matches!(member.field.kind, FieldType::Struct(_));
                ensure!(
                    !struct_value,
                    "{}: a struct that is nullable in some versions only",
                    member.field.name
                );
                format!("{none}{write_nullable}")
            }
        })
    }

    fn is_secret(&self, member: &Member<'_>) -> bool {
        selection::SECRETS.contains(&(self.structure.name.as_str(), member.field.name.as_str()))
    }

    /// A `Debug` that shows all fields but the secret ones.
    fn redacted_debug(&self, out: &mut String, anonymous: &str) -> anyhow::Result<()> {
        let name = &self.structure.name;
        writeln!(
            out,
            "\nimpl std::fmt::Debug for {name}{anonymous} {{ fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> \
             std::fmt::Result {{ f.debug_struct(\"{name}\")"
        )?;
        for member in &self.structure.fields {
            let field = &member.rust_name;
            if self.is_secret(member) {
                writeln!(out, ".field(\"{field}\", &format_args!(\"<redacted>\"))")?;
            } else {
                writeln!(out, ".field(\"{field}\", &self.{field})")?;
            }
        }
        out.push_str(".finish() } }\n");
        Ok(())
    }

    fn refusal(&self, member: &Member<'_>) -> String {
        format!("return Err(not_in_version(\"{}\", \"{}\", version));", self.structure.name, member.rust_name)
    }
}
