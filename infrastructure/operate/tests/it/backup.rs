//! The drill: back up, destroy, restore, compare.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use anyhow::{Context, Result, ensure};
use balloond_domain::{auth, photo};
use balloond_shared::auth::Login;
use balloond_testing::{
    PASSWORD, World, client, database,
    program::{command, path},
};
use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::RunQueryDsl;

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const OTHER_KEY: &str = "HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// A folder that goes when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self> {
        let name = format!("vault-{:016x}", rand::random::<u64>());
        let folder = path("balloond-operate")?.with_file_name(name);
        fs::create_dir(&folder)?;
        Ok(Self(folder))
    }

    fn files(&self, below: &str) -> Result<Vec<PathBuf>> {
        let (mut files, mut folders) = (Vec::new(), vec![self.0.join(below)]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() { folders.push(path) } else { files.push(path) }
            }
        }
        Ok(files)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A database and a bucket of the test's own.
struct Place {
    world: World,
    database: String,
    bucket: String,
}

impl Place {
    async fn new(database: String) -> Result<Self> {
        let bucket = format!("drill-{:016x}", rand::random::<u64>());
        let world = World::with(&[("DATABASE_URL", &database), ("S3_BUCKET", &bucket)])?;
        world.services.storage.ensure_bucket().await?;
        Ok(Self { world, database, bucket })
    }

    fn operate(&self, arguments: &[&str], vault: &Path, key: &str) -> Result<Output> {
        let vault = vault.to_string_lossy().into_owned();
        let mut all = arguments.to_vec();
        all.insert(1, &vault);
        let settings = [("DATABASE_URL", self.database.as_str()), ("S3_BUCKET", &self.bucket), ("BACKUP_KEY", key)];
        Ok(command("balloond-operate", &all, &settings)?.output()?)
    }

    fn does(&self, arguments: &[&str], vault: &Folder) -> Result<String> {
        let output = self.operate(arguments, &vault.0, KEY)?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    }

    fn refuses(&self, arguments: &[&str], vault: &Folder, key: &str) -> Result<String> {
        let output = self.operate(arguments, &vault.0, key)?;
        ensure!(!output.status.success(), "it did it: {}", String::from_utf8_lossy(&output.stdout));
        Ok(String::from_utf8(output.stderr)?)
    }

    /// Everything that people would miss, said in the test's own way: rows by table, and objects with their bytes.
    async fn content(&self) -> Result<(BTreeMap<String, String>, BTreeMap<String, Vec<u8>>)> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            value: String,
        }
        let mut conn = self.world.services.database.primary().await?;
        let mut rows = BTreeMap::new();
        for table in ["users", "photos", "sessions", "refresh_tokens", "chats", "chat_members", "messages", "balloons"]
        {
            let query = format!(
                "SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, E'\\n' ORDER BY t::text)), '') AS value FROM {table} AS t"
            );
            rows.insert(table.to_owned(), sql_query(query).get_result::<Row>(&mut conn).await?.value);
        }
        let mut objects = BTreeMap::new();
        let storage = &self.world.services.storage;
        for object in storage.objects(None).await?.0 {
            let bytes = storage.object(&object.key).await?.to_vec();
            objects.insert(object.key, bytes);
        }
        Ok((rows, objects))
    }
}

#[tokio::test]
async fn what_was_backed_up_and_destroyed_comes_back_whole() -> Result<()> {
    let (vault, place) = (Folder::new()?, Place::new(database::create().await?).await?);
    let (ada, ben, chat) = place.world.chat().await?;
    place.world.photo(&ada).await?;
    for number in 0..20 {
        place.world.send(&ben, chat, &format!("Naïve “{number}” \\ 🎈")).await?;
    }
    assert!(place.does(&["backup"], &vault)?.contains("3 objects"));
    // Another one copies only what is new, and has a job that waits.
    let (gone, _kept) = (place.world.photo(&ada).await?, place.world.photo(&ben).await?);
    photo::remove(&place.world.services, ada.viewer, gone.id).await?;
    let before = vault.files("objects")?.len();
    place.does(&["backup"], &vault)?;
    assert_eq!((before, vault.files("objects")?.len()), (3, 9));
    assert_eq!(place.does(&["backups"], &vault)?.lines().count(), 2);
    let content = place.content().await?;
    for file in vault.files("")? {
        let bytes = fs::read(&file)?;
        let shows = |secret: &[u8]| bytes.windows(secret.len()).any(|part| part == secret);
        assert!(!shows(ada.email.as_bytes()) && !shows(b"CREATE TABLE") && !shows(b"RIFF"), "{}", file.display());
        assert!(!file.to_string_lossy().contains(&ada.id.to_string()));
    }

    // Destroyed: a new server, with nothing in it.
    let fresh = Place::new(database::create_bare().await?).await?;
    let said = fresh.does(&["restore"], &vault)?;
    assert!(said.contains("all checksums right") && said.contains("9 objects"), "{said}");
    assert_eq!(fresh.content().await?, content);
    let jobs = "SELECT string_agg(task_identifier, ' ') AS value FROM graphile_worker.jobs";
    assert_eq!(fresh.world.value(jobs).await?, "delete_photo_objects");
    let log_in = Login { email: ada.email.clone(), password: PASSWORD.to_owned() };
    let again = auth::log_in(&fresh.world.services, &log_in, &client()).await?.at_once().context("one more step")?;
    assert_eq!(again.user.profile.photos.len(), 1);
    fresh.world.send(&ada, chat, "We are back.").await?;

    // Into what lives nothing is brought back, and the older one can be asked for too.
    assert!(fresh.refuses(&["restore"], &vault, KEY)?.contains("not empty"));
    let older = place.does(&["backups"], &vault)?.split_whitespace().next().unwrap_or_default().to_owned();
    let past = Place::new(database::create_bare().await?).await?;
    assert!(past.does(&["restore", "--backup", &older], &vault)?.contains("3 objects"));
    place.does(&["backup", "--keep", "1"], &vault)?;
    assert_eq!(place.does(&["backups"], &vault)?.lines().count(), 1);
    Ok(())
}

#[tokio::test]
async fn a_backup_that_broke_off_is_carried_on() -> Result<()> {
    let (vault, place) = (Folder::new()?, Place::new(database::create().await?).await?);
    let ada = place.world.person("Ada").await?;
    for _ in 0..3 {
        place.world.photo(&ada).await?;
    }
    place.does(&["backup"], &vault)?;
    // As if it had been killed in the middle: no manifest, some objects, one of them half written.
    for file in vault.files("backups")?.iter().filter(|file| file.ends_with("manifest")) {
        fs::remove_file(file)?;
    }
    let objects = vault.files("objects")?;
    for file in &objects[..4] {
        fs::remove_file(file)?;
    }
    fs::write(objects[0].with_added_extension("part"), b"half")?;
    let kept = fs::metadata(&objects[5])?.modified()?;
    assert!(place.refuses(&["restore"], &vault, KEY)?.contains("no backup"));
    place.does(&["backup", "--keep", "1"], &vault)?;
    assert_eq!(fs::metadata(&objects[5])?.modified()?, kept, "what was there was not copied again");
    let fresh = Place::new(database::create_bare().await?).await?;
    fresh.does(&["restore"], &vault)?;
    assert_eq!(fresh.content().await?, place.content().await?);
    assert_eq!(vault.files("")?.len(), 9 + 2, "nothing is left over");
    Ok(())
}

#[tokio::test]
async fn with_another_key_or_a_damaged_file_nothing_is_brought_back() -> Result<()> {
    let (vault, place) = (Folder::new()?, Place::new(database::create().await?).await?);
    place.world.person("Ada").await?;
    place.does(&["backup"], &vault)?;
    let fresh = Place::new(database::create_bare().await?).await?;
    assert!(fresh.refuses(&["restore"], &vault, OTHER_KEY)?.contains("another key"));
    assert!(fresh.refuses(&["restore"], &vault, "")?.contains("BACKUP_KEY"));
    let file = vault.files("backups")?.into_iter().find(|file| file.ends_with("database")).unwrap();
    let whole = fs::read(&file)?;
    let tables = "SELECT count(*)::text AS value FROM pg_tables WHERE schemaname IN ('public', 'graphile_worker')";
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 1;
    for damaged in [&whole[..whole.len() - 100], &changed] {
        fs::write(&file, damaged)?;
        assert!(fresh.refuses(&["restore"], &vault, KEY)?.contains("damaged"));
        assert_eq!(fresh.world.value(tables).await?, "0");
    }
    fs::write(&file, whole)?;
    fresh.does(&["restore"], &vault)?;
    Ok(())
}
