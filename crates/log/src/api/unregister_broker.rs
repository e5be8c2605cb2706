//! UnregisterBroker: version 0. The node cannot be unregistered from itself.
//!
//! Gaps: none, for one node.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::{UnregisterBrokerRequest, UnregisterBrokerResponse};

use super::{Call, Reply};

pub(super) async fn answer(call: &Call<'_>, request: &UnregisterBrokerRequest) -> Reply {
    let (code, message) = if request.broker_id == call.broker.options.node_id {
        (ErrorCode::InvalidRequest, "the broker is the only one: stop its process to be rid of it")
    } else {
        (ErrorCode::BrokerIdNotRegistered, "there is no broker with this id")
    };
    call.reply(&UnregisterBrokerResponse {
        error_code: code.code(),
        error_message: Some(message),
        ..UnregisterBrokerResponse::default()
    })
}
