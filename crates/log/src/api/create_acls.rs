//! CreateAcls: versions 1 to 3. There are no ACLs: SECURITY_DISABLED, as Kafka answers without an authorizer.
//!
//! Gap: there is no authorizer. Who may connect is decided by listener, TLS and SASL.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::create_acls_response::AclCreationResult;
use watershed_protocol::messages::{CreateAclsRequest, CreateAclsResponse};

use super::describe_acls::NO_AUTHORIZER;
use super::{Call, Reply};

pub(super) async fn answer(call: &Call<'_>, request: &CreateAclsRequest<'_>) -> Reply {
    let refused = |_| AclCreationResult {
        error_code: ErrorCode::SecurityDisabled.code(),
        error_message: Some(NO_AUTHORIZER),
    };
    call.reply(&CreateAclsResponse {
        results: request.creations.iter().map(refused).collect(),
        ..CreateAclsResponse::default()
    })
}
