//! FindCoordinator, versions 0 to 6: who coordinates a group or a transactional id. It is always this node, under the
//! address that the connection was made to.
//!
//! Gaps: there are no share groups; their key type is refused with INVALID_REQUEST.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::find_coordinator_response::Coordinator;
use watershed_protocol::messages::{FindCoordinatorRequest, FindCoordinatorResponse};

use super::{Call, Reply};

const GROUP: i8 = 0;
const TRANSACTION: i8 = 1;
const UNKNOWN_KEY_TYPE: &str =
    "this key type has no coordinator here: ask for a group (0) or a transactional id (1)";

pub(super) async fn answer(call: &Call<'_>, request: &FindCoordinatorRequest<'_>) -> Reply {
    let (host, port) = &call.caller.advertised;
    let (node_id, host, port, error_code, error_message) = match request.key_type {
        GROUP | TRANSACTION => {
            (call.broker.options.node_id, host.as_str(), i32::from(*port), ErrorCode::None.code(), None)
        }
        _ => (-1, "", -1, ErrorCode::InvalidRequest.code(), Some(UNKNOWN_KEY_TYPE)),
    };
    if call.version() < 4 {
        return call.reply(&FindCoordinatorResponse {
            error_code,
            error_message,
            node_id,
            host,
            port,
            ..FindCoordinatorResponse::default()
        });
    }
    let keys = request.coordinator_keys.iter();
    let coordinators = keys.map(|&key| Coordinator { key, node_id, host, port, error_code, error_message });
    let coordinators = coordinators.collect();
    call.reply(&FindCoordinatorResponse { coordinators, ..FindCoordinatorResponse::default() })
}
