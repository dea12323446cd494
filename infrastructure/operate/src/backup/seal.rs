//! Encrypting a stream: ChaCha20-Poly1305 over chunks, each numbered and the last one marked, so that nothing can be changed, moved,
//! left out or cut off unnoticed (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015). Every file has a key
//! of its own, derived (HKDF, RFC 5869) from the vault's with a random salt and the file's name.

use std::io::{self, Read, Write};

use anyhow::{Result, bail, ensure};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, MAX_TAG_LEN, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, Salt},
};

const MAGIC: &[u8; 8] = b"balloon1";
const SALT: usize = 32;
const CHUNK: usize = 64 * 1024;

/// The vault's key; never shown.
pub struct MasterKey([u8; 32]);

impl MasterKey {
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    fn derive(&self, salt: &[u8], name: &str) -> Result<LessSafeKey> {
        let secret = Salt::new(HKDF_SHA256, salt).extract(&self.0);
        let info = [name.as_bytes()];
        let Ok(key) = secret.expand(&info, &CHACHA20_POLY1305) else { bail!("a key cannot be derived") };
        Ok(LessSafeKey::new(UnboundKey::from(key)))
    }
}

/// Encrypts what is written to it.
pub struct Sealer<W> {
    key: LessSafeKey,
    out: W,
    chunk: Vec<u8>,
    number: u64,
}

impl<W: Write> Sealer<W> {
    pub fn new(master: &MasterKey, name: &str, mut out: W) -> Result<Self> {
        let salt: [u8; SALT] = rand::random();
        out.write_all(MAGIC)?;
        out.write_all(&salt)?;
        Ok(Self { key: master.derive(&salt, name)?, out, chunk: Vec::with_capacity(CHUNK + MAX_TAG_LEN), number: 0 })
    }

    /// Ends the stream; without it what was written cannot be opened.
    pub fn finish(mut self) -> Result<W> {
        // The last chunk is always a short one, if need be an empty one.
        if self.chunk.len() == CHUNK {
            self.flush_chunk(false)?;
        }
        self.flush_chunk(true)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn flush_chunk(&mut self, is_last: bool) -> io::Result<()> {
        self.key
            .seal_in_place_append_tag(nonce(self.number, is_last), Aad::empty(), &mut self.chunk)
            .map_err(|_| io::Error::other("a chunk cannot be encrypted"))?;
        self.number += 1;
        self.out.write_all(&self.chunk)?;
        self.chunk.clear();
        Ok(())
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.chunk.len() == CHUNK {
            self.flush_chunk(false)?;
        }
        let room = CHUNK - self.chunk.len();
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.chunk.extend_from_slice(taken);
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Decrypts chunk by chunk.
pub struct Opener<R> {
    key: LessSafeKey,
    input: R,
    number: u64,
    has_ended: bool,
}

impl<R: Read> Opener<R> {
    pub fn new(master: &MasterKey, name: &str, mut input: R) -> Result<Self> {
        let mut head = [0; MAGIC.len() + SALT];
        input.read_exact(&mut head)?;
        let (magic, salt) = head.split_at(MAGIC.len());
        ensure!(magic == MAGIC, "it is not a file of a backup");
        Ok(Self { key: master.derive(salt, name)?, input, number: 0, has_ended: false })
    }

    /// The next chunk's content; none after the last.
    pub fn next(&mut self) -> Result<Option<Vec<u8>>> {
        if self.has_ended {
            return Ok(None);
        }
        let full = CHUNK + MAX_TAG_LEN;
        let mut chunk = Vec::with_capacity(full);
        self.input.by_ref().take(full as u64).read_to_end(&mut chunk)?;
        self.has_ended = chunk.len() < full;
        let nonce = nonce(self.number, self.has_ended);
        let Ok(content) = self.key.open_in_place(nonce, Aad::empty(), &mut chunk) else {
            bail!("it was sealed with another key, or is damaged");
        };
        let length = content.len();
        chunk.truncate(length);
        self.number += 1;
        Ok(Some(chunk))
    }

    pub fn read_all(mut self) -> Result<Vec<u8>> {
        let mut all = Vec::new();
        while let Some(chunk) = self.next()? {
            all.extend_from_slice(&chunk);
        }
        Ok(all)
    }
}

/// Eleven bytes for the number, one to mark the last.
fn nonce(number: u64, is_last: bool) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    for (place, byte) in bytes.iter_mut().skip(3).zip(number.to_be_bytes()) {
        *place = byte;
    }
    if let Some(last) = bytes.last_mut() {
        *last = u8::from(is_last);
    }
    Nonce::assume_unique_for_key(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: MasterKey = MasterKey::new([7; 32]);

    fn sealed(content: &[u8]) -> Vec<u8> {
        let mut sealer = Sealer::new(&KEY, "a", Vec::new()).unwrap();
        sealer.write_all(content).unwrap();
        sealer.finish().unwrap()
    }

    fn opened(key: &MasterKey, name: &str, file: &[u8]) -> Result<Vec<u8>> {
        Opener::new(key, name, file)?.read_all()
    }

    #[test]
    fn what_was_sealed_is_opened_whatever_its_length() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5] {
            let content: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let file = sealed(&content);
            assert_eq!(opened(&KEY, "a", &file).unwrap(), content);
            assert!(length < 32 || !file.windows(32).any(|part| content.starts_with(part)));
        }
    }

    #[test]
    fn nothing_is_changed_moved_or_cut_off_unnoticed() {
        let file = sealed(&vec![1; 2 * CHUNK + 9]);
        assert!(opened(&MasterKey::new([8; 32]), "a", &file).is_err());
        assert!(opened(&KEY, "b", &file).is_err(), "under another name");
        let (head, chunk) = (MAGIC.len() + SALT, CHUNK + MAX_TAG_LEN);
        for cut in [head, head + chunk, head + 2 * chunk, file.len() - 1] {
            assert!(opened(&KEY, "a", &file[..cut]).is_err(), "cut at {cut}");
        }
        let mut swapped = file[..head].to_vec();
        swapped.extend_from_slice(&file[head + chunk..head + 2 * chunk]);
        swapped.extend_from_slice(&file[head..head + chunk]);
        swapped.extend_from_slice(&file[head + 2 * chunk..]);
        assert!(opened(&KEY, "a", &swapped).is_err());
        for at in [3, 20, head + 5, file.len() - 1] {
            let mut changed = file.clone();
            changed[at] ^= 1;
            assert!(opened(&KEY, "a", &changed).is_err(), "changed at {at}");
        }
    }
}
