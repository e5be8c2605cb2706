//! ListGroups, versions 0 to 5: all groups, those in some states (version 4), those of some types (version 5).
//!
//! Gaps: none known.

use watershed_protocol::messages::list_groups_response::ListedGroup;
use watershed_protocol::messages::{ListGroupsRequest, ListGroupsResponse};

use super::{Call, Reply};

pub(super) async fn answer(call: &Call<'_>, request: &ListGroupsRequest<'_>) -> Reply {
    let has = |filter: &[&str], value: &str| {
        filter.is_empty() || filter.iter().any(|wanted| wanted.trim().eq_ignore_ascii_case(value))
    };
    let listed = call.broker.groups.list();
    let groups = listed
        .iter()
        .filter(|group| has(&request.states_filter, group.state) && has(&request.types_filter, group.kind))
        .map(|group| ListedGroup {
            group_id: &group.id,
            protocol_type: &group.protocol_type,
            group_state: group.state,
            group_type: group.kind,
        });
    let groups = groups.collect();
    call.reply(&ListGroupsResponse { groups, ..ListGroupsResponse::default() })
}
