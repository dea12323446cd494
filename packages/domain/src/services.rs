//! What the use cases stand on.

use std::{fmt, num::NonZeroUsize, path::Path, thread::available_parallelism};

use balloond_cache::Cache;
use balloond_database::Database;
use balloond_mail::Mailer;
use balloond_photo::PhotoPipeline;
use balloond_push::Pusher;
use balloond_storage::Storage;
use tracing::Instrument;

use crate::{
    Config, Error, Result,
    auth::{Passwords, Seals, Tokens},
    page_view::Seen,
    switch::Switches,
};

/// Everything a use case needs; cheap to clone, one a process.
#[derive(Clone)]
pub struct Services {
    pub database: Database,
    pub cache: Cache,
    pub storage: Storage,
    pub(crate) mailer: Mailer,
    /// Wakes browsers, where there is a key for it.
    pub(crate) pusher: Option<Pusher>,
    /// Where the links in mails lead.
    pub(crate) public_web_url: String,
    pub(crate) passwords: Passwords,
    pub(crate) tokens: Tokens,
    pub(crate) seals: Seals,
    pub(crate) photos: PhotoPipeline,
    pub(crate) switches: Switches,
    pub(crate) seen: Seen,
}

impl Services {
    /// Connects lazily: succeeds with Postgres, Redis or the object store away.
    pub fn new(config: &Config) -> Result<Self> {
        let cores = available_parallelism().map_or(1, NonZeroUsize::get);
        Ok(Self {
            database: Database::new(&config.database).map_err(Error::internal)?,
            cache: Cache::new(&config.cache).map_err(Error::internal)?,
            storage: Storage::new(&config.storage).map_err(Error::internal)?,
            mailer: Mailer::new(&config.mail).map_err(Error::internal)?,
            pusher: config.push.clone().map(Pusher::new).transpose().map_err(Error::internal)?,
            public_web_url: config.public_web_url.clone(),
            passwords: Passwords::new(config.password_hashes_at_once),
            tokens: Tokens::new(config)?,
            seals: Seals::new(config)?,
            // A photo takes much memory and a core for a while: the other cores go on answering.
            photos: PhotoPipeline::new(cores / 2),
            switches: Switches::default(),
            seen: Seen::default(),
        })
    }

    /// Where mail goes on a machine without a mail server.
    #[must_use]
    pub fn mail_folder(&self) -> Option<&Path> {
        self.mailer.folder()
    }
}

impl fmt::Debug for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Services").finish_non_exhaustive()
    }
}

/// Runs a write to its end, also when the request that asked for it is given up half way: a transaction that is dropped
/// breaks its connection, and what was committed has to be told.
pub(crate) async fn run_to_end<T: Send + 'static>(
    write: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    tokio::spawn(write.in_current_span()).await.map_err(Error::internal)?
}
