use anyhow::Result;
use balloond_domain::auth::{authenticate, refresh, resume};
use balloond_shared::ErrorCode;
use balloond_testing::{TestPerson, World};
use futures_util::future::join_all;

use crate::refused;

const SESSIONS_OPEN: &str = "SELECT count(*)::text AS value FROM sessions WHERE revoked_at IS NULL";

fn token(person: &TestPerson) -> &str {
    &person.signed_in.refresh_token
}

#[tokio::test]
async fn a_refresh_token_is_exchanged_for_the_next_pair() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let mut held = token(&ada).to_owned();
    for _ in 0..3 {
        let next = refresh(&world.services, &held).await?;
        assert_eq!(authenticate(&world.services, &next.token)?, ada.viewer);
        assert_ne!(next.refresh_token, held);
        held = next.refresh_token;
    }
    let stored =
        world.value("SELECT string_agg(encode(token_hash, 'base64'), ' ') AS value FROM refresh_tokens").await?;
    assert!(!stored.contains(&held) && stored.split(' ').count() == 4, "hashed at rest");
    Ok(())
}

#[tokio::test]
async fn many_tabs_that_refresh_at_once_get_one_successor() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let answers = join_all((0..12).map(|_| refresh(&world.services, token(&ada)))).await;
    let answers = answers.into_iter().collect::<Result<Vec<_>, _>>()?;
    assert!(answers.iter().all(|answer| answer.refresh_token == answers[0].refresh_token));
    assert_eq!(world.value("SELECT count(*)::text AS value FROM refresh_tokens").await?, "2");
    assert_eq!(refused(refresh(&world.services, &answers[0].refresh_token).await), None);
    Ok(())
}

#[tokio::test]
async fn a_token_replayed_later_ends_its_session_and_no_other() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let next = refresh(&world.services, token(&ada)).await?;
    world.execute("UPDATE refresh_tokens SET replaced_at = replaced_at - interval '31 seconds'").await?;
    assert_eq!(refused(refresh(&world.services, token(&ada)).await), Some(ErrorCode::Unauthenticated));
    assert_eq!(refused(refresh(&world.services, &next.refresh_token).await), Some(ErrorCode::Unauthenticated));
    assert_eq!(refused(authenticate(&world.services, &next.token)), Some(ErrorCode::Unauthenticated), "at once");
    assert_eq!(refused(refresh(&world.services, token(&ben)).await), None);
    assert_eq!(world.value(SESSIONS_OPEN).await?, "1");
    Ok(())
}

#[tokio::test]
async fn within_half_a_minute_it_is_another_tab() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let next = refresh(&world.services, token(&ada)).await?;
    world.execute("UPDATE refresh_tokens SET replaced_at = replaced_at - interval '25 seconds'").await?;
    assert_eq!(refresh(&world.services, token(&ada)).await?.refresh_token, next.refresh_token);
    Ok(())
}

#[tokio::test]
async fn what_is_no_token_of_ours_is_refused() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let stranger = "A".repeat(43);
    for bad in ["", "x", stranger.as_str(), &ada.signed_in.token, &"é".repeat(10_000)] {
        assert_eq!(refused(refresh(&world.services, bad).await), Some(ErrorCode::Unauthenticated));
    }
    assert_eq!(world.value(SESSIONS_OPEN).await?, "1");
    Ok(())
}

#[tokio::test]
async fn a_session_ends_when_its_time_is_over() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let days = "SELECT round(extract(epoch FROM expires_at - created_at) / 86400)::text AS value FROM sessions";
    assert_eq!(world.value(days).await?, "30");
    world.execute("UPDATE sessions SET created_at = created_at - interval '170 days'").await?;
    let next = refresh(&world.services, token(&ada)).await?;
    assert_eq!(world.value(days).await?, "180", "it slides, but not for ever");
    world.execute("UPDATE sessions SET expires_at = now()").await?;
    assert_eq!(refused(refresh(&world.services, &next.refresh_token).await), Some(ErrorCode::Unauthenticated));
    Ok(())
}

#[tokio::test]
async fn cookies_are_resumed_by_whichever_still_works() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let (access, refreshing) = (ada.signed_in.token.as_str(), token(&ada));
    let (holder, renewed) = resume(&world.services, Some(access), Some(refreshing)).await?;
    assert!(holder.viewer == ada.viewer && !holder.is_suspended && renewed.is_none());
    for access in [None, Some("expired")] {
        let (holder, renewed) = resume(&world.services, access, Some(refreshing)).await?;
        assert_eq!(holder.viewer, ada.viewer);
        assert_ne!(renewed.expect("a successor").refresh_token, refreshing);
    }
    assert_eq!(refused(resume(&world.services, Some("expired"), None).await), Some(ErrorCode::Unauthenticated));
    assert_eq!(refused(resume(&world.services, None, None).await), Some(ErrorCode::Unauthenticated));
    Ok(())
}
