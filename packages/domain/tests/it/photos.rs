use std::slice;

use anyhow::Result;
use balloond_domain::{job, photo, profile};
use balloond_shared::{
    ErrorCode, Photo, PhotoId,
    photo::{MAX_PHOTO_BYTES, MAX_PHOTOS, PhotoOrder},
};
use balloond_testing::{
    TestPerson, World,
    photo::{impostors, jpeg, png},
};
use futures_util::future::join_all;

use crate::{faults, refused};

async fn shown(world: &World, of: &TestPerson) -> Result<Vec<Photo>> {
    Ok(profile::profile(&world.services, of.viewer, of.id).await?.photos)
}

fn ids<'a>(photos: impl IntoIterator<Item = &'a Photo>) -> Vec<PhotoId> {
    photos.into_iter().map(|photo| photo.id).collect()
}

#[tokio::test]
async fn a_photo_is_encoded_anew_in_three_sizes_and_shown_at_once() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    assert_eq!(shown(&world, &ada).await?, []);
    let photo = photo::add(&world.services, ada.viewer, jpeg(2000, 1000).into()).await?;
    assert_eq!((photo.width, photo.height), (1600, 800));
    assert!(photo.placeholder.starts_with("data:image/webp;base64,"));
    assert_eq!(shown(&world, &ada).await?, slice::from_ref(&photo));
    let mut files = world.files(ada.id).await?;
    files.sort();
    assert_eq!(files, ["large", "small", "thumb"].map(|size| format!("users/{}/{}/{size}.webp", ada.id, photo.id)));
    assert!(photo.urls.thumb.ends_with(&files[2]));
    Ok(())
}

#[tokio::test]
async fn six_are_the_most_also_at_once() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    for _ in 0..MAX_PHOTOS - 1 {
        world.photo(&ada).await?;
    }
    let add = || photo::add(&world.services, ada.viewer, png(40, 30).into());
    let added = join_all([add(), add(), add()]).await;
    assert_eq!(added.iter().filter(|added| added.is_ok()).count(), 1);
    assert!(added.into_iter().filter_map(refused).all(|code| code == ErrorCode::PhotosFull));
    assert_eq!(shown(&world, &ada).await?.len(), MAX_PHOTOS);
    assert_eq!(refused(add().await), Some(ErrorCode::PhotosFull));
    job::run_due(&world.services, &world.config).await?;
    assert_eq!(world.files(ada.id).await?.len(), 3 * MAX_PHOTOS, "the refused photos' files are gone");
    Ok(())
}

#[tokio::test]
async fn a_removed_photo_is_gone_at_once_and_leaves_no_hole() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let (first, second, third) = (world.photo(&ada).await?, world.photo(&ada).await?, world.photo(&ada).await?);
    photo::remove(&world.services, ada.viewer, second.id).await?;
    assert_eq!(ids(&shown(&world, &ada).await?), [first.id, third.id]);
    assert_eq!(refused(photo::remove(&world.services, ada.viewer, second.id).await), Some(ErrorCode::NotFound));
    let fourth = world.photo(&ada).await?;
    assert_eq!(ids(&shown(&world, &ada).await?), [first.id, third.id, fourth.id], "the places closed up");
    Ok(())
}

#[tokio::test]
async fn nobody_removes_or_orders_somebody_elses() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let (of_ada, of_ben) = (world.photo(&ada).await?, world.photo(&ben).await?);
    assert_eq!(refused(photo::remove(&world.services, ben.viewer, of_ada.id).await), Some(ErrorCode::NotFound));
    let order = PhotoOrder { photos: vec![of_ada.id] };
    assert_eq!(faults(photo::reorder(&world.services, ben.viewer, order).await), ["photos: not_allowed"]);
    assert_eq!((shown(&world, &ada).await?, shown(&world, &ben).await?), (vec![of_ada], vec![of_ben]));
    Ok(())
}

#[tokio::test]
async fn the_order_is_the_persons() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let (first, second, third) =
        (world.photo(&ada).await?.id, world.photo(&ada).await?.id, world.photo(&ada).await?.id);
    let order = async |photos: &[PhotoId]| {
        photo::reorder(&world.services, ada.viewer, PhotoOrder { photos: photos.to_vec() }).await
    };
    for wanted in [[third, first, second], [second, third, first]] {
        assert_eq!(ids(&order(&wanted).await?), wanted);
        assert_eq!(ids(&shown(&world, &ada).await?), wanted);
    }
    for incomplete in [&[][..], &[first, second], &[first, first, second], &[first, second, third, PhotoId::new()]] {
        assert_eq!(faults(order(incomplete).await), ["photos: not_allowed"]);
    }
    assert_eq!(ids(&shown(&world, &ada).await?), [second, third, first]);
    Ok(())
}

#[tokio::test]
async fn what_is_no_photo_is_refused_and_nothing_is_stored() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    for (what, bytes) in impostors() {
        let faults = faults(photo::add(&world.services, ada.viewer, bytes.into()).await);
        assert!(matches!(faults.as_slice(), [fault] if fault.starts_with("photo: ")), "{what}: {faults:?}");
    }
    let too_large = photo::add(&world.services, ada.viewer, vec![0; MAX_PHOTO_BYTES + 1].into()).await;
    assert_eq!(refused(too_large), Some(ErrorCode::PayloadTooLarge));
    assert_eq!(shown(&world, &ada).await?, []);
    assert_eq!(world.files(ada.id).await?, [""; 0]);
    Ok(())
}
