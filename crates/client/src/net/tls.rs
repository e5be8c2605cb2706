//! TLS: whom to trust, and who the client is.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use rustls::{CertificateError, ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::TlsConnector;

use super::{Address, Io};
use crate::error::{Error, ErrorKind};

/// How a client makes sure whom it talks to, and proves who it is itself. Files are read again when they have changed, so
/// that certificates are renewed without a restart.
#[derive(Debug, Clone)]
pub struct Tls {
    files: Files,
    loaded: Arc<Mutex<Option<Loaded>>>,
}

#[derive(Debug, Clone, Default)]
struct Files {
    /// `None`: what the system trusts.
    ca: Option<PathBuf>,
    /// Certificate chain and key.
    identity: Option<(PathBuf, PathBuf)>,
}

/// A configuration, and the times of the files that it was made from.
struct Loaded {
    config: Arc<ClientConfig>,
    changed: Vec<Option<SystemTime>>,
}

impl fmt::Debug for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Loaded")
    }
}

/// Why TLS cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read, or is not in PEM form.
    #[error("cannot use {} for TLS: {reason}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The system trusts nobody.
    #[error("the system has no certificates of authorities to trust: name a CA file")]
    NoRoots,
    /// Certificate and key cannot be used.
    #[error("the client's certificate and key cannot be used: {0}")]
    Identity(rustls::Error),
}

impl Default for Tls {
    /// Trusts what the system trusts, and has no certificate of its own.
    fn default() -> Self {
        Self { files: Files::default(), loaded: Arc::default() }
    }
}

impl Tls {
    /// Trusts what one of the certificates in this PEM file has signed, and nothing else.
    #[must_use]
    pub fn with_ca(mut self, file: impl Into<PathBuf>) -> Self {
        self.files.ca = Some(file.into());
        self.loaded = Arc::default();
        self
    }

    /// Shows this certificate chain to brokers that ask for one; both are PEM files.
    #[must_use]
    pub fn with_identity(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.files.identity = Some((certificate.into(), key.into()));
        self.loaded = Arc::default();
        self
    }

    /// Reads all files: to learn of what is wrong with them before the first connection.
    ///
    /// # Errors
    ///
    /// [`TlsError`], which names the file.
    pub fn check(&self) -> Result<(), TlsError> {
        self.config().map(drop)
    }

    /// Speaks TLS on a stream.
    pub(super) async fn connect(&self, stream: Box<dyn Io>, to: &Address) -> Result<Box<dyn Io>, Error> {
        let config = self.config().map_err(|error| Error::new(ErrorKind::Invalid, error.to_string()))?;
        let name = ServerName::try_from(to.host.to_string()).map_err(|_| {
            Error::new(ErrorKind::Invalid, format!("{} is no name that a certificate could have", to.host))
        })?;
        match TlsConnector::from(config).connect(name, stream).await {
            Ok(stream) => Ok(Box::new(stream)),
            Err(error) => Err(explain(&error, to)),
        }
    }

    fn config(&self) -> Result<Arc<ClientConfig>, TlsError> {
        let changed = self.files.changed();
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        match &*loaded {
            Some(loaded) if loaded.changed == changed => Ok(Arc::clone(&loaded.config)),
            old => match self.files.load() {
                Ok(config) => {
                    let config = Arc::new(config);
                    *loaded = Some(Loaded { config: Arc::clone(&config), changed });
                    Ok(config)
                }
                // A file is being replaced: what was good a moment ago is good still.
                Err(error) => match old {
                    Some(old) => {
                        tracing::warn!(%error, "changed TLS files are not used");
                        Ok(Arc::clone(&old.config))
                    }
                    None => Err(error),
                },
            },
        }
    }
}

impl Files {
    fn changed(&self) -> Vec<Option<SystemTime>> {
        let identity = self.identity.iter().flat_map(|(certificate, key)| [certificate, key]);
        let modified = |path: &PathBuf| std::fs::metadata(path).and_then(|about| about.modified()).ok();
        self.ca.iter().chain(identity).map(modified).collect()
    }

    fn load(&self) -> Result<ClientConfig, TlsError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Identity)?
            .with_root_certificates(self.roots()?);
        match &self.identity {
            None => Ok(builder.with_no_client_auth()),
            Some((certificate, key)) => {
                let chain = certificates(certificate)?;
                let key = PrivateKeyDer::from_pem_file(key)
                    .map_err(|error| TlsError::File { path: key.clone(), reason: error.to_string() })?;
                builder.with_client_auth_cert(chain, key).map_err(TlsError::Identity)
            }
        }
    }

    fn roots(&self) -> Result<RootCertStore, TlsError> {
        let mut roots = RootCertStore::empty();
        match &self.ca {
            Some(file) => {
                for certificate in certificates(file)? {
                    let wrong = |error: rustls::Error| TlsError::File {
                        path: file.clone(),
                        reason: error.to_string(),
                    };
                    roots.add(certificate).map_err(wrong)?;
                }
            }
            None => {
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
                if roots.is_empty() {
                    return Err(TlsError::NoRoots);
                }
            }
        }
        Ok(roots)
    }
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let wrong = |reason: String| TlsError::File { path: file.to_owned(), reason };
    let found = CertificateDer::pem_file_iter(file).map_err(|error| wrong(error.to_string()))?;
    let found = found.collect::<Result<Vec<_>, _>>().map_err(|error| wrong(error.to_string()))?;
    if found.is_empty() {
        return Err(wrong("it holds no certificate in PEM form".to_owned()));
    }
    Ok(found)
}

/// What a failed handshake means, in words of its own for what people get wrong.
fn explain(error: &io::Error, to: &Address) -> Error {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let (kind, text) = match tls {
        Some(rustls::Error::InvalidMessage(_)) => (
            ErrorKind::Invalid,
            format!(
                "{to} does not speak TLS: its listener is one in plain text, or another service has the port"
            ),
        ),
        Some(rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        )) => (
            ErrorKind::Unauthorised,
            format!(
                "the certificate of {to} is not for the name {}: connect by a name that is in it",
                to.host
            ),
        ),
        Some(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer)) => (
            ErrorKind::Unauthorised,
            format!(
                "the certificate of {to} is signed by nobody who is trusted: name the CA file that has signed it"
            ),
        ),
        Some(rustls::Error::InvalidCertificate(reason)) => {
            (ErrorKind::Unauthorised, format!("the certificate of {to} is refused: {reason}"))
        }
        Some(rustls::Error::AlertReceived(alert)) => (
            ErrorKind::Unauthorised,
            format!("{to} refuses TLS with this client: {alert:?}; it may ask for a client's certificate"),
        ),
        _ if error.kind() == io::ErrorKind::UnexpectedEof => (
            ErrorKind::Retry,
            format!("{to} ended the connection in the middle of the TLS handshake: it may not speak TLS"),
        ),
        _ => (ErrorKind::Retry, format!("the TLS handshake with {to} failed: {error}")),
    };
    Error::new(kind, text)
}
