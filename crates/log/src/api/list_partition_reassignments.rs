//! ListPartitionReassignments: not served yet.

use watershed_protocol::messages::ListPartitionReassignmentsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &ListPartitionReassignmentsRequest<'_>) -> Reply {
    Reply::Close
}
