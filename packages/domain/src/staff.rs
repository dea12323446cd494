//! Looking after the place: what moderators and administrators do. Every use case takes a [`Staff`], which only [`admit`] makes, and
//! leaves an entry in the audit log in the transaction that does it.

mod appeals;
mod audit;
mod jobs;
mod page_views;
mod people;
mod reports;
mod suspend;
mod switches;

use balloond_database::{AsyncConnection, staff};
use balloond_shared::{
    ErrorCode, UserId,
    staff::{Deed, StaffRole},
};

pub use appeals::{appeal, appeals, decide, suspension};
pub use audit::{audit, record};
pub use jobs::{jobs, retry_jobs};
pub use page_views::page_views;
pub use people::{erase_person, people, person};
pub use reports::{close_report, report, reports, take_report};
pub use suspend::{end_sessions, lift, suspend};
pub use switches::{set_switch, switches};

use crate::{Error, Result, Services, Viewer, services::run_to_end};
use audit::{Entry, note};

/// Somebody with a role, who had it a moment ago.
#[derive(Clone, Copy, Debug)]
pub struct Staff {
    pub viewer: Viewer,
    pub role: StaffRole,
}

impl Staff {
    /// `Forbidden` for a lesser role.
    pub(crate) fn require(self, role: StaffRole) -> Result<()> {
        if self.role >= role { Ok(()) } else { Err(ErrorCode::Forbidden.into()) }
    }
}

/// Asks the database for the viewer's role: it is carried in no token, and so ends at once when it is taken. `NotFound` for
/// everybody without one: for them there is nothing here.
#[tracing::instrument(name = "staff.admit", level = "trace", skip_all)]
pub async fn admit(services: &Services, viewer: Viewer) -> Result<Staff> {
    let mut conn = services.database.primary().await?;
    let role = staff::role(&mut conn, viewer.user).await?;
    let role = role.as_deref().and_then(StaffRole::by_name).ok_or(ErrorCode::NotFound)?;
    Ok(Staff { viewer, role })
}

/// Gives the verified account of an email a role, or takes it; for the command of whoever runs the servers. `NotFound` when there is
/// no such account.
#[tracing::instrument(name = "staff.grant", level = "trace", skip_all)]
pub async fn grant(services: &Services, email: &str, role: Option<StaffRole>) -> Result<UserId> {
    let (services, email) = (services.clone(), email.trim().to_owned());
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        conn.transaction(async |conn| {
            let user = staff::set_role(conn, &email, role.map(StaffRole::name)).await?.ok_or(ErrorCode::NotFound)?;
            let deed = if role.is_some() { Deed::RoleGiven } else { Deed::RoleTaken };
            let details = role.map_or("", StaffRole::name);
            note(conn, Entry { by: None, about: Some(user), deed, details, reason: "" }).await?;
            Ok::<_, Error>(user)
        })
        .await
    })
    .await
}
