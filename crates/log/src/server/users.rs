//! Who may connect: users from a file, with a password or with SCRAM credentials.
//!
//! A line is `NAME:PASSWORD`, or `NAME:SCRAM-SHA-256=[iterations=N,salt=S,stored_key=K,server_key=K]` with Base64, and the
//! same with SCRAM-SHA-512; a user may have several lines. Empty lines and those that begin with `#` say nothing. A password
//! serves every mechanism; a SCRAM line only its own, and does not give the password away.
//!
//! A user who is not there gets a made-up credential that is the same each time, so that an answer does not tell who is.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use subtle::ConstantTimeEq as _;

use super::scram::{Credential, Hash, ITERATIONS};

/// The most that a credential of a file may ask of a client, as Kafka has it.
const ITERATIONS_MAX: u32 = 16_384;

/// The users of a file. By default nobody.
#[derive(Clone, Default)]
pub struct Users {
    by_name: HashMap<String, User>,
    /// Known to this process alone.
    secret: [u8; 32],
}

#[derive(Clone, Default)]
struct User {
    /// The password's HMAC under the secret.
    password: Option<Vec<u8>>,
    sha256: Option<Credential>,
    sha512: Option<Credential>,
}

/// A line that cannot be read. It never says what stands there.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} {reason}")]
pub struct UsersError {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: &'static str,
}

impl std::fmt::Debug for Users {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Users").field("count", &self.by_name.len()).finish_non_exhaustive()
    }
}

impl Users {
    /// Reads the lines of a file. `secret` is random, and need not be the same at the next start.
    ///
    /// # Errors
    ///
    /// [`UsersError`] with the first line that is wrong.
    pub fn parse(text: &str, secret: [u8; 32]) -> Result<Self, UsersError> {
        let mut users = Self { by_name: HashMap::new(), secret };
        for (index, line) in text.lines().enumerate() {
            let line = line.trim_end_matches('\r');
            if !line.trim().is_empty() && !line.starts_with('#') {
                users.add(line).map_err(|reason| UsersError { line: index + 1, reason })?;
            }
        }
        Ok(users)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    fn add(&mut self, line: &str) -> Result<(), &'static str> {
        let (name, secret) = line.split_once(':').ok_or("has no colon: write NAME:PASSWORD")?;
        if name.is_empty() || secret.is_empty() {
            return Err("has an empty name or password: write NAME:PASSWORD");
        }
        let scram = [Hash::Sha256, Hash::Sha512]
            .into_iter()
            .find_map(|hash| Some((hash, secret.strip_prefix(mechanism_name(hash))?.strip_prefix("=[")?)));
        let credentials = match scram {
            Some((hash, attributes)) => vec![(hash, parse_credential(hash, attributes)?)],
            None => [Hash::Sha256, Hash::Sha512]
                .map(|hash| (hash, Credential::new(hash, secret, self.made_up_salt(hash, name), ITERATIONS)))
                .into(),
        };
        let password = scram.is_none().then(|| self.hide(secret.as_bytes()));
        let user = self.by_name.entry(name.to_owned()).or_default();
        if let Some(password) = password
            && user.password.replace(password).is_some()
        {
            return Err("gives a second password to a user");
        }
        for (hash, credential) in credentials {
            let place = user.place(hash);
            // A line of its own counts more than what follows from a password, wherever it stands.
            if scram.is_some() || place.is_none() {
                *place = Some(credential);
            }
        }
        Ok(())
    }

    /// Whether the user has this password (PLAIN).
    pub(super) fn has_password(&self, name: &str, password: &str) -> bool {
        let given = self.hide(password.as_bytes());
        let known = self.by_name.get(name).and_then(|user| user.password.as_ref());
        // As much work for who is not there.
        let nobody = vec![0; given.len()];
        bool::from(known.unwrap_or(&nobody).ct_eq(&given)) && known.is_some()
    }

    /// The user's credential.
    pub(super) fn credential(&self, name: &str, hash: Hash) -> Option<Credential> {
        let user = self.by_name.get(name)?;
        match hash {
            Hash::Sha256 => user.sha256.clone(),
            Hash::Sha512 => user.sha512.clone(),
        }
    }

    /// Whether the file says how this user authenticates by SCRAM with this hash.
    pub(crate) fn has_credential(&self, name: &str, hash: Hash) -> bool {
        self.credential(name, hash).is_some()
    }

    /// A credential that no password fits, for who is not there.
    pub(super) fn made_up(&self, name: &str, hash: Hash) -> Credential {
        Credential {
            salt: self.made_up_salt(hash, name),
            stored_key: hash.hmac(&self.secret, format!("stored {name}").as_bytes()),
            server_key: hash.hmac(&self.secret, format!("server {name}").as_bytes()),
            iterations: ITERATIONS,
        }
    }

    fn made_up_salt(&self, hash: Hash, name: &str) -> Vec<u8> {
        let mut salt = hash.hmac(&self.secret, format!("salt {name}").as_bytes());
        salt.truncate(16);
        salt
    }

    fn hide(&self, password: &[u8]) -> Vec<u8> {
        Hash::Sha256.hmac(&self.secret, password)
    }
}

impl User {
    fn place(&mut self, hash: Hash) -> &mut Option<Credential> {
        match hash {
            Hash::Sha256 => &mut self.sha256,
            Hash::Sha512 => &mut self.sha512,
        }
    }
}

/// The mechanism's name in SASL.
pub(super) const fn mechanism_name(hash: Hash) -> &'static str {
    match hash {
        Hash::Sha256 => "SCRAM-SHA-256",
        Hash::Sha512 => "SCRAM-SHA-512",
    }
}

fn parse_credential(hash: Hash, attributes: &str) -> Result<Credential, &'static str> {
    const FORM: &str = "has a credential that is not of the form SCRAM-SHA-256=[iterations=N,salt=S,stored_key=K,server_key=K]";
    let attributes = attributes.strip_suffix(']').ok_or(FORM)?;
    let find = |name: &str| {
        let mut values = attributes.split(',').filter_map(|pair| pair.trim().split_once('='));
        values.find(|(key, _)| *key == name).map(|(_, value)| value).ok_or(FORM)
    };
    let bytes = |name| BASE64.decode(find(name)?).map_err(|_| FORM);
    let iterations: u32 = find("iterations")?.parse().map_err(|_| FORM)?;
    if !(ITERATIONS..=ITERATIONS_MAX).contains(&iterations) {
        return Err("has a credential with fewer than 4096 or more than 16384 iterations");
    }
    let credential = Credential {
        salt: bytes("salt")?,
        stored_key: bytes("stored_key")?,
        server_key: bytes("server_key")?,
        iterations,
    };
    if credential.stored_key.len() != hash.bytes() || credential.server_key.len() != hash.bytes() {
        return Err("has a credential whose keys are not as long as its hash");
    }
    Ok(credential)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: [u8; 32] = [7; 32];

    #[test]
    fn a_password_serves_every_mechanism_and_may_hold_colons() {
        let users = Users::parse("# who\n\nalice:pass:word \r\nbob:x\n", SECRET).unwrap();
        assert!(users.has_password("alice", "pass:word "));
        assert!(!users.has_password("alice", "pass:word"));
        assert!(!users.has_password("carol", ""));
        for hash in [Hash::Sha256, Hash::Sha512] {
            let credential = users.credential("alice", hash).unwrap();
            assert_eq!(credential, Credential::new(hash, "pass:word ", credential.salt.clone(), ITERATIONS));
            assert_eq!(users.credential("carol", hash), None);
        }
    }

    #[test]
    fn a_scram_line_serves_its_mechanism_alone() {
        let credential = Credential::new(Hash::Sha256, "secret", vec![1; 16], 8_192);
        let line = format!(
            "alice:SCRAM-SHA-256=[iterations=8192,salt={},stored_key={},server_key={}]",
            BASE64.encode(&credential.salt),
            BASE64.encode(&credential.stored_key),
            BASE64.encode(&credential.server_key)
        );
        let users = Users::parse(&line, SECRET).unwrap();
        assert_eq!(users.credential("alice", Hash::Sha256), Some(credential));
        assert_eq!(users.credential("alice", Hash::Sha512), None);
        assert!(!users.has_password("alice", "secret"));
    }

    #[test]
    fn what_is_made_up_is_the_same_each_time_and_looks_like_a_password_of_the_file() {
        let users = Users::parse("alice:secret", SECRET).unwrap();
        for hash in [Hash::Sha256, Hash::Sha512] {
            let made_up = users.made_up("mallory", hash);
            assert_eq!(made_up, users.made_up("mallory", hash));
            let real = users.credential("alice", hash).unwrap();
            assert_eq!((made_up.salt.len(), made_up.iterations), (real.salt.len(), real.iterations));
            assert_ne!(made_up.salt, real.salt);
        }
    }

    #[test]
    fn a_line_that_is_wrong_is_named_by_its_number_and_never_shown() {
        for (text, line, reason) in [
            ("alice:a\nsecret", 2, "has no colon: write NAME:PASSWORD"),
            (":a", 1, "has an empty name or password: write NAME:PASSWORD"),
            ("alice:", 1, "has an empty name or password: write NAME:PASSWORD"),
            ("alice:a\nalice:b", 2, "gives a second password to a user"),
            (
                "alice:SCRAM-SHA-512=[iterations=4096,salt=AA==,stored_key=AA==,server_key=AA==]",
                1,
                "has a credential whose keys are not as long as its hash",
            ),
            (
                "alice:SCRAM-SHA-256=[iterations=1,salt=AA==,stored_key=AA==,server_key=AA==]",
                1,
                "has a credential with fewer than 4096 or more than 16384 iterations",
            ),
        ] {
            assert_eq!(Users::parse(text, SECRET).unwrap_err(), UsersError { line, reason }, "{text}");
        }
    }
}
