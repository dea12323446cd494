//! The bucket's objects, several at a time.

use std::collections::HashMap;

use anyhow::{Context, Result};
use balloond_storage::{Storage, StorageError};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::{manifest::StoredObject, vault::Vault};
use crate::progress::Progress;

const AT_ONCE: usize = 8;

/// Copies what the vault does not have yet; answers what is there now. What is deleted while it is copied is left out.
pub async fn save(storage: &Storage, vault: &Vault) -> Result<Vec<StoredObject>> {
    let listed = list(storage).await?;
    let missing: Vec<&StoredObject> =
        listed.iter().filter(|object| !vault.has(&vault.object_name(&object.key))).collect();
    let mut progress = Progress::new("objects", "new objects", missing.len() as u64);
    let mut copies = stream::iter(missing).map(|object| copy(storage, vault, object)).buffer_unordered(AT_ONCE);
    while let Some(bytes) = copies.try_next().await? {
        progress.step(1, bytes);
    }
    drop(copies);
    progress.end();
    Ok(listed.into_iter().filter(|object| vault.has(&vault.object_name(&object.key))).collect())
}

async fn copy(storage: &Storage, vault: &Vault, object: &StoredObject) -> Result<u64> {
    match storage.object(&object.key).await {
        Ok(content) => {
            vault.put(&vault.object_name(&object.key), &content)?;
            Ok(content.len() as u64)
        }
        Err(StorageError::NotFound) => Ok(0),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", object.key)),
    }
}

/// Brings objects into the bucket; what is there already, of the same size, stays.
pub async fn bring_back(storage: &Storage, vault: &Vault, objects: &[StoredObject]) -> Result<()> {
    let there: HashMap<String, u64> = list(storage).await?.into_iter().map(|it| (it.key, it.size)).collect();
    let missing: Vec<&StoredObject> =
        objects.iter().filter(|object| there.get(&object.key) != Some(&object.size)).collect();
    let mut progress = Progress::new("objects", "objects", missing.len() as u64);
    let mut copies = stream::iter(missing).map(|object| put(storage, vault, object)).buffer_unordered(AT_ONCE);
    while let Some(bytes) = copies.try_next().await? {
        progress.step(1, bytes);
    }
    drop(copies);
    progress.end();
    Ok(())
}

async fn put(storage: &Storage, vault: &Vault, object: &StoredObject) -> Result<u64> {
    let name = vault.object_name(&object.key);
    let content = vault.reader(&name)?.read_all().with_context(|| format!("{name} cannot be opened"))?;
    storage.put_object(&object.key, &content).await.with_context(|| format!("{} cannot be stored", object.key))?;
    Ok(content.len() as u64)
}

/// Everything in the bucket.
pub async fn list(storage: &Storage) -> Result<Vec<StoredObject>> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let (page, next) = storage.objects(after).await.context("the bucket cannot be listed")?;
        all.extend(page.into_iter().map(|it| StoredObject { key: it.key, size: it.size }));
        if next.is_none() {
            return Ok(all);
        }
        after = next;
    }
}
