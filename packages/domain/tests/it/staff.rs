use anyhow::Result;
use balloond_domain::{
    job,
    leaving::erase,
    staff::{admit, audit, grant, jobs, record, retry_jobs},
};
use balloond_shared::{
    ErrorCode,
    leaving::EraseAccount,
    staff::{Deed, RetryJobs, StaffRole},
};
use balloond_testing::{PASSWORD, World};

use crate::{faults, refused};

#[tokio::test]
async fn a_role_is_asked_for_each_time() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    assert_eq!(refused(admit(&world.services, ada.viewer).await), Some(ErrorCode::NotFound));
    grant(&world.services, &ada.email, Some(StaffRole::Moderator)).await?;
    let staff = admit(&world.services, ada.viewer).await?;
    assert_eq!(staff.role, StaffRole::Moderator);
    assert_eq!(refused(audit(&world.services, staff, None, None).await), Some(ErrorCode::Forbidden));
    assert_eq!(refused(jobs(&world.services, staff).await), Some(ErrorCode::Forbidden));
    let all = RetryJobs { all: true, ids: Vec::new() };
    assert_eq!(refused(retry_jobs(&world.services, staff, &all).await), Some(ErrorCode::Forbidden));
    grant(&world.services, &ada.email, None).await?;
    assert_eq!(refused(admit(&world.services, ada.viewer).await), Some(ErrorCode::NotFound));
    let record = record(&world.services, ada.viewer, None, None).await?.items;
    assert_eq!(record.iter().map(|entry| entry.deed).collect::<Vec<_>>(), [Deed::RoleTaken, Deed::RoleGiven]);
    Ok(())
}

#[tokio::test]
async fn only_a_verified_account_gets_a_role() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    world.execute("UPDATE users SET verified_at = NULL").await?;
    for email in [ada.email.as_str(), "nobody@example.com", ""] {
        let given = grant(&world.services, email, Some(StaffRole::Administrator)).await;
        assert_eq!(refused(given), Some(ErrorCode::NotFound), "{email}");
    }
    Ok(())
}

#[tokio::test]
async fn the_log_only_grows_and_forgets_whoever_leaves() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    for person in [&ada, &ben] {
        grant(&world.services, &person.email, Some(StaffRole::Administrator)).await?;
    }
    for change in [
        "DELETE FROM audit_log",
        "UPDATE audit_log SET reason = 'another'",
        "UPDATE audit_log SET actor_id = subject_id",
        "UPDATE audit_log SET deed = 'nothing'",
    ] {
        assert!(world.execute(change).await.is_err(), "{change}");
    }
    erase(&world.services, ada.viewer, &EraseAccount { password: PASSWORD.to_owned() }).await?;
    assert_eq!(refused(admit(&world.services, ada.viewer).await), Some(ErrorCode::NotFound));
    job::run_due(&world.services, &world.config).await?;
    let left = audit(&world.services, admit(&world.services, ben.viewer).await?, None, None).await?.items;
    assert_eq!(left.len(), 2);
    assert_eq!(
        left.iter().filter_map(|entry| entry.about.as_ref()).map(|about| about.id).collect::<Vec<_>>(),
        [ben.id]
    );
    assert_eq!(world.rows_with(&ada.id.to_string()).await?, [""; 0]);
    Ok(())
}

#[tokio::test]
async fn pages_of_the_log_are_cut_by_its_cursor() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    for _ in 0..3 {
        grant(&world.services, &ada.email, Some(StaffRole::Administrator)).await?;
    }
    let staff = admit(&world.services, ada.viewer).await?;
    let first = audit(&world.services, staff, None, Some(2)).await?;
    let rest = audit(&world.services, staff, first.next.as_ref().map(|next| next.0.as_str()), Some(2)).await?;
    assert_eq!((first.items.len(), rest.items.len(), rest.next), (2, 1, None));
    assert_eq!(faults(audit(&world.services, staff, Some("x"), None).await), ["cursor: malformed"]);
    Ok(())
}
