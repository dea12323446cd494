//! Where a photo's files are, and how others see them. Keys and public URLs are made here and nowhere else.

use std::fmt;

use balloond_shared::{ChatId, ExportId, MessageId, PhotoId, ReportId, UserId};

/// The sizes in which a photo is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variant {
    Thumb,
    Small,
    Large,
}

impl Variant {
    pub const ALL: [Self; 3] = [Self::Thumb, Self::Small, Self::Large];

    /// The last part of its key.
    pub(crate) const fn file(self) -> &'static str {
        match self {
            Self::Thumb => "thumb.webp",
            Self::Small => "small.webp",
            Self::Large => "large.webp",
        }
    }
}

/// One file of a photo; as text, its key in the bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PhotoKey {
    pub user: UserId,
    pub photo: PhotoId,
    pub variant: Variant,
}

impl fmt::Display for PhotoKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", PhotoFolder(self.user, self.photo), self.variant.file())
    }
}

/// What the keys of all files of a photo begin with.
pub(crate) struct PhotoFolder(pub(crate) UserId, pub(crate) PhotoId);

impl fmt::Display for PhotoFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}/", Folder(self.0), self.1)
    }
}

impl PhotoKey {
    /// Reads a key; nothing for one that we did not make.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("users/")?.split('/');
        let (user, photo, file) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?);
        let variant = Variant::ALL.into_iter().find(|variant| variant.file() == file)?;
        parts.next().is_none().then_some(Self { user, photo, variant })
    }
}

/// One file of a photo in a chat. Nothing public is here: whoever is in the chat gets a signed address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChatPhotoKey {
    pub chat: ChatId,
    pub message: MessageId,
    pub variant: Variant,
}

/// What all keys of photos in chats begin with.
pub(crate) const CHATS: &str = "chats/";

impl fmt::Display for ChatPhotoKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{CHATS}{}/{}/{}", self.chat, self.message, self.variant.file())
    }
}

impl ChatPhotoKey {
    /// As [`PhotoKey::parse`].
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix(CHATS)?.split('/');
        let (chat, message, file) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?);
        let variant = Variant::ALL.into_iter().find(|variant| variant.file() == file)?;
        parts.next().is_none().then_some(Self { chat, message, variant })
    }
}

/// A copy of a photo beside the report that it is evidence for.
pub(crate) struct EvidenceKey {
    pub(crate) report: ReportId,
    pub(crate) photo: PhotoId,
}

impl fmt::Display for EvidenceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}.webp", EvidenceFolder(self.report), self.photo)
    }
}

/// What all keys of a report's evidence begin with. Nothing public is here: who may read it gets a signed address.
pub(crate) struct EvidenceFolder(pub(crate) ReportId);

impl fmt::Display for EvidenceFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "reports/{}/", self.0)
    }
}

/// The file of an export. Nothing public is here either.
pub(crate) struct ExportKey(pub(crate) ExportId);

impl fmt::Display for ExportKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exports/{}.json", self.0)
    }
}

/// What all keys of a person's photos begin with.
pub(crate) struct Folder(pub(crate) UserId);

impl fmt::Display for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "users/{}/", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_written_and_no_other() {
        let key = PhotoKey { user: UserId::new(), photo: PhotoId::new(), variant: Variant::Small };
        let text = key.to_string();
        assert_eq!(PhotoKey::parse(&text), Some(key));
        for other in [text.replace("small", "tiny"), text.replace(".webp", ""), format!("{text}/x"), String::new()] {
            assert_eq!(PhotoKey::parse(&other), None, "{other}");
        }
        let key = ChatPhotoKey { chat: ChatId::new(), message: MessageId::new(), variant: Variant::Large };
        let text = key.to_string();
        assert_eq!((ChatPhotoKey::parse(&text), PhotoKey::parse(&text)), (Some(key), None));
    }
}
