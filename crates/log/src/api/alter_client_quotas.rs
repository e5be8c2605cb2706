//! AlterClientQuotas: versions 0 to 1.
//!
//! Gap: quotas are kept and described, and slow nobody down.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::alter_client_quotas_request::EntryData as Wanted;
use watershed_protocol::messages::alter_client_quotas_response::{EntityData, EntryData};
use watershed_protocol::messages::{AlterClientQuotasRequest, AlterClientQuotasResponse};

use super::incremental_alter_configs::alter;
use super::{Call, Reply, quota_entity};
use crate::catalog::{Alteration, Edit, Refusal, quota_alteration};

pub(super) async fn answer(call: &Call<'_>, request: &AlterClientQuotasRequest<'_>) -> Reply {
    let alterations = request.entries.iter().map(alteration).collect();
    let outcomes = alter(call, alterations, request.validate_only).await;
    let set = request.entries.iter().zip(&outcomes).filter(|(entry, outcome)| {
        !request.validate_only && outcome.is_ok() && entry.ops.iter().any(|op| !op.remove)
    });
    let entities = set.count();
    if entities > 0 {
        tracing::warn!(entities, "client quotas were set: they are kept and described, and not enforced");
    }
    let entries = request.entries.iter().zip(&outcomes).map(|(entry, outcome)| {
        let entity = entry
            .entity
            .iter()
            .map(|part| EntityData { entity_type: part.entity_type, entity_name: part.entity_name });
        EntryData {
            error_code: outcome.as_ref().map_or_else(|refusal| refusal.code, |()| ErrorCode::None).code(),
            error_message: outcome.as_ref().err().map(|refusal| refusal.message.as_str()),
            entity: entity.collect(),
        }
    });
    call.reply(&AlterClientQuotasResponse {
        entries: entries.collect(),
        ..AlterClientQuotasResponse::default()
    })
}

fn alteration(entry: &Wanted<'_>) -> Result<Alteration, Refusal> {
    let entity = quota_entity::check(entry.entity.iter().map(|part| (part.entity_type, part.entity_name)))?;
    let mut edits = Vec::with_capacity(entry.ops.len());
    for op in &entry.ops {
        quota_entity::check_value(&entity, op.key, (!op.remove).then_some(op.value))?;
        let edit = if op.remove { Edit::Delete } else { Edit::Set(op.value.to_string()) };
        edits.push((op.key.to_owned(), edit));
    }
    Ok(quota_alteration(quota_entity::to_text(&entity), edits))
}
