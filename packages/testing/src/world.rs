//! The services on a database of their own, and people in it.

use std::net::{IpAddr, Ipv6Addr};

use anyhow::{Context, Result};
use balloond_domain::{Client, Config, Services, Viewer, auth, balloon, chat, job, photo};
use balloond_mail::MailRoute;
use balloond_shared::{
    ChatId, ClientId, Photo, UserId,
    auth::{Register, SignedIn},
    balloon::{FloatBalloon, SentBalloon},
    chat::{Chat, Message, SendMessage},
};
use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use s3::{Bucket, Region, creds::Credentials};
use uuid::Uuid;

/// The password of every test person.
pub const PASSWORD: &str = "correct horse battery";

/// One test's world.
pub struct World {
    pub config: Config,
    pub services: Services,
}

/// Somebody with an account, signed in.
#[derive(Clone)]
pub struct TestPerson {
    pub id: UserId,
    pub email: String,
    pub viewer: Viewer,
    pub signed_in: SignedIn,
}

impl World {
    /// The environment's services, with an empty database.
    pub async fn new() -> Result<Self> {
        let url = crate::database::create().await?;
        Self::with(&[("DATABASE_URL", &url)])
    }

    /// The environment's services, with some settings replaced. Connects to nothing yet.
    pub fn with(settings: &[(&str, &str)]) -> Result<Self> {
        let config = Config::read(|name| {
            let replaced = settings.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            replaced.or_else(|| std::env::var(name).ok()).filter(|value| !value.is_empty())
        })?;
        let services = Services::new(&config)?;
        Ok(Self { config, services })
    }

    /// Registers somebody of 30.
    pub async fn person(&self, name: &str) -> Result<TestPerson> {
        self.person_aged(name, 30).await
    }

    /// Registers somebody from an address of their own.
    pub async fn person_aged(&self, name: &str, age: i64) -> Result<TestPerson> {
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let email = format!("{}-{}@example.com", plain.to_lowercase(), Uuid::now_v7().simple());
        let request = Register { email: email.clone(), password: PASSWORD.to_owned(), name: name.to_owned(), age };
        let signed_in = auth::register(&self.services, &request, &client()).await?;
        let viewer = auth::authenticate(&self.services, &signed_in.token)?;
        self.verify_silently(viewer.user).await?;
        let mut signed_in = signed_in;
        signed_in.user.verified = true;
        Ok(TestPerson { id: signed_in.user.profile.id, email, viewer, signed_in })
    }

    /// As if the code had come and been typed in.
    async fn verify_silently(&self, user: UserId) -> Result<()> {
        self.execute(&format!(
            "UPDATE users SET verified_at = now() WHERE id = '{user}';
             DELETE FROM graphile_worker._private_jobs AS jobs USING graphile_worker._private_tasks AS tasks
             WHERE tasks.id = jobs.task_id AND tasks.identifier = 'mail_verification' AND jobs.payload->>'user' = '{user}'"
        ))
        .await
    }

    /// The mails to an address, oldest first.
    pub fn mails(&self, to: &str) -> Result<Vec<String>> {
        let MailRoute::Folder(folder) = &self.config.mail.route else { return Ok(Vec::new()) };
        let mut paths: Vec<_> = std::fs::read_dir(folder)
            .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
            .unwrap_or_default();
        paths.retain(|path: &std::path::PathBuf| path.to_string_lossy().ends_with(&format!("-{to}.eml")));
        paths.sort();
        paths.iter().map(|path| Ok(std::fs::read_to_string(path)?)).collect()
    }

    /// The code in the newest mail to an address, once the jobs were done.
    pub async fn code(&self, to: &str) -> Result<String> {
        job::run_due(&self.services, &self.config).await?;
        let mails = self.mails(to)?;
        let is_code = |word: &&str| word.len() == 11 && word.split('-').all(|half| half.len() == 5);
        let code = mails.iter().rev().find_map(|mail| mail.split_whitespace().find(is_code));
        code.map(str::to_owned).with_context(|| format!("{} mails, and no code", mails.len()))
    }

    /// Ada and Ben, who know nothing of each other.
    pub async fn two(&self) -> Result<(TestPerson, TestPerson)> {
        Ok((self.person("Ada").await?, self.person("Ben").await?))
    }

    /// `count` people of one name.
    pub async fn crowd(&self, name: &str, count: usize) -> Result<Vec<TestPerson>> {
        let mut people = Vec::with_capacity(count);
        for _ in 0..count {
            people.push(self.person(name).await?);
        }
        Ok(people)
    }

    /// A balloon whose note is `Hello`.
    pub async fn float(&self, from: &TestPerson, to: &TestPerson) -> Result<SentBalloon> {
        let request = FloatBalloon { to: to.id, note: "Hello".to_owned() };
        Ok(balloon::float(&self.services, from.viewer, &request).await?)
    }

    /// Ada and Ben with a chat: Ben caught Ada's balloon, whose note is its first message.
    pub async fn chat(&self) -> Result<(TestPerson, TestPerson, ChatId)> {
        let (ada, ben) = self.two().await?;
        let chat = self.open_chat(&ada, &ben).await?;
        Ok((ada, ben, chat.summary.id))
    }

    /// One floats, the other catches.
    pub async fn open_chat(&self, from: &TestPerson, to: &TestPerson) -> Result<Chat> {
        let balloon = self.float(from, to).await?;
        Ok(balloon::catch(&self.services, to.viewer, balloon.id).await?)
    }

    /// A message that was not sent before.
    pub async fn send(&self, from: &TestPerson, chat: ChatId, body: &str) -> Result<Message> {
        let request = SendMessage { client_id: ClientId::new(), body: body.to_owned(), reply_to: None };
        Ok(chat::send(&self.services, from.viewer, chat, &request).await?.message)
    }

    /// Adds a small photo to somebody's others.
    pub async fn photo(&self, of: &TestPerson) -> Result<Photo> {
        Ok(photo::add(&self.services, of.viewer, crate::photo::jpeg(40, 30).into()).await?)
    }

    /// The keys of all files that are stored of somebody.
    pub async fn files(&self, of: UserId) -> Result<Vec<String>> {
        self.files_under(&format!("users/{of}/")).await
    }

    /// The keys of all files that begin like this.
    pub async fn files_under(&self, prefix: &str) -> Result<Vec<String>> {
        let storage = &self.config.storage;
        let region = Region::Custom { region: storage.region.clone(), endpoint: storage.endpoint.clone() };
        let (key, secret) = (&storage.access_key_id, &storage.secret_access_key);
        let bucket =
            Bucket::new(&storage.bucket, region, Credentials::new(Some(key), Some(secret), None, None, None)?)?;
        let pages = bucket.with_path_style().list(prefix.to_owned(), None).await?;
        Ok(pages.into_iter().flat_map(|page| page.contents).map(|object| object.key).collect())
    }

    /// Does to the database what no use case does: lets time pass, for example.
    pub async fn execute(&self, sql: &str) -> Result<()> {
        Ok(self.services.database.primary().await?.batch_execute(sql).await?)
    }

    /// The one text that a query selects as `value`.
    pub async fn value(&self, sql: &str) -> Result<String> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            value: String,
        }
        let mut conn = self.services.database.primary().await?;
        Ok(sql_query(sql).get_result::<Row>(&mut conn).await?.value)
    }

    /// The tables that have a row with this text somewhere in it.
    pub async fn rows_with(&self, needle: &str) -> Result<Vec<String>> {
        let tables = self
            .value(
                "SELECT string_agg(format('%I.%I', schemaname, tablename), ' ' ORDER BY tablename) AS value FROM pg_tables
                 WHERE schemaname IN ('public', 'graphile_worker')",
            )
            .await?;
        let mut found = Vec::new();
        for table in tables.split(' ') {
            let sql =
                format!("SELECT count(*)::text AS value FROM {table} AS t WHERE position('{needle}' IN t::text) > 0",);
            if self.value(&sql).await? != "0" {
                found.push(table.trim_start_matches("public.").to_owned());
            }
        }
        Ok(found)
    }

    /// Makes all of somebody's balloons expire, as after a week; nothing else about them changes.
    pub async fn expire_balloons(&self, of: &TestPerson) -> Result<()> {
        let sql =
            format!("UPDATE balloons SET expires_at = sent_at + interval '1 microsecond' WHERE from_id = '{}'", of.id);
        self.execute(&sql).await
    }

    /// Makes all of somebody's balloons older.
    pub async fn age_balloons(&self, of: &TestPerson, interval: &str) -> Result<()> {
        let sql = format!(
            "UPDATE balloons SET sent_at = sent_at - interval '{interval}', expires_at = expires_at - interval '{interval}'
             WHERE from_id = '{}'",
            of.id
        );
        self.execute(&sql).await
    }
}

/// From an address that nobody else has: limits by address are a matter of one test.
#[must_use]
pub fn client() -> Client {
    let address = Ipv6Addr::from_bits(Uuid::now_v7().as_u128().rotate_left(64));
    Client { address: IpAddr::V6(address), user_agent: "tests".to_owned() }
}
