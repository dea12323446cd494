//! The object store: the files of photos, over S3's protocol.
//!
//! A photo's files never change under their keys, so whoever fetches one may keep it for ever.

mod chat;
mod edge;
mod key;

use std::{sync::Arc, time::Duration};

use balloond_shared::{ExportId, PhotoId, PhotoUrls, ReportId, UserId};
use bytes::Bytes;
use s3::{
    Bucket, BucketConfiguration, Region, creds::Credentials, error::S3Error, request::ResponseData,
    serde_types::ObjectIdentifier,
};

pub use edge::EdgeConfig;
pub use key::{ChatPhotoKey, PhotoKey, Variant};

use edge::Edge;
use key::{EvidenceFolder, EvidenceKey, ExportKey, Folder, PhotoFolder};

/// A request's time at most, connecting included.
const TIMEOUT: Duration = Duration::from_secs(5);
const CONTENT_TYPE: &str = "image/webp";
/// For a year, the longest that RFC 9111's readers honour, and without asking again (RFC 8246).
const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// How to reach the bucket.
#[derive(Clone)]
pub struct StorageConfig {
    /// The store's address without the bucket, as `https://…`.
    pub endpoint: String,
    /// The same store as browsers reach it, for addresses that are signed.
    pub public_endpoint: String,
    pub region: String,
    pub bucket: String,
    pub access_key_id: String,
    pub secret_access_key: String,
    /// What the public URLs begin with: the CDN, or the endpoint with the bucket.
    pub public_base: String,
    /// The CDN that these lead to, if it can be told to forget.
    pub edge: Option<EdgeConfig>,
}

/// The handle to the bucket; cheap to clone.
#[derive(Clone)]
pub struct Storage(Arc<Inner>);

struct Inner {
    bucket: Box<Bucket>,
    /// The same bucket, by the address that a signature is for.
    signing: Box<Bucket>,
    public_base: String,
    edge: Option<Edge>,
}

/// Something in the bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    pub key: String,
    /// Bytes.
    pub size: u64,
}

/// Why the object store did not do its work. The causes are for the log: they name hosts and buckets.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    #[error("the object store's configuration is not valid")]
    Config(#[source] S3Error),
    #[error("there is no such object")]
    NotFound,
    #[error("the object store failed a request")]
    Unavailable(#[source] S3Error),
    /// Deleting several objects, it kept so many.
    #[error("the object store kept {0} objects that were to be deleted")]
    NotDeleted(usize),
    #[error("the CDN was not reached")]
    Edge(#[source] reqwest::Error),
    /// With this status.
    #[error("the CDN keeps its copies, and answered {0}")]
    NotForgotten(u16),
}

impl From<S3Error> for StorageError {
    fn from(error: S3Error) -> Self {
        match error {
            S3Error::HttpFailWithBody(404, _) => Self::NotFound,
            error => Self::Unavailable(error),
        }
    }
}

impl Storage {
    /// Connects on first use, so it succeeds while the store is away.
    ///
    /// # Errors
    ///
    /// [`StorageError::Config`].
    pub fn new(config: &StorageConfig) -> Result<Self, StorageError> {
        // A second attempt would double the time that somebody waits for an answer.
        s3::set_retries(0);
        let bucket = Self::bucket(config, &config.endpoint).map_err(StorageError::Config)?;
        let signing = Self::bucket(config, &config.public_endpoint).map_err(StorageError::Config)?;
        let public_base = config.public_base.trim_end_matches('/').to_owned();
        let edge = config.edge.clone().map(Edge::new).transpose()?;
        Ok(Self(Arc::new(Inner { bucket, signing, public_base, edge })))
    }

    fn bucket(config: &StorageConfig, endpoint: &str) -> Result<Box<Bucket>, S3Error> {
        let region = Region::Custom { region: config.region.clone(), endpoint: endpoint.to_owned() };
        let credentials =
            Credentials::new(Some(&config.access_key_id), Some(&config.secret_access_key), None, None, None)?;
        let mut bucket = Bucket::new(&config.bucket, region, credentials)?;
        bucket.set_path_style();
        bucket.set_request_timeout(Some(TIMEOUT));
        Ok(bucket)
    }

    /// Whether the bucket answers.
    ///
    /// # Errors
    ///
    /// When it does not, or when it is not there.
    pub async fn ping(&self) -> Result<(), StorageError> {
        self.0.bucket.list_page(String::new(), None, None, None, Some(1)).await?;
        Ok(())
    }

    /// Makes the bucket unless it is there: for development and tests.
    ///
    /// # Errors
    ///
    /// When it can neither be made nor is there.
    pub async fn ensure_bucket(&self) -> Result<(), StorageError> {
        let bucket = &self.0.bucket;
        let credentials = bucket.credentials().await?;
        let made = Bucket::create_with_path_style(
            &bucket.name(),
            bucket.region(),
            credentials,
            BucketConfiguration::default(),
        )
        .await;
        match made {
            Ok(_) => Ok(()),
            Err(S3Error::HttpFailWithBody(409, _)) => self.ping().await,
            Err(error) => Err(error.into()),
        }
    }

    /// Stores one file.
    ///
    /// # Errors
    ///
    /// When the store did not take it.
    pub async fn put(&self, key: PhotoKey, webp: &[u8]) -> Result<(), StorageError> {
        self.put_object(&key.to_string(), webp).await
    }

    /// Stores all files of a photo at once; when one fails, the others are taken away again.
    ///
    /// # Errors
    ///
    /// When the store did not take one of them.
    pub async fn put_photo(
        &self,
        user: UserId,
        photo: PhotoId,
        thumb: &[u8],
        small: &[u8],
        large: &[u8],
    ) -> Result<(), StorageError> {
        let key = |variant| PhotoKey { user, photo, variant };
        let stored = tokio::try_join!(
            self.put(key(Variant::Thumb), thumb),
            self.put(key(Variant::Small), small),
            self.put(key(Variant::Large), large),
        );
        if stored.is_err() {
            // Nobody waits for a store that has just failed to fail again; what it keeps is found by nobody.
            let storage = self.clone();
            tokio::spawn(async move { storage.delete_photo(user, photo).await });
        }
        stored.map(|_| ())
    }

    /// Reads one file.
    ///
    /// # Errors
    ///
    /// [`StorageError::NotFound`], or when the store does not answer.
    pub async fn get(&self, key: PhotoKey) -> Result<Bytes, StorageError> {
        self.object(&key.to_string()).await
    }

    /// Deletes one file; one that is not there is deleted already.
    ///
    /// # Errors
    ///
    /// When the store does not answer.
    pub async fn delete(&self, key: PhotoKey) -> Result<(), StorageError> {
        gone(self.0.bucket.delete_object(key.to_string()).await)
    }

    /// Deletes all files of a photo, as [`Storage::delete`].
    ///
    /// # Errors
    ///
    /// When the store does not answer.
    pub async fn delete_photo(&self, user: UserId, photo: PhotoId) -> Result<(), StorageError> {
        let delete = |variant| self.delete(PhotoKey { user, photo, variant });
        tokio::try_join!(delete(Variant::Thumb), delete(Variant::Small), delete(Variant::Large))?;
        Ok(())
    }

    /// Whether there is a CDN that can be told to forget.
    #[must_use]
    pub fn has_edge(&self) -> bool {
        self.0.edge.is_some()
    }

    /// Has the CDN forget photos whose files are deleted, and answers at how many addresses; none where it cannot be told. May be
    /// repeated.
    ///
    /// # Errors
    ///
    /// When it does not answer, or refuses.
    pub async fn forget_photos(&self, user: UserId, photos: &[PhotoId]) -> Result<usize, StorageError> {
        let Some(edge) = &self.0.edge else { return Ok(0) };
        let addresses: Vec<_> = photos
            .iter()
            .flat_map(|photo| {
                let PhotoUrls { thumb, small, large } = self.photo_urls(user, *photo);
                [thumb, small, large]
            })
            .collect();
        edge.forget(&addresses).await?;
        Ok(addresses.len())
    }

    /// Deletes all that is stored of a person.
    ///
    /// # Errors
    ///
    /// When the store does not answer, or did not delete all of it.
    pub async fn delete_user(&self, user: UserId) -> Result<(), StorageError> {
        self.delete_folder(Folder(user).to_string()).await.map(drop)
    }

    /// Copies a photo beside a report, out of its owner's reach.
    ///
    /// # Errors
    ///
    /// When the store does not answer, or the photo is gone.
    pub async fn keep_evidence(&self, owner: UserId, photo: PhotoId, report: ReportId) -> Result<(), StorageError> {
        let webp = self.get(PhotoKey { user: owner, photo, variant: Variant::Large }).await?;
        let key = EvidenceKey { report, photo }.to_string();
        self.0.bucket.put_object_builder(key, &webp).with_content_type(CONTENT_TYPE).execute().await?;
        Ok(())
    }

    /// A URL by which a report's copy can be read for `life`, as [`Storage::presign_get`].
    ///
    /// # Errors
    ///
    /// When `life` is too long.
    pub async fn evidence_url(&self, report: ReportId, photo: PhotoId, life: Duration) -> Result<String, StorageError> {
        self.sign(EvidenceKey { report, photo }.to_string(), life).await
    }

    /// Deletes all that was copied for a report.
    ///
    /// # Errors
    ///
    /// When the store does not answer, or did not delete all of it.
    pub async fn delete_evidence(&self, report: ReportId) -> Result<(), StorageError> {
        self.delete_folder(EvidenceFolder(report).to_string()).await.map(drop)
    }

    /// Stores a copy of all that is kept of a person, for those alone who get its address.
    ///
    /// # Errors
    ///
    /// When the store did not take it.
    pub async fn put_export(&self, export: ExportId, json: &[u8]) -> Result<(), StorageError> {
        let key = ExportKey(export).to_string();
        self.0
            .bucket
            .put_object_builder(key, json)
            .with_content_type("application/json")
            .with_content_disposition("attachment; filename=\"balloond.json\"")?
            .execute()
            .await?;
        Ok(())
    }

    /// A URL by which an export can be read for `life`, as [`Storage::presign_get`].
    ///
    /// # Errors
    ///
    /// When `life` is too long.
    pub async fn export_url(&self, export: ExportId, life: Duration) -> Result<String, StorageError> {
        self.sign(ExportKey(export).to_string(), life).await
    }

    /// Deletes an export, as [`Storage::delete`].
    ///
    /// # Errors
    ///
    /// When the store does not answer.
    pub async fn delete_export(&self, export: ExportId) -> Result<(), StorageError> {
        gone(self.0.bucket.delete_object(ExportKey(export).to_string()).await)
    }

    /// A URL by which browsers can read a file for `life`.
    async fn sign(&self, key: String, life: Duration) -> Result<String, StorageError> {
        let seconds = u32::try_from(life.as_secs()).unwrap_or(u32::MAX);
        Ok(self.0.signing.presign_get(key, seconds, None).await?)
    }

    /// Deletes all under a prefix; answers how many files.
    async fn delete_folder(&self, prefix: String) -> Result<usize, StorageError> {
        let pages = self.0.bucket.list(prefix, None).await?;
        let objects: Vec<_> =
            pages.into_iter().flat_map(|page| page.contents).map(|it| ObjectIdentifier::new(it.key)).collect();
        let count = objects.len();
        if count == 0 {
            return Ok(0);
        }
        let kept = self.0.bucket.delete_objects(objects).await?.errors.len();
        if kept == 0 { Ok(count) } else { Err(StorageError::NotDeleted(kept)) }
    }

    /// Some of the photos that have files, in the order of their keys; the next ones come with `after` set to the answer's
    /// second part, until that is none. A photo may come twice.
    ///
    /// # Errors
    ///
    /// When the store does not answer.
    pub async fn photos(
        &self,
        after: Option<String>,
    ) -> Result<(Vec<(UserId, PhotoId)>, Option<String>), StorageError> {
        let (page, _) = self.0.bucket.list_page("users/".to_owned(), None, after, None, None).await?;
        let keys = page.contents.iter().filter_map(|object| PhotoKey::parse(&object.key));
        let mut photos: Vec<_> = keys.map(|key| (key.user, key.photo)).collect();
        photos.dedup();
        Ok((photos, page.next_continuation_token))
    }

    /// Some of the bucket's objects, in the order of their keys; the next ones come with `after` set to the answer's second
    /// part, until that is none. For backups: everybody else asks for photos.
    ///
    /// # Errors
    ///
    /// When the store does not answer.
    pub async fn objects(&self, after: Option<String>) -> Result<(Vec<Object>, Option<String>), StorageError> {
        let (page, _) = self.0.bucket.list_page(String::new(), None, after, None, None).await?;
        let objects = page.contents.into_iter().map(|it| Object { key: it.key, size: it.size }).collect();
        Ok((objects, page.next_continuation_token))
    }

    /// Reads an object by its key.
    ///
    /// # Errors
    ///
    /// As [`Storage::get`].
    pub async fn object(&self, key: &str) -> Result<Bytes, StorageError> {
        Ok(self.0.bucket.get_object(key).await?.into_bytes())
    }

    /// Stores an object under the key that it had, as [`Storage::put`] does.
    ///
    /// # Errors
    ///
    /// When the store did not take it.
    pub async fn put_object(&self, key: &str, content: &[u8]) -> Result<(), StorageError> {
        let kind = if key.ends_with(".webp") { CONTENT_TYPE } else { "application/octet-stream" };
        let cached = if PhotoKey::parse(key).is_some() { CACHE_CONTROL } else { "private" };
        self.0
            .bucket
            .put_object_builder(key, content)
            .with_content_type(kind)
            .with_cache_control(cached)?
            .execute()
            .await?;
        Ok(())
    }

    /// A URL by which anybody can read the file for `life` (seconds count, a week at most), public bucket or not.
    ///
    /// # Errors
    ///
    /// When `life` is too long.
    pub async fn presign_get(&self, key: PhotoKey, life: Duration) -> Result<String, StorageError> {
        self.sign(key.to_string(), life).await
    }

    /// Where everybody finds a photo. Makes no request.
    #[must_use]
    pub fn photo_urls(&self, user: UserId, photo: PhotoId) -> PhotoUrls {
        let folder = format!("{}/{}", self.0.public_base, PhotoFolder(user, photo));
        let url = |variant: Variant| [&*folder, variant.file()].concat();
        PhotoUrls { thumb: url(Variant::Thumb), small: url(Variant::Small), large: url(Variant::Large) }
    }
}

fn gone(deleted: Result<ResponseData, S3Error>) -> Result<(), StorageError> {
    match deleted.map_err(StorageError::from) {
        Ok(_) | Err(StorageError::NotFound) => Ok(()),
        Err(error) => Err(error),
    }
}
