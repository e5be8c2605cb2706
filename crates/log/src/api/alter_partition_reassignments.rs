//! AlterPartitionReassignments: not served yet.

use watershed_protocol::messages::AlterPartitionReassignmentsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &AlterPartitionReassignmentsRequest<'_>) -> Reply {
    Reply::Close
}
