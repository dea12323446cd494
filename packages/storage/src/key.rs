//! Where a photo's files are, and how others see them. Keys and public URLs are made here and nowhere else.

use std::fmt;

use balloond_shared::{PhotoId, UserId};

/// The sizes in which a photo is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variant {
    Thumb,
    Small,
    Large,
}

impl Variant {
    pub const ALL: [Self; 3] = [Self::Thumb, Self::Small, Self::Large];

    const fn name(self) -> &'static str {
        match self {
            Self::Thumb => "thumb",
            Self::Small => "small",
            Self::Large => "large",
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
        write!(f, "{}{}/{}.webp", Folder(self.user), self.photo, self.variant.name())
    }
}

/// What all keys of a person's photos begin with.
pub(crate) struct Folder(pub(crate) UserId);

impl fmt::Display for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "users/{}/", self.0)
    }
}
