//! The certificates of a CA bundle.

use reqwest::Certificate;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::error::Error;

/// Reads every certificate of a bundle, and tries each as a root: the HTTP library ignores unusable ones silently.
pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<Certificate>, Error> {
    let unusable = || Error::invalid("the CA bundle holds something that is not a usable certificate");
    let mut roots = RootCertStore::empty();
    let mut certificates = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|_| unusable())?;
        certificates.push(Certificate::from_der(&certificate).map_err(|_| unusable())?);
        roots.add(certificate).map_err(|_| unusable())?;
    }
    if certificates.is_empty() {
        return Err(Error::invalid("the CA bundle holds no certificate (PEM) at all"));
    }
    Ok(certificates)
}
