//! AlterReplicaLogDirs: not served yet.

use watershed_protocol::messages::AlterReplicaLogDirsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &AlterReplicaLogDirsRequest<'_>) -> Reply {
    Reply::Close
}
