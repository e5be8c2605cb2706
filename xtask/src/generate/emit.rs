//! Writes the files: one a message, and the index over all.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::Context as _;
use heck::ToSnakeCase as _;

use super::definition::{Definition, Kind, Versions};
use super::emit_struct::Emitter;
use super::{selection, structs};

/// The first line of every file.
fn head() -> String {
    let version = crate::setup::kafka::VERSION;
    format!(
        "// @generated from the message definitions in kafka-clients {version} by `cargo xtask generate`: do not edit.\n"
    )
}

/// Every file of the output, by name.
pub(crate) fn files(definitions: &[Definition]) -> anyhow::Result<Vec<(String, String)>> {
    let mut files = vec![("mod.rs".to_owned(), index(definitions)?)];
    let mut borrowing = BTreeSet::new();
    for definition in definitions {
        if structs::of(definition)?[0].borrows {
            borrowing.insert(definition.name.clone());
        }
    }
    for definition in definitions {
        let text = message(definition, &borrowing).with_context(|| definition.name.clone())?;
        files.push((format!("{}.rs", definition.name.to_snake_case()), text));
    }
    Ok(files)
}

/// `mod.rs`: the modules, the keys, and the enums over all requests and responses.
fn index(definitions: &[Definition]) -> anyhow::Result<String> {
    let mut out = head();
    out.push_str("#![allow(clippy::too_many_lines)]\n\n");
    for definition in definitions {
        writeln!(out, "pub mod {};", definition.name.to_snake_case())?;
    }
    out.push_str(
        "\nuse std::ops::RangeInclusive;\n\nuse crate::wire::{Message, Sink, Source, WireError};\n\n",
    );
    for definition in definitions {
        writeln!(out, "pub use {}::{};", definition.name.to_snake_case(), definition.name)?;
    }
    let request = |api: &str| {
        let found =
            definitions.iter().find(|one| one.kind == Kind::Request && one.name == format!("{api}Request"));
        found.with_context(|| format!("no request of {api}"))
    };
    let mut apis = Vec::new();
    for api in selection::APIS {
        let request = request(api)?;
        apis.push((*api, request.api_key.with_context(|| format!("{api} has no key"))?, request));
    }
    api_key(&mut out, &apis)?;
    for (kind, what) in [("Request", "request"), ("Response", "response")] {
        any(&mut out, definitions, kind, what)?;
    }
    Ok(out)
}

fn api_key(out: &mut String, apis: &[(&str, i16, &Definition)]) -> anyhow::Result<()> {
    out.push_str("\n/// The APIs that are read and written here, by their keys.\n#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]\n#[repr(i16)]\n#[non_exhaustive]\npub enum ApiKey {\n");
    for (name, key, request) in apis {
        writeln!(out, "/// Key {key}, {}.\n{name} = {key},", versions_text(request.versions))?;
    }
    out.push_str("}\n\nimpl ApiKey {\n/// Every API, by ascending key.\npub const ALL: &'static [Self] = &[");
    for (name, ..) in apis {
        write!(out, "Self::{name},")?;
    }
    out.push_str("];\n\n/// The name, as Kafka has it.\n#[must_use]\npub const fn name(self) -> &'static str { match self {");
    for (name, ..) in apis {
        write!(out, "Self::{name} => \"{name}\",")?;
    }
    out.push_str("} }\n\n/// The versions that are read and written here.\n#[must_use]\npub const fn versions(self) -> RangeInclusive<i16> { match self {");
    for (name, _, request) in apis {
        write!(out, "Self::{name} => {}..={},", request.versions.first, request.versions.last)?;
    }
    out.push_str("} }\n\n/// The first version with compact lengths and tagged fields.\npub(super) const fn flexible_since(self) -> Option<i16> { match self {");
    for (name, _, request) in apis {
        match request.flexible {
            none if none.is_none() => write!(out, "Self::{name} => None,")?,
            flexible => write!(out, "Self::{name} => Some({}),", flexible.first)?,
        }
    }
    out.push_str("} }\n}\n");
    Ok(())
}

/// The enum over all requests, or all responses.
fn any(out: &mut String, definitions: &[Definition], kind: &str, what: &str) -> anyhow::Result<()> {
    writeln!(
        out,
        "\n/// A {what} of any API.\n#[derive(Debug, Clone, PartialEq)]\n#[non_exhaustive]\npub enum Any{kind}<'a> {{"
    )?;
    for api in selection::APIS {
        let name = format!("{api}{kind}");
        let definition =
            definitions.iter().find(|one| one.name == name).with_context(|| format!("no {name}"))?;
        let life = if structs::of(definition)?[0].borrows { "<'a>" } else { "" };
        writeln!(out, "/// [`{name}`].\n{api}({name}{life}),")?;
    }
    writeln!(out, "}}\n\nimpl<'a> Any{kind}<'a> {{")?;
    writeln!(
        out,
        "/// Reads the {what} of `api`. See [`Message::read`].\n///\n/// # Errors\n///\n/// Those of [`Message::read`]."
    )?;
    writeln!(
        out,
        "pub fn read<S: Source<'a>>(api: ApiKey, source: &mut S, version: i16) -> Result<Self, WireError> {{ Ok(match api {{"
    )?;
    for api in selection::APIS {
        writeln!(out, "ApiKey::{api} => Self::{api}({api}{kind}::read(source, version)?),")?;
    }
    writeln!(
        out,
        "}}) }}\n\n/// Writes the {what}. See [`Message::write`].\n///\n/// # Errors\n///\n/// Those of [`Message::write`]."
    )?;
    writeln!(
        out,
        "pub fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {{ match self {{"
    )?;
    for api in selection::APIS {
        writeln!(out, "Self::{api}(body) => body.write(sink, version),")?;
    }
    writeln!(
        out,
        "}} }}\n\n/// The API that it belongs to.\n#[must_use]\npub const fn api(&self) -> ApiKey {{ match self {{"
    )?;
    for api in selection::APIS {
        writeln!(out, "Self::{api}(_) => ApiKey::{api},")?;
    }
    out.push_str("} }\n}\n");
    Ok(())
}

/// The file of one message.
fn message(definition: &Definition, borrowing: &BTreeSet<String>) -> anyhow::Result<String> {
    let structs = structs::of(definition)?;
    let mut body = String::new();
    for (index, structure) in structs.iter().enumerate() {
        Emitter { borrowing, definition, structure, top: index == 0 }.structure(&mut body)?;
    }
    let mut out = head();
    let flexible = match definition.flexible {
        none if none.is_none() => "none flexible".to_owned(),
        flexible if flexible.first == definition.versions.first => "all flexible".to_owned(),
        flexible => format!("flexible since v{}", flexible.first),
    };
    let key = definition.api_key.map(|key| format!("API key {key}, ")).unwrap_or_default();
    writeln!(out, "//! {}: {key}{}, {flexible}.\n", definition.name, versions_text(definition.versions))?;
    for (word, path) in [("RangeInclusive", "std::ops::RangeInclusive"), ("Uuid", "uuid::Uuid")] {
        if body.contains(word) {
            writeln!(out, "use {path};")?;
        }
    }
    let used = [
        "Counter",
        "Message",
        "Payload",
        "Request",
        "Response",
        "Sink",
        "Source",
        "WireError",
        "check_version",
        "not_in_version",
        "null_not_in_version",
    ];
    // An associated type is called Response too: the trait is used where it is implemented.
    let is_used =
        |word: &&str| uses(&body, word) && (*word != "Response" || body.contains("> Response<'a> for"));
    let used = used.into_iter().filter(is_used).collect::<Vec<_>>();
    writeln!(out, "\nuse crate::wire::{{{}}};", used.join(", "))?;
    if uses(&body, "ApiKey") {
        out.push_str("use crate::messages::ApiKey;\n");
    }
    out.push_str(&body);
    Ok(out)
}

/// Whether `word` stands in `text` by itself.
pub(super) fn uses(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(is_part)
            && !text[at + word.len()..].starts_with(is_part)
            && !text[..at].ends_with("super::")
    })
}

pub(super) fn versions_text(versions: Versions) -> String {
    if versions.first == versions.last {
        format!("version {}", versions.first)
    } else {
        format!("versions {} to {}", versions.first, versions.last)
    }
}
