//! A certificate and its key, from two files that may be replaced while the server runs. Knows no socket.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use thiserror::Error;

/// Why a certificate cannot be used.
#[derive(Debug, Error)]
pub(crate) enum TlsError {
    /// A file cannot be read, or holds no PEM block of the right kind.
    #[error(
        "{path} cannot be used as {what} ({source}): it has to be a PEM file that the user of BanGUI can read"
    )]
    File {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
        /// Why.
        source: pem::Error,
    },
    /// The file holds no certificate at all.
    #[error("{0} holds no certificate: it has to be a PEM file with the server's certificate and its chain")]
    Empty(PathBuf),
    /// Key and certificate do not go together, or are of a kind that cannot be used.
    #[error("the certificate in {certificate} cannot be used with the key in {key}: {source}")]
    Pair {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// Why.
        source: rustls::Error,
    },
    /// TLS itself cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Setup(rustls::Error),
}

/// What tells two contents of the files apart without reading them.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp([Option<(SystemTime, u64)>; 2]);

/// The certificate in use.
pub(crate) struct Certificate {
    files: [PathBuf; 2],
    seen: Mutex<Stamp>,
    current: RwLock<Arc<CertifiedKey>>,
}

impl Certificate {
    /// Reads the files for the first time.
    pub(crate) fn load(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let files = [certificate.to_path_buf(), key.to_path_buf()];
        let seen = Mutex::new(stamp(&files));
        let current = RwLock::new(Arc::new(super::read(certificate, key)?));
        Ok(Self { files, seen, current })
    }

    /// Reads the files again if they are not what they were: `true` if a new certificate is in use. What cannot be read
    /// is tried again once the files have changed once more.
    pub(super) fn refresh(&self, provider: &CryptoProvider) -> Result<bool, TlsError> {
        let found = stamp(&self.files);
        {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if *seen == found {
                return Ok(false);
            }
            *seen = found;
        }
        let [certificate, key] = &self.files;
        let new = Arc::new(read(certificate, key, provider)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(true)
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").field("files", &self.files).finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// The certificates of a PEM file, the server's own first.
pub(super) fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let unusable = |source| TlsError::File { path: path.to_path_buf(), what: "a certificate", source };
    let chain: Vec<_> =
        CertificateDer::pem_file_iter(path).map_err(unusable)?.collect::<Result<_, _>>().map_err(unusable)?;
    if chain.is_empty() { Err(TlsError::Empty(path.to_path_buf())) } else { Ok(chain) }
}

pub(super) fn read(
    certificate: &Path,
    key: &Path,
    provider: &CryptoProvider,
) -> Result<CertifiedKey, TlsError> {
    let chain = chain(certificate)?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|source| TlsError::File {
        path: key.to_path_buf(),
        what: "a private key",
        source,
    })?;
    CertifiedKey::from_der(chain, private, provider).map_err(|source| TlsError::Pair {
        certificate: certificate.to_path_buf(),
        key: key.to_path_buf(),
        source,
    })
}

fn stamp(files: &[PathBuf; 2]) -> Stamp {
    Stamp(files.each_ref().map(|file| {
        let found = std::fs::metadata(file).ok()?;
        Some((found.modified().ok()?, found.len()))
    }))
}
