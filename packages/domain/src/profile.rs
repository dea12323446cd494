//! One's own profile and that of others.

use std::time::Duration;

use balloond_database::{AsyncPgConnection, photo, user};
use balloond_shared::{
    ErrorCode, UserId,
    profile::{EditProfile, Me, Profile, ProfileChange},
};
use bytes::Bytes;
use chrono::Utc;

use crate::{Error, Result, Services, Viewer, limits, present, safety};

/// A backstop: every change invalidates.
const CACHED_FOR: Duration = Duration::from_secs(3600);

/// The viewer's own profile.
#[tracing::instrument(name = "profile.me", level = "trace", skip_all)]
pub async fn me(services: &Services, viewer: Viewer) -> Result<Me> {
    let mut conn = services.database.primary().await?;
    load_me(&mut conn, services, viewer.user).await
}

pub(crate) async fn load_me(conn: &mut AsyncPgConnection, services: &Services, id: UserId) -> Result<Me> {
    let user = user::find(conn, id).await?.ok_or(ErrorCode::Unauthenticated)?;
    let photos = photo::of_user(conn, id).await?;
    Ok(present::me(&services.storage, user, photos))
}

/// Changes what is given. `Stale` when `expected_version` is given and no longer the profile's.
#[tracing::instrument(name = "profile.edit", level = "trace", skip_all)]
pub async fn edit(
    services: &Services,
    viewer: Viewer,
    request: &EditProfile,
    expected_version: Option<i32>,
) -> Result<Me> {
    let change = row_of(request.parse()?);
    limits::check(services, &limits::EDIT_PROFILE, &viewer.user.to_string()).await?;
    let mut conn = services.database.primary().await?;
    let Some(user) = user::update(&mut conn, viewer.user, change, expected_version).await? else {
        let code = if expected_version.is_some() { ErrorCode::Stale } else { ErrorCode::Unauthenticated };
        return Err(code.into());
    };
    let photos = photo::of_user(&mut conn, viewer.user).await?;
    drop(conn);
    forget(services, viewer.user).await;
    Ok(present::me(&services.storage, user, photos))
}

/// Somebody's public profile. `NotFound` when there is none, or none for this viewer.
#[tracing::instrument(name = "profile.profile", level = "trace", skip_all)]
pub async fn profile(services: &Services, viewer: Viewer, user: UserId) -> Result<Profile> {
    let json = profile_json(services, viewer, user).await?;
    if let Ok(profile) = serde_json::from_slice(&json) {
        return Ok(profile);
    }
    // What an older release stored.
    forget(services, user).await;
    load(services, user).await
}

/// The same, as the JSON text that the cache holds.
#[tracing::instrument(name = "profile.profile_json", level = "trace", skip_all)]
pub async fn profile_json(services: &Services, viewer: Viewer, user: UserId) -> Result<Bytes> {
    if viewer.user != user {
        // Asked anew each time: what is cached is for whoever may see it.
        safety::require_sight(&mut *services.database.primary().await?, viewer.user, user).await?;
    }
    let load = async {
        let profile = load(services, user).await?;
        serde_json::to_string(&profile).map_err(Error::internal)
    };
    services.cache.get_or_load(&cache_key(user), CACHED_FOR, load).await
}

/// Makes the cache forget a public profile; after the commit that changed it.
pub(crate) async fn forget(services: &Services, user: UserId) {
    services.cache.invalidate(&cache_key(user)).await;
}

async fn load(services: &Services, id: UserId) -> Result<Profile> {
    let mut conn = services.database.primary().await?;
    let user = user::find(&mut conn, id).await?.ok_or(ErrorCode::NotFound)?;
    let photos = photo::of_user(&mut conn, id).await?;
    Ok(present::profile(&services.storage, user, photos))
}

fn cache_key(user: UserId) -> String {
    format!("user:{user}")
}

/// An age goes with the day it was given.
fn row_of(change: ProfileChange) -> user::Change {
    user::Change {
        name: change.name.map(|name| name.into_string()),
        age: change.age.map(|age| age.years()),
        age_given_on: change.age.map(|_| Utc::now().date_naive()),
        bio: change.bio.map(|bio| bio.into_string()),
        interests: change
            .interests
            .map(|interests| interests.into_iter().map(|interest| interest.into_string()).collect()),
    }
}
