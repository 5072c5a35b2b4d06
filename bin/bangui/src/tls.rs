//! HTTPS for those who have no proxy: a certificate from two files, read again when they change.

mod certificate;
mod pinned;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::server::ResolvesServerCert;
use rustls::sign::CertifiedKey;

pub(crate) use certificate::{Certificate, TlsError};
pub(crate) use pinned::client_for;

/// How often is looked whether the files are new.
const LOOK: Duration = Duration::from_secs(5);

/// The cryptography in use.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Reads certificate and key, and says why they cannot be used.
pub(crate) fn read(certificate: &Path, key: &Path) -> Result<CertifiedKey, TlsError> {
    certificate::read(certificate, key, &provider())
}

/// A server's side of TLS 1.2 and 1.3 that shows what `certificate` holds at each handshake.
pub(crate) fn server(certificate: Arc<Certificate>) -> Result<ServerConfig, TlsError> {
    let resolver: Arc<dyn ResolvesServerCert> = certificate;
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Setup)?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Reads the files again whenever they change. Runs until it is dropped.
pub(crate) async fn follow(certificate: Arc<Certificate>) {
    loop {
        tokio::time::sleep(LOOK).await;
        let looked = Arc::clone(&certificate);
        match tokio::task::spawn_blocking(move || looked.refresh(&provider())).await {
            Ok(Ok(true)) => tracing::info!("the TLS certificate has changed and is in use"),
            Ok(Ok(false)) => {}
            Ok(Err(error)) => tracing::error!("{error}; the certificate before it stays in use"),
            Err(error) => tracing::error!("looking for a new TLS certificate failed: {error}"),
        }
    }
}
