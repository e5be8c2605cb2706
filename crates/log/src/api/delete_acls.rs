//! DeleteAcls: versions 1 to 3. There are no ACLs: SECURITY_DISABLED, as Kafka answers without an authorizer.
//!
//! Gap: there is no authorizer. Who may connect is decided by listener, TLS and SASL.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::delete_acls_response::DeleteAclsFilterResult;
use watershed_protocol::messages::{DeleteAclsRequest, DeleteAclsResponse};

use super::describe_acls::NO_AUTHORIZER;
use super::{Call, Reply};

pub(super) async fn answer(call: &Call<'_>, request: &DeleteAclsRequest<'_>) -> Reply {
    let refused = |_| DeleteAclsFilterResult {
        error_code: ErrorCode::SecurityDisabled.code(),
        error_message: Some(NO_AUTHORIZER),
        ..DeleteAclsFilterResult::default()
    };
    call.reply(&DeleteAclsResponse {
        filter_results: request.filters.iter().map(refused).collect(),
        ..DeleteAclsResponse::default()
    })
}
