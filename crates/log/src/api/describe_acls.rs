//! DescribeAcls: versions 1 to 3. There are no ACLs: SECURITY_DISABLED, as Kafka answers without an authorizer.
//!
//! Gap: there is no authorizer. Who may connect is decided by listener, TLS and SASL.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::{DescribeAclsRequest, DescribeAclsResponse};

use super::{Call, Reply};

/// What is said where Kafka would ask its authorizer.
pub(super) const NO_AUTHORIZER: &str = "there are no ACLs on this broker";

pub(super) async fn answer(call: &Call<'_>, _request: &DescribeAclsRequest<'_>) -> Reply {
    call.reply(&DescribeAclsResponse {
        error_code: ErrorCode::SecurityDisabled.code(),
        error_message: Some(NO_AUTHORIZER),
        ..DescribeAclsResponse::default()
    })
}
