use anyhow::Result;
use balloond_domain::auth::{authenticate, change_password, log_in, register, reset_password};
use balloond_shared::{
    ErrorCode,
    auth::{ChangePassword, Login, Register, ResetPassword},
};
use balloond_testing::{PASSWORD, World, client};

use crate::{faults, refused};

fn request(email: &str) -> Register {
    Register { email: email.to_owned(), password: PASSWORD.to_owned(), name: "Ada".to_owned(), age: 34 }
}

#[tokio::test]
async fn registering_opens_an_account_and_signs_in() -> Result<()> {
    let world = World::new().await?;
    let signed_in = register(&world.services, &request(" Ada@Example.COM "), &client()).await?;
    let user = &signed_in.user;
    assert_eq!((user.email.as_str(), user.profile.name.as_str(), user.profile.age), ("ada@example.com", "Ada", 34));
    assert_eq!((user.profile.photos.len(), user.version, signed_in.expires_in), (0, 1, 600));
    assert_eq!(authenticate(&world.services, &signed_in.token)?.user, user.profile.id);
    let stored = world.value("SELECT password_hash AS value FROM users").await?;
    assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && !stored.contains(PASSWORD));
    Ok(())
}

#[tokio::test]
async fn every_fault_is_named_at_once_and_nothing_is_stored() -> Result<()> {
    let world = World::new().await?;
    let request = Register { email: "ada".to_owned(), password: "short".to_owned(), name: " ".to_owned(), age: 17 };
    let named = faults(register(&world.services, &request, &client()).await);
    assert_eq!(named, ["email: malformed", "password: too_short", "name: required", "age: out_of_range"]);
    assert_eq!(world.value("SELECT count(*)::text AS value FROM users").await?, "0");
    Ok(())
}

#[tokio::test]
async fn a_password_that_is_tried_first_is_taken_nowhere() -> Result<()> {
    let world = World::new().await?;
    for easy in ["password", "Password1!", "ada@example.com", "Balloond2026"] {
        let mut request = request("ada@example.com");
        request.password = easy.to_owned();
        assert_eq!(faults(register(&world.services, &request, &client()).await), ["password: too_common"], "{easy}");
    }
    let ada = world.person("Ada").await?;
    let easy = "sunshine1".to_owned();
    let change = ChangePassword { current_password: PASSWORD.to_owned(), password: easy.clone() };
    assert_eq!(faults(change_password(&world.services, ada.viewer, &change).await), ["password: too_common"]);
    let reset = ResetPassword { email: ada.email.clone(), code: "ABCDE-FGHJK".to_owned(), password: easy };
    assert_eq!(faults(reset_password(&world.services, &reset, &client()).await), ["password: too_common"]);
    Ok(())
}

#[tokio::test]
async fn the_password_is_taken_as_it_was_typed() -> Result<()> {
    let world = World::new().await?;
    let mut request = request("ada@example.com");
    request.password = "  spaces are mine  ".to_owned();
    register(&world.services, &request, &client()).await?;
    world.execute("UPDATE users SET verified_at = now()").await?;
    let login = |password: &str| Login { email: "ada@example.com".to_owned(), password: password.to_owned() };
    assert_eq!(
        refused(log_in(&world.services, &login("spaces are mine"), &client()).await),
        Some(ErrorCode::WrongCredentials)
    );
    assert_eq!(refused(log_in(&world.services, &login("  spaces are mine  "), &client()).await), None);
    Ok(())
}

#[tokio::test]
async fn one_address_opens_accounts_only_so_fast() -> Result<()> {
    let world = World::new().await?;
    world.person("Ada").await?;
    let here = client();
    let mut last = None;
    for number in 0..70 {
        last = register(&world.services, &request(&format!("ada{number}@example.com")), &here)
            .await
            .err()
            .map(|error| error.to_api());
        if last.as_ref().is_some_and(|refusal| refusal.code == ErrorCode::RateLimited) {
            break;
        }
    }
    let refusal = last.expect("every one is refused");
    assert!(
        refusal.code == ErrorCode::RateLimited
            && refusal.retry_after.is_some_and(|seconds| (1..=60).contains(&seconds))
    );
    assert_eq!(refused(register(&world.services, &request("ben@example.com"), &client()).await), None);
    Ok(())
}
