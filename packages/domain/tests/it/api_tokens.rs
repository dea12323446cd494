//! Tokens for programs.

use anyhow::Result;
use balloond_domain::auth::{
    api_tokens, authenticate, authenticate_api_token, change_password, end_api_token, end_other_sessions, is_api_token,
    make_api_token, sessions,
};
use balloond_shared::{
    ApiTokenId, ErrorCode,
    api_token::{MAX_API_TOKENS, MakeApiToken, NewApiToken, Scope},
    auth::ChangePassword,
};
use balloond_testing::{PASSWORD, TestPerson, World};

use crate::{faults, refused};

fn making(scopes: &[Scope]) -> MakeApiToken {
    MakeApiToken { name: "Bot".to_owned(), scopes: scopes.to_vec(), days: Some(30), password: PASSWORD.to_owned() }
}

async fn make(world: &World, who: &TestPerson, scopes: &[Scope]) -> Result<NewApiToken> {
    Ok(make_api_token(&world.services, who.viewer, &making(scopes)).await?)
}

async fn is_over(world: &World, token: &str) -> bool {
    refused(authenticate_api_token(&world.services, token).await) == Some(ErrorCode::Unauthenticated)
}

#[tokio::test]
async fn a_token_is_its_owners_and_allows_what_it_was_made_for() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let made = make(&world, &ada, &[Scope::Realtime, Scope::ChatsRead, Scope::Realtime]).await?;
    assert_eq!(made.about.scopes, [Scope::ChatsRead, Scope::Realtime]);
    assert!(is_api_token(&made.token) && !is_api_token(&ada.signed_in.token));
    let grant = authenticate_api_token(&world.services, &made.token).await?;
    assert_eq!(grant.viewer.user, ada.id);
    assert!(grant.scopes.contain(Scope::ChatsRead) && !grant.scopes.contain(Scope::ChatsWrite));
    assert_eq!(grant.until, made.about.expires_at);
    let listed = api_tokens(&world.services, ada.viewer).await?;
    assert!(listed.len() == 1 && listed[0].used_at.is_some());
    assert!(api_tokens(&world.services, ben.viewer).await?.is_empty());
    assert_eq!(sessions(&world.services, ada.viewer).await?.len(), 1, "it is no device");
    assert_eq!(refused(authenticate(&world.services, &made.token)), Some(ErrorCode::Unauthenticated), "nor a cookie");
    assert_eq!(world.rows_with(made.token.trim_start_matches("balloond_")).await?, [""; 0], "only its hash is stored");
    Ok(())
}

#[tokio::test]
async fn it_is_looked_up_once_and_not_with_every_request() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let made = make(&world, &ada, &[Scope::ProfileRead]).await?;
    let tries = (0..20).map(|_| authenticate_api_token(&world.services, &made.token));
    for grant in futures_util::future::join_all(tries).await {
        assert_eq!(grant?.viewer.user, ada.id);
    }
    // With the row gone behind its back, the process still believes what it was told.
    world.execute("DELETE FROM api_tokens").await?;
    assert!(!is_over(&world, &made.token).await);
    Ok(())
}

#[tokio::test]
async fn it_ends_at_once_by_its_owner_alone() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let (first, second) =
        (make(&world, &ada, &[Scope::Balloons]).await?, make(&world, &ada, &[Scope::Balloons]).await?);
    assert!(!is_over(&world, &first.token).await);
    let end = async |who: &TestPerson, id| refused(end_api_token(&world.services, who.viewer, id).await);
    assert_eq!(end(&ben, first.about.id).await, Some(ErrorCode::NotFound));
    assert_eq!(end(&ada, ApiTokenId::new()).await, Some(ErrorCode::NotFound));
    assert_eq!(end(&ada, first.about.id).await, None);
    assert_eq!(end(&ada, first.about.id).await, Some(ErrorCode::NotFound));
    assert!(is_over(&world, &first.token).await && !is_over(&world, &second.token).await);
    assert_eq!(api_tokens(&world.services, ada.viewer).await?.len(), 1);
    // Another process that never heard of it is told by the database.
    let other = World::with(&[("DATABASE_URL", world.config.database.url.as_str())])?;
    assert!(is_over(&other, &first.token).await);
    Ok(())
}

#[tokio::test]
async fn it_ends_by_itself_and_with_the_password() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let made = make(&world, &ada, &[Scope::Balloons]).await?;
    end_other_sessions(&world.services, ada.viewer).await?;
    assert!(!is_over(&world, &made.token).await, "it is no session elsewhere");
    let change = ChangePassword { current_password: PASSWORD.to_owned(), password: "another horse".to_owned() };
    change_password(&world.services, ada.viewer, &change).await?;
    assert!(is_over(&world, &made.token).await);
    let again = MakeApiToken { password: "another horse".to_owned(), ..making(&[Scope::Balloons]) };
    let made = make_api_token(&world.services, ada.viewer, &again).await?;
    world.execute("UPDATE api_tokens SET expires_at = now()").await?;
    assert!(is_over(&world, &made.token).await);
    Ok(())
}

#[tokio::test]
async fn making_one_takes_the_password_and_a_purpose() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let by = async |request: MakeApiToken| faults(make_api_token(&world.services, ada.viewer, &request).await);
    let good = making(&[Scope::Balloons]);
    assert_eq!(by(MakeApiToken { password: "wrong".into(), ..good.clone() }).await, ["password: wrong"]);
    assert_eq!(by(MakeApiToken { name: " ".into(), ..good.clone() }).await, ["name: required"]);
    assert_eq!(by(MakeApiToken { scopes: Vec::new(), ..good.clone() }).await, ["scopes: required"]);
    assert_eq!(by(MakeApiToken { days: Some(4000), ..good }).await, ["days: out_of_range"]);
    for none in ["", "balloond_", "balloond_x", &format!("balloond_{}", "A".repeat(43)), &"A".repeat(10_000)] {
        assert!(is_over(&world, none).await, "{none}");
    }
    Ok(())
}

#[tokio::test]
async fn twenty_are_the_most_also_at_once() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    for _ in 2..MAX_API_TOKENS {
        make(&world, &ada, &[Scope::Balloons]).await?;
    }
    let request = making(&[Scope::Balloons]);
    let makes = (0..4).map(|_| make_api_token(&world.services, ada.viewer, &request));
    let made = futures_util::future::join_all(makes).await;
    assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 2);
    assert_eq!(refused(make_api_token(&world.services, ada.viewer, &request).await), Some(ErrorCode::TokensFull));
    assert_eq!(api_tokens(&world.services, ada.viewer).await?.len(), MAX_API_TOKENS);
    Ok(())
}
