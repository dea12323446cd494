//! Turning features off and on.

use balloond_database::{AsyncConnection, switch};
use balloond_shared::{
    staff::{Deed, StaffRole},
    switch::{SetSwitch, Switch, SwitchState},
};
use chrono::{SubsecRound, Utc};

use super::{
    Staff,
    audit::{Entry, note},
};
use crate::{Error, Result, Services, services::run_to_end};

/// How each switch is. `Forbidden` for moderators.
#[tracing::instrument(name = "staff.switches", level = "trace", skip_all)]
pub async fn switches(services: &Services, staff: Staff) -> Result<Vec<SwitchState>> {
    staff.require(StaffRole::Administrator)?;
    let rows = switch::all(&mut *services.database.primary().await?).await?;
    let state = |which: Switch| {
        let row = rows.iter().find(|(name, ..)| name == which.name());
        SwitchState { switch: which, on: row.is_none_or(|(_, on, _)| *on), changed_at: row.map(|(.., at)| *at) }
    };
    Ok(Switch::ALL.into_iter().map(state).collect())
}

/// Turns one; every process feels it within five seconds, this one as a rule at once. `Forbidden` for moderators.
#[tracing::instrument(name = "staff.set_switch", level = "trace", skip_all)]
pub async fn set_switch(services: &Services, staff: Staff, which: Switch, request: &SetSwitch) -> Result<()> {
    staff.require(StaffRole::Administrator)?;
    let (reason, on) = (request.parse()?, request.on);
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let transaction = conn.transaction(async |conn| {
            switch::set(conn, which.name(), on, Utc::now().trunc_subsecs(6)).await?;
            let deed = if on { Deed::SwitchedOn } else { Deed::SwitchedOff };
            let entry = Entry { by: Some(staff), about: None, deed, details: which.words(), reason: reason.as_str() };
            note(conn, entry).await?;
            Ok::<_, Error>(())
        });
        transaction.await?;
        services.switches.forget();
        Ok(())
    })
    .await
}
