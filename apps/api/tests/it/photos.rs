use anyhow::Result;
use balloond_shared::{ErrorCode, Photo, PhotoId, photo::MAX_PHOTO_BYTES, profile::Me};
use balloond_testing::photo::{impostors, jpeg, png};
use reqwest::Method;
use serde_json::json;

use crate::{
    app::TestApp,
    client::{Answer, Client, User},
};

const MULTIPART: &str = "multipart/form-data; boundary=edge";

/// A form with one file, as a browser sends it.
fn form(field: &str, name: &str, kind: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n"
    );
    [head.as_bytes(), bytes, b"\r\n--edge--\r\n"].concat()
}

async fn send(client: &Client, form: Vec<u8>) -> Result<Answer> {
    client.header("content-type", MULTIPART).request(Method::POST, "/api/v1/me/photos", form).await
}

async fn upload(client: &Client, bytes: &[u8]) -> Result<Answer> {
    send(client, form("photo", "me.jpg", "image/jpeg", bytes)).await
}

async fn shown(user: &User) -> Result<Vec<PhotoId>> {
    Ok(user.get("/me").await?.is(200)?.json::<Me>()?.profile.photos.into_iter().map(|photo| photo.id).collect())
}

#[tokio::test]
async fn a_photo_is_taken_by_its_bytes_and_served_to_all() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    for bytes in [jpeg(400, 300), png(400, 300)] {
        let photo: Photo = upload(&ada, &bytes).await?.is(201)?.json()?;
        assert_eq!((photo.width, photo.height), (400, 300));
        for url in [&photo.urls.thumb, &photo.urls.small, &photo.urls.large] {
            let file = ada.download(url).await?.is(200)?;
            assert_eq!((file.text_of("content-type"), &file.body[8..12]), ("image/webp", &b"WEBP"[..]));
            assert!(file.text_of("cache-control").contains("immutable"));
        }
    }
    Ok(())
}

#[tokio::test]
async fn nothing_of_what_was_uploaded_is_kept_but_the_pixels() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    // A comment after the first marker, where cameras put their secrets.
    let mut bytes = jpeg(400, 300);
    let comment = [&[0xFF, 0xFE, 0, 19][..], b"<script>secret</"].concat();
    bytes.splice(2..2, comment.into_iter().chain(*b">"));
    bytes.extend_from_slice(b"<script>appended</script>");
    let photo: Photo = upload(&ada, &bytes).await?.is(201)?.json()?;
    for url in [photo.urls.thumb, photo.urls.small, photo.urls.large] {
        assert!(!ada.download(&url).await?.is(200)?.text().contains("script"));
    }
    Ok(())
}

#[tokio::test]
async fn what_is_no_photo_is_refused_and_nothing_is_stored() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    for (what, bytes) in impostors() {
        let faults = upload(&ada, &bytes).await?.invalid()?;
        assert!(matches!(faults.as_slice(), [fault] if fault.starts_with("photo: ")), "{what}: {faults:?}");
    }
    let too_large = upload(&ada, &vec![0xFF; MAX_PHOTO_BYTES + 1]).await?;
    too_large.refused(ErrorCode::PayloadTooLarge)?;
    upload(&ada, &vec![0xFF; MAX_PHOTO_BYTES + 100_000]).await?.refused(ErrorCode::PayloadTooLarge)?;
    assert_eq!(shown(&ada).await?, []);
    assert_eq!(app.world.files(ada.id).await?, [""; 0]);
    Ok(())
}

#[tokio::test]
async fn a_form_has_one_photo_and_nothing_else() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, photo) = (app.person("Ada").await?, jpeg(40, 30));
    assert_eq!(send(&ada, b"--edge--\r\n".to_vec()).await?.invalid()?, ["photo: required"]);
    assert_eq!(upload(&ada, b"").await?.invalid()?, ["photo: required"]);
    let other_field = form("image", "me.jpg", "image/jpeg", &photo);
    assert_eq!(send(&ada, other_field).await?.invalid()?, ["photo: not_allowed"]);
    let two = [form("photo", "a", "image/jpeg", &photo).strip_suffix(b"--\r\n").unwrap_or_default(), b"\r\n"].concat();
    let two = [two, form("photo", "b", "image/jpeg", &photo).strip_prefix(b"--edge\r\n").unwrap_or_default().to_vec()];
    assert_eq!(send(&ada, two.concat()).await?.invalid()?, ["photo: not_allowed"]);
    ada.post("/me/photos", &json!({ "photo": "x" })).await?.refused(ErrorCode::UnsupportedMediaType)?;
    send(&ada, b"no form at all".to_vec()).await?.refused(ErrorCode::Malformed)?;
    send(&app.anonymous(), form("photo", "me.jpg", "image/jpeg", &photo)).await?.refused(ErrorCode::Unauthenticated)?;
    assert_eq!(shown(&ada).await?, []);
    Ok(())
}

#[tokio::test]
async fn six_are_the_most() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, photo) = (app.person("Ada").await?, jpeg(40, 30));
    for _ in 0..6 {
        upload(&ada, &photo).await?.is(201)?;
    }
    upload(&ada, &photo).await?.refused(ErrorCode::PhotosFull)?;
    let first = shown(&ada).await?[0];
    ada.delete(&format!("/me/photos/{first}")).await?.is(204)?;
    upload(&ada, &photo).await?.is(201)?;
    Ok(())
}

#[tokio::test]
async fn photos_are_ordered_and_removed_by_their_owner_alone() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben) = app.two().await?;
    let (first, second) = (app.world.photo(&ada.person).await?.id, app.world.photo(&ada.person).await?.id);
    let ordered: Vec<Photo> =
        ada.put("/me/photos/order", &json!({ "photos": [second, first] })).await?.is(200)?.json()?;
    assert_eq!(ordered.iter().map(|photo| photo.id).collect::<Vec<_>>(), [second, first]);
    assert_eq!(shown(&ada).await?, [second, first]);
    let faults = ada.put("/me/photos/order", &json!({ "photos": [second] })).await?.invalid()?;
    assert_eq!(faults, ["photos: not_allowed"]);
    ben.delete(&format!("/me/photos/{first}")).await?.refused(ErrorCode::NotFound)?;
    ada.delete(&format!("/me/photos/{first}")).await?.is(204)?;
    ada.delete(&format!("/me/photos/{first}")).await?.refused(ErrorCode::NotFound)?;
    assert_eq!(shown(&ada).await?, [second]);
    app.anonymous().delete(&format!("/me/photos/{second}")).await?.refused(ErrorCode::Unauthenticated)?;
    Ok(())
}
