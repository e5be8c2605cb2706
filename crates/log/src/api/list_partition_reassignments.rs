//! ListPartitionReassignments: version 0. Nothing is ever being moved.
//!
//! Gaps: none, for one node.

use watershed_protocol::messages::{ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse};

use super::{Call, Reply};

pub(super) async fn answer(call: &Call<'_>, _request: &ListPartitionReassignmentsRequest<'_>) -> Reply {
    call.reply(&ListPartitionReassignmentsResponse::default())
}
