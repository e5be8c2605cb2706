//! TLS: certificate and key from PEM files.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::server::WebPkiClientVerifier;
use rustls_pki_types::pem::{self, PemObject as _};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// How a server proves who it is, and what it asks of clients.
#[derive(Clone)]
pub struct Tls {
    pub(super) acceptor: TlsAcceptor,
}

/// Why TLS cannot be configured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {}: {source}; {option} takes a PEM file with a {what}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The option that names it.
        option: &'static str,
        /// "certificate" or "private key".
        what: &'static str,
        /// What the file system says.
        source: io::Error,
    },
    /// A file has not what it should have.
    #[error("{} holds no {what} in PEM form{detail}: give {option} a file with a section -----BEGIN {section}-----", .path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// The option that names it.
        option: &'static str,
        /// "certificate" or "private key".
        what: &'static str,
        /// The label of the section.
        section: &'static str,
        /// More, if there is more to say.
        detail: String,
    },
    /// Certificate and key do not fit, or cannot be used.
    #[error("{} and its key cannot be used for TLS: {source}", .path.display())]
    Unusable {
        /// The certificate's file.
        path: PathBuf,
        /// What rustls says.
        source: rustls::Error,
    },
    /// The certificates of `--tls-client-ca` cannot be used.
    #[error("{} cannot be used to check clients' certificates: {reason}", .path.display())]
    ClientCa {
        /// The file.
        path: PathBuf,
        /// What rustls says.
        reason: String,
    },
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tls")
    }
}

impl Tls {
    /// Reads a certificate chain and its key. With `client_ca`, clients must show a certificate that one of these has
    /// signed.
    ///
    /// # Errors
    ///
    /// [`TlsError`], which names the file.
    pub fn from_pem_files(
        certificate: &Path,
        key: &Path,
        client_ca: Option<&Path>,
    ) -> Result<Self, TlsError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let unusable = |source| TlsError::Unusable { path: certificate.to_owned(), source };
        let chain = certificates(certificate, "--tls-cert")?;
        let private_key = PrivateKeyDer::from_pem_file(key)
            .map_err(|error| refuse(key, error, "--tls-key", "private key", "PRIVATE KEY"))?;
        let builder = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(unusable)?;
        let builder = match client_ca {
            None => builder.with_no_client_auth(),
            Some(path) => {
                let refuse = |reason: String| TlsError::ClientCa { path: path.to_owned(), reason };
                let mut roots = RootCertStore::empty();
                for certificate in certificates(path, "--tls-client-ca")? {
                    roots.add(certificate).map_err(|error| refuse(error.to_string()))?;
                }
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                builder
                    .with_client_cert_verifier(verifier.build().map_err(|error| refuse(error.to_string()))?)
            }
        };
        let config = builder.with_single_cert(chain, private_key).map_err(unusable)?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)) })
    }
}

fn certificates(path: &Path, option: &'static str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let missing = |error| refuse(path, error, option, "certificate", "CERTIFICATE");
    let found: Vec<_> = CertificateDer::pem_file_iter(path).and_then(Iterator::collect).map_err(missing)?;
    if found.is_empty() {
        return Err(missing(pem::Error::NoItemsFound));
    }
    Ok(found)
}

fn refuse(
    path: &Path,
    error: pem::Error,
    option: &'static str,
    what: &'static str,
    section: &'static str,
) -> TlsError {
    let path = path.to_owned();
    match error {
        pem::Error::Io(source) => TlsError::Read { path, option, what, source },
        pem::Error::NoItemsFound => TlsError::Missing { path, option, what, section, detail: String::new() },
        // Without the text of the error: a file of keys is not quoted.
        _ => TlsError::Missing { path, option, what, section, detail: " that can be read".to_owned() },
    }
}
