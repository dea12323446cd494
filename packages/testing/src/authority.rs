//! An authority of the test's own that signs the certificate of a server on this machine.

use std::{fs, path::PathBuf};

use anyhow::Result;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use uuid::Uuid;

/// A folder with `ca.pem`, `server.pem` and `server.key`; goes with its owner.
pub struct Authority {
    folder: PathBuf,
}

impl Authority {
    pub fn create() -> Result<Self> {
        let mut of_authority = CertificateParams::new(Vec::new())?;
        of_authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(of_authority, KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let mut of_server = CertificateParams::new(names)?;
        // With the authority's own name it would be taken for one that signed itself.
        of_server.distinguished_name.push(DnType::CommonName, "localhost");
        let certificate = of_server.signed_by(&key, &authority)?;

        let folder = std::env::temp_dir().join(format!("balloond-authority-{}", Uuid::now_v7()));
        fs::create_dir_all(&folder)?;
        let created = Self { folder };
        fs::write(created.file("ca.pem"), authority.pem())?;
        fs::write(created.file("server.pem"), certificate.pem())?;
        fs::write(created.file("server.key"), key.serialize_pem())?;
        Ok(created)
    }

    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub fn read(&self, name: &str) -> Result<String> {
        Ok(fs::read_to_string(self.file(name))?)
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        // Left behind it is only in the way.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
