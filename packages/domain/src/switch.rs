//! Features that are off for a while. A process asks the database at most every few seconds, and only where one is used.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use balloond_database::switch;
use balloond_shared::{ErrorCode, switch::Switch};

use crate::{Result, Services};

/// How long a process believes what it was told: so long may a switch be turned without being felt.
const BELIEVED: Duration = Duration::from_secs(5);

/// When a process asked, and what was off.
type Known = Option<(Instant, Vec<Switch>)>;

/// What this process knows.
#[derive(Clone, Default)]
pub(crate) struct Switches(Arc<Mutex<Known>>);

impl Switches {
    fn known(&self) -> Known {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn learn(&self, known: Known) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = known;
    }

    /// Asks anew the next time.
    pub(crate) fn forget(&self) {
        self.learn(None);
    }
}

/// Whether something is on. With the database away it is as it was last known, and on where that is not known.
pub async fn is_on(services: &Services, which: Switch) -> bool {
    let known = services.switches.known();
    if let Some((since, off)) = &known
        && since.elapsed() < BELIEVED
    {
        return !off.contains(&which);
    }
    // From when it asked: what comes back may have changed since.
    let asked = Instant::now();
    match load(services).await {
        Ok(off) => {
            let is_on = !off.contains(&which);
            services.switches.learn(Some((asked, off)));
            is_on
        }
        Err(error) => {
            tracing::debug!(%error, "the switches are not known");
            known.is_none_or(|(_, off)| !off.contains(&which))
        }
    }
}

/// `SwitchedOff` while it is off.
pub(crate) async fn require(services: &Services, which: Switch) -> Result<()> {
    if is_on(services, which).await { Ok(()) } else { Err(ErrorCode::SwitchedOff.into()) }
}

async fn load(services: &Services) -> Result<Vec<Switch>> {
    let rows = switch::all(&mut *services.database.primary().await?).await?;
    Ok(rows.into_iter().filter(|(_, is_on, _)| !is_on).filter_map(|(name, ..)| Switch::by_name(&name)).collect())
}
