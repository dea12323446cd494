use anyhow::Result;
use balloond_domain::profile::{edit, me, profile, profile_json};
use balloond_shared::{ErrorCode, UserId, profile::EditProfile};
use balloond_testing::World;

use crate::{faults, refused};

fn bio(text: &str) -> EditProfile {
    EditProfile { bio: Some(text.to_owned()), ..EditProfile::default() }
}

#[tokio::test]
async fn what_is_given_changes_and_the_rest_stays() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let request = EditProfile {
        name: Some("  Ada L. ".to_owned()),
        interests: Some(vec!["Tea".to_owned(), "chess".to_owned(), "tea".to_owned()]),
        ..EditProfile::default()
    };
    let edited = edit(&world.services, ada.viewer, &request, None).await?;
    assert_eq!((edited.profile.name.as_str(), edited.profile.age), ("Ada L.", 30));
    assert_eq!(edited.profile.interests, ["tea", "chess"], "in one spelling, once each");
    assert_eq!(edited.version, ada.signed_in.user.version + 1);
    assert_eq!(me(&world.services, ada.viewer).await?, edited);
    Ok(())
}

#[tokio::test]
async fn others_see_a_change_at_once_and_never_the_email() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let seen = async || profile(&world.services, ben.viewer, ada.id).await;
    for text in ["first", "second", "third"] {
        edit(&world.services, ada.viewer, &bio(text), None).await?;
        assert_eq!(seen().await?.bio, text);
        assert_eq!(seen().await?.bio, text, "from the cache");
    }
    let json = profile_json(&world.services, ben.viewer, ada.id).await?;
    assert!(!String::from_utf8(json.to_vec())?.contains('@'));
    Ok(())
}

#[tokio::test]
async fn of_two_changes_of_one_version_one_is_stale() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let version = ada.signed_in.user.version;
    let change = async |text| edit(&world.services, ada.viewer, &bio(text), Some(version)).await;
    let (one, other) = tokio::join!(change("one"), change("other"));
    let bios: Vec<_> = [&one, &other].into_iter().flatten().map(|me| me.profile.bio.clone()).collect();
    assert_eq!(bios.len(), 1);
    assert!([refused(one), refused(other)].contains(&Some(ErrorCode::Stale)));
    let kept = me(&world.services, ada.viewer).await?;
    assert_eq!((kept.profile.bio, kept.version), (bios.concat(), version + 1));
    Ok(())
}

#[tokio::test]
async fn every_fault_is_named_and_nothing_changes() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let request = EditProfile {
        name: Some("\u{200B}".to_owned()),
        age: Some(17),
        bio: Some("x".repeat(1001)),
        interests: Some((0..13).map(|number| format!("interest {number}")).collect()),
    };
    let edited = edit(&world.services, ada.viewer, &request, None).await;
    assert_eq!(faults(edited), ["name: required", "age: out_of_range", "bio: too_long", "interests: too_many"]);
    assert_eq!(me(&world.services, ada.viewer).await?, ada.signed_in.user);
    Ok(())
}

#[tokio::test]
async fn nobody_has_no_profile() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    assert_eq!(refused(profile(&world.services, ada.viewer, UserId::new()).await), Some(ErrorCode::NotFound));
    Ok(())
}
