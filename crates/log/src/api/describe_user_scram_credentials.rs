//! DescribeUserScramCredentials: version 0. Which users have which SCRAM credentials; never the credentials.
//!
//! Gaps: none.

use std::collections::{BTreeMap, BTreeSet};

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::describe_user_scram_credentials_response::{
    CredentialInfo, DescribeUserScramCredentialsResult,
};
use watershed_protocol::messages::{
    DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse,
};

use super::{Call, Reply};

pub(super) async fn answer(call: &Call<'_>, request: &DescribeUserScramCredentialsRequest<'_>) -> Reply {
    let image = call.broker.catalog.image();
    let mut kept: BTreeMap<&str, Vec<CredentialInfo>> = BTreeMap::new();
    for ((user, mechanism), credential) in &image.scram {
        let info = CredentialInfo { mechanism: *mechanism, iterations: credential.iterations };
        kept.entry(user).or_default().push(info);
    }
    let asked: Vec<&str> = match request.users.as_deref() {
        None | Some([]) => kept.keys().copied().collect(),
        Some(users) => users.iter().map(|user| user.name).collect(),
    };
    let mut seen = BTreeSet::new();
    let twice: BTreeSet<&str> = asked.iter().copied().filter(|user| !seen.insert(*user)).collect();
    let results = seen.into_iter().map(|user| {
        let (code, message, credential_infos) = match kept.remove(user) {
            _ if twice.contains(user) => {
                (ErrorCode::DuplicateResource, Some("the user is in the request more than once"), Vec::new())
            }
            Some(infos) => (ErrorCode::None, None, infos),
            None => (ErrorCode::ResourceNotFound, Some("the user has no SCRAM credentials"), Vec::new()),
        };
        DescribeUserScramCredentialsResult {
            user,
            error_code: code.code(),
            error_message: message,
            credential_infos,
        }
    });
    call.reply(&DescribeUserScramCredentialsResponse {
        results: results.collect(),
        ..DescribeUserScramCredentialsResponse::default()
    })
}
