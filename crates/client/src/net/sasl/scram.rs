//! SCRAM, the client's side (RFC 5802; SHA-256: RFC 7677; SHA-512 in the same way, as Kafka has it). Pure: the nonce is
//! an argument.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256, Sha512};
use subtle::ConstantTimeEq as _;

/// Without channel binding, as a Base64 text: Kafka has none.
const NO_BINDING: &str = "biws";
/// What a server may ask for: less is refused by RFC 7677, more keeps a core busy for seconds.
const ITERATIONS: std::ops::RangeInclusive<u32> = 4_096..=1_000_000;

/// Which hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::net) enum Hash {
    Sha256,
    Sha512,
}

/// An exchange.
pub(in crate::net) struct Scram {
    hash: Hash,
    password: String,
    first_bare: String,
    nonce: String,
    /// What proves that the server knows the password too; once it is asked for.
    server_signature: Option<Vec<u8>>,
    done: bool,
}

impl Scram {
    pub(in crate::net) fn new(hash: Hash, user: &str, password: &str, nonce: &[u8]) -> Self {
        let nonce = BASE64.encode(nonce);
        let user = user.replace('=', "=3D").replace(',', "=2C");
        let first_bare = format!("n={user},r={nonce}");
        Self { hash, password: password.to_owned(), first_bare, nonce, server_signature: None, done: false }
    }

    /// The first message.
    pub(in crate::net) fn first(&self) -> Vec<u8> {
        format!("n,,{}", self.first_bare).into_bytes()
    }

    /// What answers the server's message; `None` when all is said.
    ///
    /// # Errors
    ///
    /// What is wrong with the server's message.
    pub(in crate::net) fn next(&mut self, message: &[u8]) -> Result<Option<Vec<u8>>, String> {
        let text = std::str::from_utf8(message).map_err(|_| "a SCRAM message is no text".to_owned())?;
        match &self.server_signature {
            _ if self.done => Ok(None),
            None => self.prove(text).map(Some),
            Some(expected) => {
                let field = |name| field(text, name);
                if let Some(error) = field("e=") {
                    return Err(format!("the broker refuses the credentials: {error}"));
                }
                let found = field("v=").and_then(|text| BASE64.decode(text).ok());
                if found.is_some_and(|found| bool::from(found.ct_eq(expected))) {
                    self.done = true;
                    return Ok(None);
                }
                Err("the broker does not know the password that it asks for: it is not who it says"
                    .to_owned())
            }
        }
    }

    fn prove(&mut self, server_first: &str) -> Result<Vec<u8>, String> {
        let wrong = |what: &str| format!("the broker's SCRAM message has no usable {what}");
        let nonce = field(server_first, "r=").ok_or_else(|| wrong("nonce"))?;
        if !nonce.starts_with(&self.nonce) || nonce.len() == self.nonce.len() {
            return Err(wrong("nonce"));
        }
        let salt = field(server_first, "s=").and_then(|text| BASE64.decode(text).ok());
        let salt = salt.ok_or_else(|| wrong("salt"))?;
        let iterations = field(server_first, "i=").and_then(|text| text.parse().ok());
        let iterations = iterations.filter(|count| ITERATIONS.contains(count));
        let iterations: u32 = iterations.ok_or_else(|| wrong("number of iterations"))?;

        let without_proof = format!("c={NO_BINDING},r={nonce}");
        let signed = format!("{},{server_first},{without_proof}", self.first_bare);
        let salted = self.hash.salted(&self.password, &salt, iterations);
        let client_key = self.hash.hmac(&salted, b"Client Key");
        let signature = self.hash.hmac(&self.hash.digest(&client_key), signed.as_bytes());
        let proof: Vec<u8> =
            client_key.iter().zip(&signature).map(|(key, signature)| key ^ signature).collect();
        let server_key = self.hash.hmac(&salted, b"Server Key");
        self.server_signature = Some(self.hash.hmac(&server_key, signed.as_bytes()));
        Ok(format!("{without_proof},p={}", BASE64.encode(proof)).into_bytes())
    }
}

impl Hash {
    fn digest(self, data: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(data).to_vec(),
            Self::Sha512 => Sha512::digest(data).to_vec(),
        }
    }

    fn hmac(self, key: &[u8], data: &[u8]) -> Vec<u8> {
        const ANY_KEY: &str = "HMAC takes keys of any length";
        match self {
            Self::Sha256 => Hmac::<Sha256>::new_from_slice(key)
                .expect(ANY_KEY)
                .chain_update(data)
                .finalize()
                .into_bytes()
                .to_vec(),
            Self::Sha512 => Hmac::<Sha512>::new_from_slice(key)
                .expect(ANY_KEY)
                .chain_update(data)
                .finalize()
                .into_bytes()
                .to_vec(),
        }
    }

    fn salted(self, password: &str, salt: &[u8], iterations: u32) -> Vec<u8> {
        match self {
            Self::Sha256 => {
                pbkdf2::pbkdf2_hmac_array::<Sha256, 32>(password.as_bytes(), salt, iterations).to_vec()
            }
            Self::Sha512 => {
                pbkdf2::pbkdf2_hmac_array::<Sha512, 64>(password.as_bytes(), salt, iterations).to_vec()
            }
        }
    }
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.split(',').find_map(|part| part.strip_prefix(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7677, section 3.
    #[test]
    fn the_exchange_of_the_rfc_comes_out_as_it_says() {
        let mut scram = Scram::new(Hash::Sha256, "user", "pencil", b"");
        scram.nonce = "rOprNGfwEbeRWgbNEkqO".to_owned();
        scram.first_bare = format!("n=user,r={}", scram.nonce);
        assert_eq!(scram.first(), b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        let server_first =
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
        let last = scram.next(server_first.as_bytes()).unwrap().unwrap();
        let expected = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
        assert_eq!(String::from_utf8(last).unwrap(), expected);
        let answer = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
        assert_eq!(scram.next(answer.as_bytes()).unwrap(), None);
    }

    #[test]
    fn a_broker_that_does_not_know_the_password_is_not_believed() {
        let begin = || Scram::new(Hash::Sha512, "u,s=r", "secret", b"nonce");
        let nonce = begin().nonce;
        assert!(begin().first_bare.starts_with("n=u=2Cs=3Dr,"));
        let first = format!("r={nonce}more,s=c2FsdA==,i=4096");
        for (message, then) in [
            (first.clone(), "v=AAAA"),
            (first.clone(), "e=invalid-proof"),
            (first.clone(), "?"),
            (format!("r={nonce},s=c2FsdA==,i=4096"), ""),
            ("r=other,s=c2FsdA==,i=4096".to_owned(), ""),
            (format!("r={nonce}more,s=?,i=4096"), ""),
            (format!("r={nonce}more,s=c2FsdA==,i=1"), ""),
            (format!("r={nonce}more,s=c2FsdA==,i=4000000000"), ""),
        ] {
            let mut scram = begin();
            let result = scram.next(message.as_bytes()).and_then(|_| scram.next(then.as_bytes()));
            assert!(result.is_err(), "{message} {then}");
        }
    }
}
