//! What quotas are set for: users, client ids, addresses, and the default of each; as a text under which the catalog
//! keeps them.

use std::collections::BTreeMap;

use watershed_protocol::ErrorCode;

use crate::catalog::Refusal;

/// Types with their names; no name: the default.
pub(super) type Entity = BTreeMap<String, Option<String>>;

/// Types of entities, by Kafka's names.
const TYPES: [&str; 3] = ["user", "client-id", "ip"];

/// Limits of users and client ids.
const CLIENT_QUOTAS: [&str; 4] =
    ["producer_byte_rate", "consumer_byte_rate", "request_percentage", "controller_mutation_rate"];
/// Limits of addresses.
const ADDRESS_QUOTAS: [&str; 1] = ["connection_creation_rate"];

/// Checks an entity.
///
/// # Errors
///
/// INVALID_REQUEST.
pub(super) fn check<'a>(parts: impl Iterator<Item = (&'a str, Option<&'a str>)>) -> Result<Entity, Refusal> {
    let invalid = |message: String| Refusal::new(ErrorCode::InvalidRequest, message);
    let mut entity = Entity::new();
    for (kind, name) in parts {
        if !TYPES.contains(&kind) {
            return Err(invalid(format!("quotas are set for {}, not for {kind:?}", TYPES.join(", "))));
        }
        if name.is_some_and(|name| name.is_empty() || name.contains(['\n', '\t'])) {
            return Err(invalid(format!("the name of a {kind} cannot be empty or have tabs and line ends")));
        }
        if entity.insert(kind.to_owned(), name.map(str::to_owned)).is_some() {
            return Err(invalid(format!("a {kind} is there twice in one entity")));
        }
    }
    if entity.is_empty() {
        return Err(invalid("an entity has no part".to_owned()));
    }
    if entity.contains_key("ip") && entity.len() > 1 {
        return Err(invalid("an ip cannot be together with a user or client-id".to_owned()));
    }
    Ok(entity)
}

/// Whether the entity can have this quota, and the quota this value.
///
/// # Errors
///
/// INVALID_REQUEST.
pub(super) fn check_value(entity: &Entity, key: &str, value: Option<f64>) -> Result<(), Refusal> {
    let keys: &[&str] = if entity.contains_key("ip") { &ADDRESS_QUOTAS } else { &CLIENT_QUOTAS };
    if !keys.contains(&key) {
        let message = format!("there is no quota {key:?} for this entity: there are {}", keys.join(", "));
        return Err(Refusal::new(ErrorCode::InvalidRequest, message));
    }
    match value {
        Some(value) if !value.is_finite() || value <= 0.0 => {
            let message = format!("the quota {key} must be more than 0, not {value}");
            Err(Refusal::new(ErrorCode::InvalidRequest, message))
        }
        _ => Ok(()),
    }
}

/// The text under which it is kept.
pub(super) fn to_text(entity: &Entity) -> String {
    let part = |(kind, name): (&String, &Option<String>)| match name {
        Some(name) => format!("{kind}\t={name}"),
        None => format!("{kind}\t"),
    };
    entity.iter().map(part).collect::<Vec<_>>().join("\n")
}

/// The entity of a text.
pub(super) fn from_text(text: &str) -> Entity {
    let part = |line: &str| {
        let (kind, name) = line.split_once('\t')?;
        Some((kind.to_owned(), name.strip_prefix('=').map(str::to_owned)))
    };
    text.split('\n').filter_map(part).collect()
}
