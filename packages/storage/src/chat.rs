//! Photos in chats: two sizes, for the chat's members alone.

use std::time::Duration;

use balloond_shared::{ChatId, MessageId, PhotoId, ReportId};
use bytes::Bytes;

use crate::{
    CONTENT_TYPE, ChatPhotoKey, Storage, StorageError, Variant, gone,
    key::{CHATS, EvidenceKey},
};

/// A chat's photos are kept in these.
const SIZES: [Variant; 2] = [Variant::Small, Variant::Large];
/// Whoever got it may keep it; nobody between us and them.
const CACHE_CONTROL: &str = "private, max-age=86400, immutable";

impl Storage {
    /// Stores both files of a photo.
    ///
    /// # Errors
    ///
    /// When the store did not take one of them.
    pub async fn put_chat_photo(
        &self,
        chat: ChatId,
        message: MessageId,
        small: &[u8],
        large: &[u8],
    ) -> Result<(), StorageError> {
        let put = async |variant, webp: &[u8]| {
            let key = ChatPhotoKey { chat, message, variant }.to_string();
            let object = self.0.bucket.put_object_builder(key, webp).with_content_type(CONTENT_TYPE);
            object.with_cache_control(CACHE_CONTROL)?.execute().await?;
            Ok::<_, StorageError>(())
        };
        tokio::try_join!(put(Variant::Small, small), put(Variant::Large, large))?;
        Ok(())
    }

    /// Reads one file.
    ///
    /// # Errors
    ///
    /// As [`Storage::get`].
    pub async fn chat_photo(&self, key: ChatPhotoKey) -> Result<Bytes, StorageError> {
        self.object(&key.to_string()).await
    }

    /// A URL by which the file can be read for `life`, as [`Storage::presign_get`].
    ///
    /// # Errors
    ///
    /// When `life` is too long.
    pub async fn chat_photo_url(&self, key: ChatPhotoKey, life: Duration) -> Result<String, StorageError> {
        self.sign(key.to_string(), life).await
    }

    /// Deletes both files, as [`Storage::delete`].
    ///
    /// # Errors
    ///
    /// When the store does not answer.
    pub async fn delete_chat_photo(&self, chat: ChatId, message: MessageId) -> Result<(), StorageError> {
        for variant in SIZES {
            gone(self.0.bucket.delete_object(ChatPhotoKey { chat, message, variant }.to_string()).await)?;
        }
        Ok(())
    }

    /// Some of the photos in chats that have files, as [`Storage::photos`].
    ///
    /// # Errors
    ///
    /// When the store does not answer.
    pub async fn chat_photos(
        &self,
        after: Option<String>,
    ) -> Result<(Vec<(ChatId, MessageId)>, Option<String>), StorageError> {
        let (page, _) = self.0.bucket.list_page(CHATS.to_owned(), None, after, None, None).await?;
        let keys = page.contents.iter().filter_map(|object| ChatPhotoKey::parse(&object.key));
        let mut photos: Vec<_> = keys.map(|key| (key.chat, key.message)).collect();
        photos.dedup();
        Ok((photos, page.next_continuation_token))
    }

    /// Copies a chat's photo beside a report; it is found there under the message's id.
    ///
    /// # Errors
    ///
    /// When the store does not answer, or the photo is gone.
    pub async fn keep_chat_evidence(
        &self,
        chat: ChatId,
        message: MessageId,
        report: ReportId,
    ) -> Result<(), StorageError> {
        let webp = self.chat_photo(ChatPhotoKey { chat, message, variant: Variant::Large }).await?;
        let key = EvidenceKey { report, photo: PhotoId::from_uuid(message.as_uuid()) }.to_string();
        self.0.bucket.put_object_builder(key, &webp).with_content_type(CONTENT_TYPE).execute().await?;
        Ok(())
    }
}
