//! A device with passkeys, as far as a server can tell one.

use anyhow::{Context, Result};
use balloond_domain::auth;
use balloond_shared::{
    UserId,
    passkey::{AddPasskey, Passkey, PasskeyOptions},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{PASSWORD, TestPerson, World};

const USER_PRESENT: u8 = 1;
/// By a finger, a face or a PIN.
pub const USER_VERIFIED: u8 = 4;
const HAS_CREDENTIAL: u8 = 0x40;

/// A device with one passkey (ES256, attestation `none`). What it says of itself can be made wrong.
pub struct Device {
    key: EcdsaKeyPair,
    pub credential: Vec<u8>,
    pub user: UserId,
    /// Signatures so far.
    pub count: u32,
    pub origin: String,
    pub host: String,
    pub flags: u8,
}

impl Device {
    /// For the pages at `origin`.
    pub fn new(origin: &str, user: UserId) -> Result<Self> {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let key = EcdsaKeyPair::generate_pkcs8(algorithm, &random).ok().context("a key")?;
        let key = EcdsaKeyPair::from_pkcs8(algorithm, key.as_ref(), &random).ok().context("the key")?;
        let host = origin.split("://").nth(1).unwrap_or_default().split(':').next().unwrap_or_default().to_owned();
        let credential = [Uuid::now_v7().into_bytes(), Uuid::now_v7().into_bytes()].concat();
        let flags = USER_PRESENT | USER_VERIFIED;
        Ok(Self { key, credential, user, count: 0, origin: origin.to_owned(), host, flags })
    }

    /// What `navigator.credentials.create` answers.
    pub fn create(&self, asked: &PasskeyOptions) -> Value {
        let mut data = self.data(HAS_CREDENTIAL);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.credential.len()).unwrap_or_default().to_be_bytes());
        data.extend(&self.credential);
        // COSE, RFC 9053: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
        let point = self.key.public_key().as_ref().split_first().map_or(&[][..], |(_, point)| point);
        let (x, y) = point.split_at_checked(32).unwrap_or_default();
        data.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        data.extend(x);
        data.extend([0x22, 0x58, 32]);
        data.extend(y);
        // CBOR: {"fmt": "none", "attStmt": {}, "authData": …}.
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).unwrap_or_default());
        object.extend(&data);
        let answer = json!({
            "clientDataJSON": text(self.client_data("webauthn.create", asked).as_bytes()),
            "attestationObject": text(&object),
            "transports": ["internal"],
        });
        self.answer(answer)
    }

    /// What `navigator.credentials.get` answers.
    pub fn get(&mut self, asked: &PasskeyOptions) -> Result<Value> {
        self.count += 1;
        let (data, said) = (self.data(0), self.client_data("webauthn.get", asked));
        let signed = [data.as_slice(), &Sha256::digest(said.as_bytes())].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).ok().context("a signature")?;
        let answer = json!({
            "clientDataJSON": text(said.as_bytes()),
            "authenticatorData": text(&data),
            "signature": text(signature.as_ref()),
            "userHandle": text(self.user.as_uuid().as_bytes()),
        });
        Ok(self.answer(answer))
    }

    fn answer(&self, response: Value) -> Value {
        let id = text(&self.credential);
        json!({
            "id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform",
            "clientExtensionResults": {}, "response": response,
        })
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(self.host.as_bytes()).to_vec();
        data.push(self.flags | flags);
        data.extend(self.count.to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, asked: &PasskeyOptions) -> String {
        let challenge = asked.0.get("challenge").and_then(Value::as_str).unwrap_or_default();
        format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{}","crossOrigin":false}}"#, self.origin)
    }
}

impl World {
    /// A passkey of somebody's, and the device that it is on.
    pub async fn passkey(&self, of: &TestPerson) -> Result<(Passkey, Device)> {
        let device = Device::new(&self.config.public_web_url, of.id)?;
        let asked = auth::begin_passkey(&self.services, of.viewer).await?;
        let add = AddPasskey {
            name: "My phone".to_owned(),
            password: PASSWORD.to_owned(),
            credential: device.create(&asked),
        };
        Ok((auth::add_passkey(&self.services, of.viewer, &add).await?, device))
    }
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
