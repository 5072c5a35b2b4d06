//! Which certificate authorities are believed: this machine's, or the bundled ones where it has none, and the
//! operator's own besides.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::OutgoingError;

/// The machine's authorities (`SSL_CERT_FILE` and `SSL_CERT_DIR` are heard) and those of the file. A machine without any,
/// such as an empty container, gets Mozilla's as they were when BanGUI was built.
pub(super) fn load(file: Option<&Path>) -> Result<Vec<CertificateDer<'static>>, OutgoingError> {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!("certificate authorities of this machine cannot be read: {error}");
    }
    let mut roots = found.certs;
    if roots.is_empty() {
        tracing::warn!("this machine has no certificate authorities: those built into BanGUI are used");
        roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.to_vec();
    }
    if let Some(path) = file {
        roots.extend(own(path)?);
    }
    Ok(roots)
}

fn own(path: &Path) -> Result<Vec<CertificateDer<'static>>, OutgoingError> {
    let unusable = |reason: String| OutgoingError::Authorities { path: path.to_path_buf(), reason };
    let own: Vec<_> = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|error| unusable(error.to_string()))?;
    let mut store = RootCertStore::empty();
    for certificate in &own {
        store.add(certificate.clone()).map_err(|error| unusable(error.to_string()))?;
    }
    if own.is_empty() { Err(unusable("it holds no certificate in PEM".to_owned())) } else { Ok(own) }
}

/// A client's side of TLS 1.2 and 1.3 that believes these. One of the machine's that cannot be read is left out.
pub(super) fn client_config(roots: &[CertificateDer<'static>]) -> Result<ClientConfig, OutgoingError> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(roots.iter().cloned());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| OutgoingError::Setup(error.to_string()))?
        .with_root_certificates(store)
        .with_no_client_auth())
}
