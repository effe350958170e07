//! The lab's own authority: a device that trusts its certificate trusts the lab's ports.
//!
//! Its key and its certificate are files beside the store, made once. Who has an authority already
//! may put its key and certificate there.

use super::certificate;
use rcgen::{CertificateParams, Issuer, KeyPair, PublicKeyData};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Signs what the lab shows.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    pem: String,
}

/// Why there is no authority.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// A file of it cannot be read, written or understood.
    #[error("`{path}` cannot be used: {error}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: String,
    },
    /// The certificate is there and its key is not.
    #[error("the key of `{certificate}` is missing: there is no `{key}`")]
    NoKey {
        /// The certificate.
        certificate: PathBuf,
        /// Where its key should be.
        key: PathBuf,
    },
    /// The two do not belong together.
    #[error("`{key}` is not the key of `{certificate}`")]
    NotItsKey {
        /// The certificate.
        certificate: PathBuf,
        /// The key.
        key: PathBuf,
    },
}

impl Authority {
    /// The authority beside a store, made if it is not there.
    pub(crate) fn open(store: &Path) -> Result<Self, AuthorityError> {
        let [key_path, certificate_path] = ["-ca.key", "-ca.crt"].map(|end| beside(store, end));
        let certificate = read(&certificate_path)?;
        let key = match (read(&key_path)?, &certificate) {
            (Some(pem), _) => {
                KeyPair::from_pem(&pem).map_err(|error| unusable(&key_path, error))?
            }
            (None, Some(_)) => {
                let (certificate, key) = (certificate_path, key_path);
                return Err(AuthorityError::NoKey { certificate, key });
            }
            (None, None) => make_key(&key_path)?,
        };
        let pem = match certificate {
            Some(pem) => pem,
            None => make_certificate(&key, &certificate_path)?,
        };
        let unread = |error: String| unusable(&certificate_path, error);
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes())
            .map_err(|error| unread(error.to_string()))?;
        if !is_key_of(&key, &certificate).map_err(unread)? {
            let (certificate, key) = (certificate_path, key_path);
            return Err(AuthorityError::NotItsKey { certificate, key });
        }
        let issuer = Issuer::from_ca_cert_der(&certificate, key)
            .map_err(|error| unusable(&certificate_path, error))?;
        Ok(Self { issuer, certificate, pem })
    }

    /// One that nobody knows, and that is kept nowhere.
    pub(super) fn stranger(name: &str) -> Result<Self, rcgen::Error> {
        let key = KeyPair::generate()?;
        Self::made(certificate::authority(name), key, |params, key| params.self_signed(key))
    }

    /// One below this one.
    pub(super) fn appoint(&self, name: &str) -> Result<Self, rcgen::Error> {
        let key = KeyPair::generate()?;
        Self::made(certificate::authority(name), key, |params, key| {
            params.signed_by(key, &self.issuer)
        })
    }

    fn made(
        params: CertificateParams,
        key: KeyPair,
        sign: impl FnOnce(&CertificateParams, &KeyPair) -> Result<rcgen::Certificate, rcgen::Error>,
    ) -> Result<Self, rcgen::Error> {
        let signed = sign(&params, &key)?;
        let (certificate, pem) = (signed.der().clone(), signed.pem());
        Ok(Self { issuer: Issuer::new(params, key), certificate, pem })
    }

    /// Its certificate.
    pub(super) fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// Its certificate as PEM, for devices to trust.
    pub(crate) fn pem(&self) -> &str {
        &self.pem
    }

    /// A certificate that it signs, for the holder of `key`.
    pub(super) fn sign(
        &self,
        params: &CertificateParams,
        key: &KeyPair,
    ) -> Result<CertificateDer<'static>, rcgen::Error> {
        Ok(params.signed_by(key, &self.issuer)?.der().clone())
    }

    /// A certificate and a key for a device called `name`, as PEM.
    pub(crate) fn client(&self, name: &str) -> Result<String, rcgen::Error> {
        let key = KeyPair::generate()?;
        let certificate = certificate::client(name).signed_by(&key, &self.issuer)?;
        Ok(certificate.pem() + &key.serialize_pem())
    }
}

fn beside(store: &Path, end: &str) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn unusable(path: &Path, error: impl ToString) -> AuthorityError {
    AuthorityError::Unusable { path: path.to_owned(), error: error.to_string() }
}

/// What a file says, if it is there.
fn read(path: &Path) -> Result<Option<String>, AuthorityError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unusable(path, error)),
    }
}

fn make_key(path: &Path) -> Result<KeyPair, AuthorityError> {
    let key = KeyPair::generate().map_err(|error| unusable(path, error))?;
    write(path, &key.serialize_pem()).map_err(|error| unusable(path, error))?;
    Ok(key)
}

/// Names the authority by its key: a device tells the authorities of two labs apart.
fn make_certificate(key: &KeyPair, path: &Path) -> Result<String, AuthorityError> {
    let tail = key.public_key_raw().iter().rev().take(4);
    let name = tail.fold(String::from("Holdline lab "), |name, byte| format!("{name}{byte:02x}"));
    let signed = certificate::authority(&name).self_signed(key);
    let pem = signed.map_err(|error| unusable(path, error))?.pem();
    write(path, &pem).map_err(|error| unusable(path, error))?;
    Ok(pem)
}

/// Writes a file that its owner alone may read: wholly or not at all.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let new = beside(path, ".new");
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = File::options().create_new(true).write(true).mode(0o600).open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(new, path)
}

fn is_key_of(key: &KeyPair, certificate: &CertificateDer<'_>) -> Result<bool, String> {
    let (_, parsed) =
        x509_parser::parse_x509_certificate(certificate).map_err(|error| error.to_string())?;
    Ok(parsed.public_key().raw == key.subject_public_key_info())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn it_is_made_once_and_is_its_owner_s_alone() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("lab.db");
        let made = Authority::open(&store).unwrap();
        assert_eq!(Authority::open(&store).unwrap().pem(), made.pem());
        for name in ["lab.db-ca.key", "lab.db-ca.crt"] {
            let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_certificate_that_was_lost_is_made_again_for_the_same_key() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("lab.db");
        let made = Authority::open(&store).unwrap();
        fs::remove_file(beside(&store, "-ca.crt")).unwrap();
        let again = Authority::open(&store).unwrap();
        assert!(is_key_of(made.issuer.key(), again.certificate()).unwrap());
    }

    #[test]
    fn a_key_that_was_lost_or_is_another_s_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("lab.db");
        drop(Authority::open(&store).unwrap());
        let key = beside(&store, "-ca.key");
        fs::remove_file(&key).unwrap();
        assert!(matches!(Authority::open(&store), Err(AuthorityError::NoKey { .. })));
        fs::write(&key, KeyPair::generate().unwrap().serialize_pem()).unwrap();
        assert!(matches!(Authority::open(&store), Err(AuthorityError::NotItsKey { .. })));
        fs::write(&key, "no key").unwrap();
        let Err(AuthorityError::Unusable { path, .. }) = Authority::open(&store) else {
            panic!("it was taken")
        };
        assert_eq!(path, key);
    }
}
