//! AlterClientQuotas: not served yet.

use watershed_protocol::messages::AlterClientQuotasRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &AlterClientQuotasRequest<'_>) -> Reply {
    Reply::Close
}
