//! The services on a database of their own, and people in it.

use std::net::{IpAddr, Ipv6Addr};

use anyhow::Result;
use balloond_domain::{Client, Config, Services, Viewer, auth, balloon};
use balloond_shared::{
    ChatId, UserId,
    auth::{Register, SignedIn},
    balloon::FloatBalloon,
    chat::Chat,
};
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

    /// The environment's services, with some settings replaced.
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

    pub async fn person_aged(&self, name: &str, age: i64) -> Result<TestPerson> {
        let email = format!("{}-{}@example.com", name.to_lowercase(), Uuid::now_v7().simple());
        let request = Register { email: email.clone(), password: PASSWORD.to_owned(), name: name.to_owned(), age };
        let signed_in = auth::register(&self.services, &request, &client()).await?;
        let viewer = auth::authenticate(&self.services, &signed_in.token)?;
        Ok(TestPerson { id: signed_in.user.profile.id, email, viewer, signed_in })
    }

    /// Two people with a chat: the second caught the first's balloon, whose note is `Hello`.
    pub async fn chat(&self) -> Result<(TestPerson, TestPerson, ChatId)> {
        let (ada, ben) = (self.person("Ada").await?, self.person("Ben").await?);
        let chat = self.open_chat(&ada, &ben).await?;
        Ok((ada, ben, chat.summary.id))
    }

    pub async fn open_chat(&self, from: &TestPerson, to: &TestPerson) -> Result<Chat> {
        let request = FloatBalloon { to: to.id, note: "Hello".to_owned() };
        let balloon = balloon::float(&self.services, from.viewer, &request).await?;
        Ok(balloon::catch(&self.services, to.viewer, balloon.id).await?)
    }
}

/// From an address that nobody else has: limits by address are a matter of one test.
#[must_use]
pub fn client() -> Client {
    Client { address: IpAddr::V6(Ipv6Addr::from_bits(Uuid::now_v7().as_u128().rotate_left(64))), user_agent: "tests".to_owned() }
}
