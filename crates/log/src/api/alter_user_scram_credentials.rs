//! AlterUserScramCredentials: version 0. Credentials are kept with the metadata, as verifiers: a password never comes
//! here, only its salted hash, and of that the two keys of RFC 5802 are kept.
//!
//! Gap: who is in the file of `--users` is refused, since that counts more than what is kept here.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256, Sha512};
use watershed_protocol::ErrorCode;
use watershed_protocol::messages::alter_user_scram_credentials_request::ScramCredentialUpsertion;
use watershed_protocol::messages::alter_user_scram_credentials_response::AlterUserScramCredentialsResult;
use watershed_protocol::messages::{AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse};

use super::{Call, Reply};
use crate::catalog::{Refusal, ScramCredential};
use crate::server::Hash;

const SCRAM_SHA_256: i8 = 1;
const SCRAM_SHA_512: i8 = 2;
/// Fewer would be too quick to guess at: Kafka's bound, and that of RFC 7677.
const ITERATIONS_MIN: i32 = 4_096;
/// More would cost the server too much: Kafka's bound.
const ITERATIONS_MAX: i32 = 16_384;
/// The most users and mechanisms that are kept.
const CREDENTIALS_MAX: usize = 10_000;

pub(super) async fn answer(call: &Call<'_>, request: &AlterUserScramCredentialsRequest<'_>) -> Reply {
    let image = call.broker.catalog.image();
    let mut users: BTreeMap<&str, Result<(), Refusal>> = BTreeMap::new();
    let mut credentials: BTreeMap<(String, i8), Option<ScramCredential>> = BTreeMap::new();
    let deletions = request.deletions.iter().map(|deletion| {
        let known = image.scram.contains_key(&(deletion.name.to_owned(), deletion.mechanism));
        let checked = check_user(call, deletion.name, deletion.mechanism).and_then(|()| {
            if known {
                return Ok(None);
            }
            let message = "a credential that is not there cannot be deleted";
            Err(Refusal::new(ErrorCode::ResourceNotFound, message))
        });
        (deletion.name, deletion.mechanism, checked)
    });
    let upsertions = request.upsertions.iter().map(|upsertion| {
        let checked =
            check_user(call, upsertion.name, upsertion.mechanism).and_then(|()| credential(upsertion));
        (upsertion.name, upsertion.mechanism, checked.map(Some))
    });
    for (name, mechanism, credential) in deletions.chain(upsertions) {
        // Kafka's rule: one alteration of a user in a request, whatever its mechanism.
        let twice = users.contains_key(name);
        let outcome = users.entry(name).or_insert(Ok(()));
        match credential {
            _ if twice => {
                let message = "a user's credentials cannot be altered twice in one request";
                *outcome = Err(Refusal::new(ErrorCode::DuplicateResource, message));
            }
            Ok(credential) => drop(credentials.insert((name.to_owned(), mechanism), credential)),
            Err(refusal) if outcome.is_ok() => *outcome = Err(refusal),
            Err(_) => {}
        }
    }
    if image.scram.len() + credentials.len() > CREDENTIALS_MAX {
        let refusal = Refusal::new(
            ErrorCode::PolicyViolation,
            format!("{CREDENTIALS_MAX} credentials are kept at most"),
        );
        users.values_mut().for_each(|outcome| *outcome = Err(refusal.clone()));
    }
    // A user's alterations are made all or none.
    credentials.retain(|(name, _), _| users.get(name.as_str()).is_some_and(Result::is_ok));
    let altered: Vec<_> = credentials.into_iter().collect();
    let names: Vec<String> = altered.iter().map(|((name, _), _)| name.clone()).collect();
    let outcomes = call.broker.catalog.alter_scram(altered).await;
    for (name, outcome) in names.iter().zip(outcomes) {
        if let (Err(refusal), Some(of_user)) = (outcome, users.get_mut(name.as_str())) {
            *of_user = Err(refusal);
        }
    }
    let results = users.iter().map(|(user, outcome)| AlterUserScramCredentialsResult {
        user,
        error_code: outcome.as_ref().map_or_else(|refusal| refusal.code, |()| ErrorCode::None).code(),
        error_message: outcome.as_ref().err().map(|refusal| refusal.message.as_str()),
    });
    call.reply(&AlterUserScramCredentialsResponse {
        results: results.collect(),
        ..AlterUserScramCredentialsResponse::default()
    })
}

fn check_user(call: &Call<'_>, name: &str, mechanism: i8) -> Result<(), Refusal> {
    let hash = match mechanism {
        SCRAM_SHA_256 => Hash::Sha256,
        SCRAM_SHA_512 => Hash::Sha512,
        _ => {
            let message = "mechanisms are SCRAM-SHA-256 (1) and SCRAM-SHA-512 (2)";
            return Err(Refusal::new(ErrorCode::UnsupportedSaslMechanism, message));
        }
    };
    if call.users.is_some_and(|users| users.has_credential(name, hash)) {
        // The file counts, so that a password that was altered here would go on being what it was.
        let message = "the user's credential is in the file of --users: change it there, and start again";
        return Err(Refusal::new(ErrorCode::UnacceptableCredential, message));
    }
    if name.is_empty() {
        return Err(Refusal::new(ErrorCode::UnacceptableCredential, "a user's name cannot be empty"));
    }
    Ok(())
}

fn credential(upsertion: &ScramCredentialUpsertion<'_>) -> Result<ScramCredential, Refusal> {
    let unacceptable = |message: String| Err(Refusal::new(ErrorCode::UnacceptableCredential, message));
    if !(ITERATIONS_MIN..=ITERATIONS_MAX).contains(&upsertion.iterations) {
        return unacceptable(format!(
            "{} iterations are not from {ITERATIONS_MIN} to {ITERATIONS_MAX}",
            upsertion.iterations
        ));
    }
    if upsertion.salt.is_empty() || upsertion.salted_password.is_empty() {
        return unacceptable("salt and salted password cannot be empty".to_owned());
    }
    if upsertion.salt.len() > 1_024 || upsertion.salted_password.len() > 1_024 {
        return unacceptable("salt and salted password are 1024 bytes long at most".to_owned());
    }
    let (stored_key, server_key) = if upsertion.mechanism == SCRAM_SHA_512 {
        let client_key = hmac_sha512(upsertion.salted_password, b"Client Key");
        (Sha512::digest(client_key).to_vec(), hmac_sha512(upsertion.salted_password, b"Server Key"))
    } else {
        let client_key = hmac_sha256(upsertion.salted_password, b"Client Key");
        (Sha256::digest(client_key).to_vec(), hmac_sha256(upsertion.salted_password, b"Server Key"))
    };
    Ok(ScramCredential {
        salt: upsertion.salt.to_vec(),
        stored_key,
        server_key,
        iterations: upsertion.iterations,
    })
}

fn hmac_sha256(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.chain_update(text).finalize().into_bytes().to_vec()
}

fn hmac_sha512(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mac = Hmac::<Sha512>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.chain_update(text).finalize().into_bytes().to_vec()
}
