//! What went wrong with a certificate or with TLS, in words of our own. The certificate of whatever listens there may tell the
//! names of an inner network: it goes to the log alone.

use std::error::Error;
use std::io;

/// What went wrong, if it was TLS.
pub(crate) fn fault(error: &(dyn Error + 'static)) -> Option<&'static str> {
    let found = std::iter::successors(Some(error), |&error| error.source()).find_map(of_rustls)?;
    tracing::debug!("no TLS connection: {found}");
    Some(match found {
        rustls::Error::InvalidCertificate(_) => "its certificate is not believed, or not for this name",
        rustls::Error::NoCertificatesPresented => "it shows no certificate",
        _ => "what answers there does not speak TLS, or not in a way that is safe",
    })
}

/// An error of the system keeps what it wraps to itself.
fn of_rustls<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let wrapped = || error.downcast_ref::<io::Error>()?.get_ref()?.downcast_ref();
    error.downcast_ref().or_else(wrapped)
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::fault;

    #[test]
    fn names_in_a_certificate_are_not_told() {
        let other = rustls::CertificateError::NotValidForNameContext {
            expected: rustls::pki_types::ServerName::try_from("hooks.test").unwrap().to_owned(),
            presented: vec!["DnsName(\"mail7.internal\")".to_owned()],
        };
        let error = rustls::Error::InvalidCertificate(other);
        assert!(error.to_string().contains("mail7.internal"));
        let error = io::Error::new(io::ErrorKind::InvalidData, error);
        assert_eq!(fault(&error), Some("its certificate is not believed, or not for this name"));
        assert_eq!(fault(&io::Error::other("something else")), None);
    }
}
