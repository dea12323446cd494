//! Jobs that failed for good: an administrator sees why, and has them tried again.

use balloond_database::job::{self, DeadJob};

use crate::{Result, Services};

/// Dead jobs that are shown at once.
const SHOWN: i64 = 200;

/// The dead jobs, the one that failed last first; 200 at most.
pub async fn dead(services: &Services) -> Result<Vec<DeadJob>> {
    Ok(job::dead(&mut *services.database.primary().await?, SHOWN).await?)
}

/// Has these tried again, with all their attempts; answers how many of them were dead.
pub async fn retry(services: &Services, ids: &[i64]) -> Result<usize> {
    Ok(job::revive(&mut *services.database.primary().await?, ids, false).await?)
}

/// Has all dead jobs tried again; answers how many there were.
pub async fn retry_all(services: &Services) -> Result<usize> {
    Ok(job::revive(&mut *services.database.primary().await?, &[], true).await?)
}
