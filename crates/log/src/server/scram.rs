//! SCRAM, the server's side (RFC 5802; SHA-256: RFC 7677; SHA-512 in the same way, as Kafka has it).
//!
//! Pure: credentials and the server's nonce are arguments. Channel binding is not offered, as in Kafka.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256, Sha512};
use subtle::ConstantTimeEq as _;

/// The iterations of a credential that is made from a password: RFC 7677's least, and Kafka's default.
pub(super) const ITERATIONS: u32 = 4_096;

/// Which hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Hash {
    /// SCRAM-SHA-256
    Sha256,
    /// SCRAM-SHA-512
    Sha512,
}

/// What a server keeps of a password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credential {
    pub(crate) salt: Vec<u8>,
    pub(crate) stored_key: Vec<u8>,
    pub(crate) server_key: Vec<u8>,
    pub(crate) iterations: u32,
}

/// The client's first message.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ClientFirst<'a> {
    /// Up to where the message proper begins.
    gs2_header: &'a str,
    bare: &'a str,
    pub(super) user: String,
    nonce: &'a str,
}

/// An exchange that waits for the client's final message.
#[derive(Debug)]
pub(super) struct Exchange {
    hash: Hash,
    credential: Credential,
    gs2_header: String,
    nonce: String,
    /// What of the signed text is known: both first messages.
    first_messages: String,
}

const NONCE_OF_ANOTHER: &str = "its nonce is not that of the exchange";
const NONCE_TWICE: &str = "its nonce is not that of the exchange: librdkafka before 2.6.1 says its own part twice; \
    update the client, or use PLAIN over TLS";

/// Why an exchange ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failed {
    /// It is not a message of SCRAM.
    #[error("the message is not one of SCRAM: {0}")]
    Malformed(&'static str),
    /// The password is another one.
    #[error("the proof does not fit the credential")]
    WrongProof,
}

impl Hash {
    pub(super) const fn bytes(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    fn digest(self, data: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(data).to_vec(),
            Self::Sha512 => Sha512::digest(data).to_vec(),
        }
    }

    pub(super) fn hmac(self, key: &[u8], data: &[u8]) -> Vec<u8> {
        const ANY_KEY: &str = "HMAC takes keys of any length";
        match self {
            Self::Sha256 => {
                let mac = Hmac::<Sha256>::new_from_slice(key).expect(ANY_KEY);
                mac.chain_update(data).finalize().into_bytes().to_vec()
            }
            Self::Sha512 => {
                let mac = Hmac::<Sha512>::new_from_slice(key).expect(ANY_KEY);
                mac.chain_update(data).finalize().into_bytes().to_vec()
            }
        }
    }

    fn salted_password(self, password: &[u8], salt: &[u8], iterations: u32) -> Vec<u8> {
        let mut out = vec![0; self.bytes()];
        match self {
            Self::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, iterations, &mut out),
            Self::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>(password, salt, iterations, &mut out),
        }
        out
    }
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential").field("iterations", &self.iterations).finish_non_exhaustive()
    }
}

impl Credential {
    /// The credential of a password.
    pub(super) fn new(hash: Hash, password: &str, salt: Vec<u8>, iterations: u32) -> Self {
        let salted = hash.salted_password(password.as_bytes(), &salt, iterations);
        let stored_key = hash.digest(&hash.hmac(&salted, b"Client Key"));
        let server_key = hash.hmac(&salted, b"Server Key");
        Self { salt, stored_key, server_key, iterations }
    }
}

impl<'a> ClientFirst<'a> {
    /// Reads `n,[a=AUTHZID],n=USER,r=NONCE[,EXTENSIONS]`.
    pub(super) fn parse(message: &'a [u8]) -> Result<Self, Failed> {
        let message = text(message)?;
        let (flag, rest) = message.split_once(',').ok_or(Failed::Malformed("it has no header"))?;
        if !matches!(flag, "n" | "y") {
            return Err(Failed::Malformed("it asks for channel binding, which is not offered"));
        }
        let (authzid, bare) = rest.split_once(',').ok_or(Failed::Malformed("it has no header"))?;
        let gs2_header = &message[..message.len() - bare.len()];
        let mut attributes = bare.split(',');
        let user = attributes.next().and_then(|user| user.strip_prefix("n="));
        let user = user.and_then(decode_name).ok_or(Failed::Malformed("it has no user name"))?;
        let nonce = attributes.next().and_then(|nonce| nonce.strip_prefix("r="));
        let nonce = nonce.filter(|nonce| !nonce.is_empty()).ok_or(Failed::Malformed("it has no nonce"))?;
        let acts_as = match authzid.strip_prefix("a=") {
            Some(name) => decode_name(name),
            None if authzid.is_empty() => Some(user.clone()),
            None => None,
        };
        if acts_as.as_ref() != Some(&user) {
            return Err(Failed::Malformed("nobody may act as somebody else"));
        }
        Ok(Self { gs2_header, bare, user, nonce })
    }
}

impl Exchange {
    /// Gives the server's first message.
    pub(super) fn begin(
        hash: Hash,
        first: &ClientFirst<'_>,
        credential: Credential,
        server_nonce: &str,
    ) -> (Self, String) {
        let nonce = format!("{}{server_nonce}", first.nonce);
        let salt = BASE64.encode(&credential.salt);
        let server_first = format!("r={nonce},s={salt},i={}", credential.iterations);
        let exchange = Self {
            hash,
            credential,
            gs2_header: first.gs2_header.to_owned(),
            nonce,
            first_messages: format!("{},{server_first}", first.bare),
        };
        (exchange, server_first)
    }

    /// Checks the client's final message; gives the server's, which proves to the client that the server knows it.
    pub(super) fn finish(&self, message: &[u8]) -> Result<String, Failed> {
        let message = text(message)?;
        let (without_proof, proof) =
            message.rsplit_once(",p=").ok_or(Failed::Malformed("it has no proof"))?;
        let mut attributes = without_proof.split(',');
        let binding = attributes.next().and_then(|binding| binding.strip_prefix("c="));
        if binding != Some(&BASE64.encode(&self.gs2_header)) {
            return Err(Failed::Malformed("its header is not that of the first message"));
        }
        let nonce = attributes.next().and_then(|nonce| nonce.strip_prefix("r=")).unwrap_or_default();
        if nonce != self.nonce {
            // librdkafka put its own nonce once more before the one that already begins with it.
            let twice =
                nonce.strip_suffix(self.nonce.as_str()).is_some_and(|own| self.nonce.starts_with(own));
            return Err(Failed::Malformed(if twice { NONCE_TWICE } else { NONCE_OF_ANOTHER }));
        }
        let proof = BASE64.decode(proof).map_err(|_| Failed::Malformed("its proof is not Base64"))?;
        let signed = format!("{},{without_proof}", self.first_messages);
        let signature = self.hash.hmac(&self.credential.stored_key, signed.as_bytes());
        if proof.len() != signature.len() {
            return Err(Failed::WrongProof);
        }
        let client_key: Vec<u8> = proof.iter().zip(&signature).map(|(proof, sign)| proof ^ sign).collect();
        let fits = self.hash.digest(&client_key).ct_eq(&self.credential.stored_key);
        if !bool::from(fits) {
            return Err(Failed::WrongProof);
        }
        let server_signature = self.hash.hmac(&self.credential.server_key, signed.as_bytes());
        Ok(format!("v={}", BASE64.encode(server_signature)))
    }
}

fn text(message: &[u8]) -> Result<&str, Failed> {
    std::str::from_utf8(message).map_err(|_| Failed::Malformed("it is not UTF-8"))
}

/// A name with `=2C` and `=3D` for comma and equals sign; `None` if another `=` is in it, or it is empty.
fn decode_name(name: &str) -> Option<String> {
    let decoded = name.replace("=2C", ",");
    let only_escapes = decoded.matches('=').count() == decoded.matches("=3D").count();
    (only_escapes && !name.is_empty()).then(|| decoded.replace("=3D", "="))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7677, and the same with SHA-512 as Python's hashlib and hmac have it.
    fn exchange(hash: Hash, password: &str) -> Exchange {
        let salt = BASE64.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let credential = Credential::new(hash, password, salt, 4_096);
        let first = ClientFirst::parse(b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO").unwrap();
        assert_eq!(first.user, "user");
        let (exchange, server_first) =
            Exchange::begin(hash, &first, credential, "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
        assert_eq!(
            server_first,
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
        );
        exchange
    }

    const WITHOUT_PROOF: &str = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    const PROOF_256: &str = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

    #[test]
    fn the_right_password_is_proved_both_ways() {
        let check = |hash, proof: &str, expected: &str| {
            let message = format!("{WITHOUT_PROOF},p={proof}");
            assert_eq!(exchange(hash, "pencil").finish(message.as_bytes()).as_deref(), Ok(expected));
        };
        check(Hash::Sha256, PROOF_256, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        check(
            Hash::Sha512,
            "gMGXRcevScNtxZ6/8lQYpGtnsNAc3mGcmNomv+xnoOMw+3R2xNJdMNnzMlTN8PPC6wdp6dybEmDYXYTxwnYPJQ==",
            "v=ZQnYEgWQMFmmsM8aQMF0nDDCy/AgCzkwk8CmMZYcMg0vSVlKDanekLtifDSeVGT4+5ZxXnJq199RVG2rR7N7Zw==",
        );
    }

    #[test]
    fn what_does_not_prove_the_password_is_refused() {
        let wrong = Failed::WrongProof;
        let malformed = |reason| Failed::Malformed(reason);
        let check = |password, message: String, expected| {
            assert_eq!(
                exchange(Hash::Sha256, password).finish(message.as_bytes()),
                Err(expected),
                "{message}"
            );
        };
        check("pencils", format!("{WITHOUT_PROOF},p={PROOF_256}"), wrong);
        check("pencil", format!("{WITHOUT_PROOF},p="), wrong);
        check("pencil", format!("{WITHOUT_PROOF},p=AAAA"), wrong);
        check("pencil", format!("{WITHOUT_PROOF},p=*"), malformed("its proof is not Base64"));
        check("pencil", WITHOUT_PROOF.to_owned(), malformed("it has no proof"));
        let nonce = malformed(NONCE_OF_ANOTHER);
        check("pencil", format!("c=biws,r=rOprNGfwEbeRWgbNEkqO,p={PROOF_256}"), nonce);
        check("pencil", format!("c=biws,r=x{},p={PROOF_256}", &WITHOUT_PROOF[9..]), nonce);
        let old = format!("c=biws,r=rOprNGfwEbeRWgbNEkqO{},p={PROOF_256}", &WITHOUT_PROOF[9..]);
        check("pencil", old, malformed(NONCE_TWICE));
        let header = malformed("its header is not that of the first message");
        check("pencil", format!("c=eSws,{},p={PROOF_256}", &WITHOUT_PROOF[7..]), header);
    }

    #[test]
    fn first_messages_are_read_as_the_grammar_has_them() {
        let user = |message: &str| ClientFirst::parse(message.as_bytes()).map(|first| first.user);
        assert_eq!(user("n,,n=a=2Cb=3Dc,r=x").as_deref(), Ok("a,b=c"));
        assert_eq!(user("y,a=alice,n=alice,r=x,ext=1").as_deref(), Ok("alice"));
        for (message, reason) in [
            ("", "it has no header"),
            ("n,", "it has no header"),
            ("p=tls-unique,,n=a,r=x", "it asks for channel binding, which is not offered"),
            ("n,,n=,r=x", "it has no user name"),
            ("n,,n=a=2Db,r=x", "it has no user name"),
            ("n,,r=x", "it has no user name"),
            ("n,,n=a,r=", "it has no nonce"),
            ("n,a=root,n=a,r=x", "nobody may act as somebody else"),
            ("n,root,n=a,r=x", "nobody may act as somebody else"),
        ] {
            assert_eq!(user(message), Err(Failed::Malformed(reason)), "{message}");
        }
    }
}
