//! DeleteGroups, versions 0 to 2: groups without members go, with their offsets.
//!
//! Gaps: none known.

use watershed_protocol::messages::delete_groups_response::DeletableGroupResult;
use watershed_protocol::messages::{DeleteGroupsRequest, DeleteGroupsResponse};

use super::{Call, Reply};

pub(super) async fn answer(call: &Call<'_>, request: &DeleteGroupsRequest<'_>) -> Reply {
    let deleted = call.broker.groups.delete(call.broker, &request.groups_names);
    let ids: Vec<String> = request.groups_names.iter().map(|&id| id.to_owned()).collect();
    let to = call.to;
    Reply::Later(Box::pin(async move {
        let deleted = deleted.await;
        let results = ids.iter().enumerate().map(|(index, group_id)| DeletableGroupResult {
            group_id,
            error_code: deleted.get(index).map_or(0, |code| code.code()),
        });
        let results = results.collect();
        to.encode(&DeleteGroupsResponse { throttle_time_ms: 0, results })
    }))
}
